// experiment_rename: what a network that knows a text knows of the same text in another script.
#ifndef GPT_EXPERIMENT_RENAME_H
#define GPT_EXPERIMENT_RENAME_H

#include "experiment.h"

extern const struct experiment EXPERIMENT_RENAME;

#endif
