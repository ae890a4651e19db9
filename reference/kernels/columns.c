#include "columns.h"

#include <math.h>
#include <stddef.h>

#include "vec.h"

// A thread owns a block of columns and walks down it: no two threads add to one sum, and the
// order does not depend on how many threads there are.
enum { BLOCK = 64 };

void columns_sum(int N, int C, const float *x, float *s)
{
#pragma omp parallel for
    for (int c = 0; c < C; c += BLOCK) {
        float sum[BLOCK] = {0};
        for (int n = 0; n < N; n++) vec_add(vec_left(C, c, BLOCK), x + (ptrdiff_t)n * C + c, sum);
        vec_add(vec_left(C, c, BLOCK), sum, s + c);
    }
}

void columns_dot(int N, int C, const float *a, const float *x, const float *mean, const float *rstd,
                 float *s)
{
#pragma omp parallel for
    for (int c = 0; c < C; c += BLOCK) {
        float sum[BLOCK] = {0};
        for (int n = 0; n < N; n++) {
            const float *a_n = a + (ptrdiff_t)n * C + c, *x_n = x + (ptrdiff_t)n * C + c;
            float m = mean ? mean[n] : 0, r = rstd[n];
            for (int i = 0; i < vec_left(C, c, BLOCK); i++)
                sum[i] = fmaf(a_n[i], (x_n[i] - m) * r, sum[i]);
        }
        vec_add(vec_left(C, c, BLOCK), sum, s + c);
    }
}
