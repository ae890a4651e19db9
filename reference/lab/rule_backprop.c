#include "rule_backprop.h"

#include <math.h>
#include <string.h>

#include "linear.h"
#include "random.h"
#include "taught.h"

// Chosen with --tune on Shakespeare, the best after a million: of 0.001, 0.002, 0.004, 0.006,
// 0.008; for feedback of 0.0005, 0.001, 0.002, 0.004.
static const float RATE = 6e-3f, RATE_FEEDBACK = 4e-3f;

static void by_backprop(struct taught *t, struct lab_places x)
{
    net_forward(t->net, x);
    taught_errors(t, x);
    net_backward(t->net, x);
}

static void last_only(struct taught *t, struct lab_places x)
{
    struct net *n = t->net;
    by_backprop(t, x);
    memset(n->grad, 0, (size_t)(n->dw[n->shape.layers] - n->grad) * sizeof *n->grad);
}

// by_feedback: what is sent back to x[l] is the errors times the layer's own matrix, (V, H).
static void by_feedback(struct taught *t, struct lab_places x)
{
    struct net *n = t->net;
    int L = n->shape.layers, H = n->shape.hidden, V = n->shape.V;
    net_forward(n, x);
    taught_errors(t, x);
    linear_backward(x.N, H, V, n->x[L], NULL, n->dx[L + 1], NULL, n->dw[L], n->db[L]);
    for (int l = L; l >= 1; l--) {
        const float *feedback = t->own + (size_t)(l - 1) * (size_t)(H * V);
        size_t size = (size_t)x.N * (size_t)H;
        memset(n->dx[l], 0, size * sizeof(float));
        linear_backward(x.N, H, V, NULL, feedback, n->dx[L + 1], n->dx[l], NULL, NULL);
        for (size_t i = 0; i < size; i++) n->dx[l][i] = n->x[l][i] > 0 ? n->dx[l][i] : 0;
        if (l > 1)
            linear_backward(x.N, H, H, n->x[l - 1], NULL, n->dx[l], NULL, n->dw[l - 1],
                            n->db[l - 1]);
        else
            net_first_backward(n, x, n->dx[1]);
    }
}

static void *open_mlp(const struct lab_setting *s)
{
    return taught_open(s, RATE, by_backprop);
}

static void *open_random(const struct lab_setting *s)
{
    return taught_open(s, RATE, last_only);
}

static void *open_dfa(const struct lab_setting *s)
{
    struct taught *t = taught_open(s, RATE_FEEDBACK, by_feedback);
    const struct net_shape *shape = &t->net->shape;
    size_t size = (size_t)(shape->layers * shape->hidden * shape->V);
    struct random random = random_start(s->seed, LAB_OWN);
    t->own = net_zeros(size);
    for (size_t i = 0; i < size; i++)
        t->own[i] = random_normal(&random) / sqrtf((float)shape->hidden);
    return t;
}

const struct lab_rule LAB_MLP = {
    .name = "mlp", .plain = "backprop, two layers of 128", .open = open_mlp, TAUGHT};

const struct lab_rule LAB_RANDOM = {.name = "random",
                                    .plain = "the same layers as drawn, only the last is taught",
                                    .open = open_random,
                                    TAUGHT};

const struct lab_rule LAB_DFA = {.name = "dfa",
                                 .plain =
                                     "direct feedback alignment: errors by a way that is drawn",
                                 .open = open_dfa,
                                 TAUGHT};
