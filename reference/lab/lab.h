// lab: one contract for every way to learn which character comes next, and what all of them learn
// from.
//
// A rule is shown examples and asked for probabilities.  An example is a place in a text: what
// stands before it, and the character that stands there.  How a rule learns is its own affair; what
// it is shown, how it is judged and what is counted is the same for all (protocol.h).  So a new
// rule is one module that fills a struct lab_rule, and a line in rules.c.
#ifndef GPT_LAB_H
#define GPT_LAB_H

#include <stddef.h>
#include <stdint.h>

#include "bytes.h"
#include "dataset.h"
#include "error.h"

// struct lab_text: a text as characters; ids are in [0, V).
struct lab_text {
    size_t count;
    int32_t *ids;  // (count)  from malloc
};

// struct lab_data: what rules learn from and are judged by.
struct lab_data {
    struct dataset data;
    struct chars *chars;
    int V;  // characters that occur in either text
    struct lab_text train, val;
    double floor;  // bits per character that no model of val can go below; NaN if nobody knows
};

// lab_open reads a data set by its name (dataset.h), in characters.
//   tune  1: val is the last twentieth of the train part, train the rest of it: for whoever chooses
//         settings, which the real val must not see
//   ERR_VALUE, ERR_UTF8  a part is too short or no UTF-8; names it
//   errors of dataset_read
enum err lab_open(const char *name, int tune, struct lab_data *d, struct error *e);
void lab_close(struct lab_data *d);

// struct lab_places: N places of a text.  ids[at[n]] is the character to be predicted, ids[0 …
// at[n]) is what stands before it.
struct lab_places {
    const int32_t *ids;
    int N;
    const size_t *at;  // (N)
};

#define LAB_LEAST 0x1p-64  // 64 bits of surprise
enum { LAB_BATCH = 64 };   // the most places at a time

// lab_draw returns where the sum of weight[0 … n) passes `point`: whoever draws that evenly from 0
// up to the whole sum, draws each number as often as its weight says.
int32_t lab_draw(int n, const float *weight, float point);

// struct lab_setting: what a rule is told before its first example.
struct lab_setting {
    int V;
    size_t examples;  // it will be shown; for a rate that falls
    uint64_t seed;    // of whatever it draws
};

// struct lab_rule: a way to learn.  `state` is what open returned.
struct lab_rule {
    const char *name;
    const char *plain;  // what its literature calls it
    void *(*open)(const struct lab_setting *s);
    // learn sees up to LAB_BATCH examples, with their answers.
    void (*learn)(void *state, struct lab_places x);
    // predict writes p[n,c] > 0, the probability that c stands at place n, which it may not look
    // at: a row adds up to 1.
    void (*predict)(void *state, struct lab_places x, float *p);
    // numbers returns how many numbers it keeps of what it has learnt: weights, or counts.
    size_t (*numbers)(const void *state);
    // known says how familiar what stands before a place is: larger is more.  It may not look at
    // the place itself.  NULL: the largest of its probabilities stands for it.
    float (*known)(void *state, const int32_t *ids, size_t at);
    // noise returns what share of the answers it takes for drawn by lot.  NULL: it takes none.
    double (*noise)(const void *state);
    // again tells it that so many examples more follow, of a new text: a falling rate may begin
    // anew.  May be NULL.
    void (*again)(void *state, size_t examples);
    void (*close)(void *state);
};

// The lab's own streams of random numbers, beside those of random.h: a rule's first weights are
// drawn with RANDOM_INIT, the order of its examples with RANDOM_SHUFFLE.
enum lab_stream {
    LAB_RENAME = 100,    // which character stands for which, in a renamed text
    LAB_WORDS,           // words that do not exist
    LAB_OWN,             // whatever a rule draws besides
    LAB_NOISE,           // answers that are drawn by lot, and which
    LAB_GROWN,           // what a rule draws for units that it did not begin with
    LAB_PROBLEMS = 133,  // which problems are held back
};

#endif
