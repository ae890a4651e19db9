// optim_run: the walks down a valley, step by step, and the singular values of a matrix that is
// made round.
#include "optim_run.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>

static const struct optim SETTINGS = {
    .lr = 0.02f, .scale = 1, .momentum = 0.9f, .beta1 = 0.9f, .beta2 = 0.99f, .epsilon = 1e-8f};
static const struct valley PLACE = {.curvature = 40, .x = -10, .y = 1};

// read_row finds the row of a step among the lines printed and reads its n numbers.
static void read_row(FILE *f, int step, int n, double *x)
{
    char line[256];
    rewind(f);
    while (fgets(line, sizeof line, f)) {
        int found, size;
        if (sscanf(line, "%d%n", &found, &size) != 1 || found != step) continue;
        const char *at = line + size;
        for (int i = 0; i < n; i++, at += size) cr_assert(sscanf(at, "%lf%n", &x[i], &size) == 1);
        return;
    }
    cr_assert_fail("no row for step %d", step);
}

static void check_row(FILE *f, int step, int n, const double *want)
{
    double x[6];
    read_row(f, step, n, x);
    for (int i = 0; i < n; i++)
        cr_assert(fabs(x[i] - want[i]) < 1e-4, "step %d, number %d: got %g, want %g", step, i, x[i],
                  want[i]);
}

Test(optim_run, gradient_descent_multiplies)
{
    FILE *f = tmpfile();
    optim_run_valley(PLACE, OPTIMIZER_SGD, &SETTINGS, 3, f);
    for (int step = 0; step <= 3; step++) {
        double x = -10 * pow(0.98, step), y = pow(0.2, step);
        check_row(f, step, 3, (double[]){x, y, (x * x + 40 * y * y) / 2});
    }
    fclose(f);
}

Test(optim_run, momentum_is_that_of_the_text)
{
    FILE *f = tmpfile();
    optim_run_valley(PLACE, OPTIMIZER_MOMENTUM, &SETTINGS, 2, f);
    check_row(f, 2, 2, (double[]){-9.424, -0.68});
    fclose(f);
}

Test(optim_run, adamw_counts_its_steps)
{
    FILE *f = tmpfile();
    optim_run_valley(PLACE, OPTIMIZER_ADAMW, &SETTINGS, 1, f);
    check_row(f, 1, 2, (double[]){-9.98, 0.98});
    fclose(f);
}

Test(optim_run, singular_values_of_each_step)
{
    const struct quintic cubic = QUINTIC_CLASSICAL;
    FILE *f = tmpfile();
    optim_run_matrix((float[]){3, 0, 0, -4}, cubic, 1, f);
    check_row(f, 0, 6, (double[]){0.6, 0, 0, -0.8, 0.8, 0.6});
    check_row(f, 1, 6, (double[]){0.792, 0, 0, -0.944, 0.944, 0.792});
    fclose(f);
    f = tmpfile();
    optim_run_matrix((float[]){0, 1, 1, 0}, cubic, 0, f);
    check_row(f, 0, 6, (double[]){0, sqrt(0.5), sqrt(0.5), 0, sqrt(0.5), sqrt(0.5)});
    fclose(f);
}
