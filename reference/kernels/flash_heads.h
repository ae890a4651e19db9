// flash_heads: attention.h's attention_forward and attention_backward without the maps, query by
// query, by the functions of flash.h: written to be read.
#ifndef GPT_FLASH_HEADS_H
#define GPT_FLASH_HEADS_H

// flash_heads_forward: all heads of all sequences.
//   qkv  (B, T, (H + 2G) D)  as in attention.h: queries, keys, values; H is a multiple of G
//   lse  (B, H, T)           kept for the backward: log of the sum of exp of a query's scores
//   out  (B, T, H D)
// What is not finite at a token may reach those before it, unlike in attention_forward.
// Cost: 2 B H T^2 D flops.  Memory beside the arrays: none that grows with T.
void flash_heads_forward(int B, int T, int H, int G, int D, const float *qkv, float *lse,
                         float *out);

// flash_heads_backward adds to dqkv the gradients of queries, keys and values.
//   lse, out  what flash_heads_forward gave
//   dout      (B, T, H D)          gradient of out
//   dqkv      (B, T, (H + 2G) D)   added to in place, a few keys or queries at a time: a sum from
//             zero would take memory that grows with T.  A tape has zeros there.
// Cost: 5 B H T^2 D flops.  Memory beside the arrays: none that grows with T.
void flash_heads_backward(int B, int T, int H, int G, int D, const float *qkv, const float *lse,
                          const float *out, const float *dout, float *dqkv);

#endif
