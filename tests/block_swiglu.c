#include "block.h"

#include <criterion/criterion.h>

#include "check.h"
#include "oracle.h"

// {N, F}
static const int SHAPES[][2] = {{1, 1}, {4, 2}, {3, 15}, {5, 16}, {2, 17}, {7, 33}};
enum { SHAPE_COUNT = sizeof SHAPES / sizeof *SHAPES };

struct problem {
    int N, F;
    const float *x, *dy;
    double *x64, *dy64, *y64;
};

static struct problem make(struct check *c, int N, int F, float deviation)
{
    size_t size = (size_t)(N * F);
    struct problem p = {.N = N, .F = F, .x = check_normals(c, 2 * size, deviation)};
    p.dy = check_normals(c, size, 3);
    p.x64 = check_widen(c, 2 * size, p.x), p.dy64 = check_widen(c, size, p.dy);
    p.y64 = check_doubles(c, size);
    return p;
}

static double objective(const void *context)
{
    const struct problem *p = context;
    oracle_swiglu(p->N, p->F, p->x64, p->y64);
    return oracle_dot(p->N * p->F, p->y64, p->dy64);
}

// An exp is off by 2 units, the sigmoid by some more; a slope multiplies the gate with what it is
// off by: 16 roundings of (1 + |gate|) times the rest.
Test(block_swiglu, is_the_formula_and_has_its_slopes)
{
    for (int i = 0; i < 2 * SHAPE_COUNT; i++) {
        struct check *c = check_begin((uint64_t)i);
        int N = SHAPES[i / 2][0], F = SHAPES[i / 2][1];
        size_t size = (size_t)(N * F);
        struct problem p = make(c, N, F, i % 2 ? 20 : 1);
        float *y = check_nans(c, size), *dx = check_zeros(c, 2 * size);
        double most = 1 + check_largest(2 * size, p.x64);
        double *slope = check_doubles(c, 2 * size);
        swiglu_forward(N, F, p.x, y);
        objective(&p);
        check_near(size, y, p.y64, 16 * CHECK_U * most * most, "y, N=%d F=%d", N, F);
        float *again = check_nans(c, size);
        swiglu_backward(N, F, p.x, p.dy, dx, again);
        check_same(size, again, y, "y once more, N=%d F=%d", N, F);
        check_slopes(2 * size, p.x64, objective, &p, slope);
        double tolerance = 16 * CHECK_U * most * most * check_largest(size, p.dy64) + 1e-8;
        check_near(2 * size, dx, slope, tolerance, "dx, N=%d F=%d", N, F);
        const float *before = check_normals(c, 2 * size, 5);
        float *added = check_copy(c, 2 * size, before);
        swiglu_backward(N, F, p.x, p.dy, added, again);
        check_added(2 * size, added, before, dx, "dx adds, N=%d F=%d", N, F);
        check_end(c);
    }
}

Test(block_swiglu, far_out_it_is_zero_or_a_product)
{
    const float x[] = {-1000, 0, 1000, 3, 4, 5}, want[] = {0, 0, 5000};
    const float ones[] = {1, 1, 1}, slopes[] = {0, 2, 5, 0, 0, 1000};
    float y[3], again[3], dx[6] = {0};
    swiglu_forward(1, 3, x, y);
    swiglu_backward(1, 3, x, ones, dx, again);
    for (int i = 0; i < 3; i++)
        cr_assert(y[i] == want[i] && again[i] == want[i], "y[%d] is %g, then %g", i, (double)y[i],
                  (double)again[i]);
    for (int i = 0; i < 6; i++) cr_assert(dx[i] == slopes[i], "dx[%d] is %g", i, (double)dx[i]);
}

static void work(const void *job, float *out)
{
    const struct problem *p = job;
    swiglu_forward(p->N, p->F, p->x, out);
    swiglu_backward(p->N, p->F, p->x, p->dy, out + p->N * p->F, out + 3 * p->N * p->F);
}

Test(block_swiglu, threads_change_no_bit)
{
    struct check *c = check_begin(5);
    struct problem p = make(c, 50, 63, 2);
    check_threads(c, 4 * 50 * 63, work, &p, "y, dx, y");
    check_end(c);
}
