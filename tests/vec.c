#include "vec.h"

#include <criterion/criterion.h>

#include "check.h"
#include "vec_fma.h"

static const int SIZES[] = {0, 1, 2, 15, 16, 17, 31, 32, 33, 63, 64, 65, 100, 1000};
enum { SIZE_COUNT = sizeof SIZES / sizeof *SIZES };

// The order the header promises: lane i % 16 from left to right, then halves.
static float lanes(int n, const float *a, const float *b)
{
    float lane[16] = {0};
    for (int i = 0; i < n; i++) {
        float term = b ? a[i] * b[i] : a[i];
        lane[i % 16] += term;
    }
    for (int l = 0; l < 8; l++) lane[l] += lane[l + 8];
    for (int l = 0; l < 4; l++) lane[l] += lane[l + 4];
    return (lane[0] + lane[2]) + (lane[1] + lane[3]);
}

Test(vec, sums_in_the_promised_order)
{
    struct check *c = check_begin(1);
    for (int i = 0; i < SIZE_COUNT; i++) {
        int n = SIZES[i];
        const float *x = check_normals(c, (size_t)n, 1), *y = check_normals(c, (size_t)n, 1);
        float sum = vec_sum(n, x), dot = vec_dot(n, x, y);
        check_same(1, &sum, &(float){lanes(n, x, NULL)}, "vec_sum n=%d", n);
        check_same(1, &dot, &(float){lanes(n, x, y)}, "vec_dot n=%d", n);
    }
    check_end(c);
}

Test(vec, sums_are_near_the_exact_ones)
{
    struct check *c = check_begin(2);
    for (int i = 0; i < SIZE_COUNT; i++) {
        int n = SIZES[i];
        const float *x = check_normals(c, (size_t)n, 3), *y = check_normals(c, (size_t)n, 3);
        double sum = 0, dot = 0, sum_size = 0, dot_size = 0;
        for (int j = 0; j < n; j++) {
            sum += (double)x[j], sum_size += fabs((double)x[j]);
            dot += (double)x[j] * (double)y[j], dot_size += fabs((double)x[j] * (double)y[j]);
        }
        check_near(1, &(float){vec_sum(n, x)}, &sum, CHECK_U * n * sum_size, "vec_sum n=%d", n);
        check_near(1, &(float){vec_dot(n, x, y)}, &dot, CHECK_U * n * dot_size, "vec_dot n=%d", n);
    }
    check_end(c);
}

Test(vec, max_finds_the_largest_wherever_it_stands)
{
    cr_assert(vec_max(0, NULL) == -INFINITY);
    struct check *c = check_begin(3);
    float *x = check_zeros(c, 70);
    for (int n = 1; n <= 70; n++) {
        for (int at = 0; at < n; at++) {
            for (int i = 0; i < n; i++) x[i] = -5 - (float)i;  // all negative: 0 is no answer
            x[at] = -2;
            cr_assert(vec_max(n, x) == -2, "n=%d: the largest is at %d", n, at);
        }
    }
    check_end(c);
}

Test(vec, max_passes_over_nan)
{
    float x[40];
    for (int n = 1; n <= 40; n++) {
        for (int i = 0; i < n; i++) x[i] = NAN;
        cr_assert(vec_max(n, x) == -INFINITY, "n=%d, all NaN", n);
        x[n / 2] = -7;
        cr_assert(vec_max(n, x) == -7, "n=%d, all NaN but one", n);
    }
}

Test(vec, add_rounds_once)
{
    struct check *c = check_begin(4);
    for (int i = 0; i < SIZE_COUNT; i++) {
        size_t n = (size_t)SIZES[i];
        const float *x = check_normals(c, n, 1), *y = check_normals(c, n, 1);
        float *added = check_copy(c, n, y), *want = check_nans(c, n);
        for (size_t j = 0; j < n; j++) want[j] = y[j] + x[j];
        vec_add(SIZES[i], x, added);
        check_same(n, added, want, "vec_add n=%zu", n);
    }
    check_end(c);
}

// Weights that are not side by side, rows longer than D, and the sum added once at the end.
Test(vec, combine_sums_rows_in_order_and_adds_once)
{
    struct check *c = check_begin(5);
    for (int i = 0; i < SIZE_COUNT; i++) {
        int D = SIZES[i], n = 1 + 3 * i % 11, w_step = 1 + i % 3, x_step = D + i % 4;
        const float *w = check_normals(c, (size_t)(n * w_step), 1);
        const float *x = check_normals(c, (size_t)(n * x_step), 1);
        const float *y = check_normals(c, (size_t)D, 1);
        float *got = check_copy(c, (size_t)D, y), *want = check_nans(c, (size_t)D);
        for (int d = 0; d < D; d++) {
            float sum = 0;
            for (int j = 0; j < n; j++) sum += w[j * w_step] * x[j * x_step + d];
            want[d] = y[d] + sum;
        }
        vec_combine(n, D, w, w_step, x, x_step, got);
        check_same((size_t)D, got, want, "vec_combine n=%d D=%d", n, D);
        vec_combine(0, D, w, w_step, x, x_step, got);
        check_same((size_t)D, got, want, "vec_combine of no rows, D=%d", D);
    }
    check_end(c);
}

Test(vec, fused_in_every_lane)
{
    struct check *c = check_begin(9);
    for (int i = 0; i < 1000; i++) {
        const float *x = check_normals(c, VEC_WIDTH, 1), *sum = check_normals(c, VEC_WIDTH, 1);
        float a = *check_normals(c, 1, 1), got[VEC_WIDTH], want[VEC_WIDTH];
        vec_part u, v;
        memcpy(&u, x, sizeof u);
        memcpy(&v, sum, sizeof v);
        v = vec_fma(a, u, v);
        memcpy(got, &v, sizeof got);
        for (int l = 0; l < VEC_WIDTH; l++) want[l] = fmaf(a, x[l], sum[l]);
        check_same(VEC_WIDTH, got, want, "vec_fma, a=%g", (double)a);
    }
    check_end(c);
}
