// gemm: the matrix product c = a b, written to be read.
//
// Each element of the result is one chain of fused multiply-adds over k = 0 … K-1, started from
// zero.  kernels/gemm_fast has the same bits, sooner.
#ifndef GPT_GEMM_H
#define GPT_GEMM_H

#include <stddef.h>

// struct matrix: element (i, j) stands at data[i * row + j * column].  A transpose swaps the two.
struct matrix {
    const float *data;
    ptrdiff_t row, column;
};

// gemm: c[m,n] = sum_k a[m,k] * b[k,n] + bias[n]          (add = 0)
//       c[m,n] += sum_k a[m,k] * b[k,n] + bias[n]         (add = 1)
//   a      (M, K), b (K, N)  any strides
//   bias   (N) or NULL
//   c      (M, N) row-major; overlaps neither a nor b
// Cost: 2 M N K flops.  K = 0 gives the bias alone.
void gemm(int M, int N, int K, struct matrix a, struct matrix b, const float *bias, float *c,
          int add);

#endif
