// rule_forward: Forward-Forward.  Layers learn to tell what is from what might have been, each on
// its own; nothing is sent back.
//
// A layer sees the characters before a place and a candidate for the place itself.  Its goodness is
// the mean of its squared outputs.  It should be high where the candidate is what stood there, and
// low where it was drawn from a bigram.  A layer that tells the two apart as well as can be has
//   scale (goodness - 1) = log (p(candidate) / p_bigram(candidate))
// so that the lab can ask it for probabilities: p ~ p_bigram exp(that), with the mean over layers.
// Source: Hinton 2022, "The Forward-Forward algorithm", sections 2 and 3.4.
#ifndef GPT_RULE_FORWARD_H
#define GPT_RULE_FORWARD_H

#include "lab.h"

extern const struct lab_rule LAB_FORWARD;

#endif
