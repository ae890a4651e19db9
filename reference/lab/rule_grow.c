#include "rule_grow.h"

#include <math.h>
#include <stdlib.h>
#include <stdio.h>

#include "grow.h"
#include "mathf.h"
#include "random.h"
#include "taught.h"
#include "widen.h"

enum { NARROW = 16, WIDE = 128, SPAN = 30000 };
static float RATE = 6e-3f, LEAST = 0.08f;
static int POLICY = 0;static float POW;

// struct growing: a network being taught, and what tells when it should grow.  `taught` comes
// first: a growing is one.
struct growing {
    struct taught taught;
    struct grow_progress progress;
    struct random random;
    double work;  // products so far, on the way up
    int restart;  // the update at which the optimizer began anew
};

static void *open_grow(const struct lab_setting *s)
{
    if (getenv("RATE")) RATE = atof(getenv("RATE"));
    if (getenv("LEAST")) LEAST = atof(getenv("LEAST"));
    if (getenv("POLICY")) POLICY = atoi(getenv("POLICY"));
    POW = getenv("POW") ? (float)atof(getenv("POW")) : 0;
    int span = getenv("SPAN") ? atoi(getenv("SPAN")) : SPAN;
    struct growing *g = calloc(1, sizeof *g);
    if (!g) die("out of memory: a network");
    struct net_shape shape = {.V = s->V, .window = 8, .hidden = NARROW, .layers = 2};
    g->taught = (struct taught){.net = net_new(&shape, s->seed), .steps = net_updates(s->examples), .rate = RATE};
    g->progress = (struct grow_progress){.span = span, .least = LEAST, .before = -1};
    g->random = random_start(s->seed, LAB_OWN);
    return g;
}

// surprise returns the mean of -log2 p of what stood there, given the logits.
static float surprise(const struct taught *t, struct lab_places x)
{
    const struct net *n = t->net;
    int V = n->shape.V;
    float sum = 0;
    for (int i = 0; i < x.N; i++) {
        const float *z = n->x[n->shape.layers + 1] + i * V;
        float most = z[0], total = 0;
        for (int v = 1; v < V; v++) most = z[v] > most ? z[v] : most;
        for (int v = 0; v < V; v++) total += mathf_exp(z[v] - most);
        sum += mathf_log(total) + most - z[x.ids[x.at[i]]];
    }
    return sum / (float)x.N / 0.69314718f;
}

static void learn(void *state, struct lab_places x)
{
    struct growing *g = state;
    struct taught *t = &g->taught;
    net_forward(t->net, x);
    g->work += (double)x.N * (double)net_work(t->net);
    float bits = surprise(t, x);
    taught_errors(t, x);
    net_backward(t->net, x);
    int step = t->net->step + g->restart;
    net_update(t->net, net_rate(step - t->begin, t->steps, t->rate * powf(128.0f / (float)t->net->shape.hidden, POW)));
    int flat = grow_plateau(&g->progress, x.N, bits);
    if (t->net->shape.hidden < WIDE && flat) {
        struct net *was = t->net;
        t->net = widen(was, 2 * was->shape.hidden, &g->random);
        if (getenv("LOUD")) fprintf(stderr, "[%d: %d, %.3f]\n", step, t->net->shape.hidden, g->progress.before);
        g->restart += was->step;
        if (POLICY == 1) g->progress.before = -1;
        net_free(was);
    }
}

const struct net *grow_net(const void *state)
{
    return ((const struct growing *)state)->taught.net;
}

double grow_work(const void *state)
{
    return ((const struct growing *)state)->work;
}

const struct lab_rule LAB_GROW = {.name = "grow", .plain = "backprop, two layers of 16 that grow to 128 where learning stalls", .open = open_grow, .learn = learn, .predict = taught_predict, .numbers = taught_numbers, .again = taught_again, .close = taught_close};
