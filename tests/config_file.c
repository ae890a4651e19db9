// config_file: a shape there and back; configs of models that are not ours.
#include "config_file.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "shape.h"

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

Test(config_file, a_shape_comes_back)
{
    const struct gpt_config c = {SIZES(50257, 1024, 12, 16, 768)};
    const struct gpt_config want = gpt_filled(&c);
    struct gpt_config got;
    struct error e = {.text = ""};
    cr_assert_eq(config_file_stage(directory, &c, NULL, &e), ERR_NONE, "%s", e.text);
    cr_assert_not(file_exists(path));
    cr_assert_eq(output_publish(path, &e), ERR_NONE, "%s", e.text);
    cr_assert_eq(config_file_read(directory, &got, &e), ERR_NONE, "%s", e.text);
    cr_assert_eq(memcmp(&got, &want, sizeof want), 0);
    char *text;
    size_t size;
    cr_assert_eq(file_read(path, &text, &size, &e), ERR_NONE);
    cr_assert_str_eq(text, "{\n  \"architectures\": [\"GPT2LMHeadModel\"],\n"
                           "  \"model_type\": \"gpt2\",\n"
                           "  \"vocab_size\": 50257,\n  \"n_positions\": 1024,\n"
                           "  \"n_layer\": 12,\n  \"n_head\": 16,\n  \"n_embd\": 768,\n"
                           "  \"activation_function\": \"gelu_new\",\n"
                           "  \"layer_norm_epsilon\": 1e-05,\n"
                           "  \"tie_word_embeddings\": true,\n"
                           "  \"torch_dtype\": \"float32\"\n}\n");
    free(text);
}

// The five sizes, and room for more.
#define KEYS "\"vocab_size\": 9, \"n_positions\": 8, \"n_layer\": 2, \"n_head\": 3, \"n_embd\": 6"

Test(config_file, what_says_nothing_else_is_accepted)
{
    static const char *const good[] = {
        "{" KEYS "}",
        "{" KEYS ", \"model_type\": \"gpt2\", \"activation_function\": \"gelu_new\"}",
        "{" KEYS ", \"layer_norm_epsilon\": 0.00001, \"tie_word_embeddings\": true}",
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
        {"\"model_type\": \"llama\"", "\"model_type\" is llama: expected \"gpt2\""},
        {"\"model_type\": 2", "\"model_type\""},
        {"\"activation_function\": \"relu\"", "\"activation_function\" is relu"},
        {"\"activation_function\": null", "\"activation_function\""},
        {"\"layer_norm_epsilon\": 1e-6", "\"layer_norm_epsilon\": expected 1e-05"},
        {"\"layer_norm_epsilon\": \"1e-5\"", "\"layer_norm_epsilon\""},
        {"\"tie_word_embeddings\": false", "\"tie_word_embeddings\""},
        {"\"scale_attn_weights\": false", "\"scale_attn_weights\""},
        {"\"scale_attn_by_inverse_layer_idx\": true", "\"scale_attn_by_inverse_layer_idx\""},
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
