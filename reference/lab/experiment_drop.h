// experiment_drop: how much of what the slope promises a step keeps, by how long it is.
#ifndef GPT_EXPERIMENT_DROP_H
#define GPT_EXPERIMENT_DROP_H

#include "experiment.h"

extern const struct experiment EXPERIMENT_DROP;

#endif
