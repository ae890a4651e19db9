#include "experiment_rename.h"

#include <stdio.h>
#include <stdlib.h>

#include "protocol.h"
#include "renamed.h"
#include "rule_backprop.h"
#include "trials.h"

enum { EXAMPLES = 1000000 };

// judged lets a network learn `first` examples of A, then n of B, and returns what it scores on
// held-back B; first = 0: it begins with B.
static double judged(const struct experiment_ask *ask, const struct lab_text *second,
                     const struct lab_text *val, size_t first, size_t n)
{
    int V = ask->data->V;
    struct lab_learner l = lab_begin(&LAB_MLP, V, first ? first : n, ask->seed);
    if (first) {
        lab_learn(&l, &ask->data->train, first);
        l.rule->again(l.state, n);
    }
    lab_learn(&l, second, n);
    double bits = lab_judge(&l, V, val, TRIALS_JUDGED).bits;
    lab_end(&l);
    return bits;
}

static void run(const struct experiment_ask *ask)
{
    static const size_t STOPS[] = {1000, 3000, 10000, 30000, 100000, 300000};
    const struct lab_data *d = ask->data;
    size_t first = ask->examples;
    int32_t *name = renamed_names(d->V, ask->seed);
    struct lab_text second = renamed_text(&d->train, name), val = renamed_text(&d->val, name);
    struct lab_learner l = lab_begin(&LAB_MLP, d->V, first, ask->seed);
    lab_learn(&l, &d->train, first);
    printf("A, after A: %.4f bits; B, which is A renamed: %.4f\n",
           lab_judge(&l, d->V, &d->val, TRIALS_JUDGED).bits,
           lab_judge(&l, d->V, &val, TRIALS_JUDGED).bits);
    lab_end(&l);
    printf("%9s%10s%10s\n", "of B", "after A", "alone");
    for (size_t i = 0; i < sizeof STOPS / sizeof *STOPS && STOPS[i] <= first; i++) {
        printf("%9zu%10.4f%10.4f\n", STOPS[i], judged(ask, &second, &val, first, STOPS[i]),
               judged(ask, &second, &val, 0, STOPS[i]));
        fflush(stdout);
    }
    free(name), free(second.ids), free(val.ids);
}

const struct experiment EXPERIMENT_RENAME = {
    .name = "rename",
    .plain = "what a network that knows a text can use of it in another script",
    .text = 1,
    .examples = EXAMPLES,
    .run = run};
