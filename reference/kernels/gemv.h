// gemv: a matrix times one vector, which is what a model does all the time while it writes.
//
// The bits are those of gemm: each result is one chain of fused multiply-adds over k = 0 … K-1,
// started from zero.  What differs is the way there.  Every number of the matrix is used once, so
// there is nothing to gain from packing it; it is read where it stands, several rows at a time.
#ifndef GPT_GEMV_H
#define GPT_GEMV_H

// gemv: y[o] = sum_k w[o,k] * x[k] + b[o].
//   w  (O, K) row-major   x  (K)   b  (O) or NULL   y  (O); overlaps none of them
// Cost: 2 O K flops; the time is that of reading w.
void gemv(int O, int K, const float *w, const float *x, const float *b, float *y);

#endif
