#include "experiment_drop.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "limits.h"
#include "protocol.h"
#include "random.h"
#include "rule_backprop.h"
#include "taught.h"

enum { BATCHES = 32, RATES = 12, EXAMPLES = 30000 };
static const double FIRST = 0.01;  // the shortest step; each is twice as long as the one before

// struct steps: what steps of one length did.
struct steps {
    double kept;  // the sum of limits_drop
    int rose;     // how often the loss was higher after the step
};

// loss_of returns the mean cross-entropy of a batch, in nats; p has room for (N, V).
static double loss_of(struct net *n, struct lab_places x, float *p)
{
    double sum = 0;
    int V = n->shape.V;
    net_probabilities(n, x, p);
    for (int i = 0; i < x.N; i++) sum -= log(fmax((double)p[i * V + x.ids[x.at[i]]], LAB_LEAST));
    return sum / x.N;
}

// take_steps takes steps of all lengths down the slope of one batch, each from the same weights.
static void take_steps(struct taught *t, struct lab_places x, float *was, float *p,
                       struct steps steps[RATES])
{
    struct net *n = t->net;
    double rate = FIRST, before = loss_of(n, x, p);
    t->slopes(t, x);
    memcpy(was, n->data, n->weights * sizeof *was);
    for (int k = 0; k < RATES; k++, rate *= 2) {
        for (size_t i = 0; i < n->weights; i++) n->data[i] = was[i] - (float)rate * n->grad[i];
        double after = loss_of(n, x, p);
        steps[k].kept += limits_drop(n->weights, n->grad, rate, before, after);
        steps[k].rose += after > before;
    }
    memcpy(n->data, was, n->weights * sizeof *was);
    memset(n->grad, 0, n->weights * sizeof *n->grad);
}

static void run(const struct experiment_ask *ask)
{
    const struct lab_text *train = &ask->data->train;
    struct lab_learner l = lab_begin(&LAB_MLP, ask->data->V, ask->examples, ask->seed);
    lab_learn(&l, train, ask->examples);
    struct taught *t = l.state;
    struct random random = random_start(ask->seed, LAB_OWN);
    struct steps steps[RATES] = {{0}};
    float *was = net_zeros(t->net->weights), *p = net_zeros(LAB_BATCH * (size_t)ask->data->V);
    for (int k = 0; k < BATCHES; k++) {
        size_t at[LAB_BATCH];
        for (int i = 0; i < LAB_BATCH; i++) at[i] = random_below(&random, (uint32_t)train->count);
        take_steps(t, (struct lab_places){train->ids, LAB_BATCH, at}, was, p, steps);
    }
    printf("%8s%8s%12s\n", "rate", "kept", "loss rose");
    double rate = FIRST;
    for (int k = 0; k < RATES; k++, rate *= 2)
        printf("%8.2f%8.2f%6d of %d\n", rate, steps[k].kept / BATCHES, steps[k].rose, BATCHES);
    free(was), free(p);
    lab_end(&l);
}

const struct experiment EXPERIMENT_DROP = {.name = "drop",
                                           .plain =
                                               "how much of what the slope promises a step keeps",
                                           .text = 1,
                                           .examples = EXAMPLES,
                                           .run = run};
