#include "block.h"

#include <criterion/criterion.h>

#include "check.h"
#include "oracle.h"

// {N, C}
static const int SHAPES[][2] = {{1, 1}, {4, 2}, {3, 15}, {5, 16}, {2, 17}, {7, 33}, {3, 70}};
enum { SHAPE_COUNT = sizeof SHAPES / sizeof *SHAPES };

struct problem {
    struct check *c;
    int N, C;
    size_t size;
    const float *x, *w, *b, *dy;
    double *x64, *w64, *b64, *dy64, *y64;
    float *mean, *rstd;
};

static struct problem make_from(struct check *c, int N, int C, const float *x)
{
    size_t n = (size_t)N, k = (size_t)C;
    struct problem p = {.c = c, .N = N, .C = C, .size = n * k, .x = x};
    p.x64 = check_widen(c, n * k, p.x);
    p.w = check_normals(c, k, 1), p.w64 = check_widen(c, k, p.w);
    p.b = check_normals(c, k, 1), p.b64 = check_widen(c, k, p.b);
    p.dy = check_normals(c, n * k, 3), p.dy64 = check_widen(c, n * k, p.dy);
    p.y64 = check_doubles(c, n * k);
    p.mean = check_nans(c, n), p.rstd = check_nans(c, n);
    return p;
}

static struct problem make(struct check *c, int N, int C, float deviation)
{
    return make_from(c, N, C, check_normals(c, (size_t)(N * C), deviation));
}

// struct row: one row's statistics in double, and the error of h = (x - mean) * rstd relative to
// 1 + |h|: the mean and the difference are off by C + 2 roundings of the largest x, which rstd
// multiplies, and the sum of squares, the square root and the products add C + 6.
struct row {
    double mean, rstd, error;
};

static struct row row_of(const struct problem *p, int n)
{
    const double *x = p->x64 + n * p->C;
    double mean = 0, variance = 0;
    for (int c = 0; c < p->C; c++) mean += x[c] / p->C;
    for (int c = 0; c < p->C; c++) variance += (x[c] - mean) * (x[c] - mean) / p->C;
    double rstd = 1 / sqrt(variance + 1e-5), most = check_largest((size_t)p->C, x);
    return (struct row){mean, rstd, CHECK_U * (rstd * (p->C + 2) * most + p->C + 6)};
}

static void check_forward(const struct problem *p, const char *what)
{
    float *y = check_nans(p->c, p->size);
    layernorm_forward(p->N, p->C, 1e-5f, p->x, p->w, p->b, y, p->mean, p->rstd);
    oracle_layernorm(p->N, p->C, p->x64, p->w64, p->b64, p->y64);
    double *tolerance = check_doubles(p->c, p->size);
    for (int n = 0; n < p->N; n++) {
        struct row r = row_of(p, n);
        double most = check_largest((size_t)p->C, p->x64 + n * p->C);
        check_near(1, p->mean + n, &r.mean, CHECK_U * (p->C + 1) * most, "mean[%d] of %s", n, what);
        check_near(1, p->rstd + n, &r.rstd, r.error * r.rstd, "rstd[%d] of %s", n, what);
        for (int c = 0; c < p->C; c++) {
            double h = fabs(p->x64[n * p->C + c] - r.mean) * r.rstd;
            tolerance[n * p->C + c] =
                fabs(p->w64[c]) * (1 + h) * r.error + 2 * CHECK_U * fabs(p->b64[c]);
        }
    }
    check_near_each(p->size, y, p->y64, tolerance, "y of %s, N=%d C=%d", what, p->N, p->C);
}

Test(block_layernorm, forward_is_the_formula)
{
    for (int i = 0; i < SHAPE_COUNT; i++) {
        struct check *c = check_begin((uint64_t)i);
        struct problem p = make(c, SHAPES[i][0], SHAPES[i][1], 2);
        check_forward(&p, "normal rows");
        p = make(c, SHAPES[i][0], SHAPES[i][1], 1e4f);
        check_forward(&p, "large rows");
        p = make(c, SHAPES[i][0], SHAPES[i][1], 1e-3f);  // where the 1e-5 counts
        check_forward(&p, "small rows");
        check_end(c);
    }
}

// constant returns N rows that do not vary: -3, -1.9, … .
static float *constant(struct check *c, int N, int C)
{
    float *x = check_zeros(c, (size_t)(N * C));
    for (int i = 0; i < N * C; i++) x[i] = -3 + 1.1f * (float)(i / C);
    return x;
}

Test(block_layernorm, a_constant_row_gives_the_shift)
{
    struct check *c = check_begin(20);
    struct problem p = make_from(c, 5, 19, constant(c, 5, 19));
    check_forward(&p, "constant rows");
    check_end(c);
}

Test(block_layernorm, a_mean_far_from_zero_costs_only_its_own_roundings)
{
    struct check *c = check_begin(21);
    float *x = check_normals(c, 4 * 50, 1);
    for (int i = 0; i < 4 * 50; i++) x[i] -= 1000;
    struct problem p = make_from(c, 4, 50, x);
    check_forward(&p, "rows around -1000");
    check_end(c);
}

static double objective(const void *context)
{
    const struct problem *p = context;
    oracle_layernorm(p->N, p->C, p->x64, p->w64, p->b64, p->y64);
    return oracle_dot((int)p->size, p->y64, p->dy64);
}

// The tolerances: dx is rstd times a difference of g, its mean and h times a mean of g h, each
// off by (1 + |h|)^2 times the row's error and C + 4 roundings, which that error contains; dw is
// a sum of N products dy h.
static void check_backward(const struct problem *p, const char *what)
{
    size_t C = (size_t)p->C;
    float *y = check_nans(p->c, p->size);
    layernorm_forward(p->N, p->C, 1e-5f, p->x, p->w, p->b, y, p->mean, p->rstd);
    float *dx = check_zeros(p->c, p->size), *dw = check_zeros(p->c, C), *db = check_zeros(p->c, C);
    layernorm_backward(p->N, p->C, p->x, p->w, p->mean, p->rstd, p->dy, dx, dw, db);

    double *tolerance = check_doubles(p->c, p->size), *tolerance_w = check_doubles(p->c, C);
    double *slope = check_doubles(p->c, p->size), *g = check_doubles(p->c, C);
    for (int n = 0; n < p->N; n++) {
        struct row r = row_of(p, n);
        double h_most = 0;
        for (int c = 0; c < p->C; c++) {
            double h = fabs(p->x64[n * p->C + c] - r.mean) * r.rstd;
            double dy = fabs(p->dy64[n * p->C + c]);
            g[c] = dy * p->w64[c];
            h_most = fmax(h_most, h);
            tolerance_w[c] += dy * (1 + h) * (r.error + CHECK_U * p->N) + 1e-9;
        }
        double each = 4 * r.rstd * check_largest(C, g) * (1 + h_most) * (1 + h_most) * r.error;
        for (int c = 0; c < p->C; c++) tolerance[n * p->C + c] = each + 1e-9 * r.rstd;
    }
    check_slopes(p->size, p->x64, objective, p, slope);
    check_near_each(p->size, dx, slope, tolerance, "dx of %s, N=%d C=%d", what, p->N, p->C);
    check_slopes(C, p->w64, objective, p, slope);
    check_near_each(C, dw, slope, tolerance_w, "dw of %s, N=%d C=%d", what, p->N, p->C);
    check_slopes(C, p->b64, objective, p, slope);
    double most = check_largest(p->size, p->dy64);
    check_near(C, db, slope, CHECK_U * p->N * p->N * most + 1e-9, "db of %s, N=%d C=%d", what, p->N,
               p->C);

    const float *x0 = check_normals(p->c, p->size, 5), *w0 = check_normals(p->c, C, 5);
    const float *b0 = check_normals(p->c, C, 5);
    float *x1 = check_copy(p->c, p->size, x0), *w1 = check_copy(p->c, C, w0);
    float *b1 = check_copy(p->c, C, b0);
    layernorm_backward(p->N, p->C, p->x, p->w, p->mean, p->rstd, p->dy, x1, w1, b1);
    check_added(p->size, x1, x0, dx, "dx adds, %s, N=%d C=%d", what, p->N, p->C);
    check_added(C, w1, w0, dw, "dw adds, %s, N=%d C=%d", what, p->N, p->C);
    check_added(C, b1, b0, db, "db adds, %s, N=%d C=%d", what, p->N, p->C);
}

Test(block_layernorm, backward_is_the_slope_and_adds)
{
    for (int i = 0; i < SHAPE_COUNT; i++) {
        struct check *c = check_begin((uint64_t)i);
        struct problem p = make(c, SHAPES[i][0], SHAPES[i][1], 2);
        check_backward(&p, "normal rows");
        p = make(c, SHAPES[i][0], SHAPES[i][1], 100);
        check_backward(&p, "large rows");
        p = make_from(c, 2, 9, constant(c, 2, 9));
        check_backward(&p, "constant rows");
        check_end(c);
    }
}

static void work(const void *job, float *out)
{
    const struct problem *p = job;
    layernorm_forward(p->N, p->C, 1e-5f, p->x, p->w, p->b, out, p->mean, p->rstd);
    out += p->size;
    layernorm_backward(p->N, p->C, p->x, p->w, p->mean, p->rstd, p->dy, out, out + p->size,
                       out + p->size + p->C);
}

Test(block_layernorm, threads_change_no_bit)
{
    struct check *c = check_begin(30);
    struct problem p = make(c, 50, 150, 2);
    check_threads(c, 2 * p.size + 2 * 150, work, &p, "y, dx, dw, db");
    check_end(c);
}

Test(block_layernorm, gradients_may_be_left_out)
{
    struct check *c = check_begin(31);
    struct problem p = make(c, 7, 33, 2);
    const size_t size[3] = {p.size, 33, 33};
    float *y = check_nans(c, p.size), *all[3], *out[3];
    layernorm_forward(p.N, p.C, 1e-5f, p.x, p.w, p.b, y, p.mean, p.rstd);
    for (int i = 0; i < 3; i++) all[i] = check_zeros(c, size[i]);
    layernorm_backward(p.N, p.C, p.x, p.w, p.mean, p.rstd, p.dy, all[0], all[1], all[2]);
    for (int wanted = 0; wanted < 8; wanted++) {
        for (int i = 0; i < 3; i++) out[i] = wanted >> i & 1 ? check_zeros(c, size[i]) : NULL;
        layernorm_backward(p.N, p.C, p.x, p.w, p.mean, p.rstd, p.dy, out[0], out[1], out[2]);
        for (int i = 0; i < 3; i++) {
            if (out[i]) check_same(size[i], out[i], all[i], "gradient %d of set %d", i, wanted);
        }
    }
    check_end(c);
}
