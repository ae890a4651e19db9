#include "model_file.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "config_file.h"
#include "file.h"
#include "hash.h"
#include "safetensors.h"
#include "sentencepiece.h"
#include "tokenizer_json.h"
#include "vocab.h"

static const char WEIGHTS[] = "model.safetensors", TOKENIZER[] = "tokenizer.json";

uint64_t model_checksum(const struct gpt *m)
{
    return hash_bytes(gpt_data(m), gpt_weights(m) * sizeof(float));
}

// in_file makes a mistake in a file's content ERR_FORMAT, whichever module found it: the caller's
// own values were not at fault.
static enum err in_file(enum err code, struct error *e)
{
    if (code != ERR_VALUE) return code;
    if (e) e->code = ERR_FORMAT;
    return ERR_FORMAT;
}

// --- weights ---------------------------------------------------------------------------------

// transpose writes x (R, C) as out (C, R).
static void transpose(int R, int C, const float *x, float *out)
{
    for (int r = 0; r < R; r++) {
        for (int c = 0; c < C; c++) out[(size_t)c * (size_t)R + (size_t)r] = *x++;
    }
}

// tensor_of describes how the i-th tensor stands in the file, without its data.
static struct safetensors_tensor tensor_of(const struct param *p)
{
    struct safetensors_tensor t = {.name = p->name, .dtype = SAFETENSORS_F32, .rank = p->rank};
    for (int i = 0; i < p->rank; i++) t.shape[i] = p->shape[p->transposed ? p->rank - 1 - i : i];
    return t;
}

// tokens_checksum sees all that decides which ids a text gets.
static uint64_t tokens_checksum(const struct tokenizer *tok)
{
    struct hash h;
    hash_start(&h, 0);
    for (int32_t id = 0; id < tokenizer_vocab(tok); id++) {
        size_t size;
        const char *bytes = tokenizer_bytes(tok, id, &size);
        uint64_t length = size;
        hash_add(&h, &length, sizeof length);
        hash_add(&h, bytes, size);
    }
    const struct vocab *v = tokenizer_bpe(tok);
    for (int i = 0; v && i < vocab_merges(v); i++) {
        int32_t pair[2];
        vocab_merge(v, i, &pair[0], &pair[1]);
        hash_add(&h, pair, sizeof pair);
    }
    const struct sentencepiece *p = tokenizer_sentencepiece(tok);
    for (int32_t i = 0; p && i < sentencepiece_merges(p); i++) {
        int32_t pair[2];
        sentencepiece_merge(p, i, &pair[0], &pair[1]);
        hash_add(&h, pair, sizeof pair);
    }
    int32_t around[2] = {tokenizer_bos(tok), p ? (int32_t)sentencepiece_prefix(p) : 0};
    if (p) hash_add(&h, around, sizeof around);
    return hash_value(&h);
}

enum { NOTE = 24 };  // room for a note's text

// notes writes what belongs to the weights and is not seen in them.
static void notes(const struct gpt_config *c, const struct tokenizer *tok, char heads[NOTE],
                  char tokens[NOTE])
{
    snprintf(heads, NOTE, "%d", c->heads);
    snprintf(tokens, NOTE, "%016" PRIx64, tokens_checksum(tok));
}

enum err model_stage(const char *dir, const struct gpt *m, const struct tokenizer *tok, int step,
                     struct error *e)
{
    struct arena *a = arena_new();
    int count = gpt_params(m);
    struct safetensors_tensor *tensors = arena_alloc(a, sizeof *tensors * (size_t)count);
    for (int i = 0; i < count; i++) {
        struct param p = gpt_param(m, i);
        tensors[i] = tensor_of(&p);
        tensors[i].data = p.data;
        if (!p.transposed) continue;
        float *copy = arena_floats(a, p.size);
        transpose(p.shape[0], p.shape[1], p.data, copy);
        tensors[i].data = copy;
    }
    char number[NOTE], heads[NOTE], tokens[NOTE];
    snprintf(number, sizeof number, "%d", step);
    notes(gpt_config(m), tok, heads, tokens);
    // "format" is what Hugging Face's reader wants to see.
    const struct safetensors_pair metadata[] = {
        {"format", "pt"}, {"step", number}, {"heads", heads}, {"tokens", tokens}};
    char *path = file_path(dir, WEIGHTS);
    enum err code = safetensors_stage(path, count, tensors, 4, metadata, e);
    free(path);
    arena_free(a);
    return code;
}

enum err model_publish(const char *dir, struct error *e)
{
    char *path = file_path(dir, WEIGHTS);
    enum err code = output_publish(path, e);
    free(path);
    return code;
}

// load copies every tensor of an open file into m.  Shapes are looked at before any is copied.
static enum err load(const struct safetensors *st, struct gpt *m, struct error *e)
{
    int count = gpt_params(m);
    const struct safetensors_tensor *found;
    enum err code = ERR_NONE;
    size_t largest = 0;
    for (int i = 0; i < count && !code; i++) {
        struct param p = gpt_param(m, i);
        struct safetensors_tensor want = tensor_of(&p);
        code = safetensors_want(st, p.name, want.rank, want.shape, &found, e);
        if (p.size > largest) largest = p.size;
    }
    struct arena *a = arena_new();
    float *copy = arena_floats(a, largest);
    for (int i = 0; i < count && !code; i++) {
        struct param p = gpt_param(m, i);
        code =
            safetensors_floats(st, safetensors_find(st, p.name), p.transposed ? copy : p.data, e);
        if (!code && p.transposed) transpose(p.shape[1], p.shape[0], copy, p.data);
    }
    arena_free(a);
    return code;
}

static enum err open_weights(const char *dir, const char *name, struct safetensors **st,
                             struct error *e)
{
    char *path = file_path(dir, name);
    enum err code = in_file(safetensors_open(path, st, e), e);
    free(path);
    return code;
}

static enum err read_weights(const char *dir, const char *name, struct gpt *m, struct error *e)
{
    struct safetensors *st;
    enum err code = open_weights(dir, name, &st, e);
    if (code) return code;
    code = in_file(load(st, m, e), e);
    safetensors_close(st);
    return code;
}

enum err model_weights(const char *dir, struct gpt *m, struct error *e)
{
    return read_weights(dir, WEIGHTS, m, e);
}

enum err model_staged(const char *dir, struct gpt *m, struct error *e)
{
    char name[sizeof WEIGHTS + 8];
    snprintf(name, sizeof name, "%s.new", WEIGHTS);
    return read_weights(dir, name, m, e);
}

enum err model_remove(const char *dir, struct error *e)
{
    char *path = file_path(dir, WEIGHTS);
    enum err code = file_remove(path, e);
    free(path);
    return code;
}

// --- the directory ---------------------------------------------------------------------------

enum err model_describe(const char *dir, const struct gpt_config *c, const struct tokenizer *tok,
                        struct error *e)
{
    char name[sizeof TOKENIZER + 8];
    snprintf(name, sizeof name, "%s.new", TOKENIZER);
    char *path = file_path(dir, name);
    enum err code = tokenizer_json_write(path, tok, e);
    free(path);
    return code ? code : config_file_stage(dir, c, e);
}

enum err model_publish_description(const char *dir, struct error *e)
{
    char *tokenizer = file_path(dir, TOKENIZER), *config = file_path(dir, CONFIG_FILE);
    enum err code = output_publish(tokenizer, e);
    if (!code) code = output_publish(config, e);
    free(tokenizer);
    free(config);
    return code;
}

void model_withdraw(const char *dir)
{
    const char *const names[] = {WEIGHTS, CONFIG_FILE, TOKENIZER};
    for (int i = 0; i < 3; i++) {
        char *path = file_path(dir, names[i]);
        output_withdraw(path);
        free(path);
    }
}

enum err model_tokenizer(const char *dir, struct tokenizer **tok, struct error *e)
{
    char *path = file_path(dir, TOKENIZER);
    enum err code = in_file(tokenizer_json_read(path, tok, e), e);
    free(path);
    return code;
}

// check_notes compares what the weights' file says of itself with the two other files.
static enum err check_notes(const char *dir, const struct safetensors *st,
                            const struct gpt_config *c, const struct tokenizer *tok,
                            struct error *e)
{
    char heads[NOTE], tokens[NOTE];
    notes(c, tok, heads, tokens);
    const char *noted = safetensors_metadata(st, "heads");
    if (noted && strcmp(noted, heads) != 0)
        return error_set(e, ERR_MATCH, "%s/%s: the weights have %s heads, %s says %s", dir, WEIGHTS,
                         noted, CONFIG_FILE, heads);
    noted = safetensors_metadata(st, "tokens");
    if (noted && strcmp(noted, tokens) != 0)
        return error_set(e, ERR_MATCH, "%s/%s: the weights belong to another %s", dir, WEIGHTS,
                         TOKENIZER);
    return ERR_NONE;
}

// check_sizes looks for tensors that tell every size in the config before memory is asked for.
static enum err check_sizes(const char *dir, const struct safetensors *st,
                            const struct gpt_config *c, struct error *e)
{
    const int64_t wte[] = {c->vocab, c->channels}, wpe[] = {c->context, c->channels};
    const struct safetensors_tensor *found;
    char last[64], next[64];
    const char *layer =
        gpt_is_llama(c) ? "model.layers.%d.input_layernorm.weight" : "h.%d.ln_1.weight";
    const char *table = gpt_is_llama(c) ? "model.embed_tokens.weight" : "wte.weight";
    snprintf(last, sizeof last, layer, c->layers - 1);
    snprintf(next, sizeof next, layer, c->layers);
    enum err code = safetensors_want(st, table, 2, wte, &found, e);
    if (!code && c->position == POSITION_LEARNED)
        code = safetensors_want(st, "wpe.weight", 2, wpe, &found, e);
    if (!code) code = safetensors_want(st, last, 1, wte + 1, &found, e);
    if (!code && safetensors_find(st, next))
        code = error_set(e, ERR_MATCH, "%s/%s: tensor '%s': %s says %d layers", dir, WEIGHTS, next,
                         CONFIG_FILE, c->layers);
    return code;
}

// read_model makes the model of an open file.
static enum err read_model(const char *dir, const struct safetensors *st,
                           const struct gpt_config *c, const struct tokenizer *tok, struct gpt **m,
                           struct error *e)
{
    enum err code = check_sizes(dir, st, c, e);
    if (!code) code = check_notes(dir, st, c, tok, e);
    if (code) return code;
    struct gpt *model = gpt_new(c, 0);
    code = in_file(load(st, model, e), e);
    if (code)
        gpt_free(model);
    else
        *m = model;
    return code;
}

enum err model_read(const char *dir, struct gpt **m, struct tokenizer **tok, struct error *e)
{
    struct gpt_config c;
    struct tokenizer *t;
    struct safetensors *st = NULL;
    enum err code = config_file_read(dir, &c, e);
    if (!code) code = model_tokenizer(dir, &t, e);
    if (code) return code;
    if (tokenizer_vocab(t) != c.vocab)
        code = error_set(e, ERR_MATCH, "%s/%s: has %d tokens, %s says %d", dir, TOKENIZER,
                         tokenizer_vocab(t), CONFIG_FILE, c.vocab);
    if (!code) code = open_weights(dir, WEIGHTS, &st, e);
    if (!code) code = read_model(dir, st, &c, t, m, e);
    safetensors_close(st);
    if (code)
        tokenizer_free(t);
    else
        *tok = t;
    return code;
}
