// rule_cascade: cascade-correlation: a network that is given its hidden units one at a time.
//
//   h[u]  tanh(sums of the window and of h[0 … u)), a unit that is frozen once it is there
//   out   the logits: sums of the window and of all h
//
// It begins without hidden units, as the logits' own weights of the window.  In turns, these
// weights learn by their slopes; then they stand still, and a few candidates, which hear the window
// and all units, learn to go along with the errors.  The best of them becomes a unit. Source:
// Fahlman & Lebiere 1990, "The cascade-correlation learning architecture".
#ifndef GPT_RULE_CASCADE_H
#define GPT_RULE_CASCADE_H

#include "lab.h"

extern const struct lab_rule LAB_CASCADE;

// LAB_LINEAR: what it begins with, without hidden units, for good.
extern const struct lab_rule LAB_LINEAR;

#endif
