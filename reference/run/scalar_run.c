#include "scalar_run.h"

#include <math.h>
#include <stdlib.h>

#include "error.h"
#include "mathf.h"
#include "random.h"
#include "scalar_net.h"

enum { INPUTS = 2 };

// struct example: a point of the plane, and what is to come out.
struct example {
    float x[INPUTS], want;
};

// struct net: a hidden layer and a neuron on top, once for each example, with the same weights.
struct net {
    struct scalar_graph *g;
    int weights, count;  // the weights are nodes 0 … weights - 1
    int *input;          // (count, INPUTS)  nodes
    int *output;         // (count)  nodes
    int loss;
};

static int *nodes(size_t n)
{
    int *node = malloc((n ? n : 1) * sizeof *node);
    if (!node) die("out of memory: %zu nodes", n);
    return node;
}

// net_weights adds the leaves that are weights, with their first values.
static void net_weights(struct net *net, const struct scalar_task *t)
{
    int hidden = scalar_net_weights(INPUTS, t->width);
    net->weights = hidden + scalar_net_weights(t->width, 1);
    float *w = malloc((size_t)net->weights * sizeof *w);
    if (!w) die("out of memory: %d weights", net->weights);
    struct random r = random_start(t->seed, RANDOM_INIT);
    scalar_net_start(&r, INPUTS, t->width, w);
    scalar_net_start(&r, t->width, 1, w + hidden);
    for (int i = 0; i < net->weights; i++) scalar_leaf(net->g, w[i]);
    free(w);
}

static struct net net_new(const struct scalar_task *t, int count, const struct example *e)
{
    struct net net = {.g = scalar_new(), .count = count};
    net_weights(&net, t);
    net.input = nodes((size_t)count * INPUTS);
    net.output = nodes((size_t)count);
    int *hidden = nodes((size_t)t->width);
    net.loss = scalar_leaf(net.g, 0);
    for (int i = 0; i < count; i++) {
        int *x = net.input + i * INPUTS;
        for (int k = 0; k < INPUTS; k++) x[k] = scalar_leaf(net.g, e[i].x[k]);
        scalar_net_layer(net.g, INPUTS, t->width, 0, 1, x, hidden);
        int top = scalar_net_weights(INPUTS, t->width);
        scalar_net_layer(net.g, t->width, 1, top, 1, hidden, &net.output[i]);
        int square = scalar_net_square(net.g, net.output[i], e[i].want, 1 / (float)count);
        net.loss = scalar_add(net.g, net.loss, square);
    }
    free(hidden);
    return net;
}

static void net_free(struct net *net)
{
    scalar_free(net->g);
    free(net->input);
    free(net->output);
}

static void net_learn(struct net *net, const struct scalar_task *t, int steps)
{
    for (int i = 0; i < steps; i++) {
        scalar_backward(net->g, net->loss);
        scalar_net_step(net->g, 0, net->weights, t->lr);
        scalar_forward(net->g);
    }
}

static float output(const struct net *net, int i)
{
    return scalar_value(net->g, net->output[i]);
}

// --- XOR -------------------------------------------------------------------------------------

enum { CASES = 4 };
static const struct example XOR[CASES] = {{{-1, -1}, -1}, {{-1, 1}, 1}, {{1, -1}, 1}, {{1, 1}, -1}};

void scalar_run_xor(const struct scalar_task *t, FILE *out)
{
    struct net net = net_new(t, CASES, XOR);
    float before[CASES], loss = scalar_value(net.g, net.loss);
    for (int i = 0; i < CASES; i++) before[i] = output(&net, i);
    net_learn(&net, t, t->steps);
    fprintf(out, "%d weights, %d nodes, %d steps\n", net.weights, scalar_count(net.g), t->steps);
    fprintf(out, "  a   b  wanted   before    after\n");
    for (int i = 0; i < CASES; i++)
        fprintf(out, "%3.0f %3.0f  %6.0f  %7.3f  %7.3f\n", (double)XOR[i].x[0], (double)XOR[i].x[1],
                (double)XOR[i].want, (double)before[i], (double)output(&net, i));
    fprintf(out, "loss            %7.3f  %7.3f\n", (double)loss,
            (double)scalar_value(net.g, net.loss));
    net_free(&net);
}

// learns_xor says whether one net does.
static int learns_xor(const struct scalar_task *t)
{
    struct net net = net_new(t, CASES, XOR);
    net_learn(&net, t, t->steps);
    int right = 0;
    for (int i = 0; i < CASES; i++) right += fabsf(output(&net, i) - XOR[i].want) < 0.5f;
    net_free(&net);
    return right == CASES;
}

void scalar_run_xor_seeds(const struct scalar_task *t, int seeds, FILE *out)
{
    int learnt = 0;
    for (int seed = 1; seed <= seeds; seed++) {
        struct scalar_task one = *t;
        one.seed = (uint64_t)seed;
        learnt += learns_xor(&one);
    }
    fprintf(out, "%d hidden: %d of %d nets learn XOR in %d steps\n", t->width, learnt, seeds,
            t->steps);
}

// --- two moons -------------------------------------------------------------------------------

enum { TOLD = 5 };  // lines about the way

// moons_new makes the points, every other one of each moon: half a circle over the first, and half
// a circle, moved and turned, that ends in the middle of it.
static struct example *moons_new(const struct scalar_moons *m, uint64_t seed)
{
    struct example *e = malloc((size_t)m->points * sizeof *e);
    if (!e) die("out of memory: %d points", m->points);
    struct random r = random_start(seed, RANDOM_SHUFFLE);
    for (int i = 0; i < m->points; i++) {
        float angle = 3.14159265f * random_float(&r), side = i % 2 ? -1.0f : 1.0f;
        e[i].want = side;
        e[i].x[0] = side * (mathf_cos(angle) - 0.5f) + m->scatter * random_normal(&r);
        e[i].x[1] = side * (mathf_sin(angle) - 0.25f) + m->scatter * random_normal(&r);
    }
    return e;
}

static int mistakes(const struct net *net, const struct example *e)
{
    int wrong = 0;
    for (int i = 0; i < net->count; i++) wrong += !(output(net, i) * e[i].want > 0);
    return wrong;
}

// show puts n other points in the places of the net's first.
static void show(struct net *net, int n, const struct example *e)
{
    for (int i = 0; i < n; i++) {
        for (int k = 0; k < INPUTS; k++) scalar_set(net->g, net->input[i * INPUTS + k], e[i].x[k]);
    }
    scalar_forward(net->g);
}

void scalar_run_moons(const struct scalar_moons *m, FILE *out)
{
    struct example *e = moons_new(m, m->data), *others = moons_new(m, m->data + 1);
    struct net net = net_new(&m->task, m->points, e);
    fprintf(out, "%d points, %d weights, %d nodes\n", m->points, net.weights, scalar_count(net.g));
    fprintf(out, " step     loss  mistakes  on %d other points\n", m->points);
    for (int i = 0, done = 0; i <= TOLD; i++) {
        int step = (int)((long)m->task.steps * i / TOLD);
        if (i > 0 && step == done) continue;
        net_learn(&net, &m->task, step - done);
        done = step;
        float loss = scalar_value(net.g, net.loss);
        int wrong = mistakes(&net, e);
        show(&net, m->points, others);
        fprintf(out, "%5d  %7.3f  %8d  %8d\n", step, (double)loss, wrong, mistakes(&net, others));
        show(&net, m->points, e);
    }
    net_free(&net);
    free(e);
    free(others);
}

// map_new makes the points of a map, row by row.
static struct example *map_new(int side)
{
    static const float REACH[INPUTS] = {2, 1.5f};
    struct example *e = malloc((size_t)side * (size_t)side * sizeof *e);
    if (!e) die("out of memory: a map of %d by %d points", side, side);
    for (int i = 0; i < side * side; i++) {
        float at[INPUTS] = {(float)(i % side), (float)(i / side)};
        e[i].want = 0;
        for (int k = 0; k < INPUTS; k++) e[i].x[k] = REACH[k] * (2 * at[k] / (float)(side - 1) - 1);
    }
    return e;
}

void scalar_run_moons_map(const struct scalar_moons *m, int side, FILE *out)
{
    struct example *e = moons_new(m, m->data), *map = map_new(side);
    struct net net = net_new(&m->task, m->points, e);
    net_learn(&net, &m->task, m->task.steps);
    for (int i = 0; i < m->points; i++)
        fprintf(out, "%.3f %.3f %.0f\n", (double)e[i].x[0], (double)e[i].x[1], (double)e[i].want);
    fprintf(out, "\n\n");
    int all = side * side;
    for (int i = 0; i < all; i++) {
        // The graph has places for as many points at a time as it learnt from.
        int place = i % net.count, left = all - i;
        if (place == 0) show(&net, left < net.count ? left : net.count, map + i);
        fprintf(out, "%.3f %.3f %.3f\n", (double)map[i].x[0], (double)map[i].x[1],
                (double)output(&net, place));
        if (i % side == side - 1) fputc('\n', out);
    }
    net_free(&net);
    free(e);
    free(map);
}
