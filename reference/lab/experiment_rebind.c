#include "experiment_rebind.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "limits.h"
#include "protocol.h"
#include "random.h"
#include "renamed.h"
#include "rule_backprop.h"
#include "rule_counting.h"
#include "trials.h"

enum { EXAMPLES = 1000000, STARTS = 8 };

// trigram_bits returns what a trigram, counted in `train`, is surprised by: (V, V, V), from malloc.
static float *trigram_bits(const struct experiment_ask *ask, size_t examples)
{
    int V = ask->data->V;
    size_t size = (size_t)V * (size_t)V * (size_t)V;
    float *bits = malloc(size * sizeof *bits);
    if (!bits) die("out of memory: %zu rows of three", size);
    struct lab_learner l = lab_begin(&LAB_NGRAM[2], V, examples, ask->seed);
    lab_learn(&l, &ask->data->train, examples);
    for (int32_t x = 0; x < V; x++) {
        for (int32_t y = 0; y < V; y++) {
            int32_t before[] = {x, y, 0};
            size_t at = 2;
            float *row = bits + ((size_t)x * (size_t)V + (size_t)y) * (size_t)V;
            l.rule->predict(l.state, (struct lab_places){before, 1, &at}, row);
            for (int z = 0; z < V; z++) row[z] = (float)-log2(fmax((double)row[z], LAB_LEAST));
        }
    }
    lab_end(&l);
    return bits;
}

// read_right returns the share of a text's characters that are read as what they are.
static double read_right(const struct lab_text *text, const struct lab_text *read)
{
    double right = 0;
    for (size_t i = 0; i < text->count; i++) right += text->ids[i] == read->ids[i];
    return right / (double)text->count;
}

// print_row lets the search see n characters of B, and the network read the rest by what it found.
static void print_row(const struct experiment_ask *ask, const struct lab_learner *l,
                      const float *bits, size_t n)
{
    const struct lab_data *d = ask->data;
    double right = 0, read = 0, least = 1;
    for (int k = 0; k < ask->seeds; k++) {
        uint64_t seed = ask->seed + (uint64_t)k;
        struct random random = random_start(seed, LAB_OWN);
        int32_t *name = renamed_names(d->V, seed), *back = renamed_names(d->V, seed);
        struct lab_text shown = {n, d->val.ids + d->val.count - n}, rest = d->val;
        if (rest.count > TRIALS_JUDGED) rest.count = TRIALS_JUDGED;
        struct lab_text seen = renamed_text(&shown, name), strange = renamed_text(&rest, name);
        limits_bind(d->V, bits, n, seen.ids, STARTS, &random, back);
        struct lab_text known = renamed_text(&strange, back);
        double share = read_right(&rest, &known);
        right += share / ask->seeds, least = fmin(least, share);
        read += lab_judge(l, d->V, &known, 0).bits / ask->seeds;
        free(name), free(back), free(seen.ids), free(strange.ids), free(known.ids);
    }
    printf("%10zu%10.4f%10.4f%10.4f\n", n, right, least, read);
    fflush(stdout);
}

static void run(const struct experiment_ask *ask)
{
    static const size_t SHOWN[] = {25, 50, 100, 200, 400, 800};
    const struct lab_data *d = ask->data;
    size_t examples = ask->examples ? ask->examples : EXAMPLES;
    struct lab_learner l = lab_begin(&LAB_MLP, d->V, examples, ask->seed);
    lab_learn(&l, &d->train, examples);
    float *bits = trigram_bits(ask, examples);
    printf("A: %.4f bits\n", lab_judge(&l, d->V, &d->val, TRIALS_JUDGED).bits);
    printf("%10s%10s%10s%10s\n", "shown of B", "right", "least", "bits");
    for (size_t i = 0; i < sizeof SHOWN / sizeof *SHOWN && SHOWN[i] < d->val.count; i++)
        print_row(ask, &l, bits, SHOWN[i]);
    free(bits);
    lab_end(&l);
}

const struct experiment EXPERIMENT_REBIND = {
    .name = "rebind",
    .plain = "a search for what the characters of another script stand for",
    .text = 1,
    .run = run};
