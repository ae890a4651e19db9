// rule_linear: no layers: the score of a character is the sum of what the ends of the text before a
// place say for it.
//
// The ends are the last 0, 1 … 5 characters.  Each has a row of V weights, found by a hash: two
// ends may share one by chance.  The six rows added up are the scores.  Taught one place after
// another:
//
//   delta         w -= rate (p - y), p = softmax(scores): the delta rule
//   delta-miss    the same, only where the truth is not first
//   perceptron    where it is not first: 1 more for it, 1 less for its rival
//   passive       where it is not first by 1: as much more and less as that asks, up to a limit
//
// A rule that acts only at mistakes never comes to rest where the text itself is undecided: its
// last weights are those of the last mistake.  So answers are given by the mean of the weights over
// all examples so far.  And scores are no logits: the probabilities are softmax(sharpness *
// scores), with a sharpness that follows the surprise at places before they are learnt. Sources:
// Widrow & Hoff 1960, "Adaptive switching circuits"; Rosenblatt 1958, "The perceptron"; Crammer et
// al. 2006, "Online passive-aggressive algorithms"; Freund & Schapire 1999, "Large margin
// classification using the perceptron algorithm", and Collins 2002, "Discriminative training
// methods for hidden Markov models", section 2.2 (the mean); Guo et al. 2017, "On calibration of
// modern neural networks", section 4.2 (one temperature).
#ifndef GPT_RULE_LINEAR_H
#define GPT_RULE_LINEAR_H

#include "lab.h"

extern const struct lab_rule LAB_DELTA, LAB_DELTA_MISS, LAB_PERCEPTRON, LAB_PASSIVE;

// rule_linear_share returns for how many of the places it saw one of these changed anything: 0
// to 1.
double rule_linear_share(const void *state);

#endif
