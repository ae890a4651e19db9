#include "rule_evolution.h"

#include <string.h>

#include "random.h"
#include "taught.h"

enum { PAIRS = 4, SPARE = 1 << 20 };  // numbers of the table behind the first `weights`
// Chosen with --tune on Shakespeare: after 300,000 of the rates 0.0005, 0.001, 0.002, which Adam
// turns into noise where they are higher (0.006, 0.02: worse than to begin with); steps of 0.005
// and 0.06 did not differ by 0.03 bits after 100,000.
static const float RATE = 1e-3f, STEP = 0.02f;

// loss returns the mean of -ln p of a batch by the weights as they are.
static float loss(struct net *n, struct lab_places x)
{
    int32_t target[LAB_BATCH];
    float lse[LAB_BATCH];
    net_forward(n, x);
    return net_loss(n, x, target, lse);
}

static void move(struct net *n, const float *from, const float *noise, float step)
{
    for (size_t i = 0; i < n->weights; i++) n->data[i] = from[i] + step * noise[i];
}

// by_trying: own holds the table, and behind it room for the weights while they are moved.
static void by_trying(struct taught *t, struct lab_places x)
{
    struct net *n = t->net;
    float *here = t->own + SPARE + n->weights;
    struct random r = random_start((uint64_t)n->step, LAB_OWN);
    memcpy(here, n->data, n->weights * sizeof *here);
    for (int k = 0; k < PAIRS; k++) {
        const float *noise = t->own + random_below(&r, SPARE);
        move(n, here, noise, STEP);
        float ahead = loss(n, x);
        move(n, here, noise, -STEP);
        float share = (ahead - loss(n, x)) / (2 * STEP * PAIRS);
        for (size_t i = 0; i < n->weights; i++) n->grad[i] += share * noise[i];
    }
    memcpy(n->data, here, n->weights * sizeof *here);
}

static void *open_evolution(const struct lab_setting *s)
{
    struct taught *t = taught_open(s, RATE, by_trying);
    struct random r = random_start(s->seed, LAB_OWN);
    size_t table = SPARE + t->net->weights;
    t->own = net_zeros(table + t->net->weights);
    for (size_t i = 0; i < table; i++) t->own[i] = random_normal(&r);
    return t;
}

const struct lab_rule LAB_EVOLUTION = {.name = "es",
                                       .plain = "evolution strategies: weights moved at random",
                                       .open = open_evolution,
                                       TAUGHT};
