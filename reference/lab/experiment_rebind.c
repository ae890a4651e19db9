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

enum { EXAMPLES = 1000000, TRIES = 50 };

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

// struct found: what a search came to: shares of characters that are read right, of those that it
// was shown and of others; and what these others are to the network, as they are read.
struct found {
    double shown, others, bits;
};

// search lets the search see n characters of the second half of B, from a place that is drawn, and
// the network read the first half by what it found.
static struct found search(const struct lab_data *d, const struct lab_learner *l, const float *bits,
                           size_t n, uint64_t seed)
{
    int32_t *name = renamed_names(d->V, seed);
    size_t half = d->val.count / 2;
    struct random random = random_start(seed, LAB_OWN);
    size_t from = half + random_below(&random, (uint32_t)(half - n + 1));
    struct lab_text shown = {n, d->val.ids + from},
                    others = {half < TRIALS_JUDGED ? half : TRIALS_JUDGED, d->val.ids};
    struct lab_text seen = renamed_text(&shown, name), strange = renamed_text(&others, name);
    int32_t *back = renamed_guess(d->V, &d->train, &seen);
    limits_bind(d->V, bits, n, seen.ids, TRIES, &random, back);
    struct lab_text read = renamed_text(&strange, back), again = renamed_text(&seen, back);
    struct found found = {read_right(&shown, &again), read_right(&others, &read),
                          lab_judge(l, d->V, &read, 0).bits};
    free(name), free(back), free(seen.ids), free(strange.ids), free(read.ids), free(again.ids);
    return found;
}

// print_row prints the means over the seeds.
static void print_row(const struct experiment_ask *ask, const struct lab_learner *l,
                      const float *bits, size_t n)
{
    struct found sum = {0, 0, 0};
    for (int k = 0; k < ask->seeds; k++) {
        struct found f = search(ask->data, l, bits, n, ask->seed + (uint64_t)k);
        sum.shown += f.shown, sum.others += f.others, sum.bits += f.bits;
    }
    printf("%10zu%10.4f%10.4f%10.4f\n", n, sum.shown / ask->seeds, sum.others / ask->seeds,
           sum.bits / ask->seeds);
    fflush(stdout);
}

static void run(const struct experiment_ask *ask)
{
    static const size_t SHOWN[] = {25, 50, 100, 200, 400, 800};
    const struct lab_data *d = ask->data;
    size_t examples = ask->examples;
    struct lab_learner l = lab_begin(&LAB_MLP, d->V, examples, ask->seed);
    lab_learn(&l, &d->train, examples);
    float *bits = trigram_bits(ask, examples);
    printf("A: %.4f bits\n", lab_judge(&l, d->V, &d->val, TRIALS_JUDGED).bits);
    printf("%10s%10s%10s%10s\n", "shown of B", "right", "others", "bits");
    for (size_t i = 0; i < sizeof SHOWN / sizeof *SHOWN && SHOWN[i] <= d->val.count / 2; i++)
        print_row(ask, &l, bits, SHOWN[i]);
    free(bits);
    lab_end(&l);
}

const struct experiment EXPERIMENT_REBIND = {
    .name = "rebind",
    .plain = "a search for what the characters of another script stand for",
    .text = 1,
    .examples = EXAMPLES,
    .run = run};
