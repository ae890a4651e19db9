#include "optim_run.h"

#include <math.h>

void optim_run_valley(struct valley place, enum optimizer which, const struct optim *o, int steps,
                      FILE *out)
{
    float w[2] = {place.x, place.y}, m[2] = {0}, v[2] = {0};
    const struct param p = {.name = "x, y", .rank = 1, .shape = {2}, .size = 2, .data = w};
    struct optim settings = *o;
    fprintf(out, "%4s %10s %10s %12s\n", "step", "x", "y", "loss");
    for (int step = 0; step <= steps; step++) {
        const float gradient[2] = {w[0], place.curvature * w[1]};
        double loss = ((double)(w[0] * w[0]) + (double)(place.curvature * w[1] * w[1])) / 2;
        fprintf(out, "%4d %10.4f %10.4f %12.4f\n", step, (double)w[0], (double)w[1], loss);
        settings.step = step + 1;
        optimizer_step(which, &settings, &p, gradient, m, v);
    }
}

// singular writes both singular values, the larger first: the sum of their squares is that of the
// elements, and their product the determinant.
static void singular(const float *x, double *s)
{
    double squares = 0, product = fabs((double)x[0] * (double)x[3] - (double)x[1] * (double)x[2]);
    for (int i = 0; i < 4; i++) squares += (double)x[i] * (double)x[i];
    double sum = sqrt(squares + 2 * product), difference = sqrt(fmax(squares - 2 * product, 0));
    s[0] = (sum + difference) / 2;
    s[1] = (sum - difference) / 2;
}

void optim_run_matrix(const float *matrix, struct quintic p, int steps, FILE *out)
{
    fprintf(out, "%4s %9s%9s%9s%9s %12s%9s\n", "step", "x00", "x01", "x10", "x11", "singular",
            "values");
    for (int step = 0; step <= steps; step++) {
        float x[4];
        double s[2];
        newton_schulz(p, step, 2, 2, matrix, x);
        singular(x, s);
        fprintf(out, "%4d %9.4f%9.4f%9.4f%9.4f %12.4f%9.4f\n", step, (double)x[0], (double)x[1],
                (double)x[2], (double)x[3], s[0], s[1]);
    }
}
