#include "optim.h"

#include <math.h>
#include <string.h>

#include "ahead.h"
#include "arena.h"
#include "error.h"
#include "fast.h"
#include "gemm.h"
#include "mathf.h"
#include "parallel.h"
#include "threads.h"
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

// The pieces of a norm are fixed by n alone and are added up in their order: how many threads there
// are decides nothing.
enum { PIECES = 64, RUN = 4096 };

// struct whole: what is cut into them.
struct whole {
    size_t n;
    const float *g;
};

// squares returns the sum of the squares in piece p.
static double squares(const void *all, int p)
{
    const struct whole *w = all;
    size_t begin = w->n / PIECES * (size_t)p;
    size_t end = p + 1 < PIECES ? begin + w->n / PIECES : w->n;
    double sum = 0;
    for (size_t i = begin; i < end; i += RUN) {
        int run = end - i < RUN ? (int)(end - i) : RUN;
        sum += (double)vec_dot(run, w->g + i, w->g + i);
    }
    return sum;
}

float gradient_norm(size_t n, const float *g)
{
    double slot[PIECES];
    const struct whole all = {n, g};
    return (float)sqrt(parallel_sum(threads_max(), PIECES, squares, &all, slot));
}

// SOLUTION BEGIN
// move takes the step that all of them end in, for one weight.
static float move(const struct optim *o, float w, float u)
{
    return fmaf(-o->lr, u, (1 - o->lr * o->decay) * w);
}

// SOLUTION END
void sgd_step(const struct optim *o, size_t n, float *w, const float *g)
{
    // SOLUTION BEGIN
#pragma omp parallel for
    for (size_t i = 0; i < n; i++) w[i] = move(o, w[i], o->scale * g[i]);
    // SOLUTION END
}

// SOLUTION BEGIN
// roll lets one weight's movement roll on and returns the direction to go.
static float roll(const struct optim *o, float g, float *m)
{
    float g_i = o->scale * g;
    *m = fmaf(o->momentum, *m, g_i);
    return o->nesterov ? fmaf(o->momentum, *m, g_i) : *m;
}

// SOLUTION END
void momentum_step(const struct optim *o, size_t n, float *w, const float *g, float *m)
{
    // SOLUTION BEGIN
#pragma omp parallel for
    for (size_t i = 0; i < n; i++) w[i] = move(o, w[i], roll(o, g[i], &m[i]));
    // SOLUTION END
}

void adamw_step(const struct optim *o, size_t n, float *w, const float *g, float *m, float *v)
{
    CHECK(o->step >= 1, "step=%d", o->step);
    // SOLUTION BEGIN
    float b1 = o->beta1, b2 = o->beta2;
    float m_scale = (float)(1 / (1 - power((double)b1, o->step)));
    float v_scale = (float)(1 / (1 - power((double)b2, o->step)));
#pragma omp parallel for
    for (size_t run = 0; run < n; run += AHEAD_RUN) {
        ahead_read(g + run), ahead_write(m + run), ahead_write(v + run), ahead_write(w + run);
        size_t end = ahead_end(run, n);
        for (size_t i = run; i < end; i++) {
            float g_i = o->scale * g[i];
            m[i] = fmaf(b1, m[i], (1 - b1) * g_i);
            v[i] = fmaf(b2, v[i], (1 - b2) * g_i * g_i);
            w[i] = move(o, w[i], m[i] * m_scale / (sqrtf(v[i] * v_scale) + o->epsilon));
        }
    }
    // SOLUTION END
}

float clip_scale(float norm, float most)
{
    // SOLUTION BEGIN
    return most > 0 && norm > most ? most / norm : 1;
    // SOLUTION END
}

// mathf_cos is the cosine to use: the C library's own differs from system to system.
float learning_rate(int step, int warmup, int steps, float lr, float lr_end)
{
    // SOLUTION BEGIN
    if (step < warmup) return lr * (float)(step + 1) / (float)(warmup + 1);
    if (steps <= warmup + 1) return lr;
    float done = (float)(step - warmup) / (float)(steps - 1 - warmup);
    return lr_end + 0.5f * (1 + mathf_cos(3.14159265f * done)) * (lr - lr_end);
    // SOLUTION END
}

void newton_schulz(struct quintic p, int steps, int rows, int columns, const float *g, float *x)
{
    CHECK(steps >= 0 && rows >= 1 && columns >= 1, "steps=%d rows=%d columns=%d", steps, rows,
          columns);
    size_t size = (size_t)rows * (size_t)columns, most = (size_t)(rows > columns ? rows : columns);
    struct arena *arena = arena_new();
    // Room for A, for A A and for what x becomes.
    float *A = arena_floats(arena, most * most), *AA = arena_floats(arena, most * most);
    float *next = arena_floats(arena, size);
    // SOLUTION BEGIN
    float norm = gradient_norm(size, g);
    for (size_t i = 0; i < size; i++) x[i] = norm > 0 ? g[i] / norm : 0;
    int tall = rows > columns, k = tall ? columns : rows;
    struct matrix X = {x, columns, 1}, XT = {x, 1, columns}, poly = {AA, k, 1};
    for (int step = 0; step < steps; step++) {
        FAST.gemm(k, k, tall ? rows : columns, tall ? XT : X, tall ? X : XT, NULL, A, 0);
        FAST.gemm(k, k, k, (struct matrix){A, k, 1}, (struct matrix){A, k, 1}, NULL, AA, 0);
        for (int i = 0; i < k * k; i++) AA[i] = p.b * A[i] + p.c * AA[i];
        for (size_t i = 0; i < size; i++) next[i] = p.a * x[i];
        FAST.gemm(rows, columns, k, tall ? X : poly, tall ? poly : X, NULL, next, 1);
        memcpy(x, next, size * sizeof *x);
    }
    // SOLUTION END
    arena_free(arena);
}

void muon_step(const struct optim *o, int rows, int columns, float *w, const float *g, float *m)
{
    size_t size = (size_t)rows * (size_t)columns;
    struct arena *arena = arena_new();
    float *u = arena_floats(arena, size), *x = arena_floats(arena, size);
    // SOLUTION BEGIN
#pragma omp parallel for
    for (size_t i = 0; i < size; i++) u[i] = roll(o, g[i], &m[i]);
    newton_schulz(QUINTIC_MUON, MUON_STEPS, rows, columns, u, x);
    float factor = 0.2f * sqrtf((float)(rows > columns ? rows : columns));
#pragma omp parallel for
    for (size_t i = 0; i < size; i++) w[i] = move(o, w[i], factor * x[i]);
    // SOLUTION END
    arena_free(arena);
}
