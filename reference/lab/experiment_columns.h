// experiment_columns: `gpt lab columns`: a column for each kind of text, opened when what is read
// surprises, and asked when it is the least surprised (grow.h).
#ifndef GPT_EXPERIMENT_COLUMNS_H
#define GPT_EXPERIMENT_COLUMNS_H

#include "experiment.h"

extern const struct experiment EXPERIMENT_COLUMNS;

// EXPERIMENT_TURNS: `gpt lab turns`: how surprised both columns are, place by place.
extern const struct experiment EXPERIMENT_TURNS;

#endif
