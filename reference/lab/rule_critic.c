#include "rule_critic.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "critic.h"
#include "linear.h"
#include "loss.h"
#include "taught.h"
#include "vec.h"

enum { H = 128, SIZE = LAB_BATCH * H, STEPS = 8, TURNS = 20 };
// Chosen with --tune on Shakespeare.  Of pc: the best after a million of 0.0025 and 0.004 (0.006
// and twice the steps were no better after 300,000, nor was a precision of 2 or 5).  Of the critic:
// after a million with noise, of 0.002, 0.003, 0.004 and 0.006, with NEWER of 0.001, 0.003 and
// 0.01.
static const float RATE = 2.5e-3f, RATE_CRITIC = 3e-3f, PRECISION = 10;
// The share drawn by lot, to begin with; and how fast a batch's mean replaces the older ones.
static const float NOISE = 0.1f, NEWER = 0.002f;

// --- predictive coding -----------------------------------------------------------------------

// widest_of turns v, of length 1, by one step of power iteration towards the direction in which w,
// (H, H), stretches most, and returns how much it stretched it.
static float widest_of(const float *w, float *v)
{
    float wide[H], back[H] = {0};
    linear_forward(1, H, H, v, w, NULL, wide);
    linear_backward(1, H, H, NULL, w, wide, back, NULL, NULL);
    float length = sqrtf(vec_dot(H, back, back));
    if (length > 0)
        for (int h = 0; h < H; h++) v[h] = back[h] / length;
    return sqrtf(vec_dot(H, wide, wide));
}

// struct work: what a batch needs besides the network.
struct work {
    float mu1[SIZE], x1[SIZE], x2[SIZE], out1[SIZE], out2[SIZE], e1[SIZE], e2[SIZE], d1[SIZE],
        d2[SIZE];
    int32_t target[LAB_BATCH];
};

// begin sets all states to what they should be: where an answer without a target ends.
static struct critic begin(struct net *n, struct lab_places x, struct work *w)
{
    struct critic c = {.N = x.N,
                       .H = H,
                       .V = n->shape.V,
                       .pi = PRECISION,
                       .w2 = n->w[1],
                       .b2 = n->b[1],
                       .w3 = n->w[2],
                       .b3 = n->b[2],
                       .mu1 = w->mu1,
                       .target = w->target,
                       .x1 = w->x1,
                       .x2 = w->x2,
                       .out1 = w->out1,
                       .out2 = w->out2,
                       .e1 = w->e1,
                       .e2 = w->e2,
                       .p = n->x[3],
                       .e3 = n->dx[3],
                       .d1 = w->d1,
                       .d2 = w->d2};
    net_first_sums(n, x, w->mu1);
    for (int i = 0; i < x.N; i++) w->target[i] = x.ids[x.at[i]];
    memcpy(w->x1, w->mu1, sizeof(float) * (size_t)(x.N * H));
    for (int i = 0; i < x.N * H; i++) w->out1[i] = w->x1[i] > 0 ? w->x1[i] : 0;
    linear_forward(x.N, H, H, w->out1, n->w[1], n->b[1], w->x2);
    critic_errors(&c);
    return c;
}

// rest lets states go down the tension.  A larger step than this would overshoot where the second
// matrix is widest.
static void rest(const struct critic *c, float widest)
{
    for (int t = 0; t < STEPS; t++) {
        critic_relax(c, 1 / (1 + widest * widest));
        critic_errors(c);
    }
}

static struct work *new_work(void)
{
    struct work *w = malloc(sizeof *w);
    if (!w) die("out of memory: states of two layers");
    return w;
}

// A rule's own numbers: the direction of widest_of, and how much it stretched last.
enum { WIDEST = H, OWN };

static void by_tension(struct taught *t, struct lab_places x)
{
    struct net *n = t->net;
    struct work *w = new_work();
    struct critic c = begin(n, x, w);
    t->own[WIDEST] = widest_of(n->w[1], t->own);
    rest(&c, t->own[WIDEST]);
    critic_slopes(&c, w->d1, n->dw[1], n->db[1], n->dw[2], n->db[2]);
    net_first_backward(n, x, w->d1);
    free(w);
}

static float little_tension(void *state, const int32_t *ids, size_t at)
{
    struct taught *t = state;
    if (at == 0) return 0;
    size_t before = at - 1;
    struct work *w = new_work();
    struct critic c = begin(t->net, (struct lab_places){ids, 1, &before}, w);
    rest(&c, t->own[WIDEST]);
    float tension = critic_tension(&c);
    free(w);
    return -tension;
}

static void *open_pc(const struct lab_setting *s)
{
    struct taught *t = taught_open(s, RATE, by_tension);
    t->own = net_zeros(OWN);
    for (int h = 0; h < H; h++) t->own[h] = 1 / sqrtf(H);
    for (int i = 0; i < TURNS; i++) t->own[WIDEST] = widest_of(t->net->w[1], t->own);
    return t;
}

const struct lab_rule LAB_PC = {.name = "pc",
                                .plain = "predictive coding, two layers of 128",
                                .open = open_pc,
                                .known = little_tension,
                                TAUGHT};

// --- trust -----------------------------------------------------------------------------------

static void by_trust(struct taught *t, struct lab_places x)
{
    struct net *n = t->net;
    int V = n->shape.V, L = n->shape.layers;
    float q[LAB_BATCH];
    int32_t target[LAB_BATCH];
    for (int i = 0; i < x.N; i++) target[i] = x.ids[x.at[i]];
    net_forward(n, x);
    taught_errors(t, x);
    softmax_forward(x.N, V, n->x[L + 1], n->x[L + 1]);
    t->own[0] = critic_trust(x.N, V, n->x[L + 1], target, t->own[0], NEWER, q);
    for (int i = 0; i < x.N; i++)
        for (int v = 0; v < V; v++) n->dx[L + 1][i * V + v] *= q[i];
    net_backward(n, x);
}

static double noise(const void *state)
{
    return (double)((const struct taught *)state)->own[0];
}

static void *open_critic(const struct lab_setting *s)
{
    struct taught *t = taught_open(s, RATE_CRITIC, by_trust);
    t->own = net_zeros(1);
    t->own[0] = NOISE;
    return t;
}

const struct lab_rule LAB_CRITIC = {.name = "critic",
                                    .plain = "backprop that asks whether an answer is noise",
                                    .open = open_critic,
                                    .noise = noise,
                                    TAUGHT};
