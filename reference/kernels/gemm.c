#include "gemm.h"

#include <math.h>

#include "error.h"

void gemm(int M, int N, int K, struct matrix a, struct matrix b, const float *bias, float *c,
          int add)
{
    CHECK(M >= 0 && N >= 0 && K >= 0, "M=%d N=%d K=%d", M, N, K);
#pragma omp parallel for
    for (int m = 0; m < M; m++) {
        for (int n = 0; n < N; n++) {
            float sum = 0;
            for (int k = 0; k < K; k++)
                sum = fmaf(a.data[m * a.row + k * a.column], b.data[k * b.row + n * b.column], sum);
            if (bias) sum += bias[n];
            c[(ptrdiff_t)m * N + n] = add ? c[(ptrdiff_t)m * N + n] + sum : sum;
        }
    }
}
