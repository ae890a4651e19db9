#include "policy.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "linear.h"
#include "loss.h"
#include "net.h"
#include "random.h"

// struct policy: the weights lie one behind another: W1 (hidden, inputs), b1, W2 (actions, hidden),
// b2; as their slopes and Adam's moments do.
struct policy {
    int inputs, hidden, actions, step;
    size_t w2, weights;  // where W2 begins; how many there are
    float *data, *grad, *m, *v;
    float *h, *dh;  // (POLICY_BATCH, hidden)
};

static void draw(struct random *r, size_t n, float deviation, float *w)
{
    for (size_t i = 0; i < n; i++) w[i] = deviation * random_normal(r);
}

struct policy *policy_new(int inputs, int ones, int hidden, int actions, uint64_t seed)
{
    CHECK(inputs >= 1 && ones >= 1 && hidden >= 1 && actions >= 1,
          "inputs=%d ones=%d hidden=%d actions=%d", inputs, ones, hidden, actions);
    struct policy *p = malloc(sizeof *p);
    if (!p) die("out of memory: a network");
    size_t I = (size_t)inputs, H = (size_t)hidden, A = (size_t)actions, w2 = H * (I + 1);
    *p = (struct policy){.inputs = inputs,
                         .hidden = hidden,
                         .actions = actions,
                         .w2 = w2,
                         .weights = w2 + A * (H + 1)};
    p->data = net_zeros(p->weights), p->grad = net_zeros(p->weights);
    p->m = net_zeros(p->weights), p->v = net_zeros(p->weights);
    p->h = net_zeros(POLICY_BATCH * H), p->dh = net_zeros(POLICY_BATCH * H);
    struct random r = random_start(seed, RANDOM_INIT);
    draw(&r, I * H, sqrtf(2 / (float)ones), p->data);
    draw(&r, H * A, 0.1f * sqrtf(2 / (float)hidden), p->data + w2);
    return p;
}

void policy_free(struct policy *p)
{
    if (!p) return;
    free(p->data), free(p->grad), free(p->m), free(p->v);
    free(p->h), free(p->dh);
    free(p);
}

void policy_probabilities(struct policy *p, int N, const float *x, float *probability)
{
    CHECK(N >= 1 && N <= POLICY_BATCH, "N=%d", N);
    const float *w1 = p->data, *b1 = w1 + p->hidden * p->inputs;
    const float *w2 = p->data + p->w2, *b2 = w2 + p->actions * p->hidden;
    linear_forward(N, p->inputs, p->hidden, x, w1, b1, p->h);
    for (int i = 0; i < N * p->hidden; i++) p->h[i] = p->h[i] > 0 ? p->h[i] : 0;
    linear_forward(N, p->hidden, p->actions, p->h, w2, b2, probability);
    softmax_forward(N, p->actions, probability, probability);
}

void policy_step(struct policy *p, int N, const float *x, const float *slope, float rate)
{
    CHECK(N >= 1 && N <= POLICY_BATCH, "N=%d", N);
    float *dw1 = p->grad, *db1 = dw1 + p->hidden * p->inputs;
    float *dw2 = p->grad + p->w2, *db2 = dw2 + p->actions * p->hidden;
    size_t size = (size_t)N * (size_t)p->hidden;
    memset(p->grad, 0, p->weights * sizeof *p->grad);
    memset(p->dh, 0, size * sizeof *p->dh);
    linear_backward(N, p->hidden, p->actions, p->h, p->data + p->w2, slope, p->dh, dw2, db2);
    for (size_t i = 0; i < size; i++) p->dh[i] = p->h[i] > 0 ? p->dh[i] : 0;
    linear_backward(N, p->inputs, p->hidden, x, NULL, p->dh, NULL, dw1, db1);
    struct optim o = net_adam(rate, ++p->step);
    adamw_step(&o, p->weights, p->data, p->grad, p->m, p->v);
}
