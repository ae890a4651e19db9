// experiment_xor: how often gradient descent sticks on exclusive or.
#ifndef GPT_EXPERIMENT_XOR_H
#define GPT_EXPERIMENT_XOR_H

#include "experiment.h"

extern const struct experiment EXPERIMENT_XOR;

#endif
