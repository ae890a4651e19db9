#include "gpt.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "arena.h"
#include "block.h"
#include "ops.h"
#include "random.h"

// How a tensor's first values are drawn.
enum init { ZERO, ONE, NORMAL, RESIDUAL };

// One tensor of a layer; sizes are multiples of C, and a vector has no columns.
struct layout {
    const char *name;
    int rows, columns;
    enum init init;
};

// In the order of struct block, with the names of published GPT-2 files.
static const struct layout LAYER[] = {
    {"ln_1.weight", 1, 0, ONE},
    {"ln_1.bias", 1, 0, ZERO},
    {"attn.c_attn.weight", 3, 1, NORMAL},
    {"attn.c_attn.bias", 3, 0, ZERO},
    {"attn.c_proj.weight", 1, 1, RESIDUAL},
    {"attn.c_proj.bias", 1, 0, ZERO},
    {"ln_2.weight", 1, 0, ONE},
    {"ln_2.bias", 1, 0, ZERO},
    {"mlp.c_fc.weight", 4, 1, NORMAL},
    {"mlp.c_fc.bias", 4, 0, ZERO},
    {"mlp.c_proj.weight", 1, 4, RESIDUAL},
    {"mlp.c_proj.bias", 1, 0, ZERO},
};
enum { PER_LAYER = sizeof LAYER / sizeof *LAYER };

// The tensors' numbers: two embeddings, the layers, the last norm.
enum { WTE, WPE, FIRST_LAYER };

struct gpt {
    struct gpt_config config;
    struct arena *arena;
    struct param *params;
    int count;
    size_t weights;
    float *data, *grad;
};

enum err gpt_config_check(const struct gpt_config *c, struct error *e)
{
    const struct {
        const char *name;
        int value, most;
    } size[] = {{"vocabulary", c->vocab, 1 << 24},
                {"context", c->context, 1 << 20},
                {"layers", c->layers, 1 << 10},
                {"heads", c->heads, 1 << 10},
                {"channels", c->channels, 1 << 16}};
    for (size_t i = 0; i < sizeof size / sizeof *size; i++) {
        if (size[i].value < 1 || size[i].value > size[i].most)
            return error_set(e, ERR_VALUE, "%s %d: expected 1 to %d", size[i].name, size[i].value,
                             size[i].most);
    }
    if (c->channels % c->heads != 0)
        return error_set(e, ERR_VALUE, "channels %d: expected a multiple of heads, %d", c->channels,
                         c->heads);
    return ERR_NONE;
}

// add appends a tensor and returns it.
static struct param *add(struct gpt *m, const char *name, int rows, int columns)
{
    struct param *p = &m->params[m->count++];
    *p = (struct param){.name = arena_string(m->arena, name),
                        .rank = columns ? 2 : 1,
                        .shape = {rows, columns},
                        .size = (size_t)rows * (size_t)(columns ? columns : 1)};
    m->weights += p->size;
    return p;
}

static void add_all(struct gpt *m)
{
    const struct gpt_config *c = &m->config;
    add(m, "wte.weight", c->vocab, c->channels);
    add(m, "wpe.weight", c->context, c->channels);
    for (int l = 0; l < c->layers; l++) {
        for (int i = 0; i < PER_LAYER; i++) {
            char name[64];
            snprintf(name, sizeof name, "h.%d.%s", l, LAYER[i].name);
            struct param *p =
                add(m, name, LAYER[i].rows * c->channels, LAYER[i].columns * c->channels);
            p->transposed = p->hidden = p->rank == 2;
        }
    }
    add(m, "ln_f.weight", c->channels, 0);
    add(m, "ln_f.bias", c->channels, 0);
}

static enum init init_of(const struct gpt *m, int i)
{
    if (i < FIRST_LAYER) return NORMAL;
    if (i < m->count - 2) return LAYER[(i - FIRST_LAYER) % PER_LAYER].init;
    return i == m->count - 2 ? ONE : ZERO;
}

// draw sets a tensor's first values.
static void draw(struct param *p, enum init init, const struct gpt_config *c, struct random *r)
{
    float deviation = 0.02f * sqrtf(768 / (float)c->channels);
    if (init == RESIDUAL) deviation /= sqrtf(2 * (float)c->layers);
    for (size_t i = 0; i < p->size; i++) {
        p->data[i] = init == ZERO ? 0 : init == ONE ? 1 : deviation * random_normal(r);
    }
}

struct gpt *gpt_new(const struct gpt_config *c, uint64_t seed)
{
    struct error e;
    CHECK(gpt_config_check(c, &e) == ERR_NONE, "%s", e.text);
    struct gpt *m = calloc(1, sizeof *m);
    if (!m) die("out of memory: gpt");
    m->config = *c;
    m->arena = arena_new();
    m->params = arena_alloc(m->arena,
                            sizeof *m->params * (size_t)(FIRST_LAYER + PER_LAYER * c->layers + 2));
    add_all(m);
    m->data = arena_floats(m->arena, m->weights);
    m->grad = arena_zeros(m->arena, m->weights);
    struct random r = random_start(seed, RANDOM_INIT);
    size_t at = 0;
    for (int i = 0; i < m->count; i++) {
        struct param *p = &m->params[i];
        p->data = m->data + at;
        p->grad = m->grad + at;
        at += p->size;
        draw(p, init_of(m, i), c, &r);
    }
    return m;
}

void gpt_free(struct gpt *m)
{
    if (!m) return;
    arena_free(m->arena);
    free(m);
}

const struct gpt_config *gpt_config(const struct gpt *m)
{
    return &m->config;
}

int gpt_params(const struct gpt *m)
{
    return m->count;
}

struct param gpt_param(const struct gpt *m, int i)
{
    CHECK(i >= 0 && i < m->count, "tensor %d of %d", i, m->count);
    return m->params[i];
}

size_t gpt_weights(const struct gpt *m)
{
    return m->weights;
}

float *gpt_data(const struct gpt *m)
{
    return m->data;
}

float *gpt_grad(const struct gpt *m)
{
    return m->grad;
}

// leaf puts the i-th tensor on the tape.
static int leaf(const struct gpt *m, struct tape *t, int learn, int i)
{
    const struct param *p = &m->params[i];
    return tape_leaf(t, p->rank, p->shape, p->data, learn ? p->grad : NULL);
}

static struct block layer(const struct gpt *m, struct tape *t, int learn, int l)
{
    int id[PER_LAYER];
    for (int i = 0; i < PER_LAYER; i++) id[i] = leaf(m, t, learn, FIRST_LAYER + PER_LAYER * l + i);
    return (struct block){id[0], id[1], id[2], id[3], id[4],  id[5],
                          id[6], id[7], id[8], id[9], id[10], id[11]};
}

// positions returns 0 … T-1 for each of B sequences.
static int32_t *positions(struct tape *t, int B, int T)
{
    int32_t *p = tape_alloc(t, sizeof *p * (size_t)B * (size_t)T);
    for (int i = 0; i < B * T; i++) p[i] = i % T;
    return p;
}

int gpt_forward(const struct gpt *m, struct tape *t, int learn, int B, int T, const int32_t *tokens)
{
    const struct gpt_config *c = &m->config;
    CHECK(B > 0 && T > 0 && T <= c->context && B <= INT32_MAX / T, "B=%d T=%d context=%d", B, T,
          c->context);
    int wte = leaf(m, t, learn, WTE), wpe = leaf(m, t, learn, WPE);
    int x = tape_add(t, op_embedding(t, B, T, tokens, wte),
                     op_embedding(t, B, T, positions(t, B, T), wpe));
    for (int l = 0; l < c->layers; l++) {
        struct block w = layer(m, t, learn, l);
        x = block_forward(t, &w, c->heads, x);
    }
    x = op_layernorm(t, x, leaf(m, t, learn, m->count - 2), leaf(m, t, learn, m->count - 1));
    return op_linear(t, x, wte, OP_NONE);  // the head is the embedding again: tied weights
}

int gpt_loss(const struct gpt *m, struct tape *t, int learn, int B, int T, const int32_t *tokens,
             const int32_t *target, float *losses)
{
    int logits = gpt_forward(m, t, learn, B, T, tokens);
    return op_cross_entropy(t, logits, target, losses);
}

double gpt_flops(const struct gpt_config *c, int B, int T)
{
    double N = (double)B * T, C = c->channels;
    double products = N * (c->layers * 12 * C * C + c->vocab * C);
    double attention = N * c->layers * (T + 1) * C;  // half of T x T, scores and sums
    return 3 * 2 * (products + attention);
}
