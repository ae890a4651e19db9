// attention: every position looks at itself and at the ones before it.
//
// One head of one sequence has three rows of D floats for each of its T positions: a query q[t], a
// key k[t] and a value v[t].  Its map p (T, T) says how much each position t takes from each s:
//
//   z[t,s] = q[t] . k[s] / sqrt(D)                     for s <= t: nobody looks ahead
//   p[t,s] = exp(z[t,s]) / sum_{u<=t} exp(z[t,u])      for s <= t, and 0 for s > t
//   y[t]   = sum_{s<=t} p[t,s] v[s]                    what comes out
//
// attention_forward and attention_backward do all heads of all sequences, the other functions one
// head or one group of heads.  Their rows lie in larger arrays: where a stride is asked for, row t
// begins at x + t * stride.  A map is dense: map[t,s] is at map[t * T + s].
// All sizes are at least 1.  What is written overlaps nothing else.
// Source: Vaswani et al. 2017, "Attention is all you need", section 3.2; Ainslie et al. 2023, "GQA:
// training generalized multi-query transformer models from multi-head checkpoints", section 2.2.
#ifndef GPT_ATTENTION_H
#define GPT_ATTENTION_H

#include <stddef.h>

// attention_map writes one head's map p, as above.
//   q, k  (T, D)  rows at the same stride
//   p     (T, T)  all of it is written: 0 where s > t
// Cost: T (T + 1) / 2 dot products of D.
void attention_map(int T, int D, const float *q, const float *k, ptrdiff_t stride, float *p);

// attention_mix: y[t] += sum_{s<=t} map[t,s] x[s].  With p and the values it gives what comes out.
//   map  (T, T)  0 where s > t
//   x    (T, D)
//   y    (T, D)  added to
void attention_mix(int T, int D, const float *map, const float *x, ptrdiff_t x_stride, float *y,
                   ptrdiff_t y_stride);

// attention_forward: all heads of all sequences.  The H heads are G groups of H / G neighbours,
// each of which shares one head of keys and values: head h has those of group g = h * G / H.
//   qkv  (B, T, (H + 2G) D)  in each row H queries, then G keys, then G values, D floats each
//   p    (B, H, T, T)        every head's map, kept for the backward
//   out  (B, T, H D)         out[b,t,h] = sum_{s<=t} p[b,h,t,s] v[b,s,g]; written
// H is a multiple of G.  G = H is multi-head attention, G = 1 multi-query, between them grouped
// queries.  Cost: 2 B H T^2 D flops.
void attention_forward(int B, int T, int H, int G, int D, const float *qkv, float *p, float *out);

// attention_map_backward: from the gradient of what comes out to that of the products q[t] . k[s].
// With dp[t,s] = dy[t] . v[s] for s <= t, and back through the softmax of row t and the scale:
//   ds[t,s] = p[t,s] (dp[t,s] - sum_{u<=t} p[t,u] dp[t,u]) / sqrt(D)    for s <= t, else 0
//   p   (T, T)  what attention_map gave
//   dy  (T, D)  gradient of y
//   v   (T, D)
//   ds  (T, T)  all of it is written
void attention_map_backward(int T, int D, const float *p, const float *dy, ptrdiff_t dy_stride,
                            const float *v, ptrdiff_t v_stride, float *ds);

// attention_spread: y[s] += sum_h sum_{t>=s} map[h,t,s] x[h,t], the maps of a group's heads read
// column by column: what the positions t that looked at s send back to it.  The sum over all heads
// is formed first, then added once.  With p and dy it gives the gradient of the values.
//   map  (heads, T, T)  0 where s > t
//   x    (T, heads, D)  row t of head h begins at x + t * x_stride + h * D
//   y    (T, D)         added to
void attention_spread(int T, int D, int heads, const float *map, const float *x, ptrdiff_t x_stride,
                      float *y, ptrdiff_t y_stride);

// attention_backward adds to dqkv the gradients of queries, keys and values: with ds, p and dy as
// above, dq[t] = sum_{s<=t} ds[t,s] k[s], dk[s] = sum_h sum_{t>=s} ds[h,t,s] q[h,t] and
// dv[s] = sum_h sum_{t>=s} p[h,t,s] dy[h,t], where h goes through the heads of the group.
//   p     what attention_forward gave
//   dout  (B, T, H D)          gradient of out
//   dp    (B, H, T, T)         scratch
//   dqkv  (B, T, (H + 2G) D)   added to
void attention_backward(int B, int T, int H, int G, int D, const float *qkv, const float *p,
                        const float *dout, float *dp, float *dqkv);

#endif
