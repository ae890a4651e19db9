// Plain loops in double, the C library's functions, and no product but three loops; Newton and
// Schulz's step as x (a + b A + c A A) for any shape, with A = x^T x.
#include "optim.h"

#include <math.h>
#include <stdlib.h>

#include "error.h"

float gradient_norm(size_t n, const float *g)
{
    double total = 0;
    for (size_t i = 0; i < n; i++) total += (double)g[i] * (double)g[i];
    return (float)sqrt(total);
}

void sgd_step(const struct optim *o, size_t n, float *w, const float *g)
{
    for (size_t i = 0; i < n; i++) {
        double u = (double)o->scale * (double)g[i];
        w[i] = (float)((double)w[i] - (double)o->lr * (u + (double)o->decay * (double)w[i]));
    }
}

void momentum_step(const struct optim *o, size_t n, float *w, const float *g, float *m)
{
    double keep = 1 - (double)o->lr * (double)o->decay;
    for (size_t i = 0; i < n; i++) {
        double slope = (double)(o->scale * g[i]);
        double rolled = (double)o->momentum * (double)m[i] + slope;
        double u = rolled;
        if (o->nesterov) u = slope + (double)o->momentum * rolled;
        m[i] = (float)rolled;
        w[i] = (float)(keep * (double)w[i] - (double)o->lr * u);
    }
}

void adamw_step(const struct optim *o, size_t n, float *w, const float *g, float *m, float *v)
{
    double b1 = (double)o->beta1, b2 = (double)o->beta2;
    double square_seen = 1 - pow(b2, o->step), mean_seen = 1 - pow(b1, o->step);
    for (size_t i = 0; i < n; i++) {
        double slope = (double)o->scale * (double)g[i];
        double mean = b1 * (double)m[i] + (1 - b1) * slope;
        double square = b2 * (double)v[i] + (1 - b2) * slope * slope;
        double u = mean / mean_seen / (sqrt(square / square_seen) + (double)o->epsilon);
        m[i] = (float)mean;
        v[i] = (float)square;
        w[i] = (float)((double)w[i] - (double)o->lr * (u + (double)o->decay * (double)w[i]));
    }
}

float clip_scale(float norm, float most)
{
    if (most <= 0) return 1;
    if (norm <= most) return 1;
    return most / norm;
}

float learning_rate(int step, int warmup, int steps, float lr, float lr_end)
{
    if (step < warmup) return (float)((double)lr * (step + 1.0) / (warmup + 1.0));
    int fall = steps - 1 - warmup;
    if (fall <= 0) return lr;
    double share = (1 + cos(acos(-1) * (step - warmup) / fall)) / 2;
    return (float)(share * (double)lr + (1 - share) * (double)lr_end);
}

void newton_schulz(struct quintic p, int steps, int rows, int columns, const float *g, float *x)
{
    int n = rows * columns, k = columns;
    double *A = malloc(sizeof *A * (size_t)(2 * k * k + n)), *S = A + k * k, *next = S + k * k;
    if (!A) die("out of memory");
    double norm = (double)gradient_norm((size_t)n, g);
    for (int i = 0; i < n; i++) x[i] = norm == 0 ? 0 : (float)((double)g[i] / norm);
    while (steps-- > 0) {
        for (int i = 0; i < k; i++) {
            for (int j = 0; j < k; j++) {
                double sum = 0;
                for (int r = 0; r < rows; r++)
                    sum += (double)x[r * columns + i] * (double)x[r * columns + j];
                A[i * k + j] = sum;
            }
        }
        for (int i = 0; i < k; i++) {
            for (int j = 0; j < k; j++) {
                double sum = 0;
                for (int c = 0; c < k; c++) sum += A[i * k + c] * A[c * k + j];
                S[i * k + j] = (double)p.b * A[i * k + j] + (double)p.c * sum;
                if (i == j) S[i * k + j] += (double)p.a;
            }
        }
        for (int i = 0; i < n; i++) {
            next[i] = 0;
            for (int c = 0; c < k; c++)
                next[i] += (double)x[i / columns * columns + c] * S[c * k + i % columns];
        }
        for (int i = 0; i < n; i++) x[i] = (float)next[i];
    }
    free(A);
}

void muon_step(const struct optim *o, int rows, int columns, float *w, const float *g, float *m)
{
    size_t n = (size_t)rows * (size_t)columns;
    float *u = malloc(2 * n * sizeof *u), *x = u + n;
    if (!u) die("out of memory");
    for (size_t i = 0; i < n; i++) {
        m[i] = o->momentum * m[i] + o->scale * g[i];
        u[i] = o->nesterov ? o->momentum * m[i] + o->scale * g[i] : m[i];
    }
    newton_schulz(QUINTIC_MUON, MUON_STEPS, rows, columns, u, x);
    double length = 0.2 * sqrt(rows > columns ? rows : columns);
    for (size_t i = 0; i < n; i++) w[i] -= o->lr * ((float)length * x[i] + o->decay * w[i]);
    free(u);
}
