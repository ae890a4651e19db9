// Another way: logarithms taken once, by lesson 05's cross-entropy; and a rule of one's own that is
// a small network on four characters, by backprop, at a rate that does not fall.
#include "stack.h"

#include <math.h>
#include <string.h>

#include "loss.h"
#include "mathf.h"
#include "net.h"
#include "taught.h"

int stack_cell(int V, int depth, const float *net)
{
    int best = 0;
    for (int c = 1; c < V; c++) best = net[c] > net[best] ? c : best;
    float eighths = floorf(net[best] * STACK_BUCKETS);
    return depth * STACK_BUCKETS + (int)fminf(eighths, STACK_BUCKETS - 1);
}

static float logarithm(float p)
{
    return p < STACK_LEAST ? -64 * 0.693147181f : mathf_log(p);
}

void stack_mix(int V, const float *w, const float *memory, const float *net, float *p)
{
    for (int c = 0; c < V; c++) p[c] = logarithm(memory[c]) * w[0] + logarithm(net[c]) * w[1];
    float lse = log_sum_exp(V, p);
    for (int c = 0; c < V; c++) p[c] = mathf_exp(p[c] - lse);
}

static float pull(int V, const float *side, const float *p, int32_t target)
{
    float sum = 0;
    for (int c = 0; c < V; c++) sum += ((c == target ? 1.0f : 0.0f) - p[c]) * logarithm(side[c]);
    return sum;
}

void stack_learn(int V, const float *memory, const float *net, const float *p, int32_t target,
                 struct stack_weights *weights)
{
    float rate = STACK_RATE / (1 + STACK_FALL * sqrtf((float)weights->times));
    weights->times++;
    weights->w[0] = fmaf(rate, pull(V, memory, p, target), weights->w[0]);
    weights->w[1] = fmaf(rate, pull(V, net, p, target), weights->w[1]);
}

static void slopes(struct taught *t, struct lab_places x)
{
    net_forward(t->net, x);
    taught_errors(t, x);
    net_backward(t->net, x);
}

static void *small_open(const struct lab_setting *s)
{
    struct taught *t = taught_open(s, 0.01f, slopes);
    net_free(t->net);
    t->net =
        net_new(&(struct net_shape){.V = s->V, .window = 4, .hidden = 32, .layers = 1}, s->seed);
    return t;
}

static void small_learn(void *state, struct lab_places x)
{
    struct taught *t = state;
    t->slopes(t, x);
    net_update(t->net, t->rate);
}

static float small_known(void *state, const int32_t *ids, size_t at)
{
    (void)state, (void)ids;
    return at > 4 ? 1 : 0;
}

const struct lab_rule *stack_mine(void)
{
    static struct lab_rule small = {.name = "mine", .plain = "backprop, one layer of 32"};
    small.open = small_open, small.learn = small_learn, small.predict = taught_predict;
    small.numbers = taught_numbers, small.close = taught_close, small.known = small_known;
    return &small;
}
