#include "block.h"

#include <criterion/criterion.h>

#include "check.h"
#include "oracle.h"

// {N, C}
static const int SHAPES[][2] = {{1, 1}, {4, 2}, {3, 15}, {5, 16}, {2, 17}, {7, 33}, {3, 70}};
enum { SHAPE_COUNT = sizeof SHAPES / sizeof *SHAPES };

struct problem {
    int N, C;
    size_t size;
    const float *x, *w, *dy;
    double *x64, *w64, *dy64, *y64;
    float *rrms;
};

static struct problem make(struct check *c, int N, int C, float deviation)
{
    size_t n = (size_t)N, k = (size_t)C;
    struct problem p = {.N = N, .C = C, .size = n * k, .x = check_normals(c, n * k, deviation)};
    p.x64 = check_widen(c, n * k, p.x);
    p.w = check_normals(c, k, 1), p.w64 = check_widen(c, k, p.w);
    p.dy = check_normals(c, n * k, 3), p.dy64 = check_widen(c, n * k, p.dy);
    p.y64 = check_doubles(c, n * k), p.rrms = check_nans(c, n);
    return p;
}

static double objective(const void *context)
{
    const struct problem *p = context;
    oracle_rmsnorm(p->N, p->C, p->x64, p->w64, p->y64);
    return oracle_dot((int)p->size, p->y64, p->dy64);
}

// rrms is off by C + 4 roundings: the sum of squares, the division, the root.  A y has two more; a
// dx is rrms times a difference of g and h times a mean of C products, each off by (1 + |h|)^2 of
// that; |h| is at most sqrt(C).
static void check_one(struct check *c, int N, int C, float deviation)
{
    struct problem p = make(c, N, C, deviation);
    float *y = check_nans(c, p.size), *dx = check_zeros(c, p.size);
    float *dw = check_zeros(c, (size_t)C);
    rmsnorm_forward(N, C, 1e-5f, p.x, p.w, y, p.rrms);
    objective(&p);
    double unit = CHECK_U * (C + 6);
    check_near(p.size, y, p.y64, unit * check_largest(p.size, p.y64), "y, N=%d C=%d", N, C);
    rmsnorm_backward(N, C, p.x, p.w, p.rrms, p.dy, dx, dw);

    double *slope = check_doubles(c, p.size), *tolerance = check_doubles(c, p.size);
    double g = check_largest(p.size, p.dy64) * check_largest((size_t)C, p.w64);
    for (int n = 0; n < N; n++) {
        double square = oracle_dot(C, p.x64 + n * C, p.x64 + n * C) / C,
               r = 1 / sqrt(square + 1e-5);
        double rrms = (double)p.rrms[n];
        cr_assert(fabs(rrms - r) <= unit * r, "rrms[%d] is %g, want %g", n, rrms, r);
        for (int k = 0; k < C; k++) tolerance[n * C + k] = r * (4 * (1 + C) * g * unit + 1e-9);
    }
    check_slopes(p.size, p.x64, objective, &p, slope);
    check_near_each(p.size, dx, slope, tolerance, "dx, N=%d C=%d", N, C);
    check_slopes((size_t)C, p.w64, objective, &p, slope);
    double most = N * check_largest(p.size, p.dy64) * sqrt(C) * (unit + CHECK_U * N) + 1e-9;
    check_near((size_t)C, dw, slope, most, "dw, N=%d C=%d", N, C);

    const float *x0 = check_normals(c, p.size, 5), *w0 = check_normals(c, (size_t)C, 5);
    float *x1 = check_copy(c, p.size, x0), *w1 = check_copy(c, (size_t)C, w0);
    rmsnorm_backward(N, C, p.x, p.w, p.rrms, p.dy, x1, w1);
    check_added(p.size, x1, x0, dx, "dx adds, N=%d C=%d", N, C);
    check_added((size_t)C, w1, w0, dw, "dw adds, N=%d C=%d", N, C);
}

Test(block_rmsnorm, is_the_formula_and_has_its_slopes)
{
    for (int i = 0; i < SHAPE_COUNT; i++) {
        struct check *c = check_begin((uint64_t)i);
        check_one(c, SHAPES[i][0], SHAPES[i][1], 2);
        check_one(c, SHAPES[i][0], SHAPES[i][1], 100);
        check_one(c, SHAPES[i][0], SHAPES[i][1], 0.01f);
        check_end(c);
    }
}

static void work(const void *job, float *out)
{
    const struct problem *p = job;
    rmsnorm_forward(p->N, p->C, 1e-5f, p->x, p->w, out, p->rrms);
    out += p->size;
    rmsnorm_backward(p->N, p->C, p->x, p->w, p->rrms, p->dy, out, out + p->size);
}

Test(block_rmsnorm, threads_change_no_bit)
{
    struct check *c = check_begin(30);
    struct problem p = make(c, 50, 150, 2);
    check_threads(c, 2 * p.size + 150, work, &p, "y, dx, dw");
    check_end(c);
}

Test(block_rmsnorm, gradients_may_be_left_out)
{
    struct check *c = check_begin(31);
    struct problem p = make(c, 7, 33, 2);
    const size_t size[2] = {p.size, 33};
    float *y = check_nans(c, p.size), *all[2], *out[2];
    rmsnorm_forward(p.N, p.C, 1e-5f, p.x, p.w, y, p.rrms);
    for (int i = 0; i < 2; i++) all[i] = check_zeros(c, size[i]);
    rmsnorm_backward(p.N, p.C, p.x, p.w, p.rrms, p.dy, all[0], all[1]);
    for (int wanted = 0; wanted < 4; wanted++) {
        for (int i = 0; i < 2; i++) out[i] = wanted >> i & 1 ? check_zeros(c, size[i]) : NULL;
        rmsnorm_backward(p.N, p.C, p.x, p.w, p.rrms, p.dy, out[0], out[1]);
        for (int i = 0; i < 2; i++) {
            if (out[i]) check_same(size[i], out[i], all[i], "gradient %d of set %d", i, wanted);
        }
    }
    check_end(c);
}
