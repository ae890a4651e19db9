#include "optim.h"

#include "todo.h"

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

void sgd_step(const struct optim *o, size_t n, float *w, const float *g)
{
    TODO();
}

void momentum_step(const struct optim *o, size_t n, float *w, const float *g, float *m)
{
    TODO();
}

void adamw_step(const struct optim *o, size_t n, float *w, const float *g, float *m, float *v)
{
    CHECK(o->step >= 1, "step=%d", o->step);
    TODO();
}

float clip_scale(float norm, float most)
{
    TODO();
}

// mathf_cos is the cosine to use: the C library's own differs from system to system.
float learning_rate(int step, int warmup, int steps, float lr, float lr_end)
{
    TODO();
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
    TODO();
    arena_free(arena);
}

void muon_step(const struct optim *o, int rows, int columns, float *w, const float *g, float *m)
{
    size_t size = (size_t)rows * (size_t)columns;
    struct arena *arena = arena_new();
    float *u = arena_floats(arena, size), *x = arena_floats(arena, size);
    TODO();
    arena_free(arena);
}
