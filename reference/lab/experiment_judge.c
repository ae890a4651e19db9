#include "experiment_judge.h"

#include <stdio.h>

#include "drafts.h"
#include "lexicon.h"
#include "rule_backprop.h"
#include "rule_counting.h"
#include "simulate.h"

enum { EXAMPLES = 1000000, PLACES = 500, COUNTS = 3 };
static const int DRAFTS[COUNTS] = {1, 4, DRAFTS_MOST};

// count_words adds to how many words a draft has, and to how many of them are known.
static void count_words(const struct lexicon *w, const struct drafts *d, int i, int *all,
                        int *known)
{
    const int32_t *text = d->ids + i * DRAFTS_ROW + DRAFTS_BEFORE;
    size_t left = (size_t)d->length[i], begin, size;
    while ((size = lexicon_next(w, text, left, &begin)) > 0) {
        ++*all;
        *known += lexicon_known(w, text + begin, size);
        text += begin + size, left -= begin + size;
    }
}

// place draws a place of a text at which a word may begin: in a text without such, any.
static size_t place(const struct lab_text *text, const struct lexicon *w, struct random *r)
{
    enum { TRIES = 1000 };
    uint32_t most = (uint32_t)(text->count - DRAFTS_BEFORE);
    size_t at = 0;
    for (int k = 0; k < TRIES; k++) {
        at = DRAFTS_BEFORE + random_below(r, most);
        if (!lexicon_letter(w, text->ids[at - 1])) break;
    }
    return at;
}

// compete prints the share of known words of what the judge keeps of 1, 4 and 16 drafts.
static void compete(const struct lab_learner *writer, const struct lab_learner *judge,
                    const struct lab_data *data, const struct lexicon *w, uint64_t seed)
{
    struct random r = random_start(seed, LAB_OWN);
    int all[COUNTS] = {0}, known[COUNTS] = {0};
    for (int k = 0; k < PLACES; k++) {
        struct drafts d;
        float p[DRAFTS_MOST * DRAFTS_LONGEST];
        drafts_write(writer, data->V, w, data->val.ids, place(&data->val, w, &r), &r, &d);
        drafts_judge(judge, data->V, &d, p);
        for (int i = 0; i < COUNTS; i++) {
            int best = simulate_judge(DRAFTS[i], DRAFTS_LONGEST, d.length, p);
            count_words(w, &d, best, &all[i], &known[i]);
        }
    }
    printf("%-8s%-8s", writer->rule->name, judge->rule->name);
    for (int i = 0; i < COUNTS; i++) printf("%8.3f", (double)known[i] / (all[i] ? all[i] : 1));
    putchar('\n');
    fflush(stdout);
}

static void run(const struct experiment_ask *ask)
{
    const struct lab_data *d = ask->data;
    size_t n = ask->examples;
    struct lexicon *w = lexicon_new(d);
    printf("%-8s%-8s%8s%8s%8s  drafts: known words of the one kept\n", "writes", "judges", "1", "4",
           "16");
    for (int k = 0; k < ask->seeds; k++) {
        uint64_t seed = ask->seed + (uint64_t)k;
        struct lab_learner net = lab_begin(&LAB_MLP, d->V, n, seed);
        struct lab_learner memory = lab_begin(&LAB_RESO, d->V, n, seed);
        lab_learn(&net, &d->train, n);
        lab_learn(&memory, &d->train, n);
        compete(&net, &memory, d, w, seed);
        compete(&net, &net, d, w, seed);
        compete(&memory, &memory, d, w, seed);
        lab_end(&net);
        lab_end(&memory);
    }
    lexicon_free(w);
}

const struct experiment EXPERIMENT_JUDGE = {.name = "judge",
                                            .plain =
                                                "the best of several drafts, by a judge's account",
                                            .text = 1,
                                            .examples = EXAMPLES,
                                            .run = run};
