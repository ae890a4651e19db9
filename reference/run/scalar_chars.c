#include "scalar_chars.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>

#include "arena.h"
#include "bytes.h"
#include "clock.h"
#include "dataset.h"
#include "embedding.h"
#include "linear.h"
#include "loss.h"
#include "mathf.h"
#include "random.h"
#include "scalar_net.h"
#include "threads.h"

// struct ids: a part of the data as characters.
struct ids {
    int32_t *id;
    size_t count, bytes;
};

// struct model: the weights, and where each kind begins: (V, embed), then for each hidden neuron
// its weights and its bias, then for each character the same.
struct model {
    const struct scalar_chars *o;
    int V, inputs, hidden_at, top_at, weights;
    float *w;  // (weights)
    struct scalar_graph *g;
    struct arena *arena;
};

static void model_open(const struct scalar_chars *o, int V, struct model *m)
{
    struct random r = random_start(o->seed, RANDOM_INIT);
    *m = (struct model){.o = o, .V = V, .inputs = o->context * o->embed};
    m->g = scalar_new();
    m->arena = arena_new();
    m->hidden_at = V * o->embed;
    m->top_at = m->hidden_at + scalar_net_weights(m->inputs, o->hidden);
    m->weights = m->top_at + scalar_net_weights(o->hidden, V);
    m->w = arena_floats(m->arena, (size_t)m->weights);
    for (int i = 0; i < m->hidden_at; i++) m->w[i] = random_normal(&r);
    scalar_net_start(&r, m->inputs, o->hidden, m->w + m->hidden_at);
    scalar_net_start(&r, o->hidden, V, m->w + m->top_at);
}

static void model_close(struct model *m)
{
    scalar_free(m->g);
    arena_free(m->arena);
}

// before returns the id that stands `back` places before ids[at]; before the first, id 0.
static int32_t before(const struct ids *t, size_t at, int back)
{
    return at < (size_t)back ? 0 : t->id[at - (size_t)back];
}

// surprise returns the node of -ln P(t->id[at]), with the characters before it known.
static int surprise(const struct model *m, const struct ids *t, size_t at, int *x, int *h, int *y)
{
    const struct scalar_chars *o = m->o;
    for (int c = 0; c < o->context; c++) {
        int row = before(t, at, o->context - c) * o->embed;
        for (int k = 0; k < o->embed; k++) x[c * o->embed + k] = row + k;
    }
    scalar_net_layer(m->g, m->inputs, o->hidden, m->hidden_at, 1, x, h);
    scalar_net_layer(m->g, o->hidden, m->V, m->top_at, 0, h, y);
    int sum = scalar_exp(m->g, y[0]);
    for (int v = 1; v < m->V; v++) sum = scalar_add(m->g, sum, scalar_exp(m->g, y[v]));
    return scalar_sub(m->g, scalar_log(m->g, sum), y[t->id[at]]);
}

// build makes the graph of a batch anew; returns the node of the mean surprise at places[0 … n).
static int build(const struct model *m, const struct ids *t, int n, const size_t *places)
{
    struct arena *a = arena_new();
    int *x = arena_alloc(a, sizeof *x * (size_t)m->inputs);
    int *h = arena_alloc(a, sizeof *h * (size_t)m->o->hidden);
    int *y = arena_alloc(a, sizeof *y * (size_t)m->V);
    scalar_reset(m->g);
    for (int i = 0; i < m->weights; i++) scalar_leaf(m->g, m->w[i]);
    int sum = surprise(m, t, places[0], x, h, y);
    for (int i = 1; i < n; i++) sum = scalar_add(m->g, sum, surprise(m, t, places[i], x, h, y));
    arena_free(a);
    return scalar_scale(m->g, sum, 1 / (float)n);
}

// draw picks the places of a batch.
static void draw(struct random *r, const struct ids *t, int n, size_t *places)
{
    for (int i = 0; i < n; i++) places[i] = random_below(r, (uint32_t)t->count);
}

static double bits(const struct ids *t, double nats)
{
    return nats / log(2) * (double)t->count / (double)t->bytes;
}

// learn takes all steps, and prints the mean loss of each fifth of them.
static enum err learn(struct model *m, const struct ids *t, FILE *out, struct error *e)
{
    enum { TOLD = 5 };
    const struct scalar_chars *o = m->o;
    size_t *places = arena_alloc(m->arena, (size_t)o->batch * sizeof *places);
    struct random r = random_start(o->seed, RANDOM_SHUFFLE);
    double sum = 0;
    for (int step = 1, from = 0; step <= o->steps; step++) {
        draw(&r, t, o->batch, places);
        int loss = build(m, t, o->batch, places);
        scalar_backward(m->g, loss);
        for (int i = 0; i < m->weights; i++) m->w[i] -= o->lr * scalar_grad(m->g, i);
        sum += (double)scalar_value(m->g, loss);
        if (!isfinite(sum))
            return error_set(e, ERR_VALUE,
                             "step %d: the loss is not a finite number: try a smaller --lr", step);
        if ((long)step * TOLD / o->steps == (long)(step - 1) * TOLD / o->steps) continue;
        fprintf(out, "step %5d  %.3f bits/byte\n", step, bits(t, sum / (step - from)));
        fflush(out);
        from = step, sum = 0;
    }
    return ERR_NONE;
}

// judge prints the mean surprise of the text's beginning.
static void judge(struct model *m, const struct chars *c, const struct ids *t, FILE *out)
{
    enum { PLACES = 16 };
    size_t n = t->count < (size_t)m->o->judge ? t->count : (size_t)m->o->judge, bytes = 0, size;
    double sum = 0;
    for (size_t at = 0; at < n;) {
        size_t places[PLACES];
        int taken = 0;
        for (; taken < PLACES && at < n; taken++, at++) {
            places[taken] = at;
            chars_bytes(c, t->id[at], &size);
            bytes += size;
        }
        sum += (double)scalar_value(m->g, build(m, t, taken, places)) * taken;
    }
    if (n) fprintf(out, "val, %zu characters: %.3f bits/byte\n", n, sum / log(2) / (double)bytes);
}

// --- the same step by kernels -----------------------------------------------------------------

// struct kernels: what a step by kernels reads and writes.  Gradients have a d before them.
struct kernels {
    int N;            // of the batch
    int32_t *ids;     // (N, context)
    int32_t *target;  // (N)
    float *table, *w1, *b1, *w2, *b2, *dtable, *dw1, *db1, *dw2, *db2;
    float *x, *h, *y, *dx, *dh, *dy, *lse, *loss;
    int32_t *next, *first;  // scratch of embedding_backward
};

// unpack copies a layer's weights into the matrix and the biases that kernels take.
static void unpack(const float *w, int C, int O, float *matrix, float *bias)
{
    for (int o = 0; o < O; o++, w += C + 1) {
        for (int c = 0; c < C; c++) matrix[o * C + c] = w[c];
        bias[o] = w[C];
    }
}

static void kernels_open(const struct model *m, const struct ids *t, int N, const size_t *places,
                         struct kernels *k)
{
    struct arena *a = m->arena;
    int C = m->o->context, H = m->o->hidden;
    size_t n = (size_t)N, V = (size_t)m->V, I = (size_t)m->inputs, h = (size_t)H;
    *k = (struct kernels){.N = N};
    k->ids = arena_alloc(a, n * (size_t)C * sizeof *k->ids);
    k->target = arena_alloc(a, n * sizeof *k->target);
    for (int i = 0; i < N; i++) {
        k->target[i] = t->id[places[i]];
        for (int c = 0; c < C; c++) k->ids[i * C + c] = before(t, places[i], C - c);
    }
    k->table = m->w;
    k->w1 = arena_floats(a, h * I), k->b1 = arena_floats(a, h);
    k->w2 = arena_floats(a, V * h), k->b2 = arena_floats(a, V);
    unpack(m->w + m->hidden_at, m->inputs, H, k->w1, k->b1);
    unpack(m->w + m->top_at, H, m->V, k->w2, k->b2);
    k->dtable = arena_zeros(a, (size_t)m->hidden_at);
    k->dw1 = arena_zeros(a, h * I), k->db1 = arena_zeros(a, h);
    k->dw2 = arena_zeros(a, V * h), k->db2 = arena_zeros(a, V);
    k->x = arena_floats(a, n * I), k->dx = arena_floats(a, n * I);
    k->h = arena_floats(a, n * h), k->dh = arena_floats(a, n * h);
    k->y = arena_floats(a, n * V), k->dy = arena_floats(a, n * V);
    k->lse = arena_floats(a, n), k->loss = arena_floats(a, n);
    k->next = arena_alloc(a, n * (size_t)C * sizeof *k->next);
    k->first = arena_alloc(a, V * sizeof *k->first);
}

static void zero(int n, float *x)
{
    for (int i = 0; i < n; i++) x[i] = 0;
}

// kernels_step goes forward and back once.  Gradients of weights are added to.
static void kernels_step(const struct model *m, struct kernels *k)
{
    int N = k->N, C = m->o->context, E = m->o->embed, H = m->o->hidden, I = m->inputs, V = m->V;
    embedding_forward(N * C, V, E, k->ids, k->table, k->x);
    linear_forward(N, I, H, k->x, k->w1, k->b1, k->h);
    for (int i = 0; i < N * H; i++) k->h[i] = mathf_tanh(k->h[i]);
    linear_forward(N, H, V, k->h, k->w2, k->b2, k->y);
    cross_entropy_forward(N, V, k->y, k->target, k->lse, k->loss);
    zero(N * V, k->dy), zero(N * H, k->dh), zero(N * I, k->dx);
    cross_entropy_backward(N, V, k->y, k->target, k->lse, 1 / (float)N, k->dy);
    linear_backward(N, H, V, k->h, k->w2, k->dy, k->dh, k->dw2, k->db2);
    for (int i = 0; i < N * H; i++) k->dh[i] *= 1 - k->h[i] * k->h[i];
    linear_backward(N, I, H, k->x, k->w1, k->dh, k->dx, k->dw1, k->db1);
    embedding_backward(N * C, V, E, k->ids, k->dx, k->dtable, k->next, k->first);
}

// furthest returns the largest distance between gradients (rows, C) of the kernels and those of the
// leaves, of which each row stands `stride` behind the one before, the first at `first`.
static double furthest(const struct scalar_graph *g, int rows, int C, const float *dw, int first,
                       int stride)
{
    double most = 0;
    for (int i = 0; i < rows * C; i++) {
        int leaf = first + i / C * stride + i % C;
        most = fmax(most, fabs((double)dw[i] - (double)scalar_grad(g, leaf)));
    }
    return most;
}

// clocked returns the seconds of one run of a step, of as many as take a tenth of a second.
static double clocked(const struct model *m, const struct ids *t, int N, const size_t *places,
                      struct kernels *k)
{
    double begin = clock_seconds(), seconds = 0;
    int runs = 0;
    while (seconds < 0.1) {
        if (k)
            kernels_step(m, k);
        else
            scalar_backward(m->g, build(m, t, N, places));
        seconds = clock_seconds() - begin;
        runs++;
    }
    return seconds / runs;
}

// compare takes one step both ways.
static void compare(struct model *m, const struct ids *t, FILE *out)
{
    int N = m->o->batch, H = m->o->hidden;
    struct random r = random_start(m->o->seed, RANDOM_TEST);
    size_t *places = arena_alloc(m->arena, (size_t)N * sizeof *places);
    draw(&r, t, N, places);
    struct kernels k;
    kernels_open(m, t, N, places, &k);
    kernels_step(m, &k);
    scalar_backward(m->g, build(m, t, N, places));
    int I = m->inputs, E = m->o->embed;
    double apart = furthest(m->g, m->V, E, k.dtable, 0, E);
    apart = fmax(apart, furthest(m->g, H, I, k.dw1, m->hidden_at, I + 1));
    apart = fmax(apart, furthest(m->g, H, 1, k.db1, m->hidden_at + I, I + 1));
    apart = fmax(apart, furthest(m->g, m->V, H, k.dw2, m->top_at, H + 1));
    apart = fmax(apart, furthest(m->g, m->V, 1, k.db2, m->top_at + H, H + 1));
    int count = scalar_count(m->g);
    double graph = clocked(m, t, N, places, NULL), kernels = clocked(m, t, N, places, &k);
    fprintf(out, "a step of %d characters: %d nodes, %zu bytes each, %d for each weight\n", N,
            count, scalar_bytes(m->g) / (size_t)count, count / m->weights);
    fprintf(out, "the same step by kernels of tensors: gradients %s\n",
            apart < 1e-5 ? "the same to 0.00001" : "DIFFER");
    fprintf(out, "graph:   %8.1f ns for each weight\n", 1e9 * graph / m->weights);
    fprintf(out, "kernels: %8.1f ns for each weight; %.0f times as fast\n",
            1e9 * kernels / m->weights, graph / kernels);
}

// encode turns a part into characters.
static enum err encode(const struct chars *c, const struct part *p, struct ids *t, struct error *e)
{
    t->bytes = p->size;
    enum err code = chars_encode(c, p->size, p->bytes, &t->id, &t->count, e);
    if (!code && (t->count < 2 || t->count > UINT32_MAX))
        code = error_set(e, ERR_VALUE, "%zu characters: expected 2 or more", t->count);
    return dataset_in(e, code, p);
}

enum err scalar_chars_run(const struct scalar_chars *o, FILE *out, struct error *e)
{
    struct dataset d = {0};
    struct chars *c = NULL;
    struct ids train = {0}, val = {0};
    enum err code = dataset_read(o->data, &d, e);
    if (code) return code;
    code = dataset_in(e, chars_new(d.train.size, d.train.bytes, &c, e), &d.train);
    if (!code) code = encode(c, &d.train, &train, e);
    if (!code) code = encode(c, &d.val, &val, e);
    if (!code) {
        struct model m;
        threads_use(1);
        model_open(o, chars_vocab(c), &m);
        fprintf(out, "%s: %d characters; %d of context, %d numbers each; %d hidden: %d weights\n",
                o->data, m.V, o->context, o->embed, o->hidden, m.weights);
        code = learn(&m, &train, out, e);
        if (!code) judge(&m, c, &val, out);
        if (!code) compare(&m, &train, out);
        model_close(&m);
    }
    free(train.id);
    free(val.id);
    chars_free(c);
    dataset_free(&d);
    return code;
}
