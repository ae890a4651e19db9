#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "config_file_parts.h"
#include "file.h"
#include "sentencepiece.h"
#include "vocab.h"

const char *const CONFIG_POSITIONS[] = {"learned", "waves", "rotary", "none", NULL};
const char *const CONFIG_NORMS[] = {"layer", "rms", NULL};
const char *const CONFIG_NETWORKS[] = {"gelu", "swiglu", NULL};

static void put_size(struct output *o, const char *key, int value)
{
    output_print(o, "  \"%s\": %d,\n", key, value);
}

static void put_flag(struct output *o, const char *key, int value)
{
    output_print(o, "  \"%s\": %s,\n", key, value ? "true" : "false");
}

enum { DECIMAL = 32 };

// decimal writes the shortest decimal that is read as this float; a whole number as such.
static const char *decimal(float value, char out[DECIMAL])
{
    int whole = value >= 1 && value < 1e7f && floorf(value) == value;
    if (whole) snprintf(out, DECIMAL, "%.1f", (double)value);
    for (int digits = 1; digits <= 9 && !whole; digits++) {
        snprintf(out, DECIMAL, "%.*g", digits, (double)value);
        if ((float)strtod(out, NULL) == value) break;
    }
    return out;
}

static void put_number(struct output *o, const char *key, float value)
{
    char text[DECIMAL];
    output_print(o, "  \"%s\": %s,\n", key, decimal(value, text));
}

// put_id writes a token's id, or null for none.
static void put_id(struct output *o, const char *key, int32_t id)
{
    if (id < 0)
        output_print(o, "  \"%s\": null,\n", key);
    else
        put_size(o, key, id);
}

// is_gpt2 says whether GPT2Config has words for the shape, which is filled.
static int is_gpt2(const struct gpt_config *c)
{
    return c->position == POSITION_LEARNED && c->norm == NORM_LAYER && c->network == NETWORK_GELU &&
           !c->unbiased && c->groups == c->heads;
}

const char *config_file_type(const struct gpt_config *config)
{
    struct gpt_config c = gpt_filled(config);
    return is_gpt2(&c) ? "gpt2" : gpt_is_llama(&c) ? "llama" : CONFIG_HANDMADE;
}

void config_file_note(const struct gpt_config *config, char out[CONFIG_NOTE])
{
    struct gpt_config c = gpt_filled(config);
    int turns = c.position == POSITION_ROTARY;
    char base[DECIMAL], epsilon[DECIMAL];
    *out = 0;
    if (is_gpt2(&c) && !c.untied && c.epsilon == 1e-5f) return;
    char context[DECIMAL] = "";
    if (c.position != POSITION_LEARNED) snprintf(context, DECIMAL, ", context %d", c.context);
    snprintf(out, CONFIG_NOTE, "%s%s%s, %s %s, %s, %s, %s%s", CONFIG_POSITIONS[c.position],
             turns ? " " : "", turns ? decimal(c.rotary_base, base) : "", CONFIG_NORMS[c.norm],
             decimal(c.epsilon, epsilon), CONFIG_NETWORKS[c.network],
             c.unbiased ? "unbiased" : "biased", c.untied ? "untied" : "tied", context);
}

static void put_gpt2_sizes(struct output *o, const struct gpt_config *c)
{
    put_size(o, "vocab_size", c->vocab);
    put_size(o, "n_positions", c->context);
    put_size(o, "n_layer", c->layers);
    put_size(o, "n_head", c->heads);
    put_size(o, "n_embd", c->channels);
}

static void put_gpt2(struct output *o, const struct gpt_config *c)
{
    put_gpt2_sizes(o, c);
    if (c->hidden != 4 * c->channels) put_size(o, "n_inner", c->hidden);
    output_print(o, "  \"activation_function\": \"gelu_new\",\n");
    put_number(o, "layer_norm_epsilon", c->epsilon);
    put_flag(o, "tie_word_embeddings", !c->untied);
}

// end_of returns the token that ends a text, or -1.
static int32_t end_of(const struct tokenizer *tok)
{
    const struct sentencepiece *s = tok ? tokenizer_sentencepiece(tok) : NULL;
    const struct vocab *v = tok ? tokenizer_bpe(tok) : NULL;
    if (s) {
        int32_t id = sentencepiece_find(s, "</s>");
        return id >= 0 && sentencepiece_is_special(s, id) ? id : -1;
    }
    return v && vocab_specials(v) ? vocab_size(v) - vocab_specials(v) : -1;
}

static void put_llama(struct output *o, const struct gpt_config *c, const struct tokenizer *tok)
{
    put_size(o, "vocab_size", c->vocab);
    put_size(o, "max_position_embeddings", c->context);
    put_size(o, "num_hidden_layers", c->layers);
    put_size(o, "num_attention_heads", c->heads);
    put_size(o, "num_key_value_heads", c->groups);
    put_size(o, "hidden_size", c->channels);
    put_size(o, "intermediate_size", c->hidden);
    output_print(o, "  \"hidden_act\": \"silu\",\n");
    put_number(o, "rms_norm_eps", c->epsilon);
    put_number(o, "rope_theta", c->rotary_base);
    put_flag(o, "attention_bias", 0);
    put_flag(o, "mlp_bias", 0);
    put_flag(o, "tie_word_embeddings", !c->untied);
    put_id(o, "bos_token_id", tok ? tokenizer_bos(tok) : -1);
    put_id(o, "eos_token_id", end_of(tok));
}

static void put_handmade(struct output *o, const struct gpt_config *c)
{
    put_gpt2_sizes(o, c);
    put_size(o, "groups", c->groups);
    put_size(o, "hidden", c->hidden);
    output_print(o, "  \"position\": \"%s\",\n  \"norm\": \"%s\",\n  \"network\": \"%s\",\n",
                 CONFIG_POSITIONS[c->position], CONFIG_NORMS[c->norm], CONFIG_NETWORKS[c->network]);
    put_flag(o, "unbiased", c->unbiased);
    put_flag(o, "untied", c->untied);
    put_number(o, "epsilon", c->epsilon);
    put_number(o, "rotary_base", c->rotary_base);
}

enum err config_file_stage(const char *dir, const struct gpt_config *config,
                           const struct tokenizer *tok, struct error *e)
{
    struct gpt_config c = gpt_filled(config);
    char *path = file_path(dir, CONFIG_FILE);
    struct output *o;
    enum err code = output_open(path, &o, e);
    free(path);
    if (code) return code;
    int gpt2 = is_gpt2(&c), llama = gpt_is_llama(&c);
    output_print(o, "{\n");
    if (gpt2 || llama)
        output_print(o, "  \"architectures\": [\"%s\"],\n",
                     gpt2 ? "GPT2LMHeadModel" : "LlamaForCausalLM");
    output_print(o, "  \"model_type\": \"%s\",\n", config_file_type(&c));
    if (gpt2)
        put_gpt2(o, &c);
    else if (llama)
        put_llama(o, &c, tok);
    else
        put_handmade(o, &c);
    output_print(o, "  \"torch_dtype\": \"float32\"\n}\n");
    return output_stage(o, e);
}
