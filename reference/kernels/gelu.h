// gelu: the Gaussian error linear unit, in GPT-2's tanh form.
#ifndef GPT_GELU_H
#define GPT_GELU_H

#include <stddef.h>

// gelu_forward: y[i] = x[i] / 2 * (1 + tanh(sqrt(2/pi) * (x[i] + 0.044715 x[i]^3))), i < n.
// Source: Hendrycks & Gimpel 2016, "Gaussian error linear units", section 2.
void gelu_forward(size_t n, const float *x, float *y);

// gelu_backward: dx[i] += dy[i] * gelu'(x[i]).
void gelu_backward(size_t n, const float *x, const float *dy, float *dx);

#endif
