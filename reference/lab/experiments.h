// experiments: every experiment of the lab, by name: `gpt lab NAME`.
#ifndef GPT_EXPERIMENTS_H
#define GPT_EXPERIMENTS_H

#include "experiment.h"

// experiments_count returns how many there are, experiments_at the i-th.
int experiments_count(void);
const struct experiment *experiments_at(int i);

// experiments_find returns the experiment of that name; NULL: there is none.
const struct experiment *experiments_find(const char *name);

#endif
