// doubt: from which targets a run learns, and how much.
//
// Intention.  A target that the model gives the probability tau or more is known well enough: it
// sends nothing back.  What is left is where the intent, "at least tau on what comes", has failed.
// Source: Jiang et al. 2019, "Accelerating deep learning by focusing on the biggest losers", who
// choose examples by their loss; Crammer et al. 2006, "Online passive-aggressive algorithms".
//
// Trust.  If a share epsilon of the targets is drawn by lot from all V tokens, a target of
// probability p is a real one with the probability
//
//   q = (1 - epsilon) p / ((1 - epsilon) p + epsilon / V)
//
// and its gradient counts q times.  epsilon follows the mean of 1 - q, step after step.
// Source: Dempster, Laird & Rubin 1977 (expectation maximisation); lesson critic has it too.
#ifndef GPT_DOUBT_H
#define GPT_DOUBT_H

#include <stddef.h>
#include <stdint.h>

#include "random.h"

// The first epsilon, and how far a step moves it towards the mean of 1 - q: it has forgotten a step
// after 50 more.  These are first guesses; no others were tried.
#define DOUBT_FIRST 0.1f
#define DOUBT_RATE 0.02f

// struct doubt: of a run.  What it counts are whole numbers, so that any threads can count at once
// and the sums are the same.
struct doubt {
    float intend;                       // tau; 0: there is no intention
    int trust;                          // 1: targets are weighed by q
    int V;                              // tokens of the vocabulary
    float epsilon;                      // as the step that is being taken sees it
    uint64_t step_targets, step_drawn;  // since doubt_step: targets, and the sum of 1 - q in 2^-32
    uint64_t targets, skipped;          // since the beginning: targets, and those known well enough
};

// doubt_weigh writes how much of each target's gradient counts, and counts them.  Threads may call
// it at once with the same d.
//   target  (N)  a row with -1 counts nowhere, and its share is 0
//   losses  (N)  -ln of the probability of each target
//   share   (N)
void doubt_weigh(struct doubt *d, int N, const int32_t *target, const float *losses, float *share);

// doubt_step ends a step: epsilon moves, if there is trust and were targets.
void doubt_step(struct doubt *d);

// doubt_lots draws by lot: answers[i] is ids[i] or, with the probability `noise`, any of the V
// tokens, all as likely as any other.  Returns how many were drawn, those that came out right too.
//   ids, answers  (n)
size_t doubt_lots(size_t n, const int32_t *ids, int V, float noise, struct random *r,
                  int32_t *answers);

#endif
