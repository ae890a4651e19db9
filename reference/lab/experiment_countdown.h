// experiment_countdown: a network that proposes plans for a game of numbers, and what it gains from
// trying out the likeliest before it answers.
#ifndef GPT_EXPERIMENT_COUNTDOWN_H
#define GPT_EXPERIMENT_COUNTDOWN_H

#include "experiment.h"

extern const struct experiment EXPERIMENT_COUNTDOWN;

#endif
