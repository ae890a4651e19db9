// block: one layer of a GPT: attention, then a two-layer network, each added to what came in.
#ifndef GPT_BLOCK_H
#define GPT_BLOCK_H

#include "tape.h"

// struct block: the tape nodes of one layer's weights.  C channels.
struct block {
    int norm1_w, norm1_b;  // (C)
    int qkv_w, qkv_b;      // (3C, C), (3C)   queries, keys, values
    int out_w, out_b;      // (C, C), (C)
    int norm2_w, norm2_b;  // (C)
    int up_w, up_b;        // (4C, C), (4C)
    int down_w, down_b;    // (C, 4C), (C)
};

// block_forward: x (B, T, C) -> (B, T, C), with H heads.
//   x = x + out(attention(qkv(norm1(x))))
//   x = x + down(gelu(up(norm2(x))))
// Source: Radford et al. 2019 (GPT-2), section 2.3: the norm stands before each part.
int block_forward(struct tape *t, const struct block *w, int H, int x);

#endif
