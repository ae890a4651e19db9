#include "gpt.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "arena.h"
#include "block.h"
#include "ops.h"
#include "position.h"
#include "random.h"

// How a tensor's first values are drawn.
enum init { ZERO, ONE, NORMAL, RESIDUAL };

// A layer's tensors, in the order of struct block.
enum { NORM1_W, NORM1_B, QKV_W, QKV_B, OUT_W, OUT_B, NORM2_W, NORM2_B, UP_W, UP_B, DOWN_W, DOWN_B };
enum { PER_LAYER = DOWN_B + 1 };

static const struct {
    const char *gpt2, *llama;
    enum init init;
} LAYER[PER_LAYER] = {
    [NORM1_W] = {"ln_1.weight", "input_layernorm.weight", ONE},
    [NORM1_B] = {"ln_1.bias", NULL, ZERO},
    [QKV_W] = {"attn.c_attn.weight", "self_attn.qkv_proj.weight", NORMAL},
    [QKV_B] = {"attn.c_attn.bias", NULL, ZERO},
    [OUT_W] = {"attn.c_proj.weight", "self_attn.o_proj.weight", RESIDUAL},
    [OUT_B] = {"attn.c_proj.bias", NULL, ZERO},
    [NORM2_W] = {"ln_2.weight", "post_attention_layernorm.weight", ONE},
    [NORM2_B] = {"ln_2.bias", NULL, ZERO},
    [UP_W] = {"mlp.c_fc.weight", "mlp.gate_up_proj.weight", NORMAL},
    [UP_B] = {"mlp.c_fc.bias", NULL, ZERO},
    [DOWN_W] = {"mlp.c_proj.weight", "mlp.down_proj.weight", RESIDUAL},
    [DOWN_B] = {"mlp.c_proj.bias", NULL, ZERO},
};

enum { NONE = -1 };  // in place of a tensor that this model has not

struct gpt {
    struct gpt_config config;
    struct arena *arena;
    struct param *params;
    int count;
    int wte, wpe, norm_w, norm_b, head;  // numbers of tensors
    int (*layer)[PER_LAYER];             // (L)
    float *waves;                        // (context, C) of POSITION_WAVES
    float *cosine, *sine;                // (context, D / 2) of POSITION_ROTARY
    size_t weights;
    float *data, *grad;
};

void gpt_llama(struct gpt_config *c)
{
    c->position = POSITION_ROTARY;
    c->norm = NORM_RMS;
    c->network = NETWORK_SWIGLU;
    c->unbiased = c->untied = 1;
}

int gpt_is_llama(const struct gpt_config *c)
{
    return c->position == POSITION_ROTARY && c->norm == NORM_RMS && c->network == NETWORK_SWIGLU &&
           c->unbiased;
}

enum err gpt_config_check(const struct gpt_config *c, struct error *e)
{
    const struct {
        const char *name;
        int value, least, most;
    } size[] = {{"vocabulary", c->vocab, 1, 1 << 24},  {"context", c->context, 1, 1 << 20},
                {"layers", c->layers, 1, 1 << 10},     {"heads", c->heads, 1, 1 << 10},
                {"channels", c->channels, 1, 1 << 16}, {"groups", c->groups, 0, 1 << 10},
                {"hidden", c->hidden, 0, 1 << 18}};
    for (size_t i = 0; i < sizeof size / sizeof *size; i++) {
        if (size[i].value < size[i].least || size[i].value > size[i].most)
            return error_set(e, ERR_VALUE, "%s %d: expected %d to %d", size[i].name, size[i].value,
                             size[i].least, size[i].most);
    }
    if (c->channels % c->heads != 0)
        return error_set(e, ERR_VALUE, "channels %d: expected a multiple of heads, %d", c->channels,
                         c->heads);
    if (c->groups && c->heads % c->groups != 0)
        return error_set(e, ERR_VALUE, "heads %d: expected a multiple of groups, %d", c->heads,
                         c->groups);
    if (c->position == POSITION_ROTARY && c->channels / c->heads % 2 != 0)
        return error_set(e, ERR_VALUE,
                         "channels %d, heads %d: expected an even number of channels a head, which "
                         "rotary turns in pairs",
                         c->channels, c->heads);
    if (!(c->epsilon >= 0 && c->epsilon < 1))
        return error_set(e, ERR_VALUE, "epsilon %g: expected 0 to 1", (double)c->epsilon);
    if (!(c->rotary_base >= 0 && c->rotary_base < 1e12f))
        return error_set(e, ERR_VALUE, "rotary base %g: expected 0 to 1e12",
                         (double)c->rotary_base);
    return ERR_NONE;
}

struct gpt_config gpt_filled(const struct gpt_config *c)
{
    struct gpt_config f = *c;
    if (!f.groups) f.groups = f.heads;
    if (!f.hidden)
        f.hidden =
            f.network == NETWORK_SWIGLU ? (8 * f.channels / 3 + 31) / 32 * 32 : 4 * f.channels;
    if (f.epsilon == 0) f.epsilon = 1e-5f;
    if (f.rotary_base == 0) f.rotary_base = 10000;
    return f;
}

// --- tensors ---------------------------------------------------------------------------------

// add appends a tensor and returns its number; a vector has no columns.
static int add(struct gpt *m, const char *name, int rows, int columns)
{
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
        m->layer[l][i] = NONE;
        if (!shape[i].there) continue;
        char name[80];
        if (gpt_is_llama(c))
            snprintf(name, sizeof name, "model.layers.%d.%s", l, LAYER[i].llama);
        else
            snprintf(name, sizeof name, "h.%d.%s", l, LAYER[i].gpt2);
        m->layer[l][i] = add(m, name, shape[i].rows, shape[i].columns);
        struct param *p = &m->params[m->layer[l][i]];
        p->hidden = p->rank == 2;
        p->transposed = p->hidden && !gpt_is_llama(c);
    }
}

static void add_all(struct gpt *m)
{
    const struct gpt_config *c = &m->config;
    int llama = gpt_is_llama(c), C = c->channels;
    m->wte = add(m, llama ? "model.embed_tokens.weight" : "wte.weight", c->vocab, C);
    m->wpe = c->position == POSITION_LEARNED ? add(m, "wpe.weight", c->context, C) : NONE;
    for (int l = 0; l < c->layers; l++) add_layer(m, l);
    m->norm_w = add(m, llama ? "model.norm.weight" : "ln_f.weight", C, 0);
    m->norm_b = c->norm == NORM_LAYER ? add(m, "ln_f.bias", C, 0) : NONE;
    m->head = c->untied ? add(m, "lm_head.weight", c->vocab, C) : NONE;
}

// deviation_of returns how far first weights are spread, embeddings among them.
static float deviation_of(const struct gpt_config *c)
{
    return 0.02f * sqrtf(768 / (float)c->channels);
}

// draw sets a tensor's first values.
static void draw(struct param *p, enum init init, const struct gpt_config *c, struct random *r)
{
    float deviation = deviation_of(c);
    if (init == RESIDUAL) deviation /= sqrtf(2 * (float)c->layers);
    for (size_t i = 0; i < p->size; i++) {
        p->data[i] = init == ZERO ? 0 : init == ONE ? 1 : deviation * random_normal(r);
    }
}

// draw_all sets the first values of all tensors, in their order.
static void draw_all(struct gpt *m, uint64_t seed)
{
    const struct gpt_config *c = &m->config;
    struct random r = random_start(seed, RANDOM_INIT);
    draw(&m->params[m->wte], NORMAL, c, &r);
    if (m->wpe != NONE) draw(&m->params[m->wpe], NORMAL, c, &r);
    for (int l = 0; l < c->layers; l++) {
        for (int i = 0; i < PER_LAYER; i++) {
            if (m->layer[l][i] != NONE) draw(&m->params[m->layer[l][i]], LAYER[i].init, c, &r);
        }
    }
    draw(&m->params[m->norm_w], ONE, c, &r);
    if (m->norm_b != NONE) draw(&m->params[m->norm_b], ZERO, c, &r);
    if (m->head != NONE) draw(&m->params[m->head], NORMAL, c, &r);
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
        // As far spread as a learned table begins, and as the embeddings are: waves of size 1 would
        // drown them.  A sine's mean square is 1/2.
        float size = 1.41421356f * deviation_of(c);
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
    if (m->wpe != NONE && context > m->params[m->wpe].shape[0])
        return error_set(e, ERR_VALUE,
                         "context %d: this model has learned %d positions, and knows no others",
                         context, m->params[m->wpe].shape[0]);
    m->config = c;
    make_positions(m);
    return ERR_NONE;
}

struct gpt *gpt_new(const struct gpt_config *c, uint64_t seed)
{
    struct error e;
    CHECK(gpt_config_check(c, &e) == ERR_NONE, "%s", e.text);
    struct gpt *m = calloc(1, sizeof *m);
    if (!m) die("out of memory: gpt");
    m->config = gpt_filled(c);
    m->arena = arena_new();
    size_t L = (size_t)c->layers;
    m->layer = arena_alloc(m->arena, sizeof *m->layer * L);
    m->params = arena_alloc(m->arena, sizeof *m->params * (PER_LAYER * L + 5));
    add_all(m);
    m->data = arena_floats(m->arena, m->weights);
    m->grad = arena_zeros(m->arena, m->weights);
    size_t at = 0;
    for (int i = 0; i < m->count; i++) {
        m->params[i].data = m->data + at;
        m->params[i].grad = m->grad + at;
        at += m->params[i].size;
    }
    draw_all(m, seed);
    make_positions(m);
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

// --- forward ---------------------------------------------------------------------------------

// leaf puts the i-th tensor on the tape.
static int leaf(const struct gpt *m, struct tape *t, int learn, int i)
{
    if (i == NONE) return OP_NONE;
    const struct param *p = &m->params[i];
    return tape_leaf(t, p->rank, p->shape, p->data, learn ? p->grad : NULL);
}

static struct block layer(const struct gpt *m, struct tape *t, int learn, int l)
{
    int id[PER_LAYER];
    for (int i = 0; i < PER_LAYER; i++) id[i] = leaf(m, t, learn, m->layer[l][i]);
    return (struct block){id[NORM1_W], id[NORM1_B], id[QKV_W], id[QKV_B], id[OUT_W],  id[OUT_B],
                          id[NORM2_W], id[NORM2_B], id[UP_W],  id[UP_B],  id[DOWN_W], id[DOWN_B]};
}

// embed turns tokens, the first of which stands at `first`, into rows that know their place, as far
// as that is done here and not in attention.
static int embed(const struct gpt *m, struct tape *t, int learn, int B, int T,
                 const int32_t *tokens, int first, int wte)
{
    const struct gpt_config *c = &m->config;
    int x = op_embedding(t, B, T, tokens, wte);
    if (c->position == POSITION_LEARNED) return op_position(t, x, leaf(m, t, learn, m->wpe), first);
    if (c->position != POSITION_WAVES) return x;
    int waves = tape_leaf(t, 2, (int[]){c->context, c->channels}, m->waves, NULL);
    return op_position(t, x, waves, first);
}

// through takes tokens through the whole model.
static int through(const struct gpt *m, struct tape *t, int learn, int B, int T,
                   const int32_t *tokens, int first, block_attend *attend, void *self)
{
    const struct gpt_config *c = &m->config;
    CHECK(B > 0 && T > 0 && first >= 0 && T <= c->context - first && B <= INT32_MAX / T,
          "B=%d T=%d from %d, context=%d", B, T, first, c->context);
    ptrdiff_t turned = (ptrdiff_t)first * (c->channels / c->heads / 2);
    struct block_shape s = {.heads = c->heads,
                            .groups = c->groups,
                            .norm = c->norm,
                            .network = c->network,
                            .epsilon = c->epsilon,
                            .cosine = m->cosine ? m->cosine + turned : NULL,
                            .sine = m->sine ? m->sine + turned : NULL,
                            .attend = attend,
                            .self = self};
    int wte = leaf(m, t, learn, m->wte);
    int x = embed(m, t, learn, B, T, tokens, first, wte);
    for (int l = 0; l < c->layers; l++) {
        struct block w = layer(m, t, learn, l);
        x = block_forward(t, &s, &w, x);
    }
    x = block_norm(t, &s, x, leaf(m, t, learn, m->norm_w), leaf(m, t, learn, m->norm_b));
    // Tied weights: the head is the embedding again.
    return op_linear(t, x, m->head == NONE ? wte : leaf(m, t, learn, m->head), OP_NONE);
}

int gpt_forward(const struct gpt *m, struct tape *t, int learn, int B, int T, const int32_t *tokens)
{
    return through(m, t, learn, B, T, tokens, 0, NULL, NULL);
}

int gpt_extend(const struct gpt *m, struct tape *t, int first, int n, const int32_t *tokens,
               block_attend *attend, void *self)
{
    return through(m, t, 0, 1, n, tokens, first, attend, self);
}

int gpt_loss(const struct gpt *m, struct tape *t, int learn, int B, int T, const int32_t *tokens,
             const int32_t *target, float *losses)
{
    int logits = gpt_forward(m, t, learn, B, T, tokens);
    return op_cross_entropy(t, logits, target, losses);
}

double gpt_flops(const struct gpt_config *config, int B, int T)
{
    struct gpt_config c = gpt_filled(config);
    double N = (double)B * T, C = c.channels, F = c.hidden, L = c.layers;
    double W = C + 2 * C * c.groups / c.heads;  // queries, keys, values
    double network = (c.network == NETWORK_SWIGLU ? 3 : 2) * C * F;
    double products = N * (L * (W * C + C * C + network) + c.vocab * C);
    double attention = N * L * (T + 1) * C;  // half of T x T, scores and sums
    return 3 * 2 * (products + attention);
}
