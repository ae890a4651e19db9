// Reading.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model_gguf_parts.h"
#include "tokenizer_gguf.h"

// --- the shape -------------------------------------------------------------------------------

// struct source: the file, and what its settings' keys begin with.
struct source {
    const struct gguf *g;
    const char *arch;
    struct error *e;
};

enum { NEEDED = -1 };

// size reads a whole number above 0; where there is none, `otherwise`.
static enum err size(const struct source *s, const char *name, int otherwise, int *out)
{
    char key[GGUF_KEY];
    model_gguf_key(s->arch, name, key);
    if (otherwise == NEEDED || gguf_pair(s->g, key))
        return gguf_want_int(s->g, key, 1, INT32_MAX, out, s->e);
    *out = otherwise;
    return ERR_NONE;
}

// number reads a number, or takes `otherwise`.
static enum err number(const struct source *s, const char *name, float otherwise, float *out)
{
    char key[GGUF_KEY];
    model_gguf_key(s->arch, name, key);
    *out = otherwise;
    return gguf_pair(s->g, key) ? gguf_want_float(s->g, key, out, s->e) : ERR_NONE;
}

// must refuses a file in which a size is there and not what we compute.
static enum err must(const struct source *s, const char *name, int want)
{
    char key[GGUF_KEY], text[16];
    model_gguf_key(s->arch, name, key);
    int value = want;
    const struct gguf_pair *p = gguf_pair(s->g, key);
    enum err code = p ? gguf_want_int(s->g, key, 0, INT32_MAX, &value, s->e) : ERR_NONE;
    snprintf(text, sizeof text, "%d", want);
    return code || value == want ? code : gguf_refuse(s->g, key, text, s->e);
}

static enum err read_rotary(const struct source *s, struct gpt_config *c)
{
    char key[GGUF_KEY];
    const char *way = "none";
    enum err code = must(s, "rope.dimension_count", c->channels / c->heads);
    model_gguf_key(s->arch, "rope.scaling.type", key);
    if (!code && gguf_pair(s->g, key)) code = gguf_want_string(s->g, key, &way, s->e);
    if (!code && strcmp(way, "none") != 0) code = gguf_refuse(s->g, key, "\"none\"", s->e);
    if (!code) code = must(s, "expert_count", 0);
    return code ? code : number(s, "rope.freq_base", 10000, &c->rotary_base);
}

static enum err read_shape(const struct source *s, struct gpt_config *c)
{
    int llama = strcmp(s->arch, GGUF_LLAMA) == 0;
    if (llama) gpt_llama(c);
    c->untied = gguf_find(s->g, "output.weight") != NULL;
    c->unbiased = !gguf_find(s->g, llama ? "blk.0.attn_q.bias" : "blk.0.attn_qkv.bias");
    const struct gguf_tensor *table = gguf_find(s->g, "token_embd.weight");
    if (!table || table->rank != 2 || table->shape[0] > INT32_MAX)
        return error_set(s->e, ERR_MATCH,
                         "%s: tensor 'token_embd.weight': expected a table of tokens and channels",
                         gguf_path(s->g));
    c->vocab = (int)table->shape[0];
    enum err code = size(s, "context_length", NEEDED, &c->context);
    if (!code) code = size(s, "embedding_length", NEEDED, &c->channels);
    if (!code) code = size(s, "block_count", NEEDED, &c->layers);
    if (!code) code = size(s, "attention.head_count", NEEDED, &c->heads);
    if (!code) code = size(s, "attention.head_count_kv", c->heads, &c->groups);
    if (!code) code = size(s, "feed_forward_length", NEEDED, &c->hidden);
    const char *epsilon =
        llama ? "attention.layer_norm_rms_epsilon" : "attention.layer_norm_epsilon";
    if (!code) code = number(s, epsilon, llama ? 1e-6f : 1e-5f, &c->epsilon);
    if (code) return code;
    // The values are the file's, not the caller's.
    if (gpt_config_check(c, s->e)) return error_in(s->e, ERR_FORMAT, gguf_path(s->g));
    code = must(s, "vocab_size", c->vocab);
    if (!code) code = must(s, "attention.key_length", c->channels / c->heads);
    if (!code) code = must(s, "attention.value_length", c->channels / c->heads);
    return code || !llama ? code : read_rotary(s, c);
}

// check_count sees that the file has as many weights as its sizes say, before memory is asked for.
static enum err check_count(const struct gguf *g, const struct gpt_config *c, struct error *e)
{
    size_t want = gpt_count(c).total, has = 0;
    for (int i = 0; i < gguf_count(g); i++) {
        const struct gguf_tensor *t = gguf_at(g, i);
        size_t n = 1;
        for (int k = 0; k < t->rank; k++) n *= (size_t)t->shape[k];
        has += n;
    }
    if (has == want) return ERR_NONE;
    return error_set(e, ERR_MATCH,
                     "%s: has %zu weights: expected %zu, for %d layers, %d heads (%d of keys and "
                     "values), %d channels, network of %d, context %d, %d tokens",
                     gguf_path(g), has, want, c->layers, c->heads, c->groups, c->channels,
                     c->hidden, c->context, c->vocab);
}

enum err model_gguf_config(const struct gguf *g, struct gpt_config *c, struct error *e)
{
    struct source s = {.g = g, .e = e};
    struct gpt_config read = {0};
    enum err code = gguf_want_string(g, "general.architecture", &s.arch, e);
    if (code) return code;
    if (strcmp(s.arch, GGUF_GPT2) != 0 && strcmp(s.arch, GGUF_LLAMA) != 0)
        return gguf_refuse(g, "general.architecture", "\"" GGUF_GPT2 "\" or \"" GGUF_LLAMA "\"", e);
    code = read_shape(&s, &read);
    if (!code) code = check_count(g, &read, e);
    if (!code) *c = gpt_filled(&read);
    return code;
}

// --- the weights -----------------------------------------------------------------------------

// struct found: the tensors of a file that hold one of ours.
struct found {
    int count;
    struct gguf_part part[GGUF_PARTS];
    const struct gguf_tensor *tensor[GGUF_PARTS];
};

static enum err find(const struct gguf *g, const struct gpt_config *c, const struct param *p,
                     struct found *f, struct error *e)
{
    f->count = model_gguf_split(c, p, f->part);
    for (int k = 0; k < f->count; k++) {
        int64_t shape[] = {f->part[k].rows, p->shape[1]};
        enum err code = gguf_want(g, f->part[k].name, p->rank, shape, &f->tensor[k], e);
        if (code) return code;
    }
    return ERR_NONE;
}

static void load_floats(const struct found *f, const struct param *p, float *data)
{
    size_t width = p->rank == 2 ? (size_t)p->shape[1] : 1;
    for (int k = 0; k < f->count; k++)
        gguf_floats(f->tensor[k], data + (size_t)f->part[k].first * width);
}

// blocks_of returns the type of the blocks in which rows of C numbers can stay; QUANT_F32 if there
// are none, or not the same in all tensors.
static enum quant_type blocks_of(const struct found *f, int C)
{
    enum gguf_type its = f->tensor[0]->type;
    for (int k = 1; k < f->count; k++)
        if (f->tensor[k]->type != its) return QUANT_F32;
    enum quant_type type = its == GGUF_Q8_0 ? QUANT_Q8_0
                         : its == GGUF_Q4_0 ? QUANT_Q4_0
                                            : QUANT_F32;
    return quant_fits(type, C) ? type : QUANT_F32;
}

// load_blocks arranges blocks as they are for the i-th tensor of a model.
static enum err load_blocks(const struct gguf *g, const struct found *f, enum quant_type type,
                            struct gpt *m, int i, struct error *e)
{
    int O = gpt_param(m, i).shape[0], C = gpt_param(m, i).shape[1];
    size_t row = quant_row_bytes(type, C);
    for (int k = 0; k < f->count; k++) {
        int bad = quant_rows_bad(type, f->part[k].rows, C, f->tensor[k]->data);
        if (bad >= 0)
            return error_set(e, ERR_FORMAT,
                             "%s: tensor '%s': row %d has a scale that is no finite number",
                             gguf_path(g), f->part[k].name, bad);
    }
    void *data = gpt_hold(m, i, type);
    if (f->count == 1) {
        weights_fill(type, O, C, f->tensor[0]->data, data);
        return ERR_NONE;
    }
    char *rows = malloc((size_t)O * row);
    if (!rows) die("out of memory: %d rows", O);
    for (int k = 0; k < f->count; k++)
        memcpy(rows + (size_t)f->part[k].first * row, f->tensor[k]->data,
               (size_t)f->part[k].rows * row);
    weights_fill(type, O, C, rows, data);
    free(rows);
    return ERR_NONE;
}

// load_param loads the i-th tensor of a model, which may be frozen.
static enum err load_param(const struct gguf *g, int frozen, struct gpt *m, int i, struct error *e)
{
    struct param p = gpt_param(m, i);
    struct found f;
    enum err code = find(g, gpt_config(m), &p, &f, e);
    if (code) return code;
    enum quant_type type = frozen && gpt_multiplies(m, i) ? blocks_of(&f, p.shape[1]) : QUANT_F32;
    if (type != QUANT_F32) return load_blocks(g, &f, type, m, i, e);
    load_floats(&f, &p, frozen ? gpt_hold(m, i, QUANT_F32) : p.data);
    return ERR_NONE;
}

static enum err load(const struct gguf *g, int frozen, struct gpt **m, struct tokenizer **tok,
                     struct error *e)
{
    struct gpt_config c;
    struct tokenizer *t;
    enum err code = model_gguf_config(g, &c, e);
    if (!code) code = tokenizer_gguf_read(g, &t, e);
    if (code) return code;
    if (tokenizer_vocab(t) != c.vocab)
        code = error_set(e, ERR_MATCH, "%s: has %d tokens, its embedding %d rows", gguf_path(g),
                         tokenizer_vocab(t), c.vocab);
    struct gpt *model = code ? NULL : frozen ? gpt_frozen(&c) : gpt_blank(&c);
    for (int i = 0; !code && i < gpt_params(model); i++) code = load_param(g, frozen, model, i, e);
    if (code) {
        tokenizer_free(t);
        gpt_free(model);
        return code;
    }
    *m = model, *tok = t;
    return ERR_NONE;
}

static enum err read_file(const char *path, int frozen, struct gpt **m, struct tokenizer **tok,
                          struct error *e)
{
    struct gguf *g;
    enum err code = gguf_open(path, &g, e);
    if (code) return code;
    code = load(g, frozen, m, tok, e);
    gguf_close(g);
    return code;
}

enum err model_gguf_read(const char *path, struct gpt **m, struct tokenizer **tok, struct error *e)
{
    return read_file(path, 0, m, tok, e);
}

enum err model_gguf_frozen(const char *path, struct gpt **m, struct tokenizer **tok,
                           struct error *e)
{
    return read_file(path, 1, m, tok, e);
}
