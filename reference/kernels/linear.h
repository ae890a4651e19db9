// linear: the affine map of every row, y = x W^T + b.
#ifndef GPT_LINEAR_H
#define GPT_LINEAR_H

// linear_forward: y[n,o] = sum_c x[n,c] * w[o,c] + b[o].
//   x  (N, C)   w  (O, C)   b  (O) or NULL   y  (N, O); overlaps none of them
// Cost: 2 N C O flops.
void linear_forward(int N, int C, int O, const float *x, const float *w, const float *b, float *y);

// linear_backward adds the three gradients:
//   dx[n,c] += sum_o dy[n,o] * w[o,c]        dx  (N, C) or NULL
//   dw[o,c] += sum_n dy[n,o] * x[n,c]        dw  (O, C) or NULL
//   db[o]   += sum_n dy[n,o]                 db  (O) or NULL
// Cost: 4 N C O flops.
void linear_backward(int N, int C, int O, const float *x, const float *w, const float *dy,
                     float *dx, float *dw, float *db);

// linear_dx is the first of them by itself: added to dx, or with add = 0 written over it.
void linear_dx(int N, int C, int O, const float *w, const float *dy, float *dx, int add);

#endif
