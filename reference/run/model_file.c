#include "model_file.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "file.h"
#include "hash.h"
#include "json.h"
#include "safetensors.h"
#include "tokenizer_json.h"

static const char WEIGHTS[] = "model.safetensors", CONFIG[] = "config.json",
                  TOKENIZER[] = "tokenizer.json";

uint64_t model_checksum(const struct gpt *m)
{
    return hash_bytes(gpt_data(m), gpt_weights(m) * sizeof(float));
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
static struct safetensors_tensor tensor_of(const struct gpt_param *p)
{
    struct safetensors_tensor t = {.name = p->name, .dtype = SAFETENSORS_F32, .rank = p->rank};
    for (int i = 0; i < p->rank; i++) t.shape[i] = p->shape[p->transposed ? p->rank - 1 - i : i];
    return t;
}

enum err model_stage(const char *dir, const struct gpt *m, int step, struct error *e)
{
    struct arena *a = arena_new();
    int count = gpt_params(m);
    struct safetensors_tensor *tensors = arena_alloc(a, sizeof *tensors * (size_t)count);
    for (int i = 0; i < count; i++) {
        struct gpt_param p = gpt_param(m, i);
        tensors[i] = tensor_of(&p);
        tensors[i].data = p.data;
        if (!p.transposed) continue;
        float *copy = arena_floats(a, p.size);
        transpose(p.shape[0], p.shape[1], p.data, copy);
        tensors[i].data = copy;
    }
    char number[16];
    snprintf(number, sizeof number, "%d", step);
    // "format" is what Hugging Face's reader wants to see.
    const struct safetensors_pair metadata[] = {{"format", "pt"}, {"step", number}};
    char *path = file_path(dir, WEIGHTS);
    enum err code = safetensors_stage(path, count, tensors, 2, metadata, e);
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
        struct gpt_param p = gpt_param(m, i);
        struct safetensors_tensor want = tensor_of(&p);
        code = safetensors_want(st, p.name, want.rank, want.shape, &found, e);
        if (p.size > largest) largest = p.size;
    }
    struct arena *a = arena_new();
    float *copy = arena_floats(a, largest);
    for (int i = 0; i < count && !code; i++) {
        struct gpt_param p = gpt_param(m, i);
        code =
            safetensors_floats(st, safetensors_find(st, p.name), p.transposed ? copy : p.data, e);
        if (!code && p.transposed) transpose(p.shape[1], p.shape[0], copy, p.data);
    }
    arena_free(a);
    return code;
}

static enum err read_weights(const char *dir, const char *name, struct gpt *m, struct error *e)
{
    char *path = file_path(dir, name);
    struct safetensors *st;
    enum err code = safetensors_open(path, &st, e);
    free(path);
    if (code) return code;
    code = load(st, m, e);
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

// --- config.json -----------------------------------------------------------------------------

// The sizes in config.json, under the names of Hugging Face's GPT2Config.
struct size {
    const char *key;
    int *value;
};

enum { SIZES = 5 };

static void sizes_of(struct gpt_config *c, struct size out[SIZES])
{
    const struct size sizes[SIZES] = {{"vocab_size", &c->vocab},
                                      {"n_positions", &c->context},
                                      {"n_layer", &c->layers},
                                      {"n_head", &c->heads},
                                      {"n_embd", &c->channels}};
    memcpy(out, sizes, sizeof sizes);
}

static enum err write_config(const char *dir, struct gpt_config c, struct error *e)
{
    struct size sizes[SIZES];
    sizes_of(&c, sizes);
    char *path = file_path(dir, CONFIG);
    struct output *o;
    enum err code = output_open(path, &o, e);
    free(path);
    if (code) return code;
    output_print(o,
                 "{\n  \"architectures\": [\"GPT2LMHeadModel\"],\n  \"model_type\": \"gpt2\",\n");
    for (int i = 0; i < SIZES; i++)
        output_print(o, "  \"%s\": %d,\n", sizes[i].key, *sizes[i].value);
    output_print(o, "  \"activation_function\": \"gelu_new\",\n"
                    "  \"layer_norm_epsilon\": 1e-05,\n"
                    "  \"tie_word_embeddings\": true,\n  \"torch_dtype\": \"float32\"\n}\n");
    return output_commit(o, e);
}

// expect_text refuses a config whose `key` is there and says something else than we compute.
static enum err expect_text(const char *path, const json_t *root, const char *key, const char *want,
                            struct error *e)
{
    const json_t *v = json_object_get(root, key);
    if (!v) return ERR_NONE;
    const char *text = json_string_value(v);
    if (text && strcmp(text, want) == 0) return ERR_NONE;
    return error_set(e, ERR_FORMAT, "%s: \"%s\" is %s: expected \"%s\"", path, key,
                     text ? text : "not a text", want);
}

static enum err parse_config(const char *path, const json_t *root, struct gpt_config *c,
                             struct error *e)
{
    enum err code = expect_text(path, root, "model_type", "gpt2", e);
    if (!code) code = expect_text(path, root, "activation_function", "gelu_new", e);
    if (code) return code;
    struct size sizes[SIZES];
    sizes_of(c, sizes);
    for (int i = 0; i < SIZES; i++) {
        const json_t *v = json_object_get(root, sizes[i].key);
        json_int_t n = json_integer_value(v);
        if (!json_is_integer(v) || n < 1 || n > INT32_MAX)
            return error_set(e, ERR_FORMAT, "%s: \"%s\" is missing or not a whole number above 0",
                             path, sizes[i].key);
        *sizes[i].value = (int)n;
    }
    struct error why;
    code = gpt_config_check(c, &why);
    return code ? error_set(e, code, "%s: %s", path, why.text) : ERR_NONE;
}

enum err model_config_read(const char *dir, struct gpt_config *c, struct error *e)
{
    char *path = file_path(dir, CONFIG);
    json_t *root;
    struct gpt_config read;
    enum err code = json_read(path, &root, e);
    if (!code) {
        code = parse_config(path, root, &read, e);
        json_decref(root);
    }
    free(path);
    if (!code) *c = read;
    return code;
}

// --- the directory ---------------------------------------------------------------------------

enum err model_describe(const char *dir, const struct gpt_config *c, const struct tokenizer *tok,
                        struct error *e)
{
    char *path = file_path(dir, TOKENIZER);
    enum err code = tokenizer_json_write(path, tok, e);
    free(path);
    return code ? code : write_config(dir, *c, e);
}

enum err model_read(const char *dir, struct gpt **m, struct tokenizer **tok, struct error *e)
{
    struct gpt_config c;
    enum err code = model_config_read(dir, &c, e);
    if (code) return code;
    char *path = file_path(dir, TOKENIZER);
    struct tokenizer *t = NULL;
    code = tokenizer_json_read(path, &t, e);
    if (!code && tokenizer_vocab(t) != c.vocab)
        code = error_set(e, ERR_MATCH, "%s: has %d tokens, config.json says %d", path,
                         tokenizer_vocab(t), c.vocab);
    free(path);
    struct gpt *model = code ? NULL : gpt_new(&c, 0);
    if (!code) code = model_weights(dir, model, e);
    if (code) {
        tokenizer_free(t);
        gpt_free(model);
        return code;
    }
    *m = model, *tok = t;
    return ERR_NONE;
}
