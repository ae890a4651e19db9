#include "model_file.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "config_file.h"
#include "file.h"
#include "hash.h"
#include "published.h"
#include "safetensors.h"
#include "sentencepiece.h"
#include "shards.h"
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

// tensors_of lists what the file gets.  Parts that stand in it as in the model are not copied.
static int tensors_of(const struct gpt *m, struct arena *a, struct safetensors_tensor **out)
{
    int params = gpt_params(m), count = 0;
    size_t most = (size_t)params * PUBLISHED_PARTS;
    struct safetensors_tensor *tensors = arena_alloc(a, sizeof *tensors * most);
    for (int i = 0; i < params; i++) {
        struct param p = gpt_param(m, i);
        struct published part[PUBLISHED_PARTS];
        int parts = published_parts(gpt_config(m), &p, part);
        for (int k = 0; k < parts; k++) {
            const struct published *x = &part[k];
            const float *data = published_at(x, &p);
            if (!published_is_plain(x)) {
                float *copy = arena_floats(a, x->size);
                published_give(x, &p, copy);
                data = copy;
            }
            tensors[count++] = (struct safetensors_tensor){.name = arena_string(a, x->name),
                                                           .dtype = SAFETENSORS_F32,
                                                           .rank = x->rank,
                                                           .shape = {x->shape[0], x->shape[1]},
                                                           .data = data};
        }
    }
    *out = tensors;
    return count;
}

enum err model_stage(const char *dir, const struct gpt *m, const struct tokenizer *tok, int step,
                     struct error *e)
{
    struct arena *a = arena_new();
    struct safetensors_tensor *tensors;
    int count = tensors_of(m, a, &tensors);
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

// begins returns what the names of GPT-2's tensors begin with: some published files have all but
// the head inside a "transformer".
static const char *begins(const struct shards *s)
{
    return shards_find(s, "transformer.wte.weight") ? "transformer." : "";
}

// want finds one of a model's tensors.
static enum err want(const struct shards *s, const char *name, int rank, const int64_t *shape,
                     const struct safetensors **st, const struct safetensors_tensor **t,
                     struct error *e)
{
    char full[PUBLISHED_NAME + 16];
    int bare = strcmp(name, "lm_head.weight") == 0;
    snprintf(full, sizeof full, "%s%.*s", bare ? "" : begins(s), PUBLISHED_NAME - 1, name);
    return shards_want(s, full, rank, shape, st, t, e);
}

// load_parts reads the tensors that hold p.  With copy NULL it only looks whether they are there.
static enum err load_parts(const struct shards *s, const struct gpt_config *c,
                           const struct param *p, float *copy, struct error *e)
{
    struct published part[PUBLISHED_PARTS];
    int parts = published_parts(c, p, part);
    enum err code = ERR_NONE;
    for (int k = 0; k < parts && !code; k++) {
        const struct safetensors *st;
        const struct safetensors_tensor *t;
        code = want(s, part[k].name, part[k].rank, part[k].shape, &st, &t, e);
        if (code || !copy) continue;
        int plain = published_is_plain(&part[k]);
        code = safetensors_floats(st, t, plain ? published_at(&part[k], p) : copy, e);
        if (!code && !plain) published_take(&part[k], p, copy);
    }
    return code;
}

// load copies every tensor of open files into m.  Shapes are looked at before any is copied.
static enum err load(const struct shards *s, struct gpt *m, struct error *e)
{
    int count = gpt_params(m);
    enum err code = ERR_NONE;
    size_t largest = 0;
    for (int i = 0; i < count && !code; i++) {
        struct param p = gpt_param(m, i);
        code = load_parts(s, gpt_config(m), &p, NULL, e);
        if (p.size > largest) largest = p.size;
    }
    struct arena *a = arena_new();
    float *copy = arena_floats(a, largest);
    for (int i = 0; i < count && !code; i++) {
        struct param p = gpt_param(m, i);
        code = load_parts(s, gpt_config(m), &p, copy, e);
    }
    arena_free(a);
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
    code = in_file(load(s, m, e), e);
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
    char heads[NOTE], tokens[NOTE];
    notes(c, tok, heads, tokens);
    for (int i = 0; i < shards_count(s); i++) {
        const char *noted = safetensors_metadata(shards_at(s, i), "heads");
        if (noted && strcmp(noted, heads) != 0)
            return error_set(e, ERR_MATCH, "%s: the weights have %s heads, %s says %s",
                             shards_path(s, i), noted, CONFIG_FILE, heads);
        noted = safetensors_metadata(shards_at(s, i), "tokens");
        if (noted && strcmp(noted, tokens) != 0)
            return error_set(e, ERR_MATCH, "%s: the weights belong to another %s",
                             shards_path(s, i), TOKENIZER);
    }
    return ERR_NONE;
}

// check_sizes looks for tensors that tell every size in the config before memory is asked for.
static enum err check_sizes(const struct shards *s, const struct gpt_config *c, struct error *e)
{
    int llama = gpt_is_llama(c), D = c->channels / c->heads, W = (c->heads + 2 * c->groups) * D;
    int up = c->network == NETWORK_SWIGLU ? 2 * c->hidden : c->hidden;
    const char *layer = llama ? "model.layers." : "h.";
    const struct {
        const char *layer, *name;
        int64_t shape[2];
        int rank, there;
    } tensor[] = {
        {"", llama ? "model.embed_tokens.weight" : "wte.weight", {c->vocab, c->channels}, 2, 1},
        {"", "wpe.weight", {c->context, c->channels}, 2, c->position == POSITION_LEARNED},
        {layer, llama ? "input_layernorm.weight" : "ln_1.weight", {c->channels}, 1, 1},
        {layer, "self_attn.k_proj.weight", {c->groups * D, c->channels}, 2, llama},
        {layer, "mlp.up_proj.weight", {c->hidden, c->channels}, 2, llama},
        {layer, "attn.c_attn.weight", {c->channels, W}, 2, !llama},
        {layer, "mlp.c_fc.weight", {c->channels, up}, 2, !llama},
    };
    enum err code = ERR_NONE;
    char name[PUBLISHED_NAME];
    for (size_t i = 0; i < sizeof tensor / sizeof *tensor && !code; i++) {
        const struct safetensors *st;
        const struct safetensors_tensor *t;
        if (*tensor[i].layer)
            snprintf(name, sizeof name, "%s%d.%s", layer, c->layers - 1, tensor[i].name);
        else
            snprintf(name, sizeof name, "%s", tensor[i].name);
        if (tensor[i].there) code = want(s, name, tensor[i].rank, tensor[i].shape, &st, &t, e);
    }
    snprintf(name, sizeof name, "%s%s%d.%s", begins(s), layer, c->layers, tensor[2].name);
    if (!code && shards_find(s, name))
        code = error_set(e, ERR_MATCH, "%s: tensor '%s': %s says %d layers", shards_path(s, 0),
                         name, CONFIG_FILE, c->layers);
    return code;
}

// read_model makes the model of open files.
static enum err read_model(const struct shards *s, const struct gpt_config *c,
                           const struct tokenizer *tok, struct gpt **m, struct error *e)
{
    enum err code = check_sizes(s, c, e);
    if (!code) code = check_notes(s, c, tok, e);
    if (code) return code;
    struct gpt *model = gpt_new(c, 0);
    code = in_file(load(s, model, e), e);
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
