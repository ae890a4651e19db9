#include "mlp.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

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
        m->params[m->count - 2].hidden = 1;
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
    // SOLUTION BEGIN
    size_t T = (size_t)c->context;
    for (int n = 0; n < N; n++) {
        for (size_t t = 0; t < T; t++) {
            size_t back = T - t;  // 1 for the last id of the window
            *windows++ = back <= at[n] ? ids[at[n] - back] : c->vocab;
        }
    }
    // SOLUTION END
}

size_t mlp_count(const struct mlp_config *c)
{
    // SOLUTION BEGIN
    size_t V = (size_t)c->vocab, E = (size_t)c->embed, H = (size_t)c->hidden;
    size_t inputs = (size_t)c->context * E, count = (V + 1) * E;
    for (int l = 0; l < c->layers; l++) {
        count += (inputs + 1) * H;  // a column more: the bias
        inputs = H;
    }
    return count + (inputs + 1) * V;
    // SOLUTION END
}

void mlp_init(struct mlp *m, uint64_t seed, float gain)
{
    struct random r = random_start(seed, RANDOM_INIT);
    // SOLUTION BEGIN
    int head = m->count - 2;
    for (int i = 0; i < m->count; i++) {
        struct param p = m->params[i];
        float deviation = 0;
        if (i == 0)
            deviation = 1;
        else if (p.rank == 2)
            deviation = (i == head ? MLP_HEAD : gain) / sqrtf((float)p.shape[1]);
        for (size_t j = 0; j < p.size; j++)
            p.data[j] = p.rank == 2 ? deviation * random_normal(&r) : 0;
    }
    // SOLUTION END
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
    // SOLUTION BEGIN
    int x = op_embedding(t, N, c->context, windows, leaf(m, t, learn, 0));
    x = op_reshape(t, x, 2, (int[]){N, c->context * c->embed});
    for (int l = 0; l < c->layers; l++) {
        int weight = leaf(m, t, learn, 1 + 2 * l), bias = leaf(m, t, learn, 2 + 2 * l);
        x = tape_tanh(t, op_linear(t, x, weight, bias));
        if (hidden) hidden[l] = x;
    }
    int weight = leaf(m, t, learn, m->count - 2), bias = leaf(m, t, learn, m->count - 1);
    return op_linear(t, x, weight, bias);
    // SOLUTION END
}

int mlp_loss(const struct mlp *m, struct tape *t, int learn, int N, const int32_t *windows,
             const int32_t *target, int *hidden)
{
    int logits = mlp_forward(m, t, learn, N, windows, hidden);
    return op_cross_entropy(t, logits, target, NULL);
}
