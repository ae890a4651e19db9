// experiment_overfit: a small text shown again and again, and what held-back text says of it.
#ifndef GPT_EXPERIMENT_OVERFIT_H
#define GPT_EXPERIMENT_OVERFIT_H

#include "experiment.h"

extern const struct experiment EXPERIMENT_OVERFIT;

#endif
