// The loops the other way round: windows from their ends, the count by a formula, first weights
// layer by layer, all layers of the forward in one loop.
#include "mlp.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "ops.h"
#include "random.h"

struct mlp {
    struct mlp_config config;
    struct arena *arena;
    struct param *params;  // in the order that mlp.h says
    int count;
    size_t weights;
    float *data, *grad;
};

enum err mlp_config_check(const struct mlp_config *c, struct error *e)
{
    const struct {
        const char *name;
        int value, least, most;
    } size[] = {{"vocabulary", c->vocab, 1, 1 << 20},
                {"context", c->context, 1, 1 << 10},
                {"embed", c->embed, 1, 1 << 12},
                {"hidden", c->hidden, 1, 1 << 14},
                {"layers", c->layers, 0, 1 << 8}};
    for (size_t i = 0; i < sizeof size / sizeof *size; i++) {
        if (size[i].value < size[i].least || size[i].value > size[i].most)
            return error_set(e, ERR_VALUE, "%s %d: expected %d to %d", size[i].name, size[i].value,
                             size[i].least, size[i].most);
    }
    return ERR_NONE;
}

// add appends a tensor; a vector has no columns.
static void add(struct mlp *m, const char *name, int rows, int columns)
{
    struct param *p = &m->params[m->count++];
    *p = (struct param){.name = arena_string(m->arena, name),
                        .rank = columns ? 2 : 1,
                        .shape = {rows, columns},
                        .size = (size_t)rows * (size_t)(columns ? columns : 1)};
    m->weights += p->size;
}

// add_layer appends the weight and the bias of a layer.
static void add_layer(struct mlp *m, const char *name, int outputs, int inputs)
{
    char full[64];
    snprintf(full, sizeof full, "%s.weight", name);
    add(m, full, outputs, inputs);
    snprintf(full, sizeof full, "%s.bias", name);
    add(m, full, outputs, 0);
}

struct mlp *mlp_new(const struct mlp_config *c)
{
    struct error e;
    CHECK(mlp_config_check(c, &e) == ERR_NONE, "%s", e.text);
    struct mlp *m = calloc(1, sizeof *m);
    if (!m) die("out of memory: mlp");
    m->config = *c;
    m->arena = arena_new();
    m->params = arena_alloc(m->arena, sizeof *m->params * (size_t)(3 + 2 * c->layers));
    add(m, "table.weight", c->vocab + 1, c->embed);
    int inputs = c->context * c->embed;
    for (int l = 0; l < c->layers; l++) {
        char name[32];
        snprintf(name, sizeof name, "hidden.%d", l);
        add_layer(m, name, c->hidden, inputs);
        inputs = c->hidden;
    }
    add_layer(m, "head", c->vocab, inputs);
    m->data = arena_zeros(m->arena, m->weights);
    m->grad = arena_zeros(m->arena, m->weights);
    size_t at = 0;
    for (int i = 0; i < m->count; i++) {
        m->params[i].data = m->data + at;
        m->params[i].grad = m->grad + at;
        at += m->params[i].size;
    }
    return m;
}

void mlp_free(struct mlp *m)
{
    if (!m) return;
    arena_free(m->arena);
    free(m);
}

const struct mlp_config *mlp_config(const struct mlp *m)
{
    return &m->config;
}

int mlp_params(const struct mlp *m)
{
    return m->count;
}

struct param mlp_param(const struct mlp *m, int i)
{
    CHECK(i >= 0 && i < m->count, "tensor %d of %d", i, m->count);
    return m->params[i];
}

size_t mlp_weights(const struct mlp *m)
{
    return m->weights;
}

float *mlp_data(const struct mlp *m)
{
    return m->data;
}

float *mlp_grad(const struct mlp *m)
{
    return m->grad;
}

void mlp_windows(const struct mlp_config *c, const int32_t *ids, int N, const size_t *at,
                 int32_t *windows)
{
    // From the end of each window to its beginning, until the text or the window is over.
    int T = c->context;
    for (int n = 0; n < N; n++) {
        int32_t *end = windows + (n + 1) * T, *begin = windows + n * T;
        size_t place = at[n];
        while (end > begin && place > 0) *--end = ids[--place];
        while (end > begin) *--end = c->vocab;
    }
}

size_t mlp_count(const struct mlp_config *c)
{
    size_t V = (size_t)c->vocab, E = (size_t)c->embed, H = (size_t)c->hidden;
    size_t L = (size_t)c->layers, window = (size_t)c->context * E;
    size_t table = (V + 1) * E;
    if (L == 0) return table + window * V + V;
    size_t matrices = window * H + (L - 1) * H * H + H * V, biases = L * H + V;
    return table + matrices + biases;
}

void mlp_init(struct mlp *m, uint64_t seed, float gain)
{
    struct random r = random_start(seed, RANDOM_INIT);
    struct param *p = m->params;
    for (size_t i = 0; i < p->size; i++) p->data[i] = random_normal(&r);
    for (int l = 0; l <= m->config.layers; l++) {
        struct param *weight = ++p, *bias = ++p;
        float inputs = (float)weight->shape[1], root = sqrtf(inputs);
        for (size_t i = 0; i < weight->size; i++) {
            float x = random_normal(&r) / root;
            weight->data[i] = l < m->config.layers ? x * gain : x * MLP_HEAD;
        }
        memset(bias->data, 0, bias->size * sizeof *bias->data);
    }
}

// leaf puts the i-th tensor on the tape and returns its node.
static int leaf(const struct mlp *m, struct tape *t, int learn, int i)
{
    const struct param *p = &m->params[i];
    return tape_leaf(t, p->rank, p->shape, p->data, learn ? p->grad : NULL);
}

int mlp_forward(const struct mlp *m, struct tape *t, int learn, int N, const int32_t *windows,
                int *hidden)
{
    const struct mlp_config *c = &m->config;
    CHECK(N > 0 && N <= INT32_MAX / c->context, "N=%d context=%d", N, c->context);
    // Each place of the window is looked up in one long row of ids.
    int tokens = N * c->context, nodes[3];
    nodes[0] = op_embedding(t, 1, tokens, windows, leaf(m, t, learn, 0));
    int x = op_reshape(t, nodes[0], 2, (int[]){N, tokens / N * c->embed});
    int l = 0;
    do {
        nodes[1] = leaf(m, t, learn, 2 * l + 1);
        nodes[2] = leaf(m, t, learn, 2 * l + 2);
        x = op_linear(t, x, nodes[1], nodes[2]);
        if (l == c->layers) break;
        x = tape_tanh(t, x);
        if (hidden != NULL) hidden[l] = x;
    } while (l++ < c->layers);
    return x;
}

int mlp_loss(const struct mlp *m, struct tape *t, int learn, int N, const int32_t *windows,
             const int32_t *target, int *hidden)
{
    int logits = mlp_forward(m, t, learn, N, windows, hidden);
    return op_cross_entropy(t, logits, target, NULL);
}
