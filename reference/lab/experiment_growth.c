#include "experiment_growth.h"

#include <stdio.h>

#include "protocol.h"
#include "random.h"
#include "rule_backprop.h"
#include "rule_grow.h"
#include "taught.h"
#include "trials.h"
#include "widen.h"

enum { EXAMPLES = 1000000 };

// widened returns the bits that the growing network would need if it were made twice as wide now.
static double widened(const struct net *n, const struct lab_data *d, uint64_t seed)
{
    struct random r = random_start(seed, LAB_GROWN);
    struct taught wide = {.net = widen(n, 2 * n->shape.hidden, &r)};
    struct lab_learner l = {.rule = &LAB_MLP, .state = &wide};
    double bits = lab_judge(&l, d->V, &d->val, TRIALS_JUDGED).bits;
    net_free(wide.net);
    return bits;
}

static void print_row(const struct lab_learner *l, const struct lab_data *d)
{
    int grows = l->rule == &LAB_GROW;
    const struct net *n = grows ? grow_net(l->state) : ((const struct taught *)l->state)->net;
    double work = grows ? grow_work(l->state) : (double)l->examples * (double)net_work(n);
    double bits = lab_judge(l, d->V, &d->val, TRIALS_JUDGED).bits;
    printf("%-5s%9zu%7d%11.1f%9.4f", l->rule->name, l->examples, n->shape.hidden, work / 1e6, bits);
    if (grows)
        printf("%10.4f", widened(n, d, l->seed));
    else
        printf("%10s", "");
    printf("%9.2f\n", l->seconds);
    fflush(stdout);
}

static void run(const struct experiment_ask *ask)
{
    static const struct lab_rule *const RULE[] = {&LAB_MLP, &LAB_GROW};
    enum { FIRST = 80 * LAB_BATCH };
    const struct lab_data *d = ask->data;
    size_t examples = ask->examples;
    printf("%-5s%9s%7s%11s%9s%10s%9s\n", "rule", "examples", "units", "products/M", "bits",
           "if wider", "seconds");
    for (int k = 0; k < 2 * ask->seeds; k++) {
        struct lab_learner l =
            lab_begin(RULE[k % 2], d->V, examples, ask->seed + (uint64_t)(k / 2));
        for (size_t next = FIRST; l.examples < examples; next = next * 3 / 2) {
            next = next < examples ? next / LAB_BATCH * LAB_BATCH : examples;
            if (l.examples == 0)
                lab_learn(&l, &d->train, next);
            else
                lab_learn_on(&l, &d->train, next - l.examples);
            print_row(&l, d);
        }
        lab_end(&l);
    }
}

const struct experiment EXPERIMENT_GROWTH = {
    .name = "growth",
    .plain = "a network that grows, beside one that is wide from the start",
    .text = 1,
    .examples = EXAMPLES,
    .run = run};
