// gemv: the bits of gemm, whatever the sizes, on any number of threads.
#include "gemv.h"

#include <criterion/criterion.h>

#include "check.h"
#include "gemm_fast.h"

struct product {
    int O, K;
    const float *w, *x, *b;
};

static void multiply(const void *job, float *y)
{
    const struct product *p = job;
    gemv(p->O, p->K, p->w, p->x, p->b, y);
}

Test(gemv, gives_the_bits_of_gemm)
{
    const int O[] = {1, 2, 11, 12, 13, 24, 37, 384, 1024}, K[] = {0, 1, 2, 15, 16, 17, 128, 129};
    for (size_t i = 0; i < sizeof O / sizeof *O; i++) {
        for (size_t j = 0; j < sizeof K / sizeof *K; j++) {
            struct check *c = check_begin(i * 100 + j);
            size_t n = (size_t)O[i], k = (size_t)K[j];
            struct product p = {O[i], K[j], check_normals(c, n * k + 1, 1),
                                check_normals(c, k + 1, 1), check_normals(c, n, 1)};
            for (int bias = 0; bias < 2; bias++) {
                if (!bias) p.b = NULL;
                float *want = check_nans(c, n), *got = check_nans(c, n);
                gemm_fast(1, O[i], K[j], (struct matrix){p.x, K[j], 1},
                          (struct matrix){p.w, 1, K[j]}, p.b, want, 0);
                multiply(&p, got);
                check_same(n, got, want, "%d x %d", O[i], K[j]);
                check_threads(c, n, multiply, &p, "%d x %d", O[i], K[j]);
            }
            check_end(c);
        }
    }
}
