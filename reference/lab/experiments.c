#include "experiments.h"

#include <string.h>

#include "error.h"
#include "experiment_columns.h"
#include "experiment_countdown.h"
#include "experiment_drop.h"
#include "experiment_gate.h"
#include "experiment_goals.h"
#include "experiment_growth.h"
#include "experiment_judge.h"
#include "experiment_maze.h"
#include "experiment_memorise.h"
#include "experiment_often.h"
#include "experiment_overfit.h"
#include "experiment_rebind.h"
#include "experiment_rename.h"
#include "experiment_sure.h"
#include "experiment_updates.h"
#include "experiment_xor.h"

// clang-format off
static const struct experiment *const EXPERIMENTS[] = {
    &EXPERIMENT_DROP,
    &EXPERIMENT_XOR,
    &EXPERIMENT_MEMORISE,
    &EXPERIMENT_RENAME,
    &EXPERIMENT_REBIND,
    &EXPERIMENT_OVERFIT,
    &EXPERIMENT_OFTEN,
    &EXPERIMENT_SURE,
    &EXPERIMENT_GROWTH,
    &EXPERIMENT_COLUMNS,
    &EXPERIMENT_TURNS,
    &EXPERIMENT_MAZE,
    &EXPERIMENT_COUNTDOWN,
    &EXPERIMENT_JUDGE,
    &EXPERIMENT_UPDATES,
    &EXPERIMENT_GOALS,
    &EXPERIMENT_GATE,
};
// clang-format on

int experiments_count(void)
{
    return (int)(sizeof EXPERIMENTS / sizeof *EXPERIMENTS);
}

const struct experiment *experiments_at(int i)
{
    CHECK(i >= 0 && i < experiments_count(), "i=%d of %d", i, experiments_count());
    return EXPERIMENTS[i];
}

const struct experiment *experiments_find(const char *name)
{
    for (int i = 0; i < experiments_count(); i++)
        if (strcmp(EXPERIMENTS[i]->name, name) == 0) return EXPERIMENTS[i];
    return NULL;
}
