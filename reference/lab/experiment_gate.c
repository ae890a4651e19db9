#include "experiment_gate.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "protocol.h"
#include "reso.h"
#include "rule_stack.h"
#include "trials.h"

enum { EXAMPLES = 100000, DEPTHS = RESO_LEVELS + 1 };

// struct row: sums over the places of one depth.
struct row {
    size_t places;
    double bits[3];  // of the memory, of the network, of both
    double w[2];
};

static double bits_of(const float *p, int32_t c)
{
    return -log2(fmax((double)p[c], LAB_LEAST));
}

static void add(struct row *to, const struct row *r)
{
    to->places += r->places;
    for (int k = 0; k < 3; k++) to->bits[k] += r->bits[k];
    for (int k = 0; k < 2; k++) to->w[k] += r->w[k];
}

static void print_row(const char *name, const struct row *r, size_t all)
{
    double n = (double)r->places;
    printf("%6s%8.3f%9.3f%9.3f%9.3f%9.3f%7.3f\n", name, n / (double)all, r->bits[0] / n,
           r->bits[1] / n, r->bits[2] / n, r->w[0] / n, r->w[1] / n);
}

static void run(const struct experiment_ask *ask)
{
    const struct lab_data *d = ask->data;
    size_t n = d->val.count < TRIALS_JUDGED ? d->val.count : TRIALS_JUDGED;
    size_t examples = ask->examples;
    float *p = malloc(sizeof *p * (size_t)d->V);
    if (!p) die("out of memory: %d probabilities", d->V);
    struct row rows[DEPTHS] = {{0}}, all = {0};
    struct lab_learner l = lab_begin(&LAB_STACK_MLP, d->V, examples, ask->seed);
    lab_learn(&l, &d->train, examples);
    for (size_t at = 0; at < n; at++) {
        int32_t c = d->val.ids[at];
        struct rule_stack_look look = rule_stack_look(l.state, d->val.ids, at, p);
        struct row place = {1,
                            {bits_of(look.memory, c), bits_of(look.net, c), bits_of(p, c)},
                            {(double)look.w[0], (double)look.w[1]}};
        add(&rows[look.depth], &place);
        add(&all, &place);
    }
    printf("%6s%8s%9s%9s%9s%16s\n", "match", "share", "memory", "network", "both", "weights");
    for (int k = 0; k < DEPTHS; k++) {
        char name[16];
        snprintf(name, sizeof name, "%d", k);
        if (rows[k].places) print_row(name, &rows[k], n);
    }
    print_row("all", &all, n);
    lab_end(&l);
    free(p);
}

const struct experiment EXPERIMENT_GATE = {
    .name = "gate",
    .plain = "a memory, a network and both, by how far the memory matches",
    .text = 1,
    .examples = EXAMPLES,
    .run = run};
