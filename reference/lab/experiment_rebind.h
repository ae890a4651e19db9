// experiment_rebind: a search for what the characters of another script stand for.
#ifndef GPT_EXPERIMENT_REBIND_H
#define GPT_EXPERIMENT_REBIND_H

#include "experiment.h"

extern const struct experiment EXPERIMENT_REBIND;

#endif
