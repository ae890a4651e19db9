#include "experiment_goals.h"

#include <stdio.h>

#include "goals.h"

enum { PROBLEMS = 400000 };

static void run(const struct experiment_ask *ask)
{
    static const char *const NAME[GOALS_WAYS] = {"reward", "expert", "hindsight", "imagined",
                                                 "told"};
    long problems = (long)ask->examples;
    printf("%-12s%10s%10s%10s%11s%8s\n", "way", "problems", "tried", "lessons", "practised", "new");
    for (int way = 0; way < GOALS_WAYS; way++)
        for (int k = 0; k < ask->seeds; k++) {
            uint64_t seed = ask->seed + (uint64_t)k;
            struct countdown_sets sets = countdown_split(BY_NUMBERS, seed);
            struct goals_score s = goals_run((enum goals_way)way, &sets, problems, seed);
            printf("%-12s%10ld%10ld%10ld%11.3f%8.3f\n", NAME[way], s.problems, s.tried, s.lessons,
                   s.train, s.test);
            fflush(stdout);
            countdown_free(&sets);
        }
}

const struct experiment EXPERIMENT_GOALS = {
    .name = "goals",
    .plain = "plans for a numbers game: told only success, and what else a failure can teach",
    .examples = PROBLEMS,
    .run = run};
