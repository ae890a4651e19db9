// config_file: a shape there and back; configs of models that are not ours.
#include "config_file.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "shape.h"
#include "tokenizer_file.h"

static char directory[] = "/tmp/config_file-XXXXXX";
static char path[64];

static void begin(void)
{
    cr_assert_not_null(mkdtemp(directory));
    snprintf(path, sizeof path, "%s/config.json", directory);
}

static void end(void)
{
    unlink(path);
    cr_assert_eq(rmdir(directory), 0, "something else was left in the directory");
}

TestSuite(config_file, .init = begin, .fini = end);

static void write_text(const char *text)
{
    FILE *f = fopen(path, "w");
    cr_assert_not_null(f);
    fputs(text, f);
    cr_assert_eq(fclose(f), 0);
}

static void refused(const char *json, enum err code, const char *words)
{
    struct gpt_config c = {SIZES(1, 2, 3, 4, 5)}, before = c;
    struct error e = {0};
    cr_assert_eq(config_file_read(directory, &c, &e), code, "%s", json);
    cr_assert_eq(e.code, code);
    cr_assert(strstr(e.text, path) && strstr(e.text, words), "%s: %s", json, e.text);
    cr_assert_eq(memcmp(&c, &before, sizeof c), 0, "the output was touched");
}

static void comes_back(const struct gpt_config *c, const char *text)
{
    const struct gpt_config want = gpt_filled(c);
    struct gpt_config got;
    struct error e = {.text = ""};
    cr_assert_eq(config_file_stage(directory, c, NULL, &e), ERR_NONE, "%s", e.text);
    cr_assert_not(file_exists(path), "staged, not published");
    cr_assert_eq(output_publish(path, &e), ERR_NONE, "%s", e.text);
    cr_assert_eq(config_file_read(directory, &got, &e), ERR_NONE, "%s", e.text);
    cr_assert_eq(memcmp(&got, &want, sizeof want), 0);
    char *written;
    size_t size;
    cr_assert_eq(file_read(path, &written, &size, &e), ERR_NONE);
    if (text) cr_assert_str_eq(written, text);
    free(written);
    unlink(path);
}

Test(config_file, a_shape_comes_back)
{
    const struct gpt_config c = {SIZES(50257, 1024, 12, 16, 768)};
    comes_back(&c, "{\n  \"architectures\": [\"GPT2LMHeadModel\"],\n"
                   "  \"model_type\": \"gpt2\",\n"
                   "  \"vocab_size\": 50257,\n  \"n_positions\": 1024,\n"
                   "  \"n_layer\": 12,\n  \"n_head\": 16,\n  \"n_embd\": 768,\n"
                   "  \"activation_function\": \"gelu_new\",\n"
                   "  \"layer_norm_epsilon\": 1e-05,\n"
                   "  \"tie_word_embeddings\": true,\n"
                   "  \"torch_dtype\": \"float32\"\n}\n");
}

// The five sizes, and room for more.
#define KEYS "\"vocab_size\": 9, \"n_positions\": 8, \"n_layer\": 2, \"n_head\": 3, \"n_embd\": 6"

Test(config_file, what_says_nothing_else_is_accepted)
{
    static const char *const good[] = {
        "{" KEYS "}",
        "{" KEYS ", \"model_type\": \"gpt2\", \"activation_function\": \"gelu_new\"}",
        "{" KEYS ", \"layer_norm_epsilon\": 0.00001, \"tie_word_embeddings\": true}",
        "{" KEYS ", \"layer_norm_epsilon\": null, \"add_cross_attention\": false}",
        "{" KEYS ", \"scale_attn_weights\": true, \"scale_attn_by_inverse_layer_idx\": false}",
        "{" KEYS ", \"n_ctx\": 8, \"resid_pdrop\": 0.1, \"use_cache\": true, \"n_inner\": null}",
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct gpt_config c;
        struct error e = {.text = ""};
        write_text(good[i]);
        cr_assert_eq(config_file_read(directory, &c, &e), ERR_NONE, "%s", e.text);
        cr_assert(c.vocab == 9 && c.context == 8 && c.layers == 2 && c.heads == 3 &&
                  c.channels == 6);
    }
}

Test(config_file, another_model_is_refused)
{
    static const struct {
        const char *more, *words;
    } bad[] = {
        {"\"model_type\": \"mistral\"",
         "\"model_type\" is \"mistral\": expected \"gpt2\" or \"llama\""},
        {"\"model_type\": 2", "\"model_type\" is 2: expected \"gpt2\" or \"llama\""},
        {"\"activation_function\": \"relu\"",
         "\"activation_function\" is \"relu\": expected \"gelu_new\""},
        {"\"activation_function\": 3", "\"activation_function\" is 3"},
        {"\"layer_norm_epsilon\": 0", "\"layer_norm_epsilon\" is 0: expected a number above 0"},
        {"\"layer_norm_epsilon\": 2", "epsilon 2: expected 0 to 1"},
        {"\"layer_norm_epsilon\": \"1e-5\"",
         "\"layer_norm_epsilon\" is \"1e-5\": expected a number"},
        {"\"tie_word_embeddings\": 1", "\"tie_word_embeddings\" is 1: expected true or false"},
        {"\"scale_attn_weights\": false", "\"scale_attn_weights\" is false: expected true"},
        {"\"scale_attn_by_inverse_layer_idx\": true",
         "\"scale_attn_by_inverse_layer_idx\" is true: expected false"},
        {"\"add_cross_attention\": true", "\"add_cross_attention\" is true: expected false"},
        {"\"quantization_config\": {\"bits\": 4}",
         "\"quantization_config\" is {\"bits\":4}: expected null"},
        {"\"n_inner\": 0", "\"n_inner\" is missing or not a whole number above 0"},
        {"\"n_layer\": 2", "config.json"},  // twice
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char json[256];
        snprintf(json, sizeof json, "{" KEYS ", %s}", bad[i].more);
        write_text(json);
        refused(json, ERR_FORMAT, bad[i].words);
    }
}

Test(config_file, a_size_that_is_none_is_refused)
{
    static const char *const keys[] = {"vocab_size", "n_positions", "n_layer", "n_head", "n_embd"};
    static const char *const values[] = {"0",    "-1",  "1.5",        "2.0",  "\"2\"",
                                         "null", "[2]", "2147483648", "true", "99999999999999999"};
    for (int k = 0; k < 5; k++) {
        char json[256] = "{\"model_type\": \"gpt2\"";
        for (int i = 0; i < 5; i++) {
            if (i != k) sprintf(json + strlen(json), ", \"%s\": 6", keys[i]);
        }
        size_t end = strlen(json);
        strcpy(json + end, "}");
        write_text(json);
        refused(json, ERR_FORMAT, keys[k]);
        for (size_t v = 0; v < sizeof values / sizeof *values; v++) {
            sprintf(json + end, ", \"%s\": %s}", keys[k], values[v]);
            write_text(json);
            refused(json, ERR_FORMAT, keys[k]);
        }
    }
    const char *json = "{\"vocab_size\": 9, \"n_positions\": 8, \"n_layer\": 2, \"n_head\": 4, "
                       "\"n_embd\": 6}";
    write_text(json);
    refused(json, ERR_FORMAT, "channels 6: expected a multiple of heads, 4");
}

Test(config_file, what_is_no_config_is_refused)
{
    refused("missing", ERR_IO, "cannot open");
    static const char *const bad[] = {"", "{", "[]", "3", "null", "{}}", ("{" KEYS), "\xFF"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        write_text(bad[i]);
        refused(bad[i], ERR_FORMAT, "config.json");
    }
}

// --- Llama -----------------------------------------------------------------------------------

static struct gpt_config reads(const char *json)
{
    struct gpt_config c;
    struct error e = {.text = ""};
    write_text(json);
    cr_assert_eq(config_file_read(directory, &c, &e), ERR_NONE, "%s: %s", json, e.text);
    return c;
}

Test(config_file, other_gpt2s_come_back)
{
    struct gpt_config c = {SIZES(7, 8, 2, 3, 6), .hidden = 10, .epsilon = 2e-6f, .untied = 1};
    comes_back(&c, "{\n  \"architectures\": [\"GPT2LMHeadModel\"],\n"
                   "  \"model_type\": \"gpt2\",\n"
                   "  \"vocab_size\": 7,\n  \"n_positions\": 8,\n"
                   "  \"n_layer\": 2,\n  \"n_head\": 3,\n  \"n_embd\": 6,\n  \"n_inner\": 10,\n"
                   "  \"activation_function\": \"gelu_new\",\n"
                   "  \"layer_norm_epsilon\": 2e-06,\n"
                   "  \"tie_word_embeddings\": false,\n"
                   "  \"torch_dtype\": \"float32\"\n}\n");
}

Test(config_file, llamas_come_back)
{
    struct gpt_config c = {SIZES(7, 8, 2, 6, 24)};
    gpt_llama(&c);
    comes_back(&c, NULL);
    c.groups = 2, c.hidden = 10, c.untied = 0, c.epsilon = 1e-6f, c.rotary_base = 500000;
    comes_back(&c, "{\n  \"architectures\": [\"LlamaForCausalLM\"],\n"
                   "  \"model_type\": \"llama\",\n"
                   "  \"vocab_size\": 7,\n  \"max_position_embeddings\": 8,\n"
                   "  \"num_hidden_layers\": 2,\n  \"num_attention_heads\": 6,\n"
                   "  \"num_key_value_heads\": 2,\n  \"hidden_size\": 24,\n"
                   "  \"intermediate_size\": 10,\n  \"hidden_act\": \"silu\",\n"
                   "  \"rms_norm_eps\": 1e-06,\n  \"rope_theta\": 500000.0,\n"
                   "  \"attention_bias\": false,\n  \"mlp_bias\": false,\n"
                   "  \"tie_word_embeddings\": true,\n"
                   "  \"bos_token_id\": null,\n  \"eos_token_id\": null,\n"
                   "  \"torch_dtype\": \"float32\"\n}\n");
}

// Other programs are told which tokens begin and end a text.
Test(config_file, a_llama_says_its_tokens)
{
    struct gpt_config c = {SIZES(420, 8, 1, 2, 8)};
    struct tokenizer *tok;
    struct error e = {.text = ""};
    char *text;
    size_t size;
    gpt_llama(&c);
    cr_assert_eq(tokenizer_file_read(GOLDEN "/llama/tokenizer.bin", &tok, &e), ERR_NONE, "%s",
                 e.text);
    cr_assert_eq(config_file_stage(directory, &c, tok, &e), ERR_NONE, "%s", e.text);
    cr_assert_eq(output_publish(path, &e), ERR_NONE, "%s", e.text);
    cr_assert_eq(file_read(path, &text, &size, &e), ERR_NONE);
    cr_assert_not_null(strstr(text, "\"bos_token_id\": 1,\n  \"eos_token_id\": 2,\n"), "%s", text);
    free(text);
    tokenizer_free(tok);
}

#define LLAMA                                                                        \
    "\"model_type\": \"llama\", \"vocab_size\": 9, \"max_position_embeddings\": 8, " \
    "\"num_hidden_layers\": 2, \"num_attention_heads\": 4, \"hidden_size\": 24, "    \
    "\"intermediate_size\": 5"

Test(config_file, what_llamas_need_not_say)
{
    static const char *const good[] = {
        "{" LLAMA "}",
        "{" LLAMA ", \"hidden_act\": \"silu\", \"attention_bias\": false, \"mlp_bias\": false}",
        "{" LLAMA ", \"rope_scaling\": null, \"head_dim\": 6, \"pretraining_tp\": 1}",
        "{" LLAMA ", \"rope_scaling\": {\"type\": \"default\"}, \"rms_norm_eps\": 1e-6}",
        "{" LLAMA ", \"rope_theta\": 1e4, \"num_key_value_heads\": 4}",
        "{" LLAMA ", \"rope_parameters\": {\"rope_type\": \"default\", \"rope_theta\": 10000.0}}",
        "{" LLAMA ", \"rope_parameters\": {\"partial_rotary_factor\": 1.0}, \"head_dim\": null}",
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct gpt_config c = reads(good[i]);
        cr_assert(gpt_is_llama(&c) && c.vocab == 9 && c.context == 8 && c.layers == 2);
        cr_assert(c.heads == 4 && c.channels == 24 && c.groups == 4 && c.hidden == 5 && c.untied);
        cr_assert(c.epsilon == 1e-6f && c.rotary_base == 10000);
    }
    cr_assert_eq(reads("{" LLAMA ", \"rope_theta\": 7}").rotary_base, 7);
    cr_assert_eq(reads("{" LLAMA ", \"rope_theta\": 7, \"rope_parameters\": {\"rope_theta\": 8}}")
                     .rotary_base,
                 8);
    cr_assert_eq(reads("{" LLAMA ", \"num_key_value_heads\": 2}").groups, 2);
    cr_assert_eq(reads("{" LLAMA ", \"tie_word_embeddings\": true}").untied, 0);
}

Test(config_file, llamas_that_we_do_not_compute)
{
    static const struct {
        const char *more, *words;
    } bad[] = {
        {"\"hidden_act\": \"gelu\"", "\"hidden_act\" is \"gelu\": expected \"silu\""},
        {"\"attention_bias\": true", "\"attention_bias\" is true: expected false"},
        {"\"mlp_bias\": true", "\"mlp_bias\" is true: expected false"},
        {"\"head_dim\": 8", "\"head_dim\" is 8: expected 6"},
        {"\"rope_scaling\": {\"rope_type\": \"llama3\", \"factor\": 8}",
         "\"rope_scaling\" is {\"rope_type\":\"llama3\",\"factor\":8}: expected rope_type \"default\""},
        {"\"rope_scaling\": {\"type\": \"linear\"}", "\"rope_scaling\" is {\"type\":\"linear\"}"},
        {"\"rope_scaling\": 2", "\"rope_scaling\" is 2"},
        {"\"rope_parameters\": {\"rope_type\": \"yarn\"}", "\"rope_parameters\" is"},
        {"\"rope_parameters\": {\"partial_rotary_factor\": 0.5}", "\"rope_parameters\" is"},
        {"\"rope_theta\": 0", "\"rope_theta\" is 0: expected a number above 0"},
        {"\"rms_norm_eps\": -1", "\"rms_norm_eps\" is -1: expected a number above 0"},
        {"\"quantization_config\": {}", "\"quantization_config\" is {}: expected null"},
        {"\"num_key_value_heads\": 3", "heads 4: expected a multiple of groups, 3"},
        {"\"num_key_value_heads\": 0", "\"num_key_value_heads\" is missing or not a whole number"},
        {"\"tie_word_embeddings\": \"no\"", "\"tie_word_embeddings\" is \"no\": expected true or"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char json[512];
        snprintf(json, sizeof json, "{" LLAMA ", %s}", bad[i].more);
        write_text(json);
        refused(json, ERR_FORMAT, bad[i].words);
    }
    write_text("{\"model_type\": \"llama\", \"vocab_size\": 9}");
    refused("a size", ERR_FORMAT, "\"max_position_embeddings\" is missing");
}

// --- shapes of our own -----------------------------------------------------------------------

Test(config_file, shapes_of_our_own_come_back)
{
    struct gpt_config c = {SIZES(7, 8, 2, 2, 12), .position = POSITION_ROTARY, .groups = 1};
    comes_back(&c, "{\n  \"model_type\": \"handmade\",\n"
                   "  \"vocab_size\": 7,\n  \"n_positions\": 8,\n"
                   "  \"n_layer\": 2,\n  \"n_head\": 2,\n  \"n_embd\": 12,\n"
                   "  \"groups\": 1,\n  \"hidden\": 48,\n  \"position\": \"rotary\",\n"
                   "  \"norm\": \"layer\",\n  \"network\": \"gelu\",\n"
                   "  \"unbiased\": false,\n  \"untied\": false,\n"
                   "  \"epsilon\": 1e-05,\n  \"rotary_base\": 10000.0,\n"
                   "  \"torch_dtype\": \"float32\"\n}\n");
    for (int i = 0; i < 4 * 2 * 2 * 2 * 2; i++) {
        c.position = (enum position)(i % 4), c.norm = (enum norm)(i / 4 % 2);
        c.network = (enum network)(i / 8 % 2), c.unbiased = i / 16 % 2, c.untied = i / 32;
        comes_back(&c, NULL);
    }
}

Test(config_file, shapes_of_our_own_that_are_none)
{
    static const char start[] = "{\"model_type\": \"handmade\", " KEYS;
    static const struct {
        const char *more, *words;
    } bad[] = {
        {"", "\"groups\" is missing"},
        {", \"groups\": 3, \"hidden\": 2", "\"position\" is missing"},
        {", \"groups\": 3, \"hidden\": 2, \"position\": \"here\"",
         "\"position\" is \"here\": expected learned, waves, rotary or none"},
        {", \"groups\": 3, \"hidden\": 2, \"position\": \"none\", \"norm\": 1",
         "\"norm\" is 1: expected layer or rms"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char json[512];
        snprintf(json, sizeof json, "%s%s}", start, bad[i].more);
        write_text(json);
        refused(json, ERR_FORMAT, bad[i].words);
    }
}
