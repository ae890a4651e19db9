#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config_file_parts.h"
#include "file.h"
#include "json.h"

// struct source: the file being read.
struct source {
    const char *path;
    const json_t *root;
    struct error *e;
};

// refuse says which key has a value that is not what we compute.
static enum err refuse(const struct source *s, const char *key, const json_t *v, const char *want)
{
    char *text = json_dumps(v, JSON_ENCODE_ANY | JSON_COMPACT);
    enum err code = error_set(s->e, ERR_FORMAT, "%s: \"%s\" is %.60s: expected %s", s->path, key,
                              text ? text : "?", want);
    free(text);
    return code;
}

// must refuses a config in which `key` is there, not null, and not what the JSON in `want` is.
static enum err must(const struct source *s, const char *key, const char *want)
{
    const json_t *v = json_object_get(s->root, key);
    if (!v || json_is_null(v)) return ERR_NONE;
    json_t *wanted = json_loads(want, JSON_DECODE_ANY, NULL);
    CHECK(wanted, "%s", want);
    int same = json_equal(v, wanted);
    json_decref(wanted);
    return same ? ERR_NONE : refuse(s, key, v, want);
}

enum { NEEDED = -1 };

// size sets *out to a whole number above 0; where there is none, to `otherwise`.
static enum err size(const struct source *s, const char *key, int otherwise, int *out)
{
    const json_t *v = json_object_get(s->root, key);
    json_int_t n = json_integer_value(v);
    if ((!v || json_is_null(v)) && otherwise != NEEDED) {
        *out = otherwise;
        return ERR_NONE;
    }
    if (!json_is_integer(v) || n < 1 || n > INT32_MAX)
        return error_set(s->e, ERR_FORMAT, "%s: \"%s\" is missing or not a whole number above 0",
                         s->path, key);
    *out = (int)n;
    return ERR_NONE;
}

// number sets *out to a number above 0; where there is none, to `otherwise`.
static enum err number(const struct source *s, const json_t *object, const char *key,
                       float otherwise, float *out)
{
    const json_t *v = json_object_get(object, key);
    *out = v && !json_is_null(v) ? (float)json_number_value(v) : otherwise;
    return *out > 0 && isfinite(*out) ? ERR_NONE : refuse(s, key, v, "a number above 0");
}

// flag sets *out to 1 or 0.
static enum err flag(const struct source *s, const char *key, int otherwise, int *out)
{
    const json_t *v = json_object_get(s->root, key);
    *out = v && !json_is_null(v) ? json_is_true(v) : otherwise;
    return !v || json_is_null(v) || json_is_boolean(v) ? ERR_NONE
                                                       : refuse(s, key, v, "true or false");
}

static enum err read_gpt2(const struct source *s, struct gpt_config *c)
{
    int tied;
    enum err code = must(s, "activation_function", "\"gelu_new\"");
    if (!code) code = must(s, "scale_attn_weights", "true");
    if (!code) code = must(s, "scale_attn_by_inverse_layer_idx", "false");
    if (!code) code = must(s, "add_cross_attention", "false");
    if (!code) code = must(s, "quantization_config", "null");
    if (!code) code = size(s, "vocab_size", NEEDED, &c->vocab);
    if (!code) code = size(s, "n_positions", NEEDED, &c->context);
    if (!code) code = size(s, "n_layer", NEEDED, &c->layers);
    if (!code) code = size(s, "n_head", NEEDED, &c->heads);
    if (!code) code = size(s, "n_embd", NEEDED, &c->channels);
    if (!code) code = size(s, "n_inner", 0, &c->hidden);
    if (!code) code = number(s, s->root, "layer_norm_epsilon", 1e-5f, &c->epsilon);
    if (!code) code = flag(s, "tie_word_embeddings", 1, &tied);
    if (!code) c->untied = !tied;
    return code;
}

// read_rotary reads what turns queries and keys: rope_theta, which newer files keep in
// rope_parameters.  Any way of stretching it is another computation.
static enum err read_rotary(const struct source *s, struct gpt_config *c)
{
    static const char *const keys[] = {"rope_scaling", "rope_parameters"};
    const json_t *place = s->root;
    for (int i = 0; i < 2; i++) {
        const json_t *v = json_object_get(s->root, keys[i]);
        if (!v || json_is_null(v)) continue;
        const json_t *type = json_object_get(v, "rope_type");
        if (!type) type = json_object_get(v, "type");
        const char *text = type ? json_string_value(type) : "default";
        const json_t *share = json_object_get(v, "partial_rotary_factor");
        if (!json_is_object(v) || !text || strcmp(text, "default") != 0 ||
            (share && fabs(json_number_value(share) - 1) > 0))
            return refuse(s, keys[i], v, "rope_type \"default\"");
        if (json_object_get(v, "rope_theta")) place = v;
    }
    return number(s, place, "rope_theta", 10000, &c->rotary_base);
}

static enum err read_llama(const struct source *s, struct gpt_config *c)
{
    int tied, width;
    gpt_llama(c);
    enum err code = must(s, "hidden_act", "\"silu\"");
    if (!code) code = must(s, "attention_bias", "false");
    if (!code) code = must(s, "mlp_bias", "false");
    if (!code) code = must(s, "quantization_config", "null");
    if (!code) code = size(s, "vocab_size", NEEDED, &c->vocab);
    if (!code) code = size(s, "max_position_embeddings", NEEDED, &c->context);
    if (!code) code = size(s, "num_hidden_layers", NEEDED, &c->layers);
    if (!code) code = size(s, "num_attention_heads", NEEDED, &c->heads);
    if (!code) code = size(s, "hidden_size", NEEDED, &c->channels);
    if (!code) code = size(s, "num_key_value_heads", c->heads, &c->groups);
    if (!code) code = size(s, "intermediate_size", NEEDED, &c->hidden);
    if (!code) code = number(s, s->root, "rms_norm_eps", 1e-6f, &c->epsilon);
    if (!code) code = read_rotary(s, c);
    if (!code) code = flag(s, "tie_word_embeddings", 0, &tied);
    if (code) return code;
    c->untied = !tied;
    char want[24];
    width = c->channels / c->heads;
    snprintf(want, sizeof want, "%d", width);
    return must(s, "head_dim", want);
}

// one_of sets *out to the number of the name that `key` has.
static enum err one_of(const struct source *s, const char *key, const char *const *names, int *out)
{
    const json_t *v = json_object_get(s->root, key);
    const char *text = json_string_value(v);
    for (*out = 0; text && names[*out]; ++*out)
        if (strcmp(text, names[*out]) == 0) return ERR_NONE;
    char want[64];
    size_t n = 0;
    for (int i = 0; names[i]; i++)
        n += (size_t)snprintf(want + n, sizeof want - n, "%s%s",
                              i == 0         ? ""
                              : names[i + 1] ? ", "
                                             : " or ",
                              names[i]);
    if (!v) return error_set(s->e, ERR_FORMAT, "%s: \"%s\" is missing", s->path, key);
    return refuse(s, key, v, want);
}

static enum err read_handmade(const struct source *s, struct gpt_config *c)
{
    int position = 0, norm = 0, network = 0;
    enum err code = size(s, "vocab_size", NEEDED, &c->vocab);
    if (!code) code = size(s, "n_positions", NEEDED, &c->context);
    if (!code) code = size(s, "n_layer", NEEDED, &c->layers);
    if (!code) code = size(s, "n_head", NEEDED, &c->heads);
    if (!code) code = size(s, "n_embd", NEEDED, &c->channels);
    if (!code) code = size(s, "groups", NEEDED, &c->groups);
    if (!code) code = size(s, "hidden", NEEDED, &c->hidden);
    if (!code) code = one_of(s, "position", CONFIG_POSITIONS, &position);
    if (!code) code = one_of(s, "norm", CONFIG_NORMS, &norm);
    if (!code) code = one_of(s, "network", CONFIG_NETWORKS, &network);
    if (!code) code = flag(s, "unbiased", 0, &c->unbiased);
    if (!code) code = flag(s, "untied", 0, &c->untied);
    if (!code) code = number(s, s->root, "epsilon", 1e-5f, &c->epsilon);
    if (!code) code = number(s, s->root, "rotary_base", 10000, &c->rotary_base);
    c->position = (enum position)position;
    c->norm = (enum norm)norm;
    c->network = (enum network)network;
    return code;
}

static enum err parse_config(const struct source *s, struct gpt_config *c)
{
    static const struct {
        const char *type;
        enum err (*read)(const struct source *s, struct gpt_config *c);
    } kinds[] = {{"gpt2", read_gpt2}, {"llama", read_llama}, {CONFIG_HANDMADE, read_handmade}};
    if (!json_is_object(s->root))
        return error_set(s->e, ERR_FORMAT, "%s: expected a JSON object", s->path);
    const json_t *v = json_object_get(s->root, "model_type");
    const char *type = v ? json_string_value(v) : kinds[0].type;
    size_t kind = 0, count = sizeof kinds / sizeof *kinds;
    while (kind < count && !(type && strcmp(type, kinds[kind].type) == 0)) kind++;
    if (kind == count) return refuse(s, "model_type", v, "\"gpt2\" or \"llama\"");
    enum err code = kinds[kind].read(s, c);
    if (code) return code;
    // The values are the file's, not the caller's.
    return gpt_config_check(c, s->e) ? error_in(s->e, ERR_FORMAT, s->path) : ERR_NONE;
}

enum err config_file_read(const char *dir, struct gpt_config *c, struct error *e)
{
    char *path = file_path(dir, CONFIG_FILE);
    json_t *root;
    struct gpt_config read = {0};
    enum err code = json_read(path, &root, e);
    if (!code) {
        code = parse_config(&(struct source){path, root, e}, &read);
        json_decref(root);
    }
    free(path);
    if (!code) *c = gpt_filled(&read);
    return code;
}
