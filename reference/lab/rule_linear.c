#include "rule_linear.h"

#include <stdlib.h>
#include <string.h>

#include "intend.h"
#include "loss.h"
#include "mathf.h"
#include "net.h"

enum { ENDS = 6, BITS = 18, ROWS = 1 << BITS };
// Chosen with --tune on Shakespeare, the best after a million: of 0.2, 0.3, 0.4, 0.6 and 0.8.
static const float RATE = 0.4f, RATE_MISS = 0.6f;
// The most that a passive-aggressive step may be: of 0.03, 0.1 and 0.3.
static const float MOST = 0.3f;

// struct linear: the weights, and how it is taught.
struct linear {
    int V;
    float *w;          // (ROWS, V)
    float *late;       // (ROWS, V)  each change so far, times the examples seen before it
    float *score, *p;  // (V)  work
    float sharpness;   // what scores are multiplied by, for probabilities
    size_t seen, changed;
    // change learns that `target` stands where these rows add up to these scores; 1: it changed.
    int (*change)(struct linear *l, const size_t *row, const float *score, int32_t target);
};

// rows_of finds where the weights of each end of what stands before a place begin.
static void rows_of(const struct linear *l, const int32_t *ids, size_t at, size_t *row)
{
    uint32_t hash = 2166136261u;  // FNV-1a, spread once more by a product
    for (size_t k = 0; k < ENDS; k++) {
        // Where the text begins there are fewer characters: a missing one is like no other.
        if (k) hash = (hash ^ (uint32_t)(k <= at ? ids[at - k] + 1 : 0)) * 16777619u;
        row[k] = (size_t)((hash * 2654435761u) >> (32 - BITS)) * (size_t)l->V;
    }
}

static void scores_now(const struct linear *l, const size_t *row, float *score)
{
    memset(score, 0, sizeof *score * (size_t)l->V);
    for (int k = 0; k < ENDS; k++)
        for (int c = 0; c < l->V; c++) score[c] += l->w[row[k] + (size_t)c];
}

// scores_mean: with the mean of what the weights were after each example.  A change that came after
// half of them counts half.
static void scores_mean(const struct linear *l, const size_t *row, float *score)
{
    float share = 1 / (float)(l->seen ? l->seen : 1);
    memset(score, 0, sizeof *score * (size_t)l->V);
    for (int k = 0; k < ENDS; k++)
        for (int c = 0; c < l->V; c++) {
            size_t i = row[k] + (size_t)c;
            score[c] += l->w[i] - share * l->late[i];
        }
}

static void add(struct linear *l, const size_t *row, int32_t c, float step)
{
    for (int k = 0; k < ENDS; k++) {
        l->w[row[k] + (size_t)c] += step;
        l->late[row[k] + (size_t)c] += step * (float)l->seen;
    }
}

static void probabilities(int V, float sharpness, const float *score, float *p)
{
    for (int c = 0; c < V; c++) p[c] = sharpness * score[c];
    softmax_forward(1, V, p, p);
}

// sharpen moves the sharpness down the slope of the surprise at a place that is not learnt yet; by
// its logarithm, for it may be large or small.  Smaller and smaller steps make it a mean over all
// places: else, in a second round of the text, it would be that of places that were learnt.
static void sharpen(struct linear *l, const size_t *row, int32_t target)
{
    float *score = l->score, *p = l->p, mean = 0;
    scores_mean(l, row, score);
    probabilities(l->V, l->sharpness, score, p);
    for (int c = 0; c < l->V; c++) mean += p[c] * score[c];
    float step = 1 / (100 + (float)l->seen);
    l->sharpness *= mathf_exp(step * l->sharpness * (score[target] - mean));
}

static int step_delta(struct linear *l, const size_t *row, const float *score, int32_t target,
                      float rate)
{
    float *slope = l->p;
    probabilities(l->V, 1, score, slope);
    intend_slopes(1, l->V, slope, &target, &rate, slope);
    for (int32_t c = 0; c < l->V; c++) add(l, row, c, -slope[c]);
    return 1;
}

static int by_delta(struct linear *l, const size_t *row, const float *score, int32_t target)
{
    return step_delta(l, row, score, target, RATE);
}

static int wrong(const struct linear *l, const float *score, int32_t target)
{
    return score[intend_rival(l->V, score, target)] >= score[target];
}

static int by_delta_miss(struct linear *l, const size_t *row, const float *score, int32_t target)
{
    return wrong(l, score, target) && step_delta(l, row, score, target, RATE_MISS);
}

static int by_perceptron(struct linear *l, const size_t *row, const float *score, int32_t target)
{
    if (!wrong(l, score, target)) return 0;
    add(l, row, target, 1);
    add(l, row, intend_rival(l->V, score, target), -1);
    return 1;
}

static int by_margin(struct linear *l, const size_t *row, const float *score, int32_t target)
{
    float step = intend_passive(l->V, score, target, ENDS, MOST);
    if (step == 0) return 0;
    add(l, row, target, step);
    add(l, row, intend_rival(l->V, score, target), -step);
    return 1;
}

static void learn(void *state, struct lab_places x)
{
    struct linear *l = state;
    size_t row[ENDS];
    // A text with a single character has no rival, and nothing to learn.
    for (int i = 0; i < x.N && l->V > 1; i++) {
        int32_t target = x.ids[x.at[i]];
        rows_of(l, x.ids, x.at[i], row);
        sharpen(l, row, target);
        scores_now(l, row, l->score);
        l->changed += (size_t)l->change(l, row, l->score, target);
        l->seen++;
    }
}

static void predict(void *state, struct lab_places x, float *p)
{
    const struct linear *l = state;
    size_t row[ENDS];
    for (int i = 0; i < x.N; i++, p += l->V) {
        rows_of(l, x.ids, x.at[i], row);
        scores_mean(l, row, p);
        probabilities(l->V, l->sharpness, p, p);
    }
}

// numbers: of the weights, those that are not 0.
static size_t numbers(const void *state)
{
    const struct linear *l = state;
    size_t count = 0;
    for (size_t i = 0; i < (size_t)ROWS * (size_t)l->V; i++) count += l->w[i] != 0;
    return count;
}

static void close_linear(void *state)
{
    struct linear *l = state;
    free(l->w);
    free(l->late);
    free(l->score), free(l->p);
    free(l);
}

static void *open_with(const struct lab_setting *s,
                       int (*change)(struct linear *, const size_t *, const float *, int32_t))
{
    struct linear *l = calloc(1, sizeof *l);
    if (!l) die("out of memory: weights");
    size_t size = (size_t)ROWS * (size_t)s->V;
    *l = (struct linear){.V = s->V,
                         .w = net_zeros(size),
                         .late = net_zeros(size),
                         .score = net_zeros((size_t)s->V),
                         .p = net_zeros((size_t)s->V),
                         .sharpness = 1,
                         .change = change};
    return l;
}

static void *open_delta(const struct lab_setting *s)
{
    return open_with(s, by_delta);
}

static void *open_delta_miss(const struct lab_setting *s)
{
    return open_with(s, by_delta_miss);
}

static void *open_perceptron(const struct lab_setting *s)
{
    return open_with(s, by_perceptron);
}

static void *open_passive(const struct lab_setting *s)
{
    return open_with(s, by_margin);
}

double rule_linear_share(const void *state)
{
    const struct linear *l = state;
    return l->seen ? (double)l->changed / (double)l->seen : 0;
}

#define LINEAR .learn = learn, .predict = predict, .numbers = numbers, .close = close_linear

const struct lab_rule LAB_DELTA = {.name = "delta",
                                   .plain = "the delta rule, scores added up from hashed n-grams",
                                   .open = open_delta,
                                   LINEAR};

const struct lab_rule LAB_DELTA_MISS = {.name = "delta-miss",
                                        .plain = "the same, only where the truth is not first",
                                        .open = open_delta_miss,
                                        LINEAR};

const struct lab_rule LAB_PERCEPTRON = {.name = "perceptron",
                                        .plain = "the averaged perceptron on hashed n-grams",
                                        .open = open_perceptron,
                                        LINEAR};

const struct lab_rule LAB_PASSIVE = {.name = "passive",
                                     .plain = "passive-aggressive on hashed n-grams",
                                     .open = open_passive,
                                     LINEAR};
