// experiment_growth: `gpt lab growth`: a network that grows beside one that is large from the
// start, as both learn.
#ifndef GPT_EXPERIMENT_GROWTH_H
#define GPT_EXPERIMENT_GROWTH_H

#include "experiment.h"

extern const struct experiment EXPERIMENT_GROWTH;

#endif
