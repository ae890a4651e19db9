#include "optim.h"

#include <math.h>

#include "error.h"
#include "mathf.h"
#include "vec.h"

// power returns b^n by repeated squaring: multiplications only, so the same bits everywhere.
static double power(double b, int n)
{
    double y = 1;
    for (; n; n /= 2, b *= b) {
        if (n % 2) y *= b;
    }
    return y;
}

void adamw_step(const struct adamw *o, size_t n, float *w, const float *g, float *m, float *v)
{
    CHECK(o->step >= 1, "step=%d", o->step);
    float b1 = o->beta1, b2 = o->beta2, scale = o->scale;
    float m_scale = (float)(1 / (1 - power((double)b1, o->step)));
    float v_scale = (float)(1 / (1 - power((double)b2, o->step)));
    float keep = 1 - o->lr * o->decay;
#pragma omp parallel for
    for (size_t i = 0; i < n; i++) {
        float g_i = scale * g[i];
        m[i] = fmaf(b1, m[i], (1 - b1) * g_i);
        v[i] = fmaf(b2, v[i], (1 - b2) * g_i * g_i);
        float update = m[i] * m_scale / (sqrtf(v[i] * v_scale) + o->epsilon);
        w[i] = fmaf(-o->lr, update, keep * w[i]);
    }
}

float gradient_norm(size_t n, const float *g)
{
    // The pieces are fixed by n alone and are folded in order: how many threads there are
    // decides nothing.
    enum { PIECES = 64, RUN = 4096 };
    double sum[PIECES];
#pragma omp parallel for
    for (int p = 0; p < PIECES; p++) {
        size_t begin = n / PIECES * (size_t)p, end = p + 1 < PIECES ? begin + n / PIECES : n;
        sum[p] = 0;
        for (size_t i = begin; i < end; i += RUN) {
            int run = end - i < RUN ? (int)(end - i) : RUN;
            sum[p] += (double)vec_dot(run, g + i, g + i);
        }
    }
    double total = 0;
    for (int p = 0; p < PIECES; p++) total += sum[p];
    return (float)sqrt(total);
}

float clip_scale(float norm, float most)
{
    return most > 0 && norm > most ? most / norm : 1;
}

float learning_rate(int step, int warmup, int steps, float lr, float lr_end)
{
    if (step < warmup) return lr * (float)(step + 1) / (float)(warmup + 1);
    if (steps <= warmup + 1) return lr;
    float done = (float)(step - warmup) / (float)(steps - 1 - warmup);
    return lr_end + 0.5f * (1 + mathf_cos(3.14159265f * done)) * (lr - lr_end);
}
