// experiment_xor: how often gradient descent sticks on exclusive or.
#ifndef GPT_EXPERIMENT_XOR_H
#define GPT_EXPERIMENT_XOR_H

#include "experiments.h"

extern const struct experiment EXPERIMENT_XOR;

#endif
