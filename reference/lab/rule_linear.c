#include "rule_linear.h"

#include <stdlib.h>
#include <string.h>

#include "intend.h"
#include "loss.h"
#include "mathf.h"
#include "net.h"

enum { ENDS = 6, ROWS = 1 << 18 };
static float RATE = 0.2f, MOST = 0.05f, SHARPER = 0.01f;

// struct linear: the weights, and how it is taught.
struct linear {
    int V;
    float *w;         // (ROWS, V)
    float sharpness;  // what scores are multiplied by, for probabilities
    size_t seen, changed, begin, examples;
    // change learns that `target` stands where these rows add up to these scores; 1: it changed.
    int (*change)(struct linear *l, float *const *row, const float *score, int32_t target);
};

// rows_of finds the weights of each end of what stands before a place.
static void rows_of(const struct linear *l, const int32_t *ids, size_t at, float **row)
{
    uint32_t hash = 2166136261u;
    for (size_t k = 0; k < ENDS; k++) {
        // Where the text begins there are fewer characters: the missing one is like none.
        if (k) hash = (hash ^ (uint32_t)(k <= at ? ids[at - k] + 1 : 0)) * 16777619u;
        row[k] = l->w + (size_t)(hash * 2654435761u >> 14) * (size_t)l->V;
    }
}

static void scores_of(const struct linear *l, float *const *row, float *score)
{
    memset(score, 0, sizeof *score * (size_t)l->V);
    for (int k = 0; k < ENDS; k++)
        for (int c = 0; c < l->V; c++) score[c] += row[k][c];
}

static void add(float *const *row, int32_t c, float step)
{
    for (int k = 0; k < ENDS; k++) row[k][c] += step;
}

static void probabilities(const struct linear *l, const float *score, float *p)
{
    for (int c = 0; c < l->V; c++) p[c] = l->sharpness * score[c];
    softmax_forward(1, l->V, p, p);
}

static int by_delta(struct linear *l, float *const *row, const float *score, int32_t target)
{
    float *slope = malloc(sizeof *slope * (size_t)l->V), rate;
    if (!slope) die("out of memory: %d slopes", l->V);
    float done = (float)(l->seen-l->begin) / (float)l->examples;
    rate = RATE * (1 - 0.95f * (done < 1 ? done : 1));
    probabilities(l, score, slope);
    intend_slopes(1, l->V, slope, &target, &rate, slope);
    for (int k = 0; k < ENDS; k++)
        for (int c = 0; c < l->V; c++) row[k][c] -= slope[c];
    free(slope);
    return 1;
}

static int by_delta_if_wrong(struct linear *l, float *const *row, const float *score,
                             int32_t target)
{
    if (score[target] > score[intend_rival(l->V, score, target)]) return 0;
    return by_delta(l, row, score, target);
}

// sharpen moves the sharpness down the slope of the surprise at the target: by its logarithm, for it
// may be large or small.
static void sharpen(struct linear *l, const float *score, int32_t target)
{
    float *p = malloc(sizeof *p * (size_t)l->V), mean = 0;
    if (!p) die("out of memory: %d probabilities", l->V);
    probabilities(l, score, p);
    for (int c = 0; c < l->V; c++) mean += p[c] * score[c];
    l->sharpness *= mathf_exp(SHARPER * fmaxf(-1,fminf(1,l->sharpness * (score[target] - mean))));
    free(p);
}

static int by_perceptron(struct linear *l, float *const *row, const float *score, int32_t target)
{
    sharpen(l, score, target);
    int32_t rival = intend_rival(l->V, score, target);
    if (score[target] > score[rival]) return 0;
    add(row, target, 1);
    add(row, rival, -1);
    return 1;
}

static int by_margin(struct linear *l, float *const *row, const float *score, int32_t target)
{
    sharpen(l, score, target);
    float step = intend_passive(l->V, score, target, ENDS, MOST);
    if (step == 0) return 0;
    add(row, target, step);
    add(row, intend_rival(l->V, score, target), -step);
    return 1;
}

static void learn(void *state, struct lab_places x)
{
    struct linear *l = state;
    float *row[ENDS], *score = malloc(sizeof *score * (size_t)l->V);
    if (!score) die("out of memory: %d scores", l->V);
    for (int i = 0; i < x.N; i++) {
        rows_of(l, x.ids, x.at[i], row);
        scores_of(l, row, score);
        l->changed += (size_t)l->change(l, row, score, x.ids[x.at[i]]);
        l->seen++;
    }
    free(score);
}

static void predict(void *state, struct lab_places x, float *p)
{
    const struct linear *l = state;
    float *row[ENDS];
    for (int i = 0; i < x.N; i++) {
        float *p_i = p + i * l->V;
        rows_of(l, x.ids, x.at[i], row);
        scores_of(l, row, p_i);
        probabilities(l, p_i, p_i);
    }
}

// numbers: those that are not 0.
static size_t numbers(const void *state)
{
    const struct linear *l = state;
    size_t count = 0;
    for (size_t i = 0; i < (size_t)ROWS * (size_t)l->V; i++) count += l->w[i] != 0;
    return count;
}

static void again(void *state, size_t examples)
{
    struct linear *l = state;
    l->begin = l->seen;
    l->examples = examples;
}

static void close_linear(void *state)
{
    struct linear *l = state;
    free(l->w);
    free(l);
}

static void *open_with(const struct lab_setting *s,
                       int (*change)(struct linear *, float *const *, const float *, int32_t))
{
    struct linear *l = calloc(1, sizeof *l);
    if (!l) die("out of memory: weights");
    if(getenv("RATE")) RATE=strtof(getenv("RATE"),0), MOST=RATE;
    if(getenv("SHARPER")) SHARPER=strtof(getenv("SHARPER"),0);
    *l = (struct linear){.V = s->V,
                         .w = net_zeros((size_t)ROWS * (size_t)s->V),
                         .sharpness = 1,
                         .examples = s->examples,
                         .change = change};
    return l;
}

static void *open_delta(const struct lab_setting *s)
{
    return open_with(s, by_delta);
}

static void *open_delta_wrong(const struct lab_setting *s)
{
    return open_with(s, by_delta_if_wrong);
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

#define LINEAR                                                                          \
    .learn = learn, .predict = predict, .numbers = numbers, .again = again, .close = close_linear

const struct lab_rule LAB_DELTA = {.name = "delta",
                                   .plain = "delta rule on hashed n-grams, at every example",
                                   .open = open_delta,
                                   LINEAR};

const struct lab_rule LAB_DELTA_WRONG = {.name = "delta-wrong",
                                         .plain = "the same, only at mistakes",
                                         .open = open_delta_wrong,
                                         LINEAR};

const struct lab_rule LAB_PERCEPTRON = {.name = "perceptron",
                                        .plain = "the perceptron on hashed n-grams",
                                        .open = open_perceptron,
                                        LINEAR};

const struct lab_rule LAB_PASSIVE = {.name = "passive",
                                     .plain = "passive-aggressive on hashed n-grams",
                                     .open = open_passive,
                                     LINEAR};
