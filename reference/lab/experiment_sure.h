// experiment_sure: how sure a network is, and how often right: of its own text, of a renamed one.
#ifndef GPT_EXPERIMENT_SURE_H
#define GPT_EXPERIMENT_SURE_H

#include "experiment.h"

extern const struct experiment EXPERIMENT_SURE;

#endif
