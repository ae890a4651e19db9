// intend: what there is to learn from, if one changes only where an intent fails.
//
// An intent is a demand on an answer.  "At least tau on the truth": of a batch, only the places
// that fail it are sent back through the network.  "The truth first", or "first by a margin": the
// perceptron's, and the passive-aggressive one's, which moves just as far as the demand asks. "This
// plan reaches the goal": where it does not, it still reached something, and that can be learnt.
// Sources: Rosenblatt 1958, "The perceptron"; Crammer et al. 2006, "Online passive-aggressive
// algorithms"; Jiang et al. 2019, "Accelerating deep learning by focusing on the biggest losers",
// arXiv 1910.00762 (selective backprop); Williams 1992, "Simple statistical gradient-following
// algorithms for connectionist reinforcement learning" (REINFORCE); Andrychowicz et al. 2017,
// "Hindsight experience replay", arXiv 1707.01495.
#ifndef GPT_INTEND_H
#define GPT_INTEND_H

#include <stdint.h>

// intend_unsure lists the places whose truth has less than tau, in their order, and returns how
// many these are.
//   p       (N, V)  probabilities
//   target  (N)     what stands there
//   failed  (N)     as many are written as returned
int intend_unsure(int N, int V, const float *p, const int32_t *target, float tau, int32_t *failed);

// intend_gather moves the rows that failed to the front, in their order: row k becomes what row
// failed[k] was.  What then stands behind them may be anything.
//   failed  (count)         rising
//   rows    (…, width)      more rows than failed[count - 1]
void intend_gather(int count, const int32_t *failed, int width, float *rows);

// intend_slopes writes weight[n] (p[n,c] - y[n,c]), y: 1 at the target, else 0: the slope by the
// logits of weight times the surprise at the target.  With 1 / N for a weight it is
// cross-entropy's; with a reward, REINFORCE's, whose target is what was drawn.
//   p, slopes       (N, V)
//   target, weight  (N)
void intend_slopes(int N, int V, const float *p, const int32_t *target, const float *weight,
                   float *slopes);

// intend_rival returns what has the highest score but for the target; of several the first.
//   score  (V)  V >= 2; any finite numbers
int32_t intend_rival(int V, const float *score, int32_t target);

// intend_passive returns how far to move so that the target's score is above the rival's by 1: what
// to add to each of the target's F weights in use, and to take from the rival's.  0 if it is
// already; never more than `most`.
//   score  (V)  each the sum of F weights
float intend_passive(int V, const float *score, int32_t target, int F, float most);

// struct intend_try: a plan that was tried for a goal.  What is reached is a whole number above 0,
// or INTEND_NOTHING where a plan leads nowhere.
enum { INTEND_NOTHING = 0 };
struct intend_try {
    int32_t goal, plan, reached;
    int32_t other, would;  // a plan that was only imagined, and what it would have reached
};

// struct intend_lesson: in the situation of a try, `plan` is right for `goal`.
struct intend_lesson {
    int32_t of;  // the number of the try
    int32_t goal, plan;
};

// intend_hindsight writes what N tries teach, and returns how many lessons these are.  Of each try
// in turn: its plan is right for what it reached; and if that was not the goal, the imagined plan
// is right for what that would have reached.  What leads nowhere teaches nothing.
//   lessons  (2 N)
int intend_hindsight(int N, const struct intend_try *tries, struct intend_lesson *lessons);

#endif
