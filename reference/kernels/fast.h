// fast: where this floor has a lesson's plain version of an operation and a fast one, the one that
// is used.
//   operation  plain                                    fast
//   gemm       gemm                                     gemm_fast
//   attention  attention_forward, attention_backward    attention_fast_forward, …_backward
//   flash      flash_heads_forward, …_backward          flash_fast_forward, …_backward
// The program takes the fast ones.  Where it is built from a learner's lessons (`make mine`),
// a lesson's own are taken if it has passed: then fast.c is compiled with -DMINE_gemm, for one.
#ifndef GPT_FAST_H
#define GPT_FAST_H

#include "gemm.h"

// struct fast: the functions; gemm.h, attention.h and flash_heads.h have their contracts.
struct fast {
    void (*gemm)(int M, int N, int K, struct matrix a, struct matrix b, const float *bias, float *c,
                 int add);
    void (*attention_forward)(int B, int T, int H, int G, int D, const float *qkv, float *p,
                              float *out);
    void (*attention_backward)(int B, int T, int H, int G, int D, const float *qkv, const float *p,
                               const float *dout, float *dp, float *dqkv);
    void (*flash_forward)(int B, int T, int H, int G, int D, const float *qkv, float *lse,
                          float *out);
    void (*flash_backward)(int B, int T, int H, int G, int D, const float *qkv, const float *lse,
                           const float *out, const float *dout, float *dqkv);
};

extern const struct fast FAST;

#endif
