#include "rule_backprop.h"

#include <stdlib.h>
#include <string.h>

#include "loss.h"
#include "net.h"

// Chosen with --tune on Shakespeare: the best of 0.001, 0.002, 0.004, 0.006, 0.008 after a million.
static const float RATE = 6e-3f;

struct taught {
    struct net *net;
    int begin, steps;  // the update at which the text began; updates that it will have
    int last_only;
};

static int updates(size_t examples)
{
    return (int)((examples + LAB_BATCH - 1) / LAB_BATCH);
}

static void *open(const struct lab_setting *s, int last_only)
{
    struct taught *t = calloc(1, sizeof *t);
    if (!t) die("out of memory: a network");
    struct net_shape shape = {.V = s->V, .window = 8, .hidden = 128, .layers = 2};
    *t = (struct taught){net_new(&shape, s->seed), 0, updates(s->examples), last_only};
    return t;
}

static void *open_mlp(const struct lab_setting *s)
{
    return open(s, 0);
}

static void *open_random(const struct lab_setting *s)
{
    return open(s, 1);
}

// untaught forgets the slopes of all but the last matrix.
static void untaught(struct net *n)
{
    memset(n->grad, 0, (size_t)(n->dw[n->shape.layers] - n->grad) * sizeof *n->grad);
}

static void learn(void *state, struct lab_places x)
{
    struct taught *t = state;
    struct net *n = t->net;
    int V = n->shape.V, L = n->shape.layers;
    float lse[LAB_BATCH], *dlogits = n->dx[L + 1];
    int32_t target[LAB_BATCH];
    for (int i = 0; i < x.N; i++) target[i] = x.ids[x.at[i]];
    net_forward(n, x);
    for (int i = 0; i < x.N; i++) lse[i] = log_sum_exp(V, n->x[L + 1] + i * V);
    memset(dlogits, 0, sizeof *dlogits * (size_t)(x.N * V));
    cross_entropy_backward(x.N, V, n->x[L + 1], target, lse, 1 / (float)x.N, dlogits);
    net_backward(n, x);
    if (t->last_only) untaught(n);
    net_update(n, net_rate(n->step - t->begin, t->steps, RATE));
}

static void predict(void *state, struct lab_places x, float *p)
{
    net_probabilities(((struct taught *)state)->net, x, p);
}

static size_t numbers(const void *state)
{
    return ((const struct taught *)state)->net->weights;
}

static void again(void *state, size_t examples)
{
    struct taught *t = state;
    t->begin = t->net->step;
    t->steps = updates(examples);
}

static void close(void *state)
{
    net_free(((struct taught *)state)->net);
    free(state);
}

const struct lab_rule LAB_MLP = {.name = "mlp",
                                 .plain = "backprop, two layers of 128",
                                 .open = open_mlp,
                                 .learn = learn,
                                 .predict = predict,
                                 .numbers = numbers,
                                 .again = again,
                                 .close = close};

const struct lab_rule LAB_RANDOM = {.name = "random",
                                    .plain = "the same layers as drawn, only the last is taught",
                                    .open = open_random,
                                    .learn = learn,
                                    .predict = predict,
                                    .numbers = numbers,
                                    .again = again,
                                    .close = close};
