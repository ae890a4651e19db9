// attention_fast: attention.h's attention_forward and attention_backward, faster, to the same bits.
//
// Keys are turned, 16 at a time, so that one vector holds the same number of 16 keys; a dot
// product's 16 lanes are then 16 such vectors, and folding them takes no shuffles.  Sums over rows
// are kept in register tiles.  Each sum keeps its order, so the bits are the plain ones; only a NaN
// may be another NaN.
// Heads whose D is no multiple of 16, or is more than 256, go to the plain functions.
#ifndef GPT_ATTENTION_FAST_H
#define GPT_ATTENTION_FAST_H

#include <stddef.h>

// attention_fast_forward, attention_fast_backward: contracts in attention.h.  What is left in dp is
// other scratch than there.
void attention_fast_forward(int B, int T, int H, int G, int D, const float *qkv, float *p,
                            float *out);
void attention_fast_backward(int B, int T, int H, int G, int D, const float *qkv, const float *p,
                             const float *dout, float *dp, float *dqkv);

// attention_fast_work returns how many numbers of dp (B, H, T, T) attention_fast_backward writes,
// on as many threads as there are now; with more groups than threads not all.
size_t attention_fast_work(int B, int T, int H, int G, int D);

#endif
