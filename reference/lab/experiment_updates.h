// experiment_updates: rules that change only where an intent fails, beside those that always do.
#ifndef GPT_EXPERIMENT_UPDATES_H
#define GPT_EXPERIMENT_UPDATES_H

#include "experiment.h"

extern const struct experiment EXPERIMENT_UPDATES;

#endif
