// flash: attention of one query that never has a row of its map.
//
// The query looks at its keys in blocks, and keeps of all that it has seen no more than a struct
// flash_row.  What is kept for the backward is one number, the logarithm of the sum of exp of all
// scores: with it every share can be computed again, by itself.
//
//   z[s] = q . k[s] / sqrt(D)      lse = log sum_s exp(z[s])
//   p[s] = exp(z[s] - lse)         y = sum_s p[s] v[s]
//
// A query's keys are the n first of its head: nobody looks ahead.  Rows of keys and values lie in
// larger arrays, `stride` apart: row s begins at k + s * stride.  All sizes are at least 1, all
// numbers finite; scores may be far too large for exp.  What is written overlaps nothing else.
// kernels/flash_heads goes through the queries of all heads.
// Sources: Milakov & Gimelshein 2018, "Online normalizer calculation for softmax", algorithm 3; Dao
// et al. 2022, "FlashAttention", algorithms 1 and 4; Rabe & Staats 2021, "Self-attention does not
// need O(n^2) memory", section 2.
#ifndef GPT_FLASH_H
#define GPT_FLASH_H

#include <stddef.h>

enum { FLASH_BLOCK = 64 };  // the most keys of a block

// struct flash_row: what a query has seen so far, of the keys s that it has looked at.
struct flash_row {
    float max;   // the largest z[s]; -INFINITY if it has looked at none
    float sum;   // sum_s exp(z[s] - max); 0 if none
    float *mix;  // (D)  sum_s exp(z[s] - max) v[s]; zeros if none
};

// flash_update lets a row look at n keys more.
//   z    (n)     their scores; overwritten with anything
//   v    (n, D)  their values, rows at the stride
//   row  may have looked at none before
void flash_update(int n, int D, float *z, const float *v, ptrdiff_t stride, struct flash_row *row);

// flash_merge lets a row have looked at what another has looked at, of the same query: afterwards
// it is as if it had seen the keys of both.  One of the two may have seen none.
void flash_merge(int D, const struct flash_row *other, struct flash_row *row);

// flash_query: y as above, from n keys, `block` of them at a time (the last block may be shorter).
// Returns lse.
//   block  at most FLASH_BLOCK
//   q, y   (D)     y is written
//   k, v   (n, D)  rows at the stride
// Memory: a block's scores.  Cost: 4 n D flops, n exp.
float flash_query(int n, int D, int block, const float *q, const float *k, const float *v,
                  ptrdiff_t stride, float *y);

// flash_slopes computes p and ds of n keys once more, whatever other keys the query has:
//   p[s] = exp(z[s] - lse)      ds[s] = p[s] (dy . v[s] - mean) / sqrt(D)
//   dy     (D)  gradient of y
//   mean   sum_u p[u] (dy . v[u]) over all keys of the query
//   p, ds  (n)  written
void flash_slopes(int n, int D, const float *q, const float *k, const float *v, ptrdiff_t stride,
                  float lse, const float *dy, float mean, float *p, float *ds);

// flash_query_backward adds the gradients of one query's y, `block` keys at a time:
//   dq += sum_s ds[s] k[s]      dk[s] += ds[s] q      dv[s] += p[s] dy
//   lse, y      what flash_query gave
//   dq          (D)
//   dk, dv      (n, D)  rows at the stride
// Memory: a block's p and ds.  Cost: 10 n D flops, n exp.
void flash_query_backward(int n, int D, int block, const float *q, const float *k, const float *v,
                          ptrdiff_t stride, float lse, const float *y, const float *dy, float *dq,
                          float *dk, float *dv);

#endif
