#include "experiment_memorise.h"

#include <stdio.h>
#include <stdlib.h>

#include "protocol.h"
#include "ride.h"
#include "rule_backprop.h"
#include "trials.h"

enum { SIZE = 10000, EXAMPLES = 1000000 };
static const double SHARE = 0.2;  // of the answers is drawn by lot

// struct heart: how many answers of each kind a rule gives back as its first guess: those that were
// drawn and came out wrong, and the true ones.
struct heart {
    int V;
    const int32_t *truth, *told;
    struct kind {
        double count, back;
    } wrong, right;
};

static void take(void *context, size_t at, const float *p)
{
    struct heart *h = context;
    struct kind *kind = h->told[at] == h->truth[at] ? &h->right : &h->wrong;
    kind->count++;
    kind->back += ride_argmax(h->V, p) == h->told[at];
}

static void print_row(const struct lab_learner *l, const struct lab_data *d,
                      const struct lab_text *small, const int32_t *told)
{
    struct heart h = {.V = d->V, .truth = small->ids, .told = told};
    lab_ask(l, d->V, small, 0, take, &h);
    struct lab_score s = lab_judge(l, d->V, &d->val, TRIALS_JUDGED);
    printf("%7zu%10.4f%10.4f%10.4f\n", l->examples / small->count, h.right.back / h.right.count,
           h.wrong.back / h.wrong.count, s.bits);
    fflush(stdout);
}

static void run(const struct experiment_ask *ask)
{
    enum { COUNT = 7 };
    static const size_t STOPS[COUNT] = {1, 2, 5, 10, 20, 50, 100};
    const struct lab_data *d = ask->data;
    struct lab_text small = {d->train.count < SIZE ? d->train.count : SIZE, d->train.ids};
    size_t most = ask->examples / small.count;
    if (most < 1) most = 1;
    double drawn;
    int32_t *told = trial_answers(&small, d->V, SHARE, ask->seed, &drawn);
    // Between two rows a batch may be cut short, and each is an update of its own: room for them.
    size_t told_of = most * small.count + COUNT * LAB_BATCH;
    struct lab_learner l = lab_begin(&LAB_MLP, d->V, told_of, ask->seed);
    printf("%7s%10s%10s%10s\n", "passes", "true", "drawn", "val bits");
    for (size_t i = 0, done = 0; i < COUNT && STOPS[i] <= most; i++) {
        l.seed = ask->seed + i;  // an order that it has not had yet
        lab_learn_told(&l, &small, told, (STOPS[i] - done) * small.count);
        done = STOPS[i];
        print_row(&l, d, &small, told);
    }
    lab_end(&l);
    free(told);
}

const struct experiment EXPERIMENT_MEMORISE = {
    .name = "memorise",
    .plain = "a fifth of the answers is drawn by lot, and learnt by heart",
    .text = 1,
    .examples = EXAMPLES,
    .run = run};
