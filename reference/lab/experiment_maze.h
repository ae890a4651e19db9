// experiment_maze: how many episodes a way through the maze takes, with steps that are only
// imagined and without.
#ifndef GPT_EXPERIMENT_MAZE_H
#define GPT_EXPERIMENT_MAZE_H

#include "experiment.h"

extern const struct experiment EXPERIMENT_MAZE;

#endif
