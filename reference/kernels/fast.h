// fast: where this floor has a lesson's plain version of an operation and a fast one, the one that
// is used.
//   operation  plain                                    fast
//   gemm       gemm                                     gemm_fast
//   attention  attention_forward, attention_backward    attention_fast_forward, …_backward
//   flash      flash_heads_forward, …_backward          flash_fast_forward, …_backward
//   quant      quant_rows_linear, by quant_dot_…        quant_fast_linear, of rows side by side
// The program takes the fast ones.  Where it is built from a learner's lessons (`make mine`),
// a lesson's own are taken if it has passed: then fast.c is compiled with -DMINE_gemm, for one.
#ifndef GPT_FAST_H
#define GPT_FAST_H

#include "gemm.h"
#include "quant_rows.h"

// struct fast: the functions; gemm.h, attention.h, flash_heads.h and quant_rows.h have their
// contracts.
struct fast {
    void (*gemm)(int M, int N, int K, struct matrix a, struct matrix b, const float *bias, float *c,
                 int add);
    void (*attention_forward)(int B, int T, int H, int G, int D, const float *qkv, float *p,
                              float *out);
    void (*attention_backward)(int B, int T, int H, int G, int D, const float *qkv, const float *p,
                               const float *dout, float *dp, float *dqkv);
    // attention_work returns how many numbers of dp (B, H, T, T) attention_backward writes.
    size_t (*attention_work)(int B, int T, int H, int G, int D);
    void (*flash_forward)(int B, int T, int H, int G, int D, const float *qkv, float *lse,
                          float *out);
    void (*flash_backward)(int B, int T, int H, int G, int D, const float *qkv, const float *lse,
                           const float *out, const float *dout, float *dqkv);
    size_t (*quant_bytes)(enum quant_type type, int O, int C);
    void (*quant_fill)(enum quant_type type, int O, int C, const void *rows, void *data);
    void (*quant_row)(enum quant_type type, int C, int o, const void *data, float *y);
    void (*quant_linear)(enum quant_type type, int N, int C, int O, const float *x,
                         const void *data, const float *b, float *y);
};

extern const struct fast FAST;

#endif
