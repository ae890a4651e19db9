// experiment_memorise: answers drawn by lot, which a network learns by heart.
#ifndef GPT_EXPERIMENT_MEMORISE_H
#define GPT_EXPERIMENT_MEMORISE_H

#include "experiment.h"

extern const struct experiment EXPERIMENT_MEMORISE;

#endif
