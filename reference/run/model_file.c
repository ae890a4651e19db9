#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config_file.h"
#include "file.h"
#include "hash.h"
#include "model_file_parts.h"
#include "model_gguf.h"
#include "sentencepiece.h"
#include "tokenizer_file.h"
#include "tokenizer_json.h"
#include "vocab.h"
#include "vocab_files.h"

static const char WEIGHTS[] = SHARDS_ONE, TOKENIZER[] = "tokenizer.json";

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
    struct safetensors_tensor *tensors;
    int count = model_file_tensors(m, a, &tensors);
    char number[NOTE], heads[NOTE], tokens[NOTE], shape[CONFIG_NOTE];
    config_file_note(gpt_config(m), shape);
    snprintf(number, sizeof number, "%d", step);
    notes(gpt_config(m), tok, heads, tokens);
    // "format" is what Hugging Face's reader wants to see.
    const struct safetensors_pair metadata[] = {
        {"format", "pt"}, {"step", number}, {"heads", heads}, {"tokens", tokens}, {"shape", shape}};
    char *path = file_path(dir, WEIGHTS);
    enum err code = safetensors_stage(path, count, tensors, *shape ? 5 : 4, metadata, e);
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

static enum err open_weights(const char *dir, const char *name, struct shards **s, struct error *e)
{
    return in_file(shards_open(dir, name, s, e), e);
}

static enum err read_weights(const char *dir, const char *name, struct gpt *m, struct error *e)
{
    struct shards *s;
    enum err code = open_weights(dir, name, &s, e);
    if (code) return code;
    code = in_file(model_file_load(s, m, e), e);
    shards_close(s);
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
    return code ? code : config_file_stage(dir, c, tok, e);
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
    char *path = file_path(dir, TOKENIZER), *names = file_path(dir, VOCAB_JSON);
    // GPT-2 was published with two files instead.
    int two = !file_exists(path) && file_exists(names);
    enum err code = two ? tokenizer_file_read(dir, tok, e) : tokenizer_json_read(path, tok, e);
    free(names);
    free(path);
    return in_file(code, e);
}

// check_notes compares what the weights' file says of itself with the two other files.
static enum err check_notes(const struct shards *s, const struct gpt_config *c,
                            const struct tokenizer *tok, struct error *e)
{
    char heads[NOTE], tokens[NOTE], shape[CONFIG_NOTE];
    notes(c, tok, heads, tokens);
    config_file_note(c, shape);
    for (int i = 0; i < shards_count(s); i++) {
        const char *noted = safetensors_metadata(shards_at(s, i), "heads");
        if (noted && strcmp(noted, heads) != 0)
            return error_set(e, ERR_MATCH, "%s: the weights have %s heads, %s says %s",
                             shards_path(s, i), noted, CONFIG_FILE, heads);
        // Whoever notes the heads has noted the rest, unless it was GPT-2's own.
        int ours = noted != NULL;
        noted = safetensors_metadata(shards_at(s, i), "shape");
        if (ours && strcmp(noted ? noted : "", shape) != 0)
            return error_set(e, ERR_MATCH, "%s: the weights are of another shape (%s), %s says %s",
                             shards_path(s, i), noted ? noted : "GPT-2's", CONFIG_FILE,
                             *shape ? shape : "GPT-2's");
        noted = safetensors_metadata(shards_at(s, i), "tokens");
        if (noted && strcmp(noted, tokens) != 0)
            return error_set(e, ERR_MATCH, "%s: the weights belong to another %s",
                             shards_path(s, i), TOKENIZER);
    }
    return ERR_NONE;
}

// read_model makes the model of open files.
static enum err read_model(const struct shards *s, const struct gpt_config *c,
                           const struct tokenizer *tok, struct gpt **m, struct error *e)
{
    enum err code = model_file_sizes(s, c, e);
    if (!code) code = check_notes(s, c, tok, e);
    if (code) return code;
    struct gpt *model = gpt_blank(c);
    code = in_file(model_file_load(s, model, e), e);
    if (code)
        gpt_free(model);
    else
        *m = model;
    return code;
}

enum err model_shape(const char *dir, struct gpt_config *c, struct error *e)
{
    struct gguf *g;
    if (!gguf_is(dir)) return config_file_read(dir, c, e);
    enum err code = gguf_open(dir, &g, e);
    if (code) return code;
    code = model_gguf_config(g, c, e);
    gguf_close(g);
    return code;
}

enum err model_read(const char *dir, struct gpt **m, struct tokenizer **tok, struct error *e)
{
    if (gguf_is(dir)) return model_gguf_read(dir, m, tok, e);
    struct gpt_config c;
    struct tokenizer *t;
    struct shards *s = NULL;
    enum err code = config_file_read(dir, &c, e);
    if (!code) code = model_tokenizer(dir, &t, e);
    if (code) return code;
    if (tokenizer_vocab(t) != c.vocab)
        code = error_set(e, ERR_MATCH, "%s/%s: has %d tokens, %s says %d", dir, TOKENIZER,
                         tokenizer_vocab(t), CONFIG_FILE, c.vocab);
    if (!code) code = open_weights(dir, WEIGHTS, &s, e);
    if (!code) code = read_model(s, &c, t, m, e);
    shards_close(s);
    if (code)
        tokenizer_free(t);
    else
        *tok = t;
    return code;
}

enum err model_frozen(const char *dir, struct gpt **m, struct tokenizer **tok, struct error *e)
{
    return gguf_is(dir) ? model_gguf_frozen(dir, m, tok, e) : model_read(dir, m, tok, e);
}
