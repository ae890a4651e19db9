#include "experiment_often.h"

#include <stdio.h>

#include "rule_backprop.h"
#include "rule_counting.h"
#include "trials.h"

enum { EXAMPLES = 1000000 };

// print_row: the words after `times` exposures, each row from a fresh start.
static void print_row(const struct experiment_ask *ask, const struct lab_rule *rule, int times)
{
    struct trial_once t = trial_often(rule, ask->data, ask->examples, times, ask->seed);
    printf("%-10s%7d%9.4f%9.4f\n", rule->name, times, times ? t.after : t.before,
           times ? t.val_after : t.val_before);
    fflush(stdout);
}

static void run(const struct experiment_ask *ask)
{
    printf("%-10s%7s%9s%9s\n", "", "times", "words", "val");
    for (int times = 0; times <= 32; times = times ? 2 * times : 1) print_row(ask, &LAB_MLP, times);
    for (int times = 0; times <= 1; times++) print_row(ask, &LAB_RESO, times);
}

const struct experiment EXPERIMENT_OFTEN = {
    .name = "often",
    .plain = "invented words shown again and again, and what that costs the rest",
    .text = 1,
    .examples = EXAMPLES,
    .run = run};
