#include "block.h"

#include <criterion/criterion.h>

#include "check.h"
#include "oracle.h"

// slope_of returns the slope of the tanh's argument, which passes the argument's error on.
static double slope_of(double x)
{
    return 0.8 * (1 + 3 * 0.044715 * x * x);
}

// grid returns n numbers evenly over [-10, 10].
static float *grid(struct check *c, int n)
{
    float *x = check_zeros(c, (size_t)n);
    for (int i = 0; i < n; i++) x[i] = -10 + 20 * (float)i / (float)(n > 1 ? n - 1 : 1);
    return x;
}

Test(block_gelu, forward_is_the_formula_from_minus_ten_to_ten)
{
    static const int SIZES[] = {1, 2, 15, 16, 17, 4001};
    for (int k = 0; k < 6; k++) {
        struct check *c = check_begin(1);
        int n = SIZES[k];
        size_t size = (size_t)n;
        const float *x = grid(c, n);
        double *x64 = check_widen(c, size, x), *want = check_doubles(c, size);
        double *tolerance = check_doubles(c, size);
        float *y = check_nans(c, size);
        gelu_forward(size, x, y);
        oracle_gelu(n, x64, want);
        // The tanh is off by 8: its own 2 ulp, and what is left of the argument's four roundings,
        // |a| (1 - tanh(a)^2) < 0.5 each.  Then an addition and a product.
        for (int i = 0; i < n; i++) tolerance[i] = CHECK_U * (8 + 2) * fabs(x64[i]);
        check_near_each(size, y, want, tolerance, "y n=%d", n);
        check_end(c);
    }
}

Test(block_gelu, far_out_it_is_zero_or_x)
{
    const float x[] = {-1e10f, -1000, -20, -0.0f, 0, 20, 1000, 1e10f};
    const float want[] = {0, 0, 0, 0, 0, 20, 1000, 1e10f};
    float y[8], again[8], dx[8] = {0}, ones[8] = {1, 1, 1, 1, 1, 1, 1, 1};
    gelu_forward(8, x, y);
    gelu_backward(8, x, ones, dx, again);
    for (int i = 0; i < 8; i++) {
        cr_assert(again[i] == y[i], "gelu(%g) is %g", (double)x[i], (double)again[i]);
        cr_assert(y[i] == want[i], "gelu(%g) is %g", (double)x[i], (double)y[i]);
        float slope = x[i] == 0 ? 0.5f : want[i] > 0 ? 1 : 0;
        cr_assert(dx[i] == slope, "gelu'(%g) is %g", (double)x[i], (double)dx[i]);
    }
}

struct problem {
    int n;
    const float *x, *dy;
    double *x64, *dy64, *y64;
};

static double objective(const void *context)
{
    const struct problem *p = context;
    oracle_gelu(p->n, p->x64, p->y64);
    return oracle_dot(p->n, p->y64, p->dy64);
}

Test(block_gelu, backward_is_the_slope_and_adds)
{
    for (int n = 1; n <= 201; n += 40) {
        struct check *c = check_begin((uint64_t)n);
        size_t size = (size_t)n;
        struct problem p = {n, grid(c, n), check_normals(c, size, 3), NULL, NULL, NULL};
        p.x64 = check_widen(c, size, p.x), p.dy64 = check_widen(c, size, p.dy);
        p.y64 = check_doubles(c, size);
        double *want = check_doubles(c, size), *tolerance = check_doubles(c, size);
        check_slopes(size, p.x64, objective, &p, want);
        // (1 + t) / 2 is off by 8; 1 - t^2 by twice that, then multiplied by x/2 and the slope.
        for (int i = 0; i < n; i++) {
            double ops = 8 + 16 * fabs(p.x64[i]) / 2 * slope_of(p.x64[i]);
            tolerance[i] = CHECK_U * ops * fabs(p.dy64[i]) + 1e-9;
        }
        float *dx = check_zeros(c, size), *y = check_nans(c, size), *again = check_nans(c, size);
        gelu_forward(size, p.x, y);
        gelu_backward(size, p.x, p.dy, dx, again);
        check_same(size, again, y, "y once more, n=%d", n);
        check_near_each(size, dx, want, tolerance, "dx n=%d", n);
        const float *before = check_normals(c, size, 5);
        float *added = check_copy(c, size, before);
        gelu_backward(size, p.x, p.dy, added, again);
        check_added(size, added, before, dx, "dx adds, n=%d", n);
        check_end(c);
    }
}

static void work(const void *job, float *out)
{
    const struct problem *p = job;
    gelu_forward((size_t)p->n, p->x, out);
    gelu_backward((size_t)p->n, p->x, p->dy, out + p->n, out + 2 * p->n);
}

Test(block_gelu, threads_change_no_bit)
{
    struct check *c = check_begin(5);
    struct problem p = {1003, grid(c, 1003), check_normals(c, 1003, 3), NULL, NULL, NULL};
    check_threads(c, 3 * 1003, work, &p, "y, dx, y");
    check_end(c);
}
