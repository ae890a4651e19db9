#include "gpt_parts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "ops.h"
#include "position.h"

static const struct {
    const char *gpt2, *llama;
    enum gpt_role role;
} LAYER[PER_LAYER] = {
    [NORM1_W] = {"ln_1.weight", "input_layernorm.weight", GPT_GAIN},
    [NORM1_B] = {"ln_1.bias", NULL, GPT_SHIFT},
    [QKV_W] = {"attn.c_attn.weight", "self_attn.qkv_proj.weight", GPT_MATRIX},
    [QKV_B] = {"attn.c_attn.bias", NULL, GPT_SHIFT},
    [OUT_W] = {"attn.c_proj.weight", "self_attn.o_proj.weight", GPT_RESIDUAL},
    [OUT_B] = {"attn.c_proj.bias", NULL, GPT_SHIFT},
    [NORM2_W] = {"ln_2.weight", "post_attention_layernorm.weight", GPT_GAIN},
    [NORM2_B] = {"ln_2.bias", NULL, GPT_SHIFT},
    [UP_W] = {"mlp.c_fc.weight", "mlp.gate_up_proj.weight", GPT_MATRIX},
    [UP_B] = {"mlp.c_fc.bias", NULL, GPT_SHIFT},
    [DOWN_W] = {"mlp.c_proj.weight", "mlp.down_proj.weight", GPT_RESIDUAL},
    [DOWN_B] = {"mlp.c_proj.bias", NULL, GPT_SHIFT},
};

// add appends a tensor and returns its number; a vector has no columns.
static int add(struct gpt *m, const char *name, enum gpt_role role, int rows, int columns)
{
    m->roles[m->count] = role;
    m->params[m->count] = (struct param){.name = arena_string(m->arena, name),
                                         .rank = columns ? 2 : 1,
                                         .shape = {rows, columns},
                                         .size = (size_t)rows * (size_t)(columns ? columns : 1)};
    m->weights += m->params[m->count].size;
    return m->count++;
}

// add_layer appends the tensors of layer l.
static void add_layer(struct gpt *m, int l)
{
    const struct gpt_config *c = &m->config;
    int C = c->channels, D = C / c->heads, W = (c->heads + 2 * c->groups) * D, F = c->hidden;
    int up = c->network == NETWORK_SWIGLU ? 2 * F : F, shift = c->norm == NORM_LAYER;
    int biases = !c->unbiased;
    const struct {
        int there, rows, columns;
    } shape[PER_LAYER] = {
        [NORM1_W] = {1, C, 0},    [NORM1_B] = {shift, C, 0}, [QKV_W] = {1, W, C},
        [QKV_B] = {biases, W, 0}, [OUT_W] = {1, C, C},       [OUT_B] = {biases, C, 0},
        [NORM2_W] = {1, C, 0},    [NORM2_B] = {shift, C, 0}, [UP_W] = {1, up, C},
        [UP_B] = {biases, up, 0}, [DOWN_W] = {1, C, F},      [DOWN_B] = {biases, C, 0},
    };
    for (int i = 0; i < PER_LAYER; i++) {
        m->layer[l][i] = GPT_NONE;
        if (!shape[i].there) continue;
        char name[80];
        if (gpt_is_llama(c))
            snprintf(name, sizeof name, "model.layers.%d.%s", l, LAYER[i].llama);
        else
            snprintf(name, sizeof name, "h.%d.%s", l, LAYER[i].gpt2);
        m->layer[l][i] = add(m, name, LAYER[i].role, shape[i].rows, shape[i].columns);
        struct param *p = &m->params[m->layer[l][i]];
        p->hidden = p->rank == 2;
        p->transposed = p->hidden && !gpt_is_llama(c);
    }
}

static void add_all(struct gpt *m)
{
    const struct gpt_config *c = &m->config;
    int llama = gpt_is_llama(c), C = c->channels;
    m->wte = add(m, llama ? "model.embed_tokens.weight" : "wte.weight", GPT_MATRIX, c->vocab, C);
    m->wpe = c->position == POSITION_LEARNED ? add(m, "wpe.weight", GPT_MATRIX, c->context, C)
                                             : GPT_NONE;
    for (int l = 0; l < c->layers; l++) add_layer(m, l);
    m->norm_w = add(m, llama ? "model.norm.weight" : "ln_f.weight", GPT_GAIN, C, 0);
    m->norm_b = c->norm == NORM_LAYER ? add(m, "ln_f.bias", GPT_SHIFT, C, 0) : GPT_NONE;
    m->head = c->untied ? add(m, "lm_head.weight", GPT_MATRIX, c->vocab, C) : GPT_NONE;
}

// make_positions computes what tells positions without being learned.
static void make_positions(struct gpt *m)
{
    const struct gpt_config *c = &m->config;
    int D = c->channels / c->heads;
    size_t T = (size_t)c->context, waves = T * (size_t)c->channels;
    if (c->position == POSITION_WAVES) {
        m->waves = arena_floats(m->arena, waves);
        position_waves(c->context, c->channels, m->waves);
        // As far spread as gpt_init's tables, the embeddings among them: waves of size 1 would
        // drown them.  A sine's mean square is 1/2.
        float deviation = 0.02f * sqrtf(768 / (float)c->channels);
        float size = 1.41421356f * deviation;
        for (size_t i = 0; i < waves; i++) m->waves[i] *= size;
    }
    if (c->position == POSITION_ROTARY) {
        m->cosine = arena_floats(m->arena, T * (size_t)(D / 2));
        m->sine = arena_floats(m->arena, T * (size_t)(D / 2));
        rotary_angles(c->context, D, c->rotary_base, m->cosine, m->sine);
    }
}

enum err gpt_set_context(struct gpt *m, int context, struct error *e)
{
    struct gpt_config c = m->config;
    c.context = context;
    enum err code = gpt_config_check(&c, e);
    if (code) return code;
    if (m->wpe != GPT_NONE && context > m->params[m->wpe].shape[0])
        return error_set(e, ERR_VALUE,
                         "context %d: this model has learned %d positions, and knows no others",
                         context, m->params[m->wpe].shape[0]);
    m->config = c;
    make_positions(m);
    return ERR_NONE;
}

struct gpt *gpt_blank(const struct gpt_config *c)
{
    struct error e;
    CHECK(gpt_config_check(c, &e) == ERR_NONE, "%s", e.text);
    struct gpt *m = calloc(1, sizeof *m);
    if (!m) die("out of memory: gpt");
    m->config = gpt_filled(c);
    m->arena = arena_new();
    size_t L = (size_t)c->layers;
    m->layer = arena_alloc(m->arena, sizeof *m->layer * L);
    m->roles = arena_alloc(m->arena, sizeof *m->roles * (PER_LAYER * L + 5));
    m->params = arena_alloc(m->arena, sizeof *m->params * (PER_LAYER * L + 5));
    add_all(m);
    m->data = arena_zeros(m->arena, m->weights);
    m->grad = arena_zeros(m->arena, m->weights);
    size_t at = 0;
    for (int i = 0; i < m->count; i++) {
        m->params[i].data = m->data + at;
        m->params[i].grad = m->grad + at;
        at += m->params[i].size;
    }
    make_positions(m);
    return m;
}

void gpt_free(struct gpt *m)
{
    if (!m) return;
    arena_free(m->arena);
    free(m);
}

void gpt_set_attention(struct gpt *m, enum gpt_attention how)
{
    m->attention = how;
}

enum gpt_attention gpt_attention_of(const struct gpt *m)
{
    return m->attention;
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

enum gpt_role gpt_role(const struct gpt *m, int i)
{
    CHECK(i >= 0 && i < m->count, "tensor %d of %d", i, m->count);
    return m->roles[i];
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

// --- on a tape -------------------------------------------------------------------------------

int gpt_leaf(const struct gpt *m, struct tape *t, int learn, int i)
{
    if (i == GPT_NONE) return OP_NONE;
    const struct param *p = &m->params[i];
    return tape_leaf(t, p->rank, p->shape, p->data, learn ? p->grad : NULL);
}

struct block gpt_layer(const struct gpt *m, struct tape *t, int learn, int l)
{
    int id[PER_LAYER];
    for (int i = 0; i < PER_LAYER; i++) id[i] = gpt_leaf(m, t, learn, m->layer[l][i]);
    return (struct block){id[NORM1_W], id[NORM1_B], id[QKV_W], id[QKV_B], id[OUT_W],  id[OUT_B],
                          id[NORM2_W], id[NORM2_B], id[UP_W],  id[UP_B],  id[DOWN_W], id[DOWN_B]};
}

int gpt_waves(const struct gpt *m, struct tape *t)
{
    return tape_leaf(t, 2, (int[]){m->config.context, m->config.channels}, m->waves, NULL);
}

// attend_flash is the block_attend of a model, which is self, with GPT_FLASH.
static int attend_flash(void *self, struct tape *t, int qkv)
{
    const struct gpt *m = self;
    return op_flash(t, qkv, m->config.heads, m->config.groups);
}

struct block_shape gpt_block_shape(const struct gpt *m, int first, block_attend *attend, void *self)
{
    const struct gpt_config *c = &m->config;
    ptrdiff_t turned = (ptrdiff_t)first * (c->channels / c->heads / 2);
    if (!attend && m->attention == GPT_FLASH) attend = attend_flash, self = (void *)(uintptr_t)m;
    return (struct block_shape){.heads = c->heads,
                                .groups = c->groups,
                                .norm = c->norm,
                                .network = c->network,
                                .epsilon = c->epsilon,
                                .cosine = m->cosine ? m->cosine + turned : NULL,
                                .sine = m->sine ? m->sine + turned : NULL,
                                .attend = attend,
                                .self = self};
}
