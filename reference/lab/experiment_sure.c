#include "experiment_sure.h"

#include <stdio.h>
#include <stdlib.h>

#include "calibration.h"
#include "protocol.h"
#include "renamed.h"
#include "ride.h"
#include "rule_backprop.h"
#include "trials.h"

enum { EXAMPLES = 1000000 };

// struct guesses: what a network guesses, and of what.
struct guesses {
    int V;
    const int32_t *ids;
    struct calibration sums;
};

static void take(void *context, size_t at, const float *p)
{
    struct guesses *g = context;
    int32_t best = ride_argmax(g->V, p);
    calibration_guess(&g->sums, (double)p[best], 1, best == g->ids[at]);
}

// print_guesses prints the means of a text, then what each bin of confidence was worth.
static void print_guesses(const struct lab_learner *l, int V, const struct lab_text *text,
                          const char *name)
{
    struct guesses g = {.V = V, .ids = text->ids};
    double confidence = 0, right = 0;
    double count = (double)lab_ask(l, V, text, TRIALS_JUDGED, take, &g);
    for (int i = 0; i < CALIBRATION_BINS; i++) {
        confidence += g.sums.bins[i].confidence / count;
        right += g.sums.bins[i].right / count;
    }
    printf("%-8s%8.4f%8.4f%8.4f\n", name, confidence, right, calibration_error(&g.sums));
    for (int i = 0; i < CALIBRATION_BINS; i++) {
        const struct calibration_bin *bin = g.sums.bins + i;
        if (bin->count > 0)
            printf("%-8s%8.4f%8.4f%8.4f\n", "", bin->confidence / bin->count,
                   bin->right / bin->count, bin->count / count);
    }
}

static void run(const struct experiment_ask *ask)
{
    const struct lab_data *d = ask->data;
    size_t examples = ask->examples;
    int32_t *name = renamed_names(d->V, ask->seed);
    struct lab_text val = renamed_text(&d->val, name);
    struct lab_learner l = lab_begin(&LAB_MLP, d->V, examples, ask->seed);
    lab_learn(&l, &d->train, examples);
    printf("%-8s%8s%8s%8s\n", "", "sure", "right", "error");
    print_guesses(&l, d->V, &d->val, "known");
    print_guesses(&l, d->V, &val, "renamed");
    lab_end(&l);
    free(name), free(val.ids);
}

const struct experiment EXPERIMENT_SURE = {
    .name = "sure",
    .plain = "how sure a network is, and how often right: of its own text and of a renamed one",
    .text = 1,
    .examples = EXAMPLES,
    .run = run};
