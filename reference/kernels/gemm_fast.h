// gemm_fast: the matrix product behind every matmul of the model, fast and the same everywhere.
//
// Each element of the result is one chain of fused multiply-adds over k = 0 … K-1, started from
// zero.  Blocks, tiles, vector width and threads decide who computes an element and when, never
// in which order it is summed: so the bits are those of the three plain loops with fmaf.
#ifndef GPT_GEMM_FAST_H
#define GPT_GEMM_FAST_H

#include "gemm.h"

// gemm_fast: what gemm is asked for (gemm.h), to the same bits.
// Cost: 2 M N K flops.  Stack: about 1 MB a thread.
// Source: Goto & van de Geijn 2008, "Anatomy of high-performance matrix multiplication".
void gemm_fast(int M, int N, int K, struct matrix a, struct matrix b, const float *bias, float *c,
               int add);

#endif
