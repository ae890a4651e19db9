// fast: where this floor has a lesson's plain version of an operation and a fast one, the one that
// is used.
//   operation  plain                                    fast
//   attention  attention_forward, attention_backward    attention_fast_forward, …_backward
// The program takes the fast ones.  Where it is built from a learner's lessons (`make mine`),
// lesson attention's own are taken if it has passed: then fast.c is compiled with -DMINE_attention.
#ifndef GPT_FAST_H
#define GPT_FAST_H

// struct fast: the functions; attention.h has their contracts.
struct fast {
    void (*attention_forward)(int B, int T, int H, int G, int D, const float *qkv, float *p,
                              float *out);
    void (*attention_backward)(int B, int T, int H, int G, int D, const float *qkv, const float *p,
                               const float *dout, float *dp, float *dqkv);
};

extern const struct fast FAST;

#endif
