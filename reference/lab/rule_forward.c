#include "rule_forward.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "linear.h"
#include "loss.h"
#include "mathf.h"
#include "net.h"
#include "random.h"

enum { WINDOW = 8, H = 128 };
// The rate: the best of 0.001, 0.002, 0.005, 0.01 after a million, with --tune on Shakespeare.
static const float RATE = 1e-2f, SCALE = 20;

// struct forward: the network's first character before a place is the candidate for the place.
struct forward {
    struct net *net;
    int begin, steps;
    struct random random;
    float *bigram;  // (V, V)  how often the second followed the first, and one more
    float *after;   // (V)     sums of its rows
    float *first;   // (V, H)  work
    float *second;  // (V, H)  work
};

static void *open(const struct lab_setting *s)
{
    size_t V = (size_t)s->V;
    struct forward *f = calloc(1, sizeof *f);
    if (!f) die("out of memory: a rule");
    struct net_shape shape = {.V = s->V, .window = WINDOW + 1, .hidden = H, .layers = 2};
    *f = (struct forward){.net = net_new(&shape, s->seed),
                          .steps = net_updates(s->examples),
                          .random = random_start(s->seed, LAB_OWN),
                          .bigram = net_zeros(V * V),
                          .after = net_zeros(V),
                          .first = net_zeros((V > LAB_BATCH ? V : LAB_BATCH) * H),
                          .second = net_zeros((V > LAB_BATCH ? V : LAB_BATCH) * H)};
    for (size_t i = 0; i < V * V; i++) f->bigram[i] = 1;
    for (size_t i = 0; i < V; i++) f->after[i] = (float)V;
    return f;
}

// before returns the character before a place; there is none before the first: then the 0.
static int32_t before(struct lab_places x, int i)
{
    return x.at[i] ? x.ids[x.at[i] - 1] : 0;
}

// draw draws what might have followed a character.
static int32_t draw(struct forward *f, int32_t c)
{
    int V = f->net->shape.V;
    return lab_draw(V, f->bigram + (ptrdiff_t)c * V, random_float(&f->random) * f->after[c]);
}

// context writes the first layer's sums over what stands before a place, without a candidate.
static void context(const struct net *n, const int32_t *ids, size_t at, float *sum)
{
    memcpy(sum, n->b[0], H * sizeof *sum);
    for (int t = 1; t <= WINDOW && (size_t)t <= at; t++) {
        const float *w = n->w[0] + ((ptrdiff_t)t * n->shape.V + ids[at - (size_t)t]) * H;
        for (int h = 0; h < H; h++) sum[h] += w[h];
    }
}

// rectified replaces x by max(x, 0) and returns the mean of its squares.
static float rectified(float *x)
{
    float sum = 0;
    for (int h = 0; h < H; h++) {
        x[h] = x[h] > 0 ? x[h] : 0;
        sum += x[h] * x[h];
    }
    return sum / H;
}

// even takes a layer's goodness out of its outputs: the next layer may not see it.
static void even(const float *x, float goodness, float *y)
{
    float scale = 1 / sqrtf(goodness + 1e-6f);
    for (int h = 0; h < H; h++) y[h] = x[h] * scale;
}

// push writes the slopes of log(1 + exp(-sign scale (goodness - 1))) by what max was taken of.
static void push(const float *x, float goodness, float sign, float share, float *dx)
{
    float wrong = 1 / (1 + mathf_exp(sign * SCALE * (goodness - 1)));
    float slope = -sign * SCALE * wrong * share * 2 / H;
    for (int h = 0; h < H; h++) dx[h] = slope * x[h];
}

// teach lets both layers learn from the candidates of a batch, which are right (sign 1) or not
// (-1).
static void teach(struct forward *f, struct lab_places x, const int32_t *candidate, float sign)
{
    struct net *n = f->net;
    float share = 0.5f / (float)x.N, *input = f->first, *output = f->second;
    float *dx = n->dx[1], *dy = n->dx[2];
    for (int i = 0; i < x.N; i++) {
        float *x1 = n->x[1] + i * H;
        const float *w = n->w[0] + (ptrdiff_t)candidate[i] * H;
        context(n, x.ids, x.at[i], x1);
        for (int h = 0; h < H; h++) x1[h] += w[h];
        float goodness = rectified(x1);
        push(x1, goodness, sign, share, dx + i * H);
        even(x1, goodness, input + i * H);
        float *dw = n->dw[0] + (ptrdiff_t)candidate[i] * H;
        for (int h = 0; h < H; h++) dw[h] += dx[i * H + h], n->db[0][h] += dx[i * H + h];
        for (int t = 1; t <= WINDOW && (size_t)t <= x.at[i]; t++) {
            dw = n->dw[0] + ((ptrdiff_t)t * n->shape.V + x.ids[x.at[i] - (size_t)t]) * H;
            for (int h = 0; h < H; h++) dw[h] += dx[i * H + h];
        }
    }
    linear_forward(x.N, H, H, input, n->w[1], n->b[1], output);
    for (int i = 0; i < x.N; i++)
        push(output + i * H, rectified(output + i * H), sign, share, dy + i * H);
    linear_backward(x.N, H, H, input, NULL, dy, NULL, n->dw[1], n->db[1]);
}

static void learn(void *state, struct lab_places x)
{
    struct forward *f = state;
    int V = f->net->shape.V;
    int32_t right[LAB_BATCH] = {0}, wrong[LAB_BATCH] = {0};
    for (int i = 0; i < x.N; i++) {
        right[i] = x.ids[x.at[i]];
        wrong[i] = draw(f, before(x, i));
    }
    teach(f, x, right, 1);
    teach(f, x, wrong, -1);
    net_update(f->net, net_rate(f->net->step - f->begin, f->steps, RATE));
    for (int i = 0; i < x.N; i++) {
        f->bigram[(ptrdiff_t)before(x, i) * V + right[i]]++;
        f->after[before(x, i)]++;
    }
}

static void predict(void *state, struct lab_places x, float *p)
{
    struct forward *f = state;
    struct net *n = f->net;
    int V = n->shape.V;
    for (int i = 0; i < x.N; i++, p += V) {
        float base[H];
        context(n, x.ids, x.at[i], base);
        for (int c = 0; c < V; c++) {
            float *x1 = f->first + (ptrdiff_t)c * H;
            const float *w = n->w[0] + (ptrdiff_t)c * H;
            for (int h = 0; h < H; h++) x1[h] = base[h] + w[h];
            float goodness = rectified(x1);
            even(x1, goodness, x1);
            p[c] = goodness;
        }
        linear_forward(V, H, H, f->first, n->w[1], n->b[1], f->second);
        for (int c = 0; c < V; c++) {
            float goodness = (p[c] + rectified(f->second + (ptrdiff_t)c * H)) / 2;
            p[c] = mathf_log(f->bigram[(ptrdiff_t)before(x, i) * V + c]) + SCALE * goodness;
        }
        softmax_forward(1, V, p, p);
    }
}

// The last matrix of the network, and its bias, have no part in this.
static size_t numbers(const void *state)
{
    const struct net *n = ((const struct forward *)state)->net;
    size_t V = (size_t)n->shape.V;
    return n->weights - V * H - V + V * V;
}

static void again(void *state, size_t examples)
{
    struct forward *f = state;
    f->begin = f->net->step;
    f->steps = net_updates(examples);
}

static void close(void *state)
{
    struct forward *f = state;
    net_free(f->net);
    free(f->bigram);
    free(f->after);
    free(f->first);
    free(f->second);
    free(f);
}

const struct lab_rule LAB_FORWARD = {.name = "ff",
                                     .plain = "Forward-Forward, two layers of 128",
                                     .open = open,
                                     .learn = learn,
                                     .predict = predict,
                                     .numbers = numbers,
                                     .again = again,
                                     .close = close};
