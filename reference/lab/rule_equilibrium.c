#include "rule_equilibrium.h"

#include <stdlib.h>
#include <string.h>

#include "linear.h"
#include "loss.h"
#include "taught.h"

enum { H = 128, FREE = 12, PULLED = 6, SIZE = LAB_BATCH * H };
// Chosen with --tune on Shakespeare, among some twenty.  With weights as large as net_new draws
// them most of what is clipped to 0 … 1 stands at an end, where nothing moves it; and layers that
// act on each other strongly do not come to rest.
static const float RATE = 3e-3f, BETA = 0.5f, FIRST = 0.3f, BETWEEN = 0.25f;
// Slopes are small differences: Adam may not divide by what is left of them alone.
static const float EPSILON = 1e-7f;

// struct rest: both hidden layers of a batch.
struct rest {
    float s1[SIZE], s2[SIZE];
};

static void clip(int size, float *x)
{
    for (int i = 0; i < size; i++) x[i] = x[i] < 0 ? 0 : x[i] > 1 ? 1 : x[i];
}

// drive writes W1 x0 + b1, what the text itself does to the first layer.
static void drive(const struct net *n, struct lab_places x, float *into)
{
    for (int i = 0; i < x.N; i++, into += H) {
        memcpy(into, n->b[0], H * sizeof *into);
        for (int t = 0; t < n->shape.window && (size_t)t < x.at[i]; t++) {
            size_t c = (size_t)x.ids[x.at[i] - 1 - (size_t)t];
            const float *w = n->w[0] + ((size_t)t * (size_t)n->shape.V + c) * H;
            for (int h = 0; h < H; h++) into[h] += w[h];
        }
    }
}

// pull writes beta W^T (truth - p) for s2 as it is.
static void pull(struct net *n, struct lab_places x, const float *s2, float beta, float *into)
{
    int V = n->shape.V;
    float *p = n->x[3];
    linear_forward(x.N, H, V, s2, n->w[2], n->b[2], p);
    softmax_forward(x.N, V, p, p);
    for (int i = 0; i < x.N; i++) {
        for (int c = 0; c < V; c++) p[i * V + c] *= -beta;
        p[i * V + x.ids[x.at[i]]] += beta;
    }
    memset(into, 0, sizeof *into * (size_t)(x.N * H));
    linear_backward(x.N, H, V, NULL, n->w[2], p, into, NULL, NULL);
}

// settle lets the layers act on each other `times` times, from where they are.
static void settle(struct net *n, struct lab_places x, const float *driven, float beta, int times,
                   struct rest *r)
{
    int size = x.N * H;
    float *force = n->dx[2];
    for (int k = 0; k < times; k++) {
        memcpy(n->x[1], driven, sizeof(float) * (size_t)size);
        linear_backward(x.N, H, H, NULL, n->w[1], r->s2, n->x[1], NULL, NULL);
        clip(size, n->x[1]);
        linear_forward(x.N, H, H, r->s1, n->w[1], n->b[1], n->x[2]);
        if (beta != 0) {
            pull(n, x, r->s2, beta, force);
            for (int i = 0; i < size; i++) n->x[2][i] += force[i];
        }
        clip(size, n->x[2]);
        memcpy(r->s1, n->x[1], sizeof(float) * (size_t)size);
        memcpy(r->s2, n->x[2], sizeof(float) * (size_t)size);
    }
}

static void free_rest(struct net *n, struct lab_places x, const float *driven, struct rest *r)
{
    memcpy(r->s1, driven, sizeof(float) * (size_t)(x.N * H));
    clip(x.N * H, r->s1);
    memset(r->s2, 0, sizeof r->s2);
    settle(n, x, driven, 0, FREE, r);
}

// struct work: what a batch needs besides the network.
struct work {
    struct rest rest, up, down;
    float driven[SIZE], mean1[SIZE], mean2[SIZE], slope1[SIZE], slope2[SIZE];
};

// by_equilibrium: with the mean of the two rests, the difference of the products s2 s1^T is
//   (up2 - down2) mean1^T + mean2 (up1 - down1)^T
// which, unlike the products themselves, is not a small difference of two large numbers.
static void by_equilibrium(struct taught *t, struct lab_places x)
{
    struct net *n = t->net;
    int size = x.N * H;
    struct work *w = malloc(sizeof *w);
    if (!w) die("out of memory: layers at rest");
    drive(n, x, w->driven);
    free_rest(n, x, w->driven, &w->rest);
    w->up = w->down = w->rest;
    settle(n, x, w->driven, BETA, PULLED, &w->up);
    settle(n, x, w->driven, -BETA, PULLED, &w->down);
    float scale = -1 / (2 * BETA * (float)x.N);
    for (int i = 0; i < size; i++) {
        w->mean1[i] = (w->up.s1[i] + w->down.s1[i]) / 2;
        w->mean2[i] = (w->up.s2[i] + w->down.s2[i]) / 2;
        w->slope1[i] = scale * (w->up.s1[i] - w->down.s1[i]);
        w->slope2[i] = scale * (w->up.s2[i] - w->down.s2[i]);
    }
    net_first_backward(n, x, w->slope1);
    linear_backward(x.N, H, H, w->mean1, NULL, w->slope2, NULL, n->dw[1], n->db[1]);
    linear_backward(x.N, H, H, w->slope1, NULL, w->mean2, NULL, n->dw[1], NULL);
    // The logits' matrix has its error in its own layer.
    linear_forward(x.N, H, n->shape.V, w->rest.s2, n->w[2], n->b[2], n->x[3]);
    taught_errors(t, x);
    linear_backward(x.N, H, n->shape.V, w->rest.s2, NULL, n->dx[3], NULL, n->dw[2], n->db[2]);
    free(w);
}

static void predict(void *state, struct lab_places x, float *p)
{
    struct net *n = ((struct taught *)state)->net;
    struct work *w = malloc(sizeof *w);
    if (!w) die("out of memory: layers at rest");
    drive(n, x, w->driven);
    free_rest(n, x, w->driven, &w->rest);
    linear_forward(x.N, H, n->shape.V, w->rest.s2, n->w[2], n->b[2], p);
    softmax_forward(x.N, n->shape.V, p, p);
    free(w);
}

static void *open(const struct lab_setting *s)
{
    struct taught *t = taught_open(s, RATE, by_equilibrium);
    struct net *n = t->net;
    n->epsilon = EPSILON;
    for (float *w = n->w[0]; w < n->b[0]; w++) *w *= FIRST;
    for (float *w = n->w[1]; w < n->b[1]; w++) *w *= BETWEEN;
    return t;
}

const struct lab_rule LAB_EQUILIBRIUM = {.name = "ep",
                                         .plain = "equilibrium propagation, two layers of 128",
                                         .open = open,
                                         .learn = taught_learn,
                                         .predict = predict,
                                         .numbers = taught_numbers,
                                         .again = taught_again,
                                         .close = taught_close};
