// goals: what each way sees and learns from; that failures teach.
#include "goals.h"

#include <criterion/criterion.h>

enum { PROBLEMS = 512 };

static struct goals_score taught(enum goals_way way, long problems)
{
    struct countdown_sets sets = countdown_split(BY_NUMBERS, 1);
    struct goals_score s = goals_run(way, &sets, problems, 1);
    countdown_free(&sets);
    return s;
}

// Each run judges 29,352 problems, which is most of its time: so there are few.
Test(goals, counts_what_it_saw_the_same_each_time)
{
    struct goals_score s[GOALS_WAYS];
    for (int way = 0; way < GOALS_WAYS; way++) {
        s[way] = taught((enum goals_way)way, PROBLEMS - 1);
        cr_expect(s[way].problems == PROBLEMS, "way %d: %ld problems, expected whole batches", way,
                  s[way].problems);
    }
    cr_expect(s[GOALS_REWARD].tried == PROBLEMS && s[GOALS_REWARD].lessons == PROBLEMS);
    cr_expect(s[GOALS_EXPERT].tried == 2L * PROBLEMS && s[GOALS_EXPERT].lessons < PROBLEMS);
    cr_expect(s[GOALS_HINDSIGHT].tried == PROBLEMS && s[GOALS_HINDSIGHT].lessons <= PROBLEMS);
    cr_expect(s[GOALS_IMAGINED].tried > PROBLEMS && s[GOALS_IMAGINED].tried < 2L * PROBLEMS);
    cr_expect(s[GOALS_TOLD].tried == 0 && s[GOALS_TOLD].lessons == PROBLEMS);
    struct goals_score again = taught(GOALS_IMAGINED, PROBLEMS);
    cr_expect(again.train == s[GOALS_IMAGINED].train && again.test == s[GOALS_IMAGINED].test &&
              again.lessons == s[GOALS_IMAGINED].lessons);
}

// One plan for everything, a + b - c, solves 0.171.
Test(goals, a_failure_teaches_more_than_one_plan_for_everything)
{
    struct goals_score imagined = taught(GOALS_IMAGINED, 12L * PROBLEMS);
    cr_expect(imagined.train > 0.25, "imagined %g of the deals it practised with", imagined.train);
}
