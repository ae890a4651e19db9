// rule_backprop: the network taught by backprop, which every other rule stands beside; and by what
// is left of backprop if the way back is taken away.
#ifndef GPT_RULE_BACKPROP_H
#define GPT_RULE_BACKPROP_H

#include "lab.h"

// LAB_MLP: slopes by backprop.
// LAB_RANDOM: the same, but only the last matrix learns: what its layers are good for untaught.
// LAB_DFA: direct feedback alignment.  A layer is sent the errors of the logits through a matrix of
// its own that was drawn once and never learns, in place of the transposed weights behind it.
// Source: Nøkland 2016, "Direct feedback alignment provides learning in deep neural networks".
extern const struct lab_rule LAB_MLP, LAB_RANDOM, LAB_DFA;

#endif
