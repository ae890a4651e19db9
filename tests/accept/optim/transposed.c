// A tall matrix is transposed first and back at the end; the polynomial is applied to x from the
// inside out, x (a + A (b + c A)), so that A A is never made; decay is taken before the step; and
// steps are put together from each other.
#include "optim.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "linear.h"

float gradient_norm(size_t n, const float *g)
{
    double total = 0;
    while (n-- > 0) total += (double)(g[n] * g[n]);
    return (float)sqrt(total);
}

float clip_scale(float norm, float most)
{
    float scale = most / norm;
    return most > 0 && norm > 0 && scale < 1 ? scale : 1;
}

float learning_rate(int step, int warmup, int steps, float lr, float lr_end)
{
    if (step < warmup) return lr / (float)(warmup + 1) * (float)(step + 1);
    int last = steps - 1;
    if (last <= warmup) return lr;
    // cos x = 1 - 2 sin^2 (x / 2)
    float half = sinf(1.57079633f * (float)(step - warmup) / (float)(last - warmup));
    return lr - (lr - lr_end) * half * half;
}

static void fade(const struct optim *o, size_t n, float *w)
{
    for (size_t i = 0; i < n; i++) w[i] *= 1 - o->lr * o->decay;
}

void sgd_step(const struct optim *o, size_t n, float *w, const float *g)
{
    fade(o, n, w);
    for (size_t i = 0; i < n; i++) w[i] -= o->lr * o->scale * g[i];
}

// remember moves the movement on.
static void remember(const struct optim *o, size_t n, const float *g, float *m)
{
    for (size_t i = 0; i < n; i++) {
        m[i] *= o->momentum;
        m[i] += o->scale * g[i];
    }
}

static float ahead(const struct optim *o, float g, float m)
{
    return o->nesterov ? o->scale * g + o->momentum * m : m;
}

void momentum_step(const struct optim *o, size_t n, float *w, const float *g, float *m)
{
    remember(o, n, g, m);
    fade(o, n, w);
    for (size_t i = 0; i < n; i++) w[i] -= o->lr * ahead(o, g[i], m[i]);
}

void adamw_step(const struct optim *o, size_t n, float *w, const float *g, float *m, float *v)
{
    float b1 = o->beta1, b2 = o->beta2;
    float m_seen = 1 - powf(b1, (float)o->step), v_seen = 1 - powf(b2, (float)o->step);
    fade(o, n, w);
    for (size_t i = 0; i < n; i++) {
        float slope = g[i] * o->scale;
        m[i] += (1 - b1) * (slope - m[i]);
        v[i] += (1 - b2) * (slope * slope - v[i]);
        float m_hat = m[i] / m_seen, v_hat = v[i] / v_seen;
        w[i] -= o->lr * m_hat / (sqrtf(v_hat) + o->epsilon);
    }
}

static void transpose(int rows, int columns, const float *x, float *y)
{
    for (int i = 0; i < rows; i++)
        for (int j = 0; j < columns; j++) y[j * rows + i] = x[i * columns + j];
}

// times writes A z, where A (k, k) is symmetric: the transpose of what linear makes of its rows.
static void times(int k, int n, const float *A, const float *z, float *y)
{
    for (int i = 0; i < k; i++) {
        for (int j = 0; j < n; j++) {
            float sum = 0;
            for (int c = 0; c < k; c++) sum += A[c * k + i] * z[c * n + j];
            y[i * n + j] = sum;
        }
    }
}

void newton_schulz(struct quintic p, int steps, int rows, int columns, const float *g, float *x)
{
    size_t n = (size_t)rows * (size_t)columns;
    int tall = rows > columns, k = tall ? columns : rows, wide = tall ? rows : columns;
    float *y = malloc((4 * n + (size_t)k * (size_t)k) * sizeof *y);
    if (!y) die("out of memory");
    float *ay = y + n, *z = ay + n, *az = z + n, *A = az + n;
    if (tall)
        transpose(rows, columns, g, y);
    else
        memcpy(y, g, n * sizeof *y);
    float norm = gradient_norm(n, g);
    if (norm > 0)
        for (size_t i = 0; i < n; i++) y[i] /= norm;
    for (int s = 0; s < steps; s++) {
        linear_forward(k, wide, k, y, y, NULL, A);  // y y^T
        times(k, wide, A, y, ay);
        for (size_t i = 0; i < n; i++) z[i] = p.b * y[i] + p.c * ay[i];
        times(k, wide, A, z, az);
        for (size_t i = 0; i < n; i++) y[i] = p.a * y[i] + az[i];
    }
    if (tall)
        transpose(columns, rows, y, x);
    else
        memcpy(x, y, n * sizeof *x);
    free(y);
}

void muon_step(const struct optim *o, int rows, int columns, float *w, const float *g, float *m)
{
    size_t n = (size_t)rows * (size_t)columns;
    float *u = malloc(2 * n * sizeof *u), *x = u + n;
    if (!u) die("out of memory");
    remember(o, n, g, m);
    for (size_t i = 0; i < n; i++) u[i] = ahead(o, g[i], m[i]);
    newton_schulz(QUINTIC_MUON, MUON_STEPS, rows, columns, u, x);
    struct optim along = *o;
    along.scale = rows > columns ? 0.2f * sqrtf((float)rows) : 0.2f * sqrtf((float)columns);
    sgd_step(&along, n, w, x);
    free(u);
}
