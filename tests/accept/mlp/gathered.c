// Windows by copying runs of ids; the forward with one node of its own that gathers the embeddings
// side by side, and one for tanh; first weights by walking through one array.
#include "mlp.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "linear.h"
#include "mathf.h"
#include "ops.h"
#include "random.h"

enum { TENSORS = 3 + 2 * 256 };

struct mlp {
    struct mlp_config config;
    float *data, *grad;
    char names[TENSORS][24];
};

enum err mlp_config_check(const struct mlp_config *c, struct error *e)
{
    const int value[] = {c->vocab, c->context, c->embed, c->hidden, c->layers};
    const int most[] = {1 << 20, 1 << 10, 1 << 12, 1 << 14, 1 << 8};
    const char *name[] = {"vocabulary", "context", "embed", "hidden", "layers"};
    for (int i = 0; i < 5; i++) {
        if (value[i] < (i < 4) || value[i] > most[i])
            return error_set(e, ERR_VALUE, "%s %d: expected %d to %d", name[i], value[i], i < 4,
                             most[i]);
    }
    return ERR_NONE;
}

// shape_of returns rows and columns of tensor i; columns 0 is a vector.
static void shape_of(const struct mlp_config *c, int i, int *rows, int *columns)
{
    int layer = (i - 1) / 2, last = layer == c->layers;
    *rows = i == 0 ? c->vocab + 1 : last ? c->vocab : c->hidden;
    *columns = i == 0 ? c->embed : layer == 0 ? c->context * c->embed : c->hidden;
    if (i > 0 && i % 2 == 0) *columns = 0;
}

static size_t size_of(const struct mlp_config *c, int i)
{
    int rows, columns;
    shape_of(c, i, &rows, &columns);
    return (size_t)rows * (size_t)(columns ? columns : 1);
}

static size_t offset_of(const struct mlp_config *c, int i)
{
    return i == 0 ? 0 : offset_of(c, i - 1) + size_of(c, i - 1);
}

int mlp_params(const struct mlp *m)
{
    return 3 + 2 * m->config.layers;
}

size_t mlp_weights(const struct mlp *m)
{
    return offset_of(&m->config, mlp_params(m));
}

struct mlp *mlp_new(const struct mlp_config *c)
{
    struct mlp *m = calloc(1, sizeof *m);
    if (!m) die("out of memory");
    m->config = *c;
    m->data = calloc(mlp_weights(m), sizeof *m->data);
    m->grad = calloc(mlp_weights(m), sizeof *m->grad);
    if (!m->data || !m->grad) die("out of memory");
    for (int i = 0; i < mlp_params(m); i++) snprintf(m->names[i], sizeof m->names[i], "%d", i);
    return m;
}

void mlp_free(struct mlp *m)
{
    if (!m) return;
    free(m->data);
    free(m->grad);
    free(m);
}

const struct mlp_config *mlp_config(const struct mlp *m)
{
    return &m->config;
}

struct param mlp_param(const struct mlp *m, int i)
{
    size_t at = offset_of(&m->config, i);
    struct param p = {.name = m->names[i], .size = size_of(&m->config, i)};
    shape_of(&m->config, i, &p.shape[0], &p.shape[1]);
    p.rank = p.shape[1] ? 2 : 1;
    p.data = m->data + at;
    p.grad = m->grad + at;
    return p;
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
    size_t T = (size_t)c->context;
    for (int n = 0; n < N; n++, windows += T) {
        size_t there = at[n] > T ? T : at[n], missing = T - there;
        for (size_t t = 0; t < missing; t++) windows[t] = c->vocab;
        if (there) memcpy(windows + missing, ids + (at[n] - there), there * sizeof *ids);
    }
}

size_t mlp_count(const struct mlp_config *c)
{
    return offset_of(c, 3 + 2 * c->layers);
}

void mlp_init(struct mlp *m, uint64_t seed, float gain)
{
    struct random random = random_start(seed, RANDOM_INIT);
    float *w = m->data;
    for (int i = 0; i < mlp_params(m); i++) {
        int rows, columns, numbers, head = i == mlp_params(m) - 2;
        shape_of(&m->config, i, &rows, &columns);
        numbers = rows * (columns ? columns : 1);
        double scale = i == 0 ? 1 : (double)(head ? MLP_HEAD : gain) * sqrt(1.0 / columns);
        for (int k = 0; k < numbers; k++)
            *w++ = columns ? (float)((double)random_normal(&random) * scale) : 0;
    }
}

struct gathered {
    const int32_t *windows;
    int E;
};

// One node: (N, T E) from the table; row t of a window's T pieces is the embedding of its id.
static void gather_backward(struct tape *t, int node)
{
    const struct gathered *s = tape_saved(t, node);
    const float *dy = tape_grad(t, node);
    float *table = tape_grad(t, tape_input(t, node, 0));
    size_t pieces = tape_size(t, node) / (size_t)s->E;
    for (size_t i = 0; i < pieces && table; i++) {
        for (int k = 0; k < s->E; k++)
            table[s->windows[i] * s->E + k] += dy[i * (size_t)s->E + (size_t)k];
    }
}

static void bend_backward(struct tape *t, int node)
{
    const float *y = tape_data(t, node), *dy = tape_grad(t, node);
    float *dx = tape_grad(t, tape_input(t, node, 0));
    for (size_t i = 0; i < tape_size(t, node) && dx; i++) dx[i] += (1 - y[i]) * (1 + y[i]) * dy[i];
}

static int bend(struct tape *t, int x)
{
    int shape[2] = {tape_dim(t, x, 0), tape_dim(t, x, 1)};
    int node = tape_record(t, 2, shape, 1, &x, bend_backward, NULL);
    for (size_t i = 0; i < tape_size(t, node); i++)
        tape_result(t, node)[i] = mathf_tanh(tape_data(t, x)[i]);
    return node;
}

static int put(const struct mlp *m, struct tape *t, int learn, int i)
{
    struct param p = mlp_param(m, i);
    return tape_leaf(t, p.rank, p.shape, p.data, learn ? p.grad : NULL);
}

int mlp_forward(const struct mlp *m, struct tape *t, int learn, int N, const int32_t *windows,
                int *hidden)
{
    int T = m->config.context, E = m->config.embed, leaves[TENSORS];
    for (int i = 0; i < mlp_params(m); i++) leaves[i] = put(m, t, learn, i);
    struct gathered *s = tape_alloc(t, sizeof *s);
    *s = (struct gathered){windows, E};
    int x = tape_record(t, 2, (int[]){N, T * E}, 1, leaves, gather_backward, s);
    for (int i = 0; i < N * T; i++)
        memcpy(tape_result(t, x) + i * E, m->data + windows[i] * E, (size_t)E * sizeof(float));
    for (int i = 1; i < mlp_params(m); i += 2) {
        if (i > 1) {
            x = bend(t, x);
            if (hidden) *hidden++ = x;
        }
        x = op_linear(t, x, leaves[i], leaves[i + 1]);
    }
    return x;
}

int mlp_loss(const struct mlp *m, struct tape *t, int learn, int N, const int32_t *windows,
             const int32_t *target, int *hidden)
{
    int logits = mlp_forward(m, t, learn, N, windows, hidden);
    return op_cross_entropy(t, logits, target, NULL);
}
