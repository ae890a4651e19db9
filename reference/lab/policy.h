// policy: a small network that says which of some actions it would take in a state.
//
//   h = max(W1 x + b1, 0)        logits = W2 h + b2        p = softmax(logits)
//
// It is not told how to learn: whoever teaches it gives the slopes by the logits.
#ifndef GPT_POLICY_H
#define GPT_POLICY_H

#include <stdint.h>

struct policy;

enum { POLICY_BATCH = 64 };  // the most states at a time

// policy_new draws the first weights from the stream RANDOM_INIT of seed: W1 with deviation
// sqrt(2 / ones), W2 with a tenth of sqrt(2 / hidden); biases are 0.
//   ones  how many of a state's inputs are usually not 0
struct policy *policy_new(int inputs, int ones, int hidden, int actions, uint64_t seed);
void policy_free(struct policy *p);  // p may be NULL

// policy_probabilities writes p of N states.
//   x            (N, inputs)
//   probability  (N, actions)
void policy_probabilities(struct policy *p, int N, const float *x, float *probability);

// policy_step takes a step of Adam, given the slopes of the loss by the logits of the states that
// the last policy_probabilities was of.
//   x, slope  (N, inputs) (N, actions)
void policy_step(struct policy *p, int N, const float *x, const float *slope, float rate);

#endif
