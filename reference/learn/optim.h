// optim: from gradients to new weights.
#ifndef GPT_OPTIM_H
#define GPT_OPTIM_H

#include <stddef.h>

// struct adamw: the settings of one update.
struct adamw {
    float lr;            // learning rate of this step
    float beta1, beta2;  // how much of the old moments stays
    float epsilon;       // keeps the division finite
    float decay;         // weight decay
    float scale;         // every gradient is multiplied by this first (clipping); 1 for none
    int step;            // 1 for the first update
};

// adamw_step updates weights and moments:
//   g = scale * g                              m = beta1 m + (1 - beta1) g
//   v = beta2 v + (1 - beta2) g^2
//   w = w - lr * ( (m / (1 - beta1^step)) / (sqrt(v / (1 - beta2^step)) + epsilon) + decay * w )
//   w, m, v, g  (n)  m and v are zero before the first step
// Source: Loshchilov & Hutter 2019, "Decoupled weight decay regularization", algorithm 2.
void adamw_step(const struct adamw *o, size_t n, float *w, const float *g, float *m, float *v);

// gradient_norm returns sqrt(sum_i g[i]^2), the same for any number of threads.
float gradient_norm(size_t n, const float *g);

// clip_scale returns what to multiply gradients with so that their norm is at most `most`:
// most / norm, or 1 if the norm is not larger.  most <= 0 means no clipping.
// Source: Pascanu et al. 2013, algorithm 1.
float clip_scale(float norm, float most);

// learning_rate returns the rate of step 0 … steps-1: (step + 1) / (warmup + 1) of lr during the
// first `warmup` steps, then half a cosine from lr down to lr_end at the last step.
// Source: Loshchilov & Hutter 2017, "SGDR", eq. 5.
float learning_rate(int step, int warmup, int steps, float lr, float lr_end);

#endif
