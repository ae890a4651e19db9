// rule_linear: no layers: a score for each character is the sum of what the ends of the text before
// a place say for it.
//
// The ends are the last 0, 1 … 5 characters.  Each has a row of V weights, found by a hash: two ends
// may share one by chance.  Six rows added up are the scores.  Taught one place after another:
//
//   delta         w -= rate (p - y), with p = softmax(scores): the delta rule
//   delta-wrong   the same, only where the truth is not first
//   perceptron    where it is not first: +1 for the truth, -1 for its rival
//   passive       where it is not first by 1: as much as that asks, but at most so much
//
// The last two know no probabilities.  The lab is given softmax(scheme * scores), with the scheme
// chosen as they go: it follows the slope of the surprise at each truth before it is learnt.
// Sources: Widrow & Hoff 1960, "Adaptive switching circuits"; Rosenblatt 1958, "The perceptron";
// Crammer et al. 2006, "Online passive-aggressive algorithms" (PA-I, section 8).
#ifndef GPT_RULE_LINEAR_H
#define GPT_RULE_LINEAR_H

#include "lab.h"

extern const struct lab_rule LAB_DELTA, LAB_DELTA_WRONG, LAB_PERCEPTRON, LAB_PASSIVE;

// rule_linear_share returns for how many of the places it saw one of these changed anything: 0 to 1.
double rule_linear_share(const void *state);

#endif
