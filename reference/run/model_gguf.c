// Names, and writing.
#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "config_file.h"
#include "model_gguf_parts.h"
#include "ops.h"
#include "position.h"
#include "tokenizer_gguf.h"

// --- names -----------------------------------------------------------------------------------

// Our names, behind a layer's if they are in one, and the file's.
static const struct {
    const char *ours, *theirs;
} NAMES[] = {
    {"wte", "token_embd"},          {"model.embed_tokens", "token_embd"},
    {"wpe", "position_embd"},       {"ln_f", "output_norm"},
    {"model.norm", "output_norm"},  {"lm_head", "output"},
    {"ln_1", "attn_norm"},          {"input_layernorm", "attn_norm"},
    {"attn.c_attn", "attn_qkv"},    {"self_attn.qkv_proj", "attn_qkv"},
    {"attn.c_proj", "attn_output"}, {"self_attn.o_proj", "attn_output"},
    {"ln_2", "ffn_norm"},           {"post_attention_layernorm", "ffn_norm"},
    {"mlp.c_fc", "ffn_up"},         {"mlp.gate_up_proj", "ffn_up"},
    {"mlp.c_proj", "ffn_down"},     {"mlp.down_proj", "ffn_down"},
};

static int is_gpt2(const struct gpt_config *c)
{
    return c->position != POSITION_ROTARY && c->norm == NORM_LAYER && c->network == NETWORK_GELU;
}

// is_llama: gpt_is_llama, or with biases.
static int is_llama(const struct gpt_config *c)
{
    return c->position == POSITION_ROTARY && c->norm == NORM_RMS && c->network == NETWORK_SWIGLU;
}

const char *model_gguf_key(const char *arch, const char *name, char out[GGUF_KEY])
{
    snprintf(out, GGUF_KEY, "%s.%s", arch, name);
    return out;
}

// part_of names rows first … first + rows - 1 of a tensor.
static struct gguf_part part_of(int layer, const char *stem, const char *kind, int first, int rows)
{
    struct gguf_part part = {.first = first, .rows = rows};
    if (layer < 0)
        snprintf(part.name, sizeof part.name, "%s.%s", stem, kind);
    else
        snprintf(part.name, sizeof part.name, "blk.%d.%s.%s", layer, stem, kind);
    return part;
}

int model_gguf_split(const struct gpt_config *c, const struct param *p,
                     struct gguf_part part[GGUF_PARTS])
{
    int layer = -1, at = 0, i = 0;
    if (sscanf(p->name, "h.%d.%n", &layer, &at) != 1 || !at)
        if (sscanf(p->name, "model.layers.%d.%n", &layer, &at) != 1) at = 0, layer = -1;
    const char *ours = p->name + at, *kind = strrchr(ours, '.') + 1;
    size_t stem = (size_t)(kind - ours) - 1;
    int count = sizeof NAMES / sizeof *NAMES;
    while (i < count && (strlen(NAMES[i].ours) != stem || strncmp(NAMES[i].ours, ours, stem) != 0))
        i++;
    CHECK(i < count, "%s", p->name);
    const char *theirs = NAMES[i].theirs;
    int llama = is_llama(c), D = c->channels / c->heads;
    if (llama && strcmp(theirs, "attn_qkv") == 0) {
        int Q = c->heads * D, K = c->groups * D;
        part[0] = part_of(layer, "attn_q", kind, 0, Q);
        part[1] = part_of(layer, "attn_k", kind, Q, K);
        part[2] = part_of(layer, "attn_v", kind, Q + K, K);
        return 3;
    }
    if (llama && strcmp(theirs, "ffn_up") == 0) {
        part[0] = part_of(layer, "ffn_gate", kind, 0, c->hidden);
        part[1] = part_of(layer, "ffn_up", kind, c->hidden, c->hidden);
        return 2;
    }
    part[0] = part_of(layer, theirs, kind, 0, p->shape[0]);
    return 1;
}

// --- tensors ---------------------------------------------------------------------------------

// struct writing: a file being put together.
struct writing {
    const struct gpt *m;
    enum gguf_type type;
    struct arena *memory;
    struct gguf_tensor *tensor;
    int count, unfit;
};

static struct gguf_tensor *add(struct writing *w, const char *name, int rows, int columns)
{
    struct gguf_tensor *t = &w->tensor[w->count++];
    *t = (struct gguf_tensor){.name = arena_string(w->memory, name),
                              .type = GGUF_F32,
                              .rank = columns ? 2 : 1,
                              .shape = {rows, columns}};
    return t;
}

// type_for returns the type that a matrix of rows of C numbers becomes.
static enum gguf_type type_for(struct writing *w, const char *name, int C)
{
    const char *head = gpt_config(w->m)->untied ? "output.weight" : "token_embd.weight";
    if (w->type == GGUF_F32 || strcmp(name, "position_embd.weight") == 0) return GGUF_F32;
    if (!gguf_row_fits(w->type, C)) {
        w->unfit++;
        return GGUF_F16;
    }
    return w->type == GGUF_Q4_0 && strcmp(name, head) == 0 ? GGUF_Q8_0 : w->type;
}

// add_param adds the tensors that hold p.  Floats are not copied.
static void add_param(struct writing *w, const struct param *p)
{
    struct gguf_part part[GGUF_PARTS];
    int parts = model_gguf_split(gpt_config(w->m), p, part);
    int C = p->rank == 2 ? p->shape[1] : 0;
    for (int k = 0; k < parts; k++) {
        const float *data = p->data + (size_t)part[k].first * (size_t)(C ? C : 1);
        struct gguf_tensor *t = add(w, part[k].name, part[k].rows, C);
        t->data = data;
        if (C) t->type = type_for(w, part[k].name, C);
        if (t->type == GGUF_F32) continue;
        void *copy = arena_alloc(w->memory, (size_t)part[k].rows * gguf_row_bytes(t->type, C));
        gguf_rounded(t->type, part[k].rows, C, data, copy);
        t->data = copy;
    }
}

// add_positions adds the table that a model without learned positions computes: that of one without
// anything else, to whose embeddings, zeros, it is added.
static void add_positions(struct writing *w)
{
    struct gpt_config c = *gpt_config(w->m);
    int T = c.context, C = c.channels;
    c.vocab = c.layers = 1;
    struct gpt *blank = gpt_blank(&c);
    struct tape *tape = tape_new();
    int32_t *tokens = arena_alloc(w->memory, (size_t)T * sizeof *tokens);
    memset(tokens, 0, (size_t)T * sizeof *tokens);
    int node = gpt_embed(blank, tape, 0, 1, T, tokens, 0);
    size_t size = (size_t)T * (size_t)C * sizeof(float);
    float *table = arena_alloc(w->memory, size);
    memcpy(table, tape_data(tape, node), size);
    add(w, "position_embd.weight", T, C)->data = table;
    tape_free(tape);
    gpt_free(blank);
}

// add_biases adds zeros, where llama.cpp wants biases and the model has none.
static void add_biases(struct writing *w)
{
    const struct gpt_config *c = gpt_config(w->m);
    int C = c->channels, W = (c->heads + 2 * c->groups) * (C / c->heads), F = c->hidden;
    const struct {
        const char *stem;
        int size;
    } bias[] = {{"attn_qkv", W}, {"attn_output", C}, {"ffn_up", F}, {"ffn_down", C}};
    const float *zeros = arena_zeros(w->memory, (size_t)(W > F ? W : F));
    for (int l = 0; l < c->layers; l++) {
        for (size_t i = 0; i < sizeof bias / sizeof *bias; i++) {
            struct gguf_part part = part_of(l, bias[i].stem, "bias", 0, bias[i].size);
            add(w, part.name, part.rows, 0)->data = zeros;
        }
    }
}

static void add_tensors(struct writing *w)
{
    enum { BIASES = 4 };
    const struct gpt_config *c = gpt_config(w->m);
    int gpt2 = is_gpt2(c), params = gpt_params(w->m);
    size_t most = (size_t)params * GGUF_PARTS + (size_t)c->layers * BIASES + 1;
    w->tensor = arena_alloc(w->memory, most * sizeof *w->tensor);
    for (int i = 0; i < params; i++) {
        struct param p = gpt_param(w->m, i);
        add_param(w, &p);
    }
    if (gpt2 && c->position != POSITION_LEARNED) add_positions(w);
    if (gpt2 && c->unbiased) add_biases(w);
}

// --- pairs -----------------------------------------------------------------------------------

static void put_shape(struct gguf_set *s, const char *arch, const struct gpt_config *c)
{
    char key[GGUF_KEY];
    int llama = strcmp(arch, GGUF_LLAMA) == 0;
    const struct {
        const char *name;
        int value;
    } size[] = {{"vocab_size", c->vocab},
                {"context_length", c->context},
                {"embedding_length", c->channels},
                {"block_count", c->layers},
                {"feed_forward_length", c->hidden},
                {"attention.head_count", c->heads},
                {"attention.head_count_kv", c->groups},
                {"rope.dimension_count", c->channels / c->heads}};
    int count = sizeof size / sizeof *size;
    for (int i = 0; i < (llama ? count : count - 1); i++)
        gguf_put_uint32(s, model_gguf_key(arch, size[i].name, key), (uint32_t)size[i].value);
    const char *epsilon =
        llama ? "attention.layer_norm_rms_epsilon" : "attention.layer_norm_epsilon";
    gguf_put_float32(s, model_gguf_key(arch, epsilon, key), c->epsilon);
    if (llama) gguf_put_float32(s, model_gguf_key(arch, "rope.freq_base", key), c->rotary_base);
}

static void put_general(struct gguf_set *s, const char *arch, const char *name, enum gguf_type type)
{
    enum {
        MOSTLY_Q4_0 = 2,
        MOSTLY_Q8_0 = 7,
        QUANTIZATION = 2
    };  // its version: blocks as quant.h's
    int quantized = type == GGUF_Q8_0 || type == GGUF_Q4_0;
    uint32_t mostly = type == GGUF_Q8_0 ? MOSTLY_Q8_0 : type == GGUF_Q4_0 ? MOSTLY_Q4_0 : type;
    gguf_put_string(s, "general.architecture", arch);
    gguf_put_string(s, "general.name", name);
    gguf_put_uint32(s, "general.file_type", mostly);
    if (quantized) gguf_put_uint32(s, "general.quantization_version", QUANTIZATION);
}

enum err model_gguf_write(const char *path, const char *name, const struct gpt *m,
                          const struct tokenizer *tok, enum gguf_type type,
                          struct model_gguf_sizes *sizes, struct error *e)
{
    const struct gpt_config *c = gpt_config(m);
    const char *arch = is_llama(c) ? GGUF_LLAMA : GGUF_GPT2;
    char shape[CONFIG_NOTE];
    config_file_note(c, shape);
    if (!is_gpt2(c) && !is_llama(c))
        return error_set(e, ERR_VALUE,
                         "a model with %s: llama.cpp computes layer and gelu with learned "
                         "positions, waves or none, or rms and swiglu with rotary ones",
                         shape);
    struct writing w = {.m = m, .type = type, .memory = arena_new()};
    struct gguf_set set = {.memory = w.memory};
    put_general(&set, arch, name, type);
    put_shape(&set, arch, c);
    enum err code = tokenizer_gguf_put(&set, tok, e);
    if (!code) {
        add_tensors(&w);
        code = gguf_write(path, w.count, w.tensor, set.count, set.pair, e);
    }
    if (!code) {
        *sizes = (struct model_gguf_sizes){.tensors = w.count, .unfit = w.unfit};
        for (int i = 0; i < w.count; i++) {
            int64_t rows = w.tensor[i].rank == 2 ? w.tensor[i].shape[0] : 1;
            int64_t row = w.tensor[i].shape[w.tensor[i].rank - 1];
            sizes->weights += (size_t)(rows * row);
            sizes->bytes += (size_t)rows * gguf_row_bytes(w.tensor[i].type, row);
        }
    }
    arena_free(w.memory);
    return code;
}
