// experiment_goals: ways to learn to reach a goal, at equal numbers of problems.
#ifndef GPT_EXPERIMENT_GOALS_H
#define GPT_EXPERIMENT_GOALS_H

#include "experiment.h"

extern const struct experiment EXPERIMENT_GOALS;

#endif
