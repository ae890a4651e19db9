// rule_backprop: the network of net.h taught by backprop, which every other rule stands beside.
#ifndef GPT_RULE_BACKPROP_H
#define GPT_RULE_BACKPROP_H

#include "lab.h"

// LAB_MLP: 8 characters, two layers of 128, Adam, slopes by backprop.
// LAB_RANDOM: the same, but only the last matrix learns: what its layers are good for untaught.
extern const struct lab_rule LAB_MLP, LAB_RANDOM;

#endif
