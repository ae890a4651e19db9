#include "rule_hopfield.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { WINDOW = 8 };
// Chosen with --tune on Shakespeare, among some fifteen: after a million; after 100,000 a sharpness
// of 5 is better.  EVERYWHERE is how many memories, of which the nearest character agrees, the
// unigram counts as.
static const double SHARPNESS = 6.5, DECAY = 0.7, EVERYWHERE = 10;

// struct drawer: the memories that have one character in common, the one before their place. Others
// lack the largest part of a score; they are not looked at.
struct drawer {
    size_t count, room;
    uint16_t *seen[WINDOW];  // (count)  the characters further back; V where the text began
    uint16_t *next;          // (count)  what stood there
};

struct hopfield {
    int V;
    size_t count;
    struct drawer *drawers;     // (V + 1)  by the character before the place; V: there was none
    double *unigram;            // (V)      how often each character stood anywhere, and one more
    float weight[1 << WINDOW];  // exp(score), by which characters agree
};

static void *open(const struct lab_setting *s)
{
    CHECK(s->V < UINT16_MAX, "V=%d", s->V);
    size_t V = (size_t)s->V;
    struct hopfield *h = calloc(1, sizeof *h);
    struct drawer *drawers = calloc(V + 1, sizeof *drawers);
    double *unigram = malloc(V * sizeof *unigram);
    if (!h || !drawers || !unigram) die("out of memory: a rule");
    *h = (struct hopfield){.V = s->V, .drawers = drawers, .unigram = unigram};
    for (size_t c = 0; c < V; c++) unigram[c] = 1;
    for (unsigned agree = 0; agree < 1u << WINDOW; agree++) {
        double score = 0;
        for (int t = 0; t < WINDOW; t++) score += agree >> t & 1 ? SHARPNESS * pow(DECAY, t) : 0;
        h->weight[agree] = (float)exp(score);
    }
    return h;
}

// at_back returns the character t + 1 places before a place, or V.
static uint16_t at_back(const struct hopfield *h, const int32_t *ids, size_t at, size_t t)
{
    return (uint16_t)(at > t ? ids[at - 1 - t] : h->V);
}

static void *grown(void *old, size_t room)
{
    void *new = realloc(old, room * sizeof(uint16_t));
    if (!new) die("out of memory: %zu memories", room);
    return new;
}

static void learn(void *state, struct lab_places x)
{
    struct hopfield *h = state;
    for (int i = 0; i < x.N; i++) {
        struct drawer *d = h->drawers + at_back(h, x.ids, x.at[i], 0);
        if (d->count == d->room) {
            d->room = d->room ? 2 * d->room : 256;
            for (int t = 1; t < WINDOW; t++) d->seen[t] = grown(d->seen[t], d->room);
            d->next = grown(d->next, d->room);
        }
        for (int t = 1; t < WINDOW; t++)
            d->seen[t][d->count] = at_back(h, x.ids, x.at[i], (size_t)t);
        d->next[d->count++] = (uint16_t)x.ids[x.at[i]];
        h->unigram[x.ids[x.at[i]]]++;
        h->count++;
    }
}

// recall adds what each memory of a drawer says to the sum of its character.
static void recall(const struct hopfield *h, const struct drawer *d, const uint16_t *asked,
                   double *sum)
{
    enum { BLOCK = 1024 };
    for (size_t begin = 0; begin < d->count; begin += BLOCK) {
        size_t count = d->count - begin < BLOCK ? d->count - begin : BLOCK;
        uint16_t agree[BLOCK];
        for (size_t i = 0; i < count; i++) agree[i] = 1;
        for (int t = 1; t < WINDOW; t++) {
            const uint16_t *seen = d->seen[t] + begin, bit = (uint16_t)(1 << t);
            for (size_t i = 0; i < count; i++)
                agree[i] = (uint16_t)(agree[i] | (seen[i] == asked[t] ? bit : 0));
        }
        for (size_t i = 0; i < count; i++) sum[d->next[begin + i]] += (double)h->weight[agree[i]];
    }
}

static void predict(void *state, struct lab_places x, float *p)
{
    struct hopfield *h = state;
    double *sum = malloc((size_t)h->V * sizeof *sum);
    if (!sum) die("out of memory: %d sums", h->V);
    for (int i = 0; i < x.N; i++, p += h->V) {
        uint16_t asked[WINDOW];
        for (size_t t = 0; t < WINDOW; t++) asked[t] = at_back(h, x.ids, x.at[i], t);
        // Whatever no memory says may come all the same.
        for (int c = 0; c < h->V; c++)
            sum[c] = EVERYWHERE * (double)h->weight[1] * h->unigram[c] / (double)(h->count + 1);
        recall(h, h->drawers + asked[0], asked, sum);
        double total = 0;
        for (int c = 0; c < h->V; c++) total += sum[c];
        for (int c = 0; c < h->V; c++) p[c] = (float)(sum[c] / total);
    }
    free(sum);
}

static size_t numbers(const void *state)
{
    return ((const struct hopfield *)state)->count * (WINDOW + 1);
}

static void close(void *state)
{
    struct hopfield *h = state;
    for (int c = 0; c <= h->V; c++) {
        for (int t = 1; t < WINDOW; t++) free(h->drawers[c].seen[t]);
        free(h->drawers[c].next);
    }
    free(h->drawers);
    free(h->unigram);
    free(h);
}

const struct lab_rule LAB_HOPFIELD = {.name = "hopfield",
                                      .plain = "a modern Hopfield network of raw text",
                                      .open = open,
                                      .learn = learn,
                                      .predict = predict,
                                      .numbers = numbers,
                                      .close = close};
