#include "config_file.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "json.h"

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

// What a shape of our own says besides: whole numbers, as in struct gpt_config.
static const char HANDMADE[] = "handmade";
enum { CHOICES = 7 };

static void choices_of(struct gpt_config *c, struct size out[CHOICES])
{
    _Static_assert(sizeof(enum position) == sizeof(int) && sizeof(enum norm) == sizeof(int) &&
                       sizeof(enum network) == sizeof(int),
                   "they are read and written as int");
    const struct size choices[CHOICES] = {{"groups", &c->groups},
                                          {"hidden", &c->hidden},
                                          {"position", (int *)&c->position},
                                          {"norm", (int *)&c->norm},
                                          {"network", (int *)&c->network},
                                          {"unbiased", &c->unbiased},
                                          {"untied", &c->untied}};
    memcpy(out, choices, sizeof choices);
}

static int is_gpt2(const struct gpt_config *c)
{
    struct gpt_config sizes = {.vocab = c->vocab,
                               .context = c->context,
                               .layers = c->layers,
                               .heads = c->heads,
                               .channels = c->channels};
    struct gpt_config gpt2 = gpt_filled(&sizes), filled = gpt_filled(c);
    return memcmp(&gpt2, &filled, sizeof gpt2) == 0;
}

enum err config_file_stage(const char *dir, const struct gpt_config *c, struct error *e)
{
    struct gpt_config copy = *c;
    struct size sizes[SIZES];
    sizes_of(&copy, sizes);
    char *path = file_path(dir, CONFIG_FILE);
    struct output *o;
    enum err code = output_open(path, &o, e);
    free(path);
    if (code) return code;
    int gpt2 = is_gpt2(c);
    output_print(o, "{\n%s  \"model_type\": \"%s\",\n",
                 gpt2 ? "  \"architectures\": [\"GPT2LMHeadModel\"],\n" : "",
                 gpt2 ? "gpt2" : HANDMADE);
    for (int i = 0; i < SIZES; i++)
        output_print(o, "  \"%s\": %d,\n", sizes[i].key, *sizes[i].value);
    if (!gpt2) {
        struct size choices[CHOICES];
        choices_of(&copy, choices);
        for (int i = 0; i < CHOICES; i++)
            output_print(o, "  \"%s\": %d,\n", choices[i].key, *choices[i].value);
        output_print(o, "  \"epsilon\": %.9g,\n  \"rotary_base\": %.9g\n}\n", (double)c->epsilon,
                     (double)c->rotary_base);
        return output_stage(o, e);
    }
    output_print(o, "  \"activation_function\": \"gelu_new\",\n"
                    "  \"layer_norm_epsilon\": 1e-05,\n"
                    "  \"tie_word_embeddings\": true,\n  \"torch_dtype\": \"float32\"\n}\n");
    return output_stage(o, e);
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

// expect_value does the same for numbers, true and false.
static enum err expect_value(const char *path, const json_t *root, const char *key, double want,
                             struct error *e)
{
    const json_t *v = json_object_get(root, key);
    if (!v) return ERR_NONE;
    double found = json_is_number(v) ? json_number_value(v) : json_is_true(v);
    if ((json_is_number(v) || json_is_boolean(v)) && fabs(found - want) <= 1e-6 * want)
        return ERR_NONE;
    return error_set(e, ERR_FORMAT, "%s: \"%s\": expected %g", path, key, want);
}

// check_kind refuses another architecture, and settings under which GPT-2 computes something else.
static enum err check_kind(const char *path, const json_t *root, struct error *e)
{
    if (!json_is_object(root)) return error_set(e, ERR_FORMAT, "%s: expected a JSON object", path);
    enum err code = expect_text(path, root, "model_type", "gpt2", e);
    if (!code) code = expect_text(path, root, "activation_function", "gelu_new", e);
    if (!code) code = expect_value(path, root, "layer_norm_epsilon", 1e-5, e);
    if (!code) code = expect_value(path, root, "tie_word_embeddings", 1, e);
    if (!code) code = expect_value(path, root, "scale_attn_weights", 1, e);
    if (!code) code = expect_value(path, root, "scale_attn_by_inverse_layer_idx", 0, e);
    return code;
}

static enum err parse_config(const char *path, const json_t *root, struct gpt_config *c,
                             struct error *e)
{
    const char *type = json_string_value(json_object_get(root, "model_type"));
    enum err code = type && strcmp(type, HANDMADE) == 0 ? ERR_NONE : check_kind(path, root, e);
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
    if (type && strcmp(type, HANDMADE) == 0) {
        struct size choices[CHOICES];
        choices_of(c, choices);
        for (int i = 0; i < CHOICES; i++)
            *choices[i].value = (int)json_integer_value(json_object_get(root, choices[i].key));
        c->epsilon = (float)json_number_value(json_object_get(root, "epsilon"));
        c->rotary_base = (float)json_number_value(json_object_get(root, "rotary_base"));
    }
    // The values are the file's, not the caller's.
    return gpt_config_check(c, e) ? error_in(e, ERR_FORMAT, path) : ERR_NONE;
}

enum err config_file_read(const char *dir, struct gpt_config *c, struct error *e)
{
    char *path = file_path(dir, CONFIG_FILE);
    json_t *root;
    struct gpt_config read = {0};
    enum err code = json_read(path, &root, e);
    if (!code) {
        code = parse_config(path, root, &read, e);
        json_decref(root);
    }
    free(path);
    if (!code) *c = gpt_filled(&read);
    return code;
}
