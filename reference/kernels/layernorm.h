// layernorm: every row to mean 0 and variance 1, then a learned gain and shift.
#ifndef GPT_LAYERNORM_H
#define GPT_LAYERNORM_H

// layernorm_forward: y[n,c] = (x[n,c] - mean[n]) * rstd[n] * w[c] + b[c].
//   x, y        (N, C); y must not overlap x
//   w, b        (C)  gain and shift
//   mean, rstd  (N)  the row's mean and 1 / sqrt(variance + 1e-5), kept for the backward
// The variance is the mean of the squared differences (divided by C, not C - 1).
// Source: Ba et al. 2016, "Layer normalization", eq. 4.
void layernorm_forward(int N, int C, const float *x, const float *w, const float *b, float *y,
                       float *mean, float *rstd);

// layernorm_backward adds the gradients, with h = (x - mean) * rstd and g = dy * w:
//   dx[n,c] += rstd[n] * (g[n,c] - mean_c(g) - h[n,c] * mean_c(g * h))
//   dw[c]   += sum_n dy[n,c] * h[n,c]          db[c] += sum_n dy[n,c]
// dx, dw and db: each may be NULL.
void layernorm_backward(int N, int C, const float *x, const float *w, const float *mean,
                        const float *rstd, const float *dy, float *dx, float *dw, float *db);

#endif
