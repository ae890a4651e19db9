#include "rule_intend.h"

#include <string.h>

#include "intend.h"
#include "loss.h"
#include "random.h"
#include "taught.h"

// RATE is that of rule_backprop.c.  By reward alone all of 0.0001, 0.0003 and 0.001 end at the same
// guess for every place; it is the least of them.
static const float RATE = 6e-3f, RATE_REWARD = 1e-4f;
static const float BELOW = 0.8f, HALF = 0.5f;

// A rule's own numbers: the share of places it was sent back for, in each of the batches so far;
// the mean reward; where it stands in what it draws, a struct random.
enum { SHARE, MEAN, RANDOM, OWN = RANDOM + sizeof(struct random) / sizeof(float) };

// count_in takes a batch into the share: a mean, so that no count is too large for a float.
static void count_in(struct taught *t, int count, int N)
{
    float share = (float)count / (float)N;
    t->own[SHARE] += (share - t->own[SHARE]) / (float)(t->net->step + 1);
}

// struct batch: answers of the network and what should have been.
struct batch {
    int N, V;
    float *p;  // (N, V)  in the place of the logits
    int32_t target[LAB_BATCH];
};

static struct batch answer(struct net *n, struct lab_places x)
{
    int V = n->shape.V;
    struct batch b = {.N = x.N, .V = V, .p = n->x[n->shape.layers + 1]};
    net_probabilities(n, x, b.p);
    for (int i = 0; i < x.N; i++) b.target[i] = x.ids[x.at[i]];
    return b;
}

// send_back goes back through the network for those that failed, and for no other.
static void send_back(struct taught *t, struct lab_places x, struct batch *b, int count,
                      const int32_t *failed)
{
    struct net *n = t->net;
    int L = n->shape.layers;
    size_t at[LAB_BATCH];
    float weight[LAB_BATCH];
    count_in(t, count, x.N);
    if (count == 0) return;
    for (int l = 1; l <= L + 1; l++) intend_gather(count, failed, net_width(n, l), n->x[l]);
    for (int k = 0; k < count; k++) {
        at[k] = x.at[failed[k]];
        b->target[k] = b->target[failed[k]];
        weight[k] = 1 / (float)x.N;
    }
    intend_slopes(count, b->V, b->p, b->target, weight, n->dx[L + 1]);
    net_backward(n, (struct lab_places){x.ids, count, at});
}

static void below(struct taught *t, struct lab_places x, float tau)
{
    struct batch b = answer(t->net, x);
    int32_t failed[LAB_BATCH];
    int count = intend_unsure(b.N, b.V, b.p, b.target, tau, failed);
    send_back(t, x, &b, count, failed);
}

static void by_intent(struct taught *t, struct lab_places x)
{
    below(t, x, BELOW);
}

static void by_half(struct taught *t, struct lab_places x)
{
    below(t, x, HALF);
}

static void by_mistakes(struct taught *t, struct lab_places x)
{
    struct batch b = answer(t->net, x);
    int32_t failed[LAB_BATCH];
    int count = 0;
    // A text with a single character has no rival.
    for (int i = 0; i < b.N && b.V > 1; i++) {
        const float *p = b.p + i * b.V;
        if (p[intend_rival(b.V, p, b.target[i])] >= p[b.target[i]]) failed[count++] = i;
    }
    send_back(t, x, &b, count, failed);
}

static void by_reward(struct taught *t, struct lab_places x)
{
    struct net *n = t->net;
    struct batch b = answer(n, x);
    float weight[LAB_BATCH], rewards = 0;
    int32_t drawn[LAB_BATCH];
    struct random r;
    memcpy(&r, t->own + RANDOM, sizeof r);
    for (int i = 0; i < b.N; i++) {
        drawn[i] = lab_draw(b.V, b.p + i * b.V, random_float(&r));
        float reward = drawn[i] == b.target[i];
        weight[i] = (reward - t->own[MEAN]) / (float)b.N;
        rewards += reward;
    }
    memcpy(t->own + RANDOM, &r, sizeof r);
    intend_slopes(b.N, b.V, b.p, drawn, weight, n->dx[n->shape.layers + 1]);
    net_backward(n, x);
    count_in(t, b.N, b.N);
    t->own[MEAN] += (rewards / (float)b.N - t->own[MEAN]) / 100;
}

static struct taught *open_with(const struct lab_setting *s, float rate,
                                void (*slopes)(struct taught *t, struct lab_places x))
{
    struct taught *t = taught_open(s, rate, slopes);
    t->own = net_zeros(OWN);
    return t;
}

static void *open_intend(const struct lab_setting *s)
{
    return open_with(s, RATE, by_intent);
}

static void *open_half(const struct lab_setting *s)
{
    return open_with(s, RATE, by_half);
}

static void *open_mistakes(const struct lab_setting *s)
{
    return open_with(s, RATE, by_mistakes);
}

static void *open_reward(const struct lab_setting *s)
{
    struct taught *t = open_with(s, RATE_REWARD, by_reward);
    struct random r = random_start(s->seed, LAB_OWN);
    memcpy(t->own + RANDOM, &r, sizeof r);
    return t;
}

double rule_intend_share(const void *state)
{
    return (double)((const struct taught *)state)->own[SHARE];
}

const struct lab_rule LAB_INTEND = {.name = "intend",
                                    .plain = "backprop only where the truth has less than 0.8 "
                                             "(selective backprop)",
                                    .open = open_intend,
                                    TAUGHT};

const struct lab_rule LAB_INTEND_HALF = {.name = "intend-0.5",
                                         .plain = "backprop only where the truth has less than 0.5",
                                         .open = open_half,
                                         TAUGHT};

const struct lab_rule LAB_MISTAKES = {.name = "mistakes",
                                      .plain = "backprop only where the truth is not the likeliest",
                                      .open = open_mistakes,
                                      TAUGHT};

const struct lab_rule LAB_REWARD = {.name = "reward",
                                    .plain = "REINFORCE: told only whether a guess was right",
                                    .open = open_reward,
                                    TAUGHT};
