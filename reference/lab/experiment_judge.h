// experiment_judge: several drafts of a text, of which a judge keeps one: are its words words?
#ifndef GPT_EXPERIMENT_JUDGE_H
#define GPT_EXPERIMENT_JUDGE_H

#include "experiment.h"

extern const struct experiment EXPERIMENT_JUDGE;

#endif
