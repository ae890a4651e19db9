#include "experiment_updates.h"

#include <stdio.h>

#include "protocol.h"
#include "rule_backprop.h"
#include "rule_intend.h"
#include "rule_linear.h"

enum { EXAMPLES = 1000000 };

static double always(const void *state)
{
    (void)state;
    return 1;
}

// A rule, and for what share of its examples it changed.
struct row {
    const struct lab_rule *rule;
    double (*share)(const void *state);
};

static void print_row(const struct row *row, const struct experiment_ask *ask, uint64_t seed)
{
    size_t examples = ask->examples;
    struct lab_learner l = lab_begin(row->rule, ask->data->V, examples, seed);
    lab_learn(&l, &ask->data->train, examples);
    struct lab_score s = lab_judge(&l, ask->data->V, &ask->data->val, 0);
    printf("%-12s%8.1f%9.4f%8.4f%13.4f\n", row->rule->name, 100 * row->share(l.state), s.bits,
           s.right, s.calibration);
    fflush(stdout);
    lab_end(&l);
}

static void run(const struct experiment_ask *ask)
{
    static const struct row ROWS[] = {
        {&LAB_MLP, always},
        {&LAB_INTEND, rule_intend_share},
        {&LAB_INTEND_HALF, rule_intend_share},
        {&LAB_MISTAKES, rule_intend_share},
        {&LAB_REWARD, rule_intend_share},
        {&LAB_DELTA, rule_linear_share},
        {&LAB_DELTA_MISS, rule_linear_share},
        {&LAB_PERCEPTRON, rule_linear_share},
        {&LAB_PASSIVE, rule_linear_share},
    };
    printf("%-12s%8s%9s%8s%13s\n", "rule", "learnt", "bits", "right", "calibration");
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++)
        for (int k = 0; k < ask->seeds; k++) print_row(&ROWS[i], ask, ask->seed + (uint64_t)k);
}

const struct experiment EXPERIMENT_UPDATES = {
    .name = "updates",
    .plain = "what is lost, and what is saved, if only failed intents are learnt from",
    .text = 1,
    .examples = EXAMPLES,
    .run = run};
