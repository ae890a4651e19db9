#include "linear.h"

#include <criterion/criterion.h>

#include "check.h"
#include "oracle.h"

// {N, C, O}
static const int SHAPES[][3] = {{1, 1, 1},  {1, 17, 3},  {5, 1, 7},    {3, 16, 16},
                                {7, 33, 9}, {2, 130, 5}, {40, 11, 13}, {1, 1, 20}};
enum { SHAPE_COUNT = sizeof SHAPES / sizeof *SHAPES };

struct problem {
    struct check *c;
    int N, C, O;
    size_t x_size, w_size, y_size;
    const float *x, *w, *b, *dy;
    double *x64, *w64, *b64, *dy64, *y64;
};

static struct problem make(struct check *c, const int *shape)
{
    size_t N = (size_t)shape[0], C = (size_t)shape[1], O = (size_t)shape[2];
    struct problem p = {.c = c, .N = shape[0], .C = shape[1], .O = shape[2]};
    p.x_size = N * C, p.w_size = O * C, p.y_size = N * O;
    p.x = check_normals(c, p.x_size, 2), p.x64 = check_widen(c, p.x_size, p.x);
    p.w = check_normals(c, p.w_size, 1), p.w64 = check_widen(c, p.w_size, p.w);
    p.b = check_normals(c, O, 3), p.b64 = check_widen(c, O, p.b);
    p.dy = check_normals(c, p.y_size, 2), p.dy64 = check_widen(c, p.y_size, p.dy);
    p.y64 = check_doubles(c, p.y_size);
    return p;
}

static double objective(const void *context)
{
    const struct problem *p = context;
    oracle_linear(p->N, p->C, p->O, p->x64, p->w64, p->b64, p->y64);
    return oracle_dot((int)p->y_size, p->y64, p->dy64);
}

Test(linear, forward_is_the_formula)
{
    for (int i = 0; i < SHAPE_COUNT; i++) {
        struct check *c = check_begin((uint64_t)i);
        struct problem p = make(c, SHAPES[i]);
        double *x = check_doubles(c, p.x_size), *w = check_doubles(c, p.w_size);
        double *b = check_doubles(c, (size_t)p.O), *tolerance = check_doubles(c, p.y_size);
        oracle_absolute((int)p.x_size, p.x64, x);
        oracle_absolute((int)p.w_size, p.w64, w);
        oracle_absolute(p.O, p.b64, b);
        for (int bias = 0; bias < 2; bias++) {
            float *y = check_nans(c, p.y_size);
            linear_forward(p.N, p.C, p.O, p.x, p.w, bias ? p.b : NULL, y);
            oracle_linear(p.N, p.C, p.O, p.x64, p.w64, bias ? p.b64 : NULL, p.y64);
            oracle_linear(p.N, p.C, p.O, x, w, bias ? b : NULL, tolerance);
            // C products and the bias.
            for (size_t j = 0; j < p.y_size; j++) tolerance[j] *= CHECK_U * (p.C + 1);
            check_near_each(p.y_size, y, p.y64, tolerance, "y N=%d C=%d O=%d bias=%d", p.N, p.C,
                            p.O, bias);
        }
        check_end(c);
    }
}

// compare checks a gradient of n elements, each a sum of `terms` products, from zero and from
// another start.
static void compare(const struct problem *p, const char *name, size_t n, double *at, int terms,
                    double magnitude, const float *got, const float *before, const float *added)
{
    double *slope = check_doubles(p->c, n);
    check_slopes(n, at, objective, p, slope);
    check_near(n, got, slope, CHECK_U * terms * terms * magnitude + 1e-9, "%s N=%d C=%d O=%d", name,
               p->N, p->C, p->O);
    check_added(n, added, before, got, "%s adds, N=%d C=%d O=%d", name, p->N, p->C, p->O);
}

Test(linear, backward_is_the_slope_and_adds)
{
    for (int i = 0; i < SHAPE_COUNT; i++) {
        struct check *c = check_begin((uint64_t)i);
        struct problem p = make(c, SHAPES[i]);
        size_t O = (size_t)p.O;
        float *dx = check_zeros(c, p.x_size), *dw = check_zeros(c, p.w_size);
        float *db = check_zeros(c, O);
        linear_backward(p.N, p.C, p.O, p.x, p.w, p.dy, dx, dw, db);
        const float *x0 = check_normals(c, p.x_size, 5), *w0 = check_normals(c, p.w_size, 5);
        const float *b0 = check_normals(c, O, 5);
        float *x1 = check_copy(c, p.x_size, x0), *w1 = check_copy(c, p.w_size, w0);
        float *b1 = check_copy(c, O, b0);
        linear_backward(p.N, p.C, p.O, p.x, p.w, p.dy, x1, w1, b1);
        double x = check_largest(p.x_size, p.x64), w = check_largest(p.w_size, p.w64);
        double dy = check_largest(p.y_size, p.dy64);
        compare(&p, "dx", p.x_size, p.x64, p.O, dy * w, dx, x0, x1);
        compare(&p, "dw", p.w_size, p.w64, p.N, dy * x, dw, w0, w1);
        compare(&p, "db", O, p.b64, p.N, dy, db, b0, b1);
        check_end(c);
    }
}

Test(linear, gradients_may_be_left_out)
{
    struct check *c = check_begin(9);
    struct problem p = make(c, SHAPES[4]);
    size_t size[3] = {p.x_size, p.w_size, (size_t)p.O};
    const float *all[3];
    float *out[3];
    for (int i = 0; i < 3; i++) all[i] = out[i] = check_zeros(c, size[i]);
    linear_backward(p.N, p.C, p.O, p.x, p.w, p.dy, out[0], out[1], out[2]);
    for (int wanted = 0; wanted < 8; wanted++) {
        for (int i = 0; i < 3; i++) out[i] = wanted >> i & 1 ? check_zeros(c, size[i]) : NULL;
        linear_backward(p.N, p.C, p.O, p.x, p.w, p.dy, out[0], out[1], out[2]);
        for (int i = 0; i < 3; i++) {
            if (out[i]) check_same(size[i], out[i], all[i], "gradient %d of set %d", i, wanted);
        }
    }
    check_end(c);
}

static void work(const void *job, float *out)
{
    const struct problem *p = job;
    linear_forward(p->N, p->C, p->O, p->x, p->w, p->b, out);
    out += p->y_size;
    linear_backward(p->N, p->C, p->O, p->x, p->w, p->dy, out, out + p->x_size,
                    out + p->x_size + p->w_size);
}

Test(linear, threads_change_no_bit)
{
    struct check *c = check_begin(10);
    struct problem p = make(c, (int[]){150, 70, 210});
    check_threads(c, p.y_size + p.x_size + p.w_size + (size_t)p.O, work, &p, "y, dx, dw, db");
    check_end(c);
}

Test(linear, dx_by_itself_is_added_or_written_over)
{
    struct check *c = check_begin(11);
    struct problem p = make(c, SHAPES[4]);
    const float *start = check_normals(c, p.x_size, 5);
    float *zeros = check_zeros(c, p.x_size), *over = check_nans(c, p.x_size);
    float *both = check_copy(c, p.x_size, start), *added = check_copy(c, p.x_size, start);
    linear_backward(p.N, p.C, p.O, p.x, p.w, p.dy, zeros, NULL, NULL);
    linear_dx(p.N, p.C, p.O, p.w, p.dy, over, 0);
    check_same(p.x_size, over, zeros, "written over");
    linear_backward(p.N, p.C, p.O, p.x, p.w, p.dy, both, NULL, NULL);
    linear_dx(p.N, p.C, p.O, p.w, p.dy, added, 1);
    check_same(p.x_size, added, both, "added");
    check_end(c);
}
