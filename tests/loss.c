#include "loss.h"

#include <criterion/criterion.h>
#include <signal.h>

#include "check.h"
#include "oracle.h"

// {N, V}
static const int SHAPES[][2] = {{1, 1},  {1, 2},  {5, 3},  {4, 15},
                                {3, 16}, {2, 17}, {9, 33}, {3, 257}};
enum { SHAPE_COUNT = sizeof SHAPES / sizeof *SHAPES };
static const float SCALES[] = {1, 80, 1e4f};

struct problem {
    struct check *c;
    int N, V;
    size_t size;
    const float *x;
    const int32_t *target;
    double dloss, *x64, *loss64;
    float *lse, *loss;
};

static struct problem make_from(struct check *c, int N, int V, const float *x)
{
    struct problem p = {.c = c, .N = N, .V = V, .size = (size_t)(N * V), .x = x, .dloss = -0.375};
    int32_t *target = check_ids(c, (size_t)N, V);
    for (int n = 2; n < N; n += 3) target[n] = -1;
    p.target = target;
    p.x64 = check_widen(c, p.size, p.x), p.loss64 = check_doubles(c, (size_t)N);
    p.lse = check_nans(c, (size_t)N), p.loss = check_nans(c, (size_t)N);
    return p;
}

// extremes returns logits of -scale and +scale, with rows of one value among them.
static float *extremes(struct check *c, int N, int V, float scale)
{
    float *x = check_normals(c, (size_t)(N * V), 1);
    for (int i = 0; i < N * V; i++) x[i] = i / V % 4 == 3 || x[i] > 0 ? scale : -scale;
    return x;
}

// error_of returns how far off row n's lse may be: a sum of V terms, the logarithm's 4, and a
// rounding each of x - max, of the sum with max, and of the result.
static double error_of(const struct problem *p, int n)
{
    double most = check_largest((size_t)p->V, p->x64 + n * p->V);
    return CHECK_U * (p->V + 4 + 4 + 3 * (most + log(p->V)));
}

static void check_forward(const struct problem *p, const char *what)
{
    cross_entropy_forward(p->N, p->V, p->x, p->target, p->lse, p->loss);
    oracle_cross_entropy(p->N, p->V, p->x64, p->target, p->loss64);
    for (int n = 0; n < p->N; n++) {
        double want = oracle_lse(p->V, p->x64 + n * p->V), error = error_of(p, n);
        check_near(1, p->lse + n, &want, error, "lse[%d] of %s N=%d V=%d", n, what, p->N, p->V);
        double tolerance = p->target[n] < 0 ? 0 : error + CHECK_U * fabs(p->loss64[n]);
        check_near(1, p->loss + n, p->loss64 + n, tolerance, "loss[%d] of %s N=%d V=%d", n, what,
                   p->N, p->V);
    }
}

Test(loss, forward_is_the_formula)
{
    for (int i = 0; i < SHAPE_COUNT; i++) {
        for (int s = 0; s < 3; s++) {
            struct check *c = check_begin((uint64_t)(3 * i + s));
            int N = SHAPES[i][0], V = SHAPES[i][1];
            struct problem p = make_from(c, N, V, check_normals(c, (size_t)(N * V), SCALES[s]));
            check_forward(&p, "normal logits");
            p = make_from(c, N, V, extremes(c, N, V, SCALES[s]));
            check_forward(&p, "logits of two values");
            check_end(c);
        }
    }
}

Test(loss, equal_logits_give_the_logarithm_of_their_number)
{
    for (int V = 1; V < 200; V += 7) {
        struct check *c = check_begin(1);
        float *x = check_zeros(c, (size_t)V), loss, lse;
        for (int v = 0; v < V; v++) x[v] = -1e4f;
        cross_entropy_forward(1, V, x, (int32_t[]){V - 1}, &lse, &loss);
        // lse is near -1e4, whose last place is 2^-10.
        check_near(1, &loss, &(double){log(V)}, 0x1p-10, "V=%d", V);
        check_end(c);
    }
}

static double objective(const void *context)
{
    const struct problem *p = context;
    return p->dloss * oracle_cross_entropy(p->N, p->V, p->x64, p->target, p->loss64);
}

static void check_backward(const struct problem *p, const char *what)
{
    float *dx = check_zeros(p->c, p->size);
    const float *before = check_normals(p->c, p->size, 5);
    float *added = check_copy(p->c, p->size, before);
    double *slope = check_doubles(p->c, p->size), *tolerance = check_doubles(p->c, p->size);
    cross_entropy_forward(p->N, p->V, p->x, p->target, p->lse, p->loss);
    cross_entropy_backward(p->N, p->V, p->x, p->target, p->lse, (float)p->dloss, dx);
    cross_entropy_backward(p->N, p->V, p->x, p->target, p->lse, (float)p->dloss, added);
    check_slopes(p->size, p->x64, objective, p, slope);
    for (size_t i = 0; i < p->size; i++) {
        int n = (int)i / p->V;
        // exp makes the error of lse, and x's own, a relative one; below -87 it is 0.
        tolerance[i] = fabs(p->dloss) * (error_of(p, n) + CHECK_U * 8) +
                       1e-11 * p->N * check_largest(p->size, p->x64) + 1e-9;
        if (p->target[n] < 0) tolerance[i] = 0, slope[i] = 0;
    }
    check_near_each(p->size, dx, slope, tolerance, "dx of %s, N=%d V=%d", what, p->N, p->V);
    check_added(p->size, added, before, dx, "dx adds, %s, N=%d V=%d", what, p->N, p->V);
}

Test(loss, backward_is_the_slope_and_adds)
{
    for (int i = 0; i + 1 < SHAPE_COUNT; i++) {
        for (int s = 0; s < 3; s++) {
            struct check *c = check_begin((uint64_t)(3 * i + s));
            int N = SHAPES[i][0], V = SHAPES[i][1];
            struct problem p = make_from(c, N, V, check_normals(c, (size_t)(N * V), SCALES[s]));
            check_backward(&p, "normal logits");
            p = make_from(c, N, V, extremes(c, N, V, SCALES[s]));
            check_backward(&p, "logits of two values");
            check_end(c);
        }
    }
}

Test(loss, a_row_without_target_costs_nothing)
{
    struct check *c = check_begin(60);
    const int32_t target[3] = {-1, -1, -1};
    const float *x = check_normals(c, 3 * 20, 5), *before = check_normals(c, 3 * 20, 5);
    float *dx = check_copy(c, 3 * 20, before), *lse = check_nans(c, 3), *loss = check_nans(c, 3);
    cross_entropy_forward(3, 20, x, target, lse, loss);
    cross_entropy_backward(3, 20, x, target, lse, 1, dx);
    check_same(3, loss, (float[3]){0, 0, 0}, "loss");
    check_same(3 * 20, dx, before, "dx");
    check_end(c);
}

static void work(const void *job, float *out)
{
    const struct problem *p = job;
    cross_entropy_forward(p->N, p->V, p->x, p->target, out, out + p->N);
    cross_entropy_backward(p->N, p->V, p->x, p->target, out, (float)p->dloss, out + 2 * p->N);
}

Test(loss, threads_change_no_bit)
{
    struct check *c = check_begin(61);
    struct problem p = make_from(c, 53, 301, check_normals(c, 53 * 301, 4));
    check_threads(c, 2 * 53 + p.size, work, &p, "lse, loss, dx");
    check_end(c);
}

Test(loss, refuses_a_target_past_the_vocabulary, .signal = SIGABRT)
{
    float x[3] = {0}, lse, loss;
    cross_entropy_forward(1, 3, x, (int32_t[]){3}, &lse, &loss);
}

Test(loss, refuses_a_target_below_minus_one, .signal = SIGABRT)
{
    float x[3] = {0}, lse, loss;
    cross_entropy_forward(1, 3, x, (int32_t[]){-2}, &lse, &loss);
}
