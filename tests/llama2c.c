// llama2c: each size on its own, and files that are no such models.  tests/published.c compares
// what is read with another program's answers.
#include "llama2c.h"

#include <criterion/criterion.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"

static char path[] = "/tmp/llama2c-XXXXXX";

static void begin(void)
{
    int file = mkstemp(path);
    cr_assert(file >= 0 && close(file) == 0);
}

static void end(void)
{
    unlink(path);
}

TestSuite(llama2c, .init = begin, .fini = end);

// put writes a file: C, F, L, H, G, V, T and then so many bytes.
static void put(const int32_t head[7], size_t bytes)
{
    FILE *f = fopen(path, "wb");
    cr_assert_not_null(f);
    cr_assert_eq(fwrite(head, 4, 7, f), 7);
    for (size_t i = 0; i < bytes / 4; i++) {
        float x = (float)i;
        fwrite(&x, 4, 1, f);
    }
    for (size_t i = 0; i < bytes % 4; i++) fputc(0, f);
    cr_assert_eq(fclose(f), 0);
}

static void refused(enum err code, const char *says)
{
    struct gpt *m = (struct gpt *)path;
    struct error e = {0};
    cr_assert_eq(llama2c_read(path, &m, &e), code, "%s: %s", says, e.text);
    cr_assert_eq(e.code, code);
    char whole[512];
    snprintf(whole, sizeof whole, "%s: %s", path, says);
    cr_assert_str_eq(e.text, whole);
    cr_assert_eq(m, (struct gpt *)path);
}

static struct param named(const struct gpt *m, const char *name)
{
    for (int i = 0; i < gpt_params(m); i++)
        if (strcmp(gpt_param(m, i).name, name) == 0) return gpt_param(m, i);
    cr_assert(0, "no %s", name);
    return (struct param){0};
}

// begins fails unless n elements from `from` on count up from `first`.
static void begins(const struct gpt *m, const char *name, size_t from, size_t n, int first)
{
    struct param p = named(m, name);
    for (size_t i = 0; i < n; i++)
        cr_assert_eq(p.data[from + i], (float)first + (float)i, "%s[%zu] is %g", name, from + i,
                     (double)p.data[from + i]);
}

// C = 4, F = 3, L = 2, H = 2, G = 1, V = 5, T = 6; so D = 2 and G D = 2.
static const int32_t TIED[7] = {4, 3, 2, 2, 1, 5, 6}, UNTIED[7] = {4, 3, 2, 2, 1, -5, 6};
enum { FLOATS = 20 + 2 * (4 + 16 + 8 + 8 + 16 + 4 + 12 + 12 + 12) + 4 + 12 };

Test(llama2c, every_tensor_in_its_place)
{
    for (int untied = 0; untied < 2; untied++) {
        struct gpt *m;
        struct error e = {.text = ""};
        put(untied ? UNTIED : TIED, 4 * (FLOATS + (untied ? 20 : 0)));
        cr_assert_eq(llama2c_read(path, &m, &e), ERR_NONE, "%s", e.text);
        const struct gpt_config *c = gpt_config(m);
        cr_assert(gpt_is_llama(c) && c->untied == untied && c->vocab == 5 && c->context == 6);
        cr_assert(c->channels == 4 && c->hidden == 3 && c->layers == 2 && c->heads == 2);
        cr_assert(c->groups == 1 && c->epsilon == 1e-5f && c->rotary_base == 10000);
        begins(m, "model.embed_tokens.weight", 0, 20, 0);
        begins(m, "model.layers.0.input_layernorm.weight", 0, 4, 20);
        begins(m, "model.layers.1.input_layernorm.weight", 0, 4, 24);
        begins(m, "model.layers.0.self_attn.qkv_proj.weight", 0, 16, 28);
        begins(m, "model.layers.1.self_attn.qkv_proj.weight", 0, 16, 44);
        begins(m, "model.layers.0.self_attn.qkv_proj.weight", 16, 8, 60);
        begins(m, "model.layers.1.self_attn.qkv_proj.weight", 16, 8, 68);
        begins(m, "model.layers.0.self_attn.qkv_proj.weight", 24, 8, 76);
        begins(m, "model.layers.1.self_attn.qkv_proj.weight", 24, 8, 84);
        begins(m, "model.layers.0.self_attn.o_proj.weight", 0, 16, 92);
        begins(m, "model.layers.1.self_attn.o_proj.weight", 0, 16, 108);
        begins(m, "model.layers.0.post_attention_layernorm.weight", 0, 4, 124);
        begins(m, "model.layers.1.post_attention_layernorm.weight", 0, 4, 128);
        begins(m, "model.layers.0.mlp.gate_up_proj.weight", 0, 12, 132);
        begins(m, "model.layers.1.mlp.gate_up_proj.weight", 0, 12, 144);
        begins(m, "model.layers.0.mlp.down_proj.weight", 0, 12, 156);
        begins(m, "model.layers.1.mlp.down_proj.weight", 0, 12, 168);
        begins(m, "model.layers.0.mlp.gate_up_proj.weight", 12, 12, 180);
        begins(m, "model.layers.1.mlp.gate_up_proj.weight", 12, 12, 192);
        begins(m, "model.norm.weight", 0, 4, 204);
        if (untied) begins(m, "lm_head.weight", 0, 20, 220);
        gpt_free(m);
    }
}

Test(llama2c, a_file_of_another_size)
{
    static const char tied[] = "910 bytes: expected 908, for 4 channels, network of 3, 2 layers, "
                               "2 heads, 1 groups, 5 tokens (tied), context 6";
    cr_assert_eq(28 + 4 * FLOATS, 908);
    put(TIED, 4 * FLOATS + 2);
    refused(ERR_FORMAT, tied);
    put(UNTIED, 4 * FLOATS);
    refused(ERR_FORMAT, "908 bytes: expected 988, for 4 channels, network of 3, 2 layers, "
                        "2 heads, 1 groups, 5 tokens (head of its own), context 6");
    put((const int32_t[7]){0x616B3432, 1, 0}, 300);
    refused(ERR_FORMAT, "byte 0: version 1 of llama2.c's files: expected the one before they had "
                        "versions");
    cr_assert_eq(truncate(path, 27), 0);
    refused(ERR_SHORT, "27 bytes: expected 7 numbers of 4 bytes at its head");
    unlink(path);
    struct gpt *m = NULL;
    cr_assert_eq(llama2c_read(path, &m, NULL), ERR_IO);
    cr_assert_null(m);
}

Test(llama2c, sizes_that_are_none)
{
    static const struct {
        int32_t head[7];
        const char *says;
    } bad[] = {
        {{0, 3, 2, 2, 1, 5, 6}, "channels 0: expected 1 to 65536"},
        {{4, 0, 2, 2, 1, 5, 6}, "width of the network 0, groups 1: expected numbers above 0"},
        {{4, 3, -2, 2, 1, 5, 6}, "layers -2: expected 1 to 1024"},
        {{4, 3, 2, 0, 1, 5, 6}, "heads 0: expected 1 to 1024"},
        {{4, 3, 2, 2, 0, 5, 6}, "width of the network 3, groups 0: expected numbers above 0"},
        {{4, 3, 2, 2, 1, 0, 6}, "vocabulary 0: expected 1 to 16777216"},
        {{4, 3, 2, 2, 1, INT32_MIN, 6}, "vocabulary 0: expected 1 to 16777216"},
        {{4, 3, 2, 2, 1, 5, 0}, "context 0: expected 1 to 1048576"},
        {{4, 3, 2, 4, 4, 5, 6},
         "channels 4, heads 4: expected an even number of channels a head, which rotary turns in "
         "pairs"},
        // All as large as may be: found without asking for the memory.
        {{65536, 262144, 1024, 1024, 1024, INT32_MIN + 1, 1048576},
         "vocabulary 2147483647: expected 1 to 16777216"},
        {{65536, 262144, 1024, 1024, 1024, 16777216, 1048576},
         "908 bytes: expected 285873828790300, for 65536 channels, network of 262144, 1024 layers, "
         "1024 heads, 1024 groups, 16777216 tokens (tied), context 1048576"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        put(bad[i].head, 4 * FLOATS);
        refused(ERR_FORMAT, bad[i].says);
    }
}
