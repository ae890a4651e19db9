// loss: from scores to probabilities, and how surprised a model is by what came.
//
// A row is the V scores of one prediction, its logits.  Probabilities are softmax of them:
// p[v] = exp(x[v]) / sum_u exp(x[u]).  exp is meant on paper: of 1000 it has no float, so the
// row's maximum is subtracted first, which changes no quotient.  Logits are finite and at most 1e4
// in size, unless something else is said.  Everything is in nats, the unit of the logarithm to
// base e.
#ifndef GPT_LOSS_H
#define GPT_LOSS_H

#include <stdint.h>

// log_sum_exp returns log sum_v exp(x[v]), 0 <= v < V, V >= 1.
float log_sum_exp(int V, const float *x);

// softmax_forward: p[n,v] = exp(x[n,v]) / sum_u exp(x[n,u]).
//   x  (N, V)  may hold -inf, whose p is 0, but not in a whole row
//   p  (N, V)  may be x itself
void softmax_forward(int N, int V, const float *x, float *p);

// softmax_backward: dx[n,v] += p[n,v] * (dp[n,v] - sum_u p[n,u] * dp[n,u]).
//   p   (N, V)  what softmax_forward gave
//   dp  (N, V)  gradient of p
//   dx  (N, V)  gradient of x, added to
void softmax_backward(int N, int V, const float *p, const float *dp, float *dx);

// cross_entropy_forward: loss[n] = lse[n] - x[n,target[n]], where lse[n] = log sum_v exp(x[n,v]).
// A row with target -1 is passed over: its loss is 0, its lse is written all the same.
//   x       (N, V)  logits
//   target  (N)     -1 <= target[n] < V
//   lse     (N)     kept for the backward
//   loss    (N)
void cross_entropy_forward(int N, int V, const float *x, const int32_t *target, float *lse,
                           float *loss);

// cross_entropy_backward: dx[n,v] += dloss * (exp(x[n,v] - lse[n]) - [v == target[n]]), where
// [v == target[n]] is 1 if so, else 0.  A row with target -1 adds nothing.
//   dloss  the gradient of every row's loss
//   dx     (N, V)  added to
void cross_entropy_backward(int N, int V, const float *x, const int32_t *target, const float *lse,
                            float dloss, float *dx);

// The two below are losses of one row, value and gradient in one call: they return the loss and
// write slope[v] = d loss / d x[v].
//   x       (V)  logits
//   target  0 <= target < V
//   slope   (V)  overwritten; it is not x

// loss_smooth: cross-entropy to a target that is spread a little: `weight` of it over all V ids
// alike, the rest on the target.  With q[v] = (1 - weight) * [v == target] + weight / V it is
// lse - sum_v q[v] * x[v].
//   weight  0 <= weight <= 1
// Source: Szegedy et al. 2016, "Rethinking the Inception architecture", section 7.
float loss_smooth(int V, const float *x, int32_t target, float weight, float *slope);

// loss_own: a loss of your own design.
// - It is finite, and so are its slopes.
// - slope[v] is the slope of what it returns, which has no steps; at a bend, that of one side.
// - The target's slope is below 0 while another logit is higher: as its own rises the loss falls,
//   in floats too.
// - It is smallest where it should be: with all other logits 0, less for the target at 8 than at 0,
//   and less at 0 than at -8.
// - It is not cross-entropy, nor loss_smooth, nor a multiple of one.
// Ours is Brier's score, sum_v (p[v] - [v == target])^2: between 0 and 2, however wrong the model.
// Source: Brier 1950, "Verification of forecasts expressed in terms of probability".
float loss_own(int V, const float *x, int32_t target, float *slope);

#endif
