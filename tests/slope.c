// slope: the tables that lesson 04 shows, where their numbers are known.
#include "slope.h"

#include <criterion/criterion.h>
#include <math.h>

Test(slope, knows_its_curves)
{
    cr_assert_null(slope_curve("line"));
    const char *names[] = {"square", "cube"};
    for (int i = 0; i < 2; i++) {
        const struct curve *f = slope_curve(names[i]);
        cr_assert_not_null(f);
        for (double x = -2; x <= 2; x += 0.25) {
            double h = 1e-5, slope = (f->value(x + h) - f->value(x - h)) / (2 * h);
            cr_expect_float_eq(f->slope(x), slope, 1e-8, "%s at %g", names[i], x);
            cr_expect_eq((double)f->value_float((float)x), f->value(x));  // few digits: exact
        }
    }
}

// On a cube central differences are off by h^2, forward ones by 3 x h + h^2.
Test(slope, errors_of_a_cube)
{
    FILE *out = tmpfile();
    slope_errors(slope_curve("cube"), 2, 2, out);
    rewind(out);
    char line[200];
    for (int i = 0; i < 2; i++) cr_assert(fgets(line, sizeof line, out) && line[0] == '#');
    double h, off[4], want = 1;
    int rows = 0;
    for (; fscanf(out, "%lf%lf%lf%lf%lf", &h, off, off + 1, off + 2, off + 3) == 5; rows++) {
        cr_expect_float_eq(h / want, 1, 0.05);
        double square = want * want, forward = 6 * want + square;
        if (want > 1e-3) {
            cr_expect_float_eq(off[0] / forward, 1, 0.06, "h = %g", h);
            cr_expect_float_eq(off[1] / square, 1, 0.06, "h = %g", h);
        }
        if (want > 0.05) cr_expect_float_eq(off[3] / square, 1, 0.06, "h = %g", h);
        if (want < 1e-8) cr_expect_float_eq(off[3], 12, 0.1);  // float has lost both points
        want /= sqrt(10);
    }
    cr_expect_eq(rows, 31);
    fclose(out);
}

Test(slope, walks_down_a_square)
{
    FILE *out = tmpfile();
    slope_walk(slope_curve("square"), -3, 0.25, 6, out);
    rewind(out);
    char line[200];
    cr_assert(fgets(line, sizeof line, out) && line[0] == '#');
    double x, y, want = -3;
    int step, rows = 0;
    for (; fscanf(out, "%d%lf%lf", &step, &x, &y) == 3; rows++) {
        cr_expect_eq(step, rows);
        cr_expect_float_eq(x, want, 6e-5);
        cr_expect_float_eq(y, want * want, 6e-5);
        want /= 2;
    }
    cr_expect_eq(rows, 7);
    fclose(out);
}
