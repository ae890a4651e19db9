// goals: what each way sees and learns from; a failure that teaches is worth more than its reward.
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

Test(goals, counts_what_it_saw)
{
    struct goals_score s[GOALS_WAYS];
    for (int way = 0; way < GOALS_WAYS; way++) {
        s[way] = taught((enum goals_way)way, PROBLEMS);
        cr_expect(s[way].problems == PROBLEMS, "way %d: %ld problems", way, s[way].problems);
    }
    cr_expect(s[GOALS_REWARD].tried == PROBLEMS && s[GOALS_REWARD].lessons == PROBLEMS);
    cr_expect(s[GOALS_EXPERT].tried == 2L * PROBLEMS && s[GOALS_EXPERT].lessons < PROBLEMS);
    cr_expect(s[GOALS_HINDSIGHT].tried == PROBLEMS && s[GOALS_HINDSIGHT].lessons <= PROBLEMS);
    cr_expect(s[GOALS_IMAGINED].tried > PROBLEMS && s[GOALS_IMAGINED].tried < 2L * PROBLEMS);
    cr_expect(s[GOALS_TOLD].tried == 0 && s[GOALS_TOLD].lessons == PROBLEMS);
}

Test(goals, half_a_batch_is_a_batch)
{
    cr_expect(taught(GOALS_REWARD, 33).problems == 64);
}

Test(goals, the_same_seed_gives_the_same)
{
    struct goals_score a = taught(GOALS_IMAGINED, PROBLEMS), b = taught(GOALS_IMAGINED, PROBLEMS);
    cr_expect(a.train == b.train && a.test == b.test && a.lessons == b.lessons);
}

Test(goals, a_failure_can_teach)
{
    struct goals_score reward = taught(GOALS_REWARD, 12L * PROBLEMS);
    struct goals_score imagined = taught(GOALS_IMAGINED, 12L * PROBLEMS);
    cr_expect(imagined.train > 1.2 * reward.train, "imagined %g, reward %g", imagined.train,
              reward.train);
}
