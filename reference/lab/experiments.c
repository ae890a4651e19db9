#include "experiments.h"

#include <string.h>

#include "error.h"
#include "experiment_growth.h"
#include "experiment_xor.h"

// clang-format off
static const struct experiment *const EXPERIMENTS[] = {
    &EXPERIMENT_XOR,
    &EXPERIMENT_GROWTH,
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
