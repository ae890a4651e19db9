// loss: how surprised the model is.
#ifndef GPT_LOSS_H
#define GPT_LOSS_H

#include <stdint.h>

// cross_entropy_forward: loss[n] = lse[n] - x[n,target[n]], in nats, where
// lse[n] = log sum_v exp(x[n,v]).  A row with target -1 is passed over: its loss is 0.
//   x       (N, V)  logits
//   target  (N)     -1 <= target[n] < V
//   lse     (N)     kept for the backward
//   loss    (N)
// The row's maximum is subtracted before exp, so no finite logit overflows.
void cross_entropy_forward(int N, int V, const float *x, const int32_t *target, float *lse,
                           float *loss);

// cross_entropy_backward: dx[n,v] += dloss * (exp(x[n,v] - lse[n]) - [v == target[n]]).
//   dloss  the gradient of every row's loss
void cross_entropy_backward(int N, int V, const float *x, const int32_t *target, const float *lse,
                            float dloss, float *dx);

#endif
