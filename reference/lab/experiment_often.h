// experiment_often: invented words shown again and again, and what it costs the rest.
#ifndef GPT_EXPERIMENT_OFTEN_H
#define GPT_EXPERIMENT_OFTEN_H

#include "experiment.h"

extern const struct experiment EXPERIMENT_OFTEN;

#endif
