#include "columns.h"

#include <criterion/criterion.h>
#include <math.h>

#include "check.h"

struct problem {
    int N, C;
    const float *a, *x, *mean, *rstd;
};

static struct problem make(struct check *c, int N, int C)
{
    size_t n = (size_t)N, size = n * (size_t)C;
    return (struct problem){N,
                            C,
                            check_normals(c, size, 2),
                            check_normals(c, size, 2),
                            check_normals(c, n, 1),
                            check_normals(c, n, 1)};
}

static const int SHAPES[][2] = {{1, 1}, {7, 1}, {1, 63}, {5, 64}, {3, 65}, {40, 130}, {9, 200}};

Test(columns, sum_goes_down_and_is_added_once)
{
    for (size_t i = 0; i < sizeof SHAPES / sizeof *SHAPES; i++) {
        struct check *c = check_begin(i);
        struct problem p = make(c, SHAPES[i][0], SHAPES[i][1]);
        size_t C = (size_t)p.C;
        const float *before = check_normals(c, C, 9);
        float *got = check_copy(c, C, before), *want = check_copy(c, C, before);
        for (int j = 0; j < p.C; j++) {
            float sum = 0;
            for (int n = 0; n < p.N; n++) sum += p.x[n * p.C + j];
            want[j] += sum;
        }
        columns_sum(p.N, p.C, p.x, got);
        check_same(C, got, want, "N=%d C=%d", p.N, p.C);
        check_end(c);
    }
}

Test(columns, dot_is_the_formula_and_adds)
{
    for (size_t i = 0; i < sizeof SHAPES / sizeof *SHAPES; i++) {
        struct check *c = check_begin(i);
        struct problem p = make(c, SHAPES[i][0], SHAPES[i][1]);
        size_t C = (size_t)p.C;
        float *got = check_zeros(c, C);
        double *want = check_doubles(c, C), *tolerance = check_doubles(c, C);
        for (int j = 0; j < p.N * p.C; j++) {
            double m = (double)p.mean[j / p.C], r = (double)p.rstd[j / p.C];
            double term = (double)p.a[j] * ((double)p.x[j] - m) * r;
            want[j % p.C] += term;
            tolerance[j % p.C] += CHECK_U * (p.N + 2) * fabs(term);  // 2: x - m and its product
        }
        columns_dot(p.N, p.C, p.a, p.x, p.mean, p.rstd, got);
        check_near_each(C, got, want, tolerance, "N=%d C=%d", p.N, p.C);
        const float *before = check_normals(c, C, 9);
        float *added = check_copy(c, C, before);
        columns_dot(p.N, p.C, p.a, p.x, p.mean, p.rstd, added);
        check_added(C, added, before, got, "adds, N=%d C=%d", p.N, p.C);
        check_end(c);
    }
}

static void work(const void *job, float *out)
{
    const struct problem *p = job;
    columns_sum(p->N, p->C, p->x, out);
    columns_dot(p->N, p->C, p->a, p->x, p->mean, p->rstd, out + p->C);
}

Test(columns, threads_change_no_bit)
{
    struct check *c = check_begin(50);
    struct problem p = make(c, 100, 700);
    check_threads(c, 2 * (size_t)p.C, work, &p, "both sums");
    check_end(c);
}
