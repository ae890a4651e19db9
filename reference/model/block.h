// block: one layer of a transformer.  Attention mixes positions, a small network works on each;
// both add to what came in, the residual stream, and read it through a norm.
//
// Two ways of each part, GPT-2's and Llama's: layernorm or rmsnorm, gelu or swiglu.
#ifndef GPT_BLOCK_H
#define GPT_BLOCK_H

#include <stddef.h>

#include "tape.h"

// layernorm_forward: y[n,c] = (x[n,c] - mean[n]) * rstd[n] * w[c] + b[c].
//   x, y        (N, C); y must not overlap x
//   w, b        (C)  gain and shift
//   mean, rstd  (N)  the row's mean and 1 / sqrt(variance + epsilon), kept for the backward
// The variance is the mean of the squared differences (divided by C, not C - 1).
// Source: Ba et al. 2016, "Layer normalization", eq. 4.
void layernorm_forward(int N, int C, float epsilon, const float *x, const float *w, const float *b,
                       float *y, float *mean, float *rstd);

// layernorm_backward adds the gradients, with h = (x - mean) * rstd and g = dy * w:
//   dx[n,c] += rstd[n] * (g[n,c] - mean_c(g) - h[n,c] * mean_c(g * h))
//   dw[c]   += sum_n dy[n,c] * h[n,c]          db[c] += sum_n dy[n,c]
// dx, dw and db: each may be NULL.
void layernorm_backward(int N, int C, const float *x, const float *w, const float *mean,
                        const float *rstd, const float *dy, float *dx, float *dw, float *db);

// rmsnorm_forward: y[n,c] = x[n,c] * rrms[n] * w[c].
//   x, y  (N, C); y must not overlap x   w  (C)  gain
//   rrms  (N)  1 / sqrt(mean_c(x^2) + epsilon), kept for the backward
// Source: Zhang & Sennrich 2019, "Root mean square layer normalization", eq. 4.
void rmsnorm_forward(int N, int C, float epsilon, const float *x, const float *w, float *y,
                     float *rrms);

// rmsnorm_backward adds the gradients, with h = x * rrms and g = dy * w:
//   dx[n,c] += rrms[n] * (g[n,c] - h[n,c] * mean_c(g * h))      dw[c] += sum_n dy[n,c] * h[n,c]
// dx and dw: each may be NULL.
void rmsnorm_backward(int N, int C, const float *x, const float *w, const float *rrms,
                      const float *dy, float *dx, float *dw);

// gelu_forward: y[i] = x[i] / 2 * (1 + tanh(sqrt(2/pi) * (x[i] + 0.044715 x[i]^3))), i < n.
// Source: Hendrycks & Gimpel 2016, "Gaussian error linear units", section 2.
void gelu_forward(size_t n, const float *x, float *y);

// gelu_backward: dx[i] += dy[i] * gelu'(x[i]), and y[i] = gelu(x[i]) once more.
//   x, dy, dx, y  (n)  none overlaps another.  y is written, whatever it held: the tape does not
//                      keep what gelu_forward wrote, and the linear map behind it needs it now
void gelu_backward(size_t n, const float *x, const float *dy, float *dx, float *y);

// swiglu_forward: y[n,f] = silu(x[n,f]) * x[n,F+f], where silu(a) = a / (1 + exp(-a)).
//   x  (N, 2F)  in each row F gates, then F values   y  (N, F)
// Source: Shazeer 2020, "GLU variants improve transformer", eq. 6 (Swish with beta = 1).
void swiglu_forward(int N, int F, const float *x, float *y);

// swiglu_backward adds to dx the gradients of gates and values, and writes y once more.
//   x, dx  (N, 2F)  gates, then values   dy, y  (N, F)   none overlaps another
//   y is written, whatever it held, as swiglu_forward wrote it: see gelu_backward
void swiglu_backward(int N, int F, const float *x, const float *dy, float *dx, float *y);

// On a tape.  x (…, C); w, b (C).
int block_layernorm(struct tape *t, float epsilon, int x, int w, int b);
int block_rmsnorm(struct tape *t, float epsilon, int x, int w);

enum norm { NORM_LAYER, NORM_RMS };
enum network { NETWORK_GELU, NETWORK_SWIGLU };

// block_active: f(x) W^T + b on a tape, which does not keep f(x).  f is gelu, x (…, F), or swiglu,
// x (…, 2F); w (C, F), b (C) or OP_NONE.
int block_active(struct tape *t, enum network f, int x, int w, int b);

// block_attend is attention by another way than op_attention, such as through a cache: it returns
// the node (B, T, H D) for the node qkv (B, T, (H + 2G) D).
typedef int block_attend(void *self, struct tape *t, int qkv);

// struct block_shape: what a block is made of.
struct block_shape {
    int heads, groups;  // H, G
    enum norm norm;
    enum network network;
    int post;                    // 1: the norm stands behind each addition, not before each part
    float epsilon;               // of the norms
    const float *cosine, *sine;  // (T, D / 2)  queries and keys are turned; NULL: they are not
    block_attend *attend;        // NULL: op_attention
    void *self;                  // attend's
};

// struct block: the tape nodes of one layer's weights.  C channels, heads of D = C / H, network of
// F; a shift or bias may be OP_NONE, and a norm_w: then there is no norm.
struct block {
    int norm1_w, norm1_b;  // (C); NORM_RMS has no shift
    int qkv_w, qkv_b;      // ((H + 2G) D, C), ((H + 2G) D)   queries, keys, values
    int out_w, out_b;      // (C, C), (C)
    int norm2_w, norm2_b;  // (C)
    int up_w, up_b;        // (F, C), (F); NETWORK_SWIGLU (2F, C), (2F): gates, values
    int down_w, down_b;    // (C, F), (C)
};

// block_norm is the norm that the shape asks for; with OP_NONE in the place of w it is x itself.
int block_norm(struct tape *t, const struct block_shape *s, int x, int w, int b);

// block_forward: x (B, T, C) -> (B, T, C).
//   x = x + out(attention(qkv(norm1(x))))                x = norm1(x + out(attention(qkv(x))))
//   x = x + down(network(up(norm2(x))))        post = 1: x = norm2(x + down(network(up(x))))
// Sources: Vaswani et al. 2017, section 3.1 (post); Radford et al. 2019 (GPT-2), section 2.3: the
// norm stands before each part; Touvron et al. 2023 (Llama), section 2.2.
int block_forward(struct tape *t, const struct block_shape *s, const struct block *w, int x);

#endif
