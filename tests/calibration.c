#include "calibration.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

// Rows of two ids with probabilities 3/4 and 1/4, in logits.
static const float ROW[2] = {1.09861229f, 0};

static struct calibration of(int64_t first, int64_t second)
{
    struct calibration c = {0};
    float p[2];
    calibration_add(&c, 2, ROW, (const int64_t[]){first, second}, p);
    return c;
}

static void near(double got, double want, const char *what)
{
    cr_expect(fabs(got - want) < 1e-6, "%s: got %.9g, want %.9g", what, got, want);
}

Test(calibration, honest_guesses_have_no_error)
{
    struct calibration c = of(3, 1);
    near(c.count, 4, "count");
    near(calibration_error(&c), 0, "error");
    double entropy = -0.75 * log(0.75) - 0.25 * log(0.25);
    near(c.entropy / 4, entropy, "entropy");
    near(c.nats / 4, entropy, "surprise");
    near(c.lse / 4, log(4), "lse");
}

Test(calibration, the_error_is_how_far_a_bin_is_off)
{
    struct calibration c = of(1, 3);
    near(calibration_error(&c), 0.5, "too sure");
    c = of(5, 0);
    near(calibration_error(&c), 0.25, "not sure enough");
}

Test(calibration, bins_are_kept_apart)
{
    struct calibration c = of(1, 3);
    float p[2], certain[2] = {100, 0};
    calibration_add(&c, 2, certain, (const int64_t[]){4, 0}, p);
    near(c.bins[7].count, 4, "the bin from 0.7");
    near(c.bins[9].count, 4, "a confidence of 1 belongs to the last bin");
    near(calibration_error(&c), 0.25, "half of them are off by a half");
}

static void printed(void (*print)(const struct calibration *, FILE *), const char *want)
{
    struct calibration c = of(3, 1);
    char text[256] = "";
    FILE *f = tmpfile();
    cr_assert_not_null(f);
    print(&c, f);
    rewind(f);
    size_t size = fread(text, 1, sizeof text - 1, f);
    fclose(f);
    text[size] = 0;
    cr_expect_str_eq(text, want);
}

static void row(const struct calibration *c, FILE *f)
{
    calibration_row(c, "x", f);
}

Test(calibration, rows)
{
    printed(calibration_bins, "75.00\t75.00\t100.00\n");
    printed(row, "x               0.8113   0.8113    75.00       75.00     0.00    1.39\n");
}
