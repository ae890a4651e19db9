#include "rule_artmap.h"

#include <stdlib.h>
#include <string.h>

#include "artmap.h"
#include "mathf.h"
#include "net.h"

// Chosen with --tune on Shakespeare, after 30,000 and 100,000, among some twenty: the vigilance of
// 0, 0.98, 0.985, 0.99, 0.995; windows of 5, 6, 8; NEAR of 0.03, 0.05, 0.07, 0.1, 0.2; SMALL of 0,
// 0.01, 0.02, 0.03.  near falls by 0.7 for each character further back.  ROOM: with 12,288 it has
// 2.93 bits after 100,000, with this 2.69; twice as many would take twice as long.
enum { WINDOW = 6, ROOM = 32768 };
static const struct artmap_shape SHAPE = {
    .window = WINDOW, .room = ROOM, .near = {43, 30, 21, 14, 10, 7}, .vigilance = 0.99f};
static const float NEAR = 0.07f, SMALL = 0.01f, EVERYWHERE = 1e-3f;

struct rule {
    int V;
    struct artmap *map;
    float *times;                // (ROOM)  how often a category learnt
    float *says;                 // (ROOM)  times exp(-small size)
    float *unigram;              // (V)     how often each character came, and one more
    float came;                  // all of them
    float falls[UINT8_MAX + 1];  // exp(-near cost)
    int stale;                   // says is of before the last examples
};

static void *open(const struct lab_setting *s)
{
    struct rule *r = calloc(1, sizeof *r);
    if (!r) die("out of memory: a rule");
    struct artmap_shape shape = SHAPE;
    shape.V = s->V;
    r->V = s->V, r->map = artmap_new(&shape);
    r->times = net_zeros(ROOM), r->says = net_zeros(ROOM);
    r->unigram = net_zeros((size_t)s->V), r->came = (float)s->V;
    for (int c = 0; c < s->V; c++) r->unigram[c] = 1;
    for (int cost = 0; cost <= UINT8_MAX; cost++) r->falls[cost] = mathf_exp(-NEAR * (float)cost);
    return r;
}

static void learn(void *state, struct lab_places x)
{
    struct rule *r = state;
    for (int i = 0; i < x.N; i++) {
        int32_t c = x.ids[x.at[i]];
        int category = artmap_learn(r->map, x.ids, x.at[i], c);
        if (category != ARTMAP_NONE) r->times[category]++;
        r->unigram[c]++, r->came++;
    }
    r->stale = 1;
}

static void predict(void *state, struct lab_places x, float *p)
{
    struct rule *r = state;
    int count = artmap_count(r->map), V = r->V;
    const int32_t *stands = artmap_stands(r->map);
    for (int k = 0; r->stale && k < count; k++)
        r->says[k] = r->times[k] * mathf_exp(-SMALL * (float)artmap_size(r->map, k));
    r->stale = 0;
    for (int i = 0; i < x.N; i++, p += V) {
        const uint8_t *cost = artmap_costs(r->map, x.ids, x.at[i]);
        float sum = 0;
        for (int c = 0; c < V; c++) p[c] = EVERYWHERE * r->unigram[c] / r->came;
        for (int k = 0; k < count; k++) p[stands[k]] += r->says[k] * r->falls[cost[k]];
        for (int c = 0; c < V; c++) sum += p[c];
        for (int c = 0; c < V; c++) p[c] /= sum;
    }
}

// Of each category: for each place the characters it has met, as one set; its character, its count.
static size_t numbers(const void *state)
{
    return (size_t)artmap_count(((const struct rule *)state)->map) * (WINDOW + 2);
}

static void close(void *state)
{
    struct rule *r = state;
    artmap_free(r->map);
    free(r->times), free(r->says), free(r->unigram);
    free(r);
}

const struct lab_rule LAB_ARTMAP = {.name = "artmap",
                                    .plain = "Fuzzy ARTMAP, at most 32,768 categories",
                                    .open = open,
                                    .learn = learn,
                                    .predict = predict,
                                    .numbers = numbers,
                                    .close = close};
