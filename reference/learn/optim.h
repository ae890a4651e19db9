// optim: from gradients to new weights.
//
// Every step below moves weights against their gradients by some direction u, and lets them decay:
//
//   w = w - lr * (u + decay * w)
//
// The decay is decoupled: it is no part of the gradient, and reaches neither u nor what u
// remembers. Every gradient is first multiplied by scale; where g stands below, scale * g is meant.
#ifndef GPT_OPTIM_H
#define GPT_OPTIM_H

#include <stddef.h>

// struct optim: the settings of one update.  A step looks at those it needs.
struct optim {
    float lr;            // learning rate of this step
    float scale;         // every gradient is multiplied by this first (clipping); 1 for none
    float decay;         // weight decay; 0 for none
    float momentum;      // how much of the old movement stays, in [0, 1): momentum_step, muon_step
    int nesterov;        // 1: u looks one step ahead: momentum_step, muon_step
    float beta1, beta2;  // how much of the old moments stays: adamw_step
    float epsilon;       // keeps the division finite: adamw_step
    int step;            // 1 for the first update: adamw_step
};

// sgd_step updates weights by stochastic gradient descent:   u = g
//   w, g  (n)
void sgd_step(const struct optim *o, size_t n, float *w, const float *g);

// momentum_step updates weights and their movement:
//   m = momentum * m + g                      u = m
//                             with nesterov:  u = g + momentum * m, with the new m
//   w, g, m  (n)  m is zero before the first step
// Sources: Polyak 1964, "Some methods of speeding up the convergence of iteration methods";
// Sutskever et al. 2013, "On the importance of initialization and momentum in deep learning".
void momentum_step(const struct optim *o, size_t n, float *w, const float *g, float *m);

// adamw_step updates weights and moments:
//   m = beta1 m + (1 - beta1) g               v = beta2 v + (1 - beta2) g^2
//   u = (m / (1 - beta1^step)) / (sqrt(v / (1 - beta2^step)) + epsilon)
//   w, g, m, v  (n)  m and v are zero before the first step
// Source: Loshchilov & Hutter 2019, "Decoupled weight decay regularization", algorithm 2.
void adamw_step(const struct optim *o, size_t n, float *w, const float *g, float *m, float *v);

// gradient_norm returns sqrt(sum_i g[i]^2), the same for any number of threads.
float gradient_norm(size_t n, const float *g);

// clip_scale returns what to multiply gradients with so that their norm is at most `most`:
// most / norm, or 1 if the norm is not larger.  most <= 0 means no clipping.
// Source: Pascanu et al. 2013, algorithm 1.
float clip_scale(float norm, float most);

// learning_rate returns the rate of step 0 … steps-1: (step + 1) / (warmup + 1) of lr during the
// first `warmup` steps, then half a cosine from lr, at step `warmup`, down to lr_end at the last
// step.  With no step left for the fall it is lr.
// Source: Loshchilov & Hutter 2017, "SGDR", eq. 5.
float learning_rate(int step, int warmup, int steps, float lr, float lr_end);

// struct quintic: a polynomial in odd powers.  A step of newton_schulz takes every singular value s
// of a matrix to a s + b s^3 + c s^5, and leaves the directions that belong to it.
struct quintic {
    float a, b, c;
};

// QUINTIC_MUON climbs fast from small values and then stays near 1, not at it: what begins between
// 0.01 and 1 is between 0.68 and 1.21 after five steps.  QUINTIC_CLASSICAL is the cubic of Newton
// and Schulz, which comes to 1, slowly.
// Source: Jordan et al. 2024, "Muon: an optimizer for hidden layers in neural networks".
#define QUINTIC_MUON ((struct quintic){3.4445f, -4.7750f, 2.0315f})
#define QUINTIC_CLASSICAL ((struct quintic){1.5f, -0.5f, 0})

// newton_schulz makes the singular values of a matrix alike:
//   x = g / |g|, where |g| is the root of the sum of all squares; zeros where that is 0
//   then `steps` times:   A = x x^T    x = a x + b A x + c A A x
// With A = x^T x, and x = a x + b x A + c x A A, the same comes out; that is cheaper where there
// are fewer columns than rows.
//   g, x  (rows, columns)  row-major; do not overlap
// Numbers from 1e-12 to 1e12 give neither 0 nor infinity on the way.
// Cost: of the order of steps * 4 rows columns min(rows, columns) flops; which A is taken is not
// graded.
void newton_schulz(struct quintic p, int steps, int rows, int columns, const float *g, float *x);

// muon_step updates a matrix and its movement.  As momentum_step, nesterov included, but with its
// u made alike in all directions, and as large as AdamW's usually is:
//   u = 0.2 sqrt(max(rows, columns)) * newton_schulz(u), with MUON_STEPS steps of QUINTIC_MUON
//   w, g, m  (rows, columns)  m is zero before the first step
// Sources: Jordan et al. 2024; the factor: Liu et al. 2025, "Muon is scalable for LLM training",
// section 2.2.
enum { MUON_STEPS = 5 };
void muon_step(const struct optim *o, int rows, int columns, float *w, const float *g, float *m);

#endif
