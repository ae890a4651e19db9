#include "taught.h"

#include <stdlib.h>
#include <string.h>

#include "loss.h"

struct taught *taught_open(const struct lab_setting *s, float rate,
                           void (*slopes)(struct taught *t, struct lab_places x))
{
    struct taught *t = calloc(1, sizeof *t);
    if (!t) die("out of memory: a network");
    struct net_shape shape = {.V = s->V, .window = 8, .hidden = 128, .layers = 2};
    *t = (struct taught){.net = net_new(&shape, s->seed),
                         .steps = net_updates(s->examples),
                         .rate = rate,
                         .slopes = slopes};
    return t;
}

float taught_errors(struct taught *t, struct lab_places x)
{
    struct net *n = t->net;
    int V = n->shape.V, L = n->shape.layers;
    int32_t target[LAB_BATCH];
    float lse[LAB_BATCH], *errors = n->dx[L + 1], loss = net_loss(n, x, target, lse);
    memset(errors, 0, sizeof *errors * (size_t)(x.N * V));
    cross_entropy_backward(x.N, V, n->x[L + 1], target, lse, 1 / (float)x.N, errors);
    return loss;
}

// What it learns beyond the examples that it was told of it learns at this share of the rate.
// Chosen with --tune on Shakespeare, mlp reading on after 900,000: of 1/20, 1/10, 1/5, 1/3, 1/2.
static const float BEYOND = 0.2f;

void taught_learn(void *state, struct lab_places x)
{
    struct taught *t = state;
    int step = t->net->step - t->begin;
    t->slopes(t, x);
    net_update(t->net, step < t->steps ? net_rate(step, t->steps, t->rate) : t->rate * BEYOND);
}

void taught_predict(void *state, struct lab_places x, float *p)
{
    net_probabilities(((struct taught *)state)->net, x, p);
}

size_t taught_numbers(const void *state)
{
    return ((const struct taught *)state)->net->weights;
}

void taught_again(void *state, size_t examples)
{
    struct taught *t = state;
    t->begin = t->net->step;
    t->steps = net_updates(examples);
}

void taught_close(void *state)
{
    struct taught *t = state;
    net_free(t->net);
    free(t->own);
    free(t);
}
