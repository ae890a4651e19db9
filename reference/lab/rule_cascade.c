#include "rule_cascade.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "grow.h"
#include "linear.h"
#include "loss.h"
#include "mathf.h"
#include "net.h"
#include "random.h"
#include "ride.h"
#include "vec.h"

// FIRST: examples before the first unit is looked for.  TURN: examples of a turn: of the
// candidates, of the logits' weights.
enum { WINDOW = 8, UNITS = 128, POOL = 8, FIRST = 50048, TURN = 6400 };
// Chosen with --tune on Shakespeare, the best after a million: RATE of 0.002, 0.004, 0.006 and
// 0.008; RATE_POOL of 0.003, 0.01 and 0.03; KEEP, of the covariances, of 0.95, 0.98 and 0.99; turns
// of 3200, 6400 and 12800.  With KEEP = 0 a batch's signs are mostly chance, and candidates learn
// to say 1 and -1 alike often, for which chance is largest.
static const float RATE = 6e-3f, RATE_POOL = 1e-2f, KEEP = 0.98f;

// struct layer: O sums of the window and of the hidden units, with what Adam needs.
struct layer {
    int O, step;
    size_t size;
    float *data, *grad, *m, *v;      // (size)
    float *window, *unit, *bias;     // (WINDOW V, O) (O, UNITS) (O)  into data
    float *dwindow, *dunit, *dbias;  // into grad
};

// struct cascade: the network, and the candidates for its next unit.
struct cascade {
    int V, steps, step;
    int units, most;  // frozen units there are, and may be
    int choosing;     // 1: it is the candidates' turn
    int seen;         // examples of this turn
    struct random random;
    struct layer hidden, out, pool;
    float h[LAB_BATCH * UNITS], sums[LAB_BATCH * UNITS];
    float merit[POOL];
    float *covariance;               // (POOL, V)  moving averages, of each candidate
    float *logits, *errors, *heard;  // (LAB_BATCH, V or POOL, the larger)
};

static struct layer layer_new(int V, int O)
{
    size_t window = (size_t)(WINDOW * V * O), unit = (size_t)(O * UNITS);
    struct layer l = {.O = O, .size = window + unit + (size_t)O};
    l.data = net_zeros(l.size), l.grad = net_zeros(l.size);
    l.m = net_zeros(l.size), l.v = net_zeros(l.size);
    l.window = l.data, l.unit = l.window + window, l.bias = l.unit + unit;
    l.dwindow = l.grad, l.dunit = l.dwindow + window, l.dbias = l.dunit + unit;
    return l;
}

static void layer_free(struct layer *l)
{
    free(l->data), free(l->grad), free(l->m), free(l->v);
}

// layer_sums writes y (N, O).  A unit that is not there yet is 0 in h, and its weights stay as they
// are.
static void layer_sums(const struct cascade *c, const struct layer *l, struct lab_places x,
                       float *y)
{
    net_window_sums(c->V, WINDOW, l->O, l->window, l->bias, x, y);
    linear_forward(x.N, UNITS, l->O, c->h, l->unit, NULL, c->heard);
    vec_add(x.N * l->O, c->heard, y);
}

// layer_step takes a step of Adam, given dy (N, O), the slopes by the sums.
static void layer_step(const struct cascade *c, struct layer *l, struct lab_places x,
                       const float *dy, float rate)
{
    struct optim o = net_adam(rate, ++l->step);
    memset(l->grad, 0, l->size * sizeof *l->grad);
    net_window_backward(c->V, WINDOW, l->O, x, dy, l->dwindow, l->dbias);
    linear_backward(x.N, UNITS, l->O, c->h, NULL, dy, NULL, l->dunit, NULL);
    adamw_step(&o, l->size, l->data, l->grad, l->m, l->v);
}

// forward writes h and the logits.
static void forward(struct cascade *c, struct lab_places x)
{
    memset(c->h, 0, sizeof c->h);
    net_window_sums(c->V, WINDOW, UNITS, c->hidden.window, c->hidden.bias, x, c->sums);
    for (int n = 0; n < x.N; n++) {
        float *h = c->h + n * UNITS;
        const float *sums = c->sums + n * UNITS;
        for (int u = 0; u < c->units; u++)
            h[u] = mathf_tanh(sums[u] + vec_dot(u, c->hidden.unit + u * UNITS, h));
    }
    layer_sums(c, &c->out, x, c->logits);
}

// --- candidates ------------------------------------------------------------------------------

static void draw_candidates(struct cascade *c)
{
    struct layer *p = &c->pool;
    float deviation = 1 / sqrtf((float)(WINDOW + c->units));
    for (size_t i = 0; i < p->size; i++) p->data[i] = deviation * random_normal(&c->random);
    memset(p->m, 0, p->size * sizeof *p->m);
    memset(p->v, 0, p->size * sizeof *p->v);
    memset(c->covariance, 0, sizeof *c->covariance * (size_t)(POOL * c->V));
    p->step = 0;
}

// teach_candidates: each learns to go along with the errors, which is up its covariance.
static void teach_candidates(struct cascade *c, struct lab_places x)
{
    layer_sums(c, &c->pool, x, c->sums);
    for (int k = 0; k < POOL; k++) {
        float out[LAB_BATCH], slope[LAB_BATCH];
        for (int n = 0; n < x.N; n++) out[n] = mathf_tanh(c->sums[n * POOL + k]);
        c->merit[k] =
            grow_covariance(x.N, c->V, out, c->errors, KEEP, c->covariance + k * c->V, slope);
        for (int n = 0; n < x.N; n++) c->sums[n * POOL + k] = -slope[n] * (1 - out[n] * out[n]);
    }
    layer_step(c, &c->pool, x, c->sums, RATE_POOL);
}

// freeze_best makes the best candidate a unit.  The logits do not listen to it yet.
static void freeze_best(struct cascade *c)
{
    const struct layer *p = &c->pool;
    int best = ride_argmax(POOL, c->merit), u = c->units++;
    for (int i = 0; i < WINDOW * c->V; i++)
        c->hidden.window[i * UNITS + u] = p->window[i * POOL + best];
    memcpy(c->hidden.unit + u * UNITS, p->unit + best * UNITS, UNITS * sizeof *p->unit);
    c->hidden.bias[u] = p->bias[best];
}

// --- the rule --------------------------------------------------------------------------------

static void learn(void *state, struct lab_places x)
{
    struct cascade *c = state;
    forward(c, x);
    softmax_forward(x.N, c->V, c->logits, c->errors);
    for (int n = 0; n < x.N; n++) c->errors[n * c->V + x.ids[x.at[n]]] -= 1;
    if (c->choosing) {
        teach_candidates(c, x);
    } else {
        for (int i = 0; i < x.N * c->V; i++) c->errors[i] /= (float)x.N;
        layer_step(c, &c->out, x, c->errors, net_rate(c->step, c->steps, RATE));
    }
    c->step++;
    c->seen += x.N;
    if (c->seen < (c->units || c->choosing ? TURN : FIRST) || c->units == c->most) return;
    if (c->choosing)
        freeze_best(c);
    else
        draw_candidates(c);
    c->choosing = !c->choosing;
    c->seen = 0;
}

static void predict(void *state, struct lab_places x, float *p)
{
    struct cascade *c = state;
    forward(c, x);
    softmax_forward(x.N, c->V, c->logits, p);
}

static size_t numbers(const void *state)
{
    const struct cascade *c = state;
    size_t inputs = (size_t)(WINDOW * c->V + 1), units = (size_t)c->units, V = (size_t)c->V;
    return V * (inputs + units) + units * inputs + units * (units - 1) / 2;
}

static void again(void *state, size_t examples)
{
    struct cascade *c = state;
    c->step = 0, c->steps = net_updates(examples);
}

static void *open_most(const struct lab_setting *s, int most)
{
    struct cascade *c = calloc(1, sizeof *c);
    if (!c) die("out of memory: a cascade");
    size_t room = LAB_BATCH * (size_t)(s->V > POOL ? s->V : POOL);
    c->V = s->V, c->most = most, c->steps = net_updates(s->examples);
    c->random = random_start(s->seed, LAB_GROWN);
    c->hidden = layer_new(s->V, UNITS), c->out = layer_new(s->V, s->V);
    c->pool = layer_new(s->V, POOL);
    c->logits = net_zeros(room), c->errors = net_zeros(room), c->heard = net_zeros(room);
    c->covariance = net_zeros((size_t)(POOL * s->V));
    return c;
}

static void *open_cascade(const struct lab_setting *s)
{
    return open_most(s, UNITS);
}

static void *open_linear(const struct lab_setting *s)
{
    return open_most(s, 0);
}

static void close_cascade(void *state)
{
    struct cascade *c = state;
    layer_free(&c->hidden), layer_free(&c->out), layer_free(&c->pool);
    free(c->logits), free(c->errors), free(c->heard), free(c->covariance);
    free(c);
}

#define CASCADE \
    .learn = learn, .predict = predict, .numbers = numbers, .again = again, .close = close_cascade

const struct lab_rule LAB_LINEAR = {.name = "linear",
                                    .plain = "weights from the window to the logits",
                                    .open = open_linear,
                                    CASCADE};

const struct lab_rule LAB_CASCADE = {.name = "cascade",
                                     .plain = "cascade-correlation: frozen units, one at a time",
                                     .open = open_cascade,
                                     CASCADE};
