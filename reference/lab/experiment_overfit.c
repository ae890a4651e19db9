#include "experiment_overfit.h"

#include <stdio.h>

#include "protocol.h"
#include "rule_backprop.h"
#include "rule_counting.h"
#include "trials.h"

enum { SIZE = 20000, EXAMPLES = 48 * SIZE };

// print_row shows a rule so many passes of a small text, from a fresh start, so that a rate that
// falls has fallen.
static void print_row(const struct experiment_ask *ask, const struct lab_rule *rule, size_t passes)
{
    const struct lab_data *d = ask->data;
    struct lab_text small = {d->train.count < SIZE ? d->train.count : SIZE, d->train.ids};
    struct lab_learner l = lab_begin(rule, d->V, passes * small.count, ask->seed);
    lab_learn(&l, &small, passes * small.count);
    struct lab_score own = lab_judge(&l, d->V, &small, 0),
                     val = lab_judge(&l, d->V, &d->val, TRIALS_JUDGED);
    printf("%-10s%7zu%9.4f%9.4f\n", rule->name, passes, own.bits, val.bits);
    fflush(stdout);
    lab_end(&l);
}

static void run(const struct experiment_ask *ask)
{
    static const size_t PASSES[] = {1, 2, 4, 8, 16, 32, 48};
    size_t most = ask->examples / SIZE;
    if (most < 1) most = 1;
    printf("%-10s%7s%9s%9s\n", "", "passes", "own", "val");
    for (size_t i = 0; i < sizeof PASSES / sizeof *PASSES && PASSES[i] <= most; i++)
        print_row(ask, &LAB_MLP, PASSES[i]);
    print_row(ask, &LAB_NGRAM[2], 1);
    print_row(ask, &LAB_RESO, 1);
}

const struct experiment EXPERIMENT_OVERFIT = {
    .name = "overfit",
    .plain = "a small text shown again and again: bits of it, and of held-back text",
    .text = 1,
    .examples = EXAMPLES,
    .run = run};
