// gemm: the matrix product behind every matmul of the model, fast and the same everywhere.
//
// Each element of the result is one chain of fused multiply-adds over k = 0 … K-1, started from
// zero.  Blocks, tiles, vector width and threads decide who computes an element and when, never
// in which order it is summed: so the bits are those of the three plain loops with fmaf.
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
// Cost: 2 M N K flops.  K = 0 gives the bias alone.  Stack: about 0.9 MB a thread.
// Source: Goto & van de Geijn 2008, "Anatomy of high-performance matrix multiplication".
void gemm(int M, int N, int K, struct matrix a, struct matrix b, const float *bias, float *c,
          int add);

#endif
