// model_file: a model there and back, in the layout other programs expect; files that do not
// belong together.
#include "model_file.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bpe_fast_train.h"
#include "bytes.h"
#include "check.h"
#include "config_file.h"
#include "file.h"
#include "published.h"
#include "random.h"
#include "safetensors.h"
#include "shape.h"
#include "vocab_files.h"

static char root[] = "/tmp/model_file-XXXXXX";

static void begin(void)
{
    cr_assert_not_null(mkdtemp(root));
    cr_assert_eq(chdir(root), 0);
    cr_assert_eq(file_make_directory("m", NULL), ERR_NONE);
}

static void end(void)
{
    char command[64];
    snprintf(command, sizeof command, "rm -rf '%s'", root);
    cr_assert_eq(system(command), 0);
}

TestSuite(model_file, .init = begin, .fini = end);

static struct tokenizer *letters(const char *text)
{
    struct chars *c;
    cr_assert_eq(chars_new(strlen(text), text, &c, NULL), ERR_NONE);
    return tokenizer_of_chars(c);
}

static struct tokenizer *byte_pairs(const char *text, int vocab)
{
    const char *special = VOCAB_END_OF_TEXT;
    struct vocab *b;
    cr_assert_eq(bpe_fast_train(strlen(text), text, vocab, 1, &special, &b, NULL), ERR_NONE);
    return tokenizer_of_bpe(b);
}

static struct gpt *model_as(const struct gpt_config *c)
{
    struct gpt *m = gpt_new(c, 6);
    struct random r = random_start(7, RANDOM_TEST);
    for (size_t i = 0; i < gpt_weights(m); i++) gpt_data(m)[i] += random_normal(&r);
    return m;
}

static struct gpt *model_of(int vocab, int layers, int heads)
{
    const struct gpt_config c = {SIZES(vocab, 4, layers, heads, 12)};
    return model_as(&c);
}

static void write_model(const char *dir, const struct gpt *m, const struct tokenizer *tok)
{
    struct error e = {.text = ""};
    cr_assert_eq(file_make_directory(dir, &e), ERR_NONE, "%s", e.text);
    cr_assert_eq(model_describe(dir, gpt_config(m), tok, &e), ERR_NONE, "%s", e.text);
    cr_assert_eq(model_stage(dir, m, tok, 17, &e), ERR_NONE, "%s", e.text);
    cr_assert_eq(model_publish_description(dir, &e), ERR_NONE, "%s", e.text);
    cr_assert_eq(model_publish(dir, &e), ERR_NONE, "%s", e.text);
}

static void refused(enum err code, const char *words)
{
    struct gpt *m = (struct gpt *)root;
    struct tokenizer *tok = (struct tokenizer *)root;
    struct error e = {0};
    cr_assert_eq(model_read("m", &m, &tok, &e), code, "%s: %s", words, e.text);
    cr_assert_eq(e.code, code);
    cr_assert(strstr(e.text, "m/") && strstr(e.text, words), "%s", e.text);
    cr_assert(m == (struct gpt *)root && tok == (struct tokenizer *)root, "an output was touched");
}

static void same_ids(const struct tokenizer *a, const struct tokenizer *b, const char *text)
{
    int32_t *x, *y;
    size_t n, k;
    cr_assert_eq(tokenizer_encode(a, strlen(text), text, &x, &n, NULL), ERR_NONE);
    cr_assert_eq(tokenizer_encode(b, strlen(text), text, &y, &k, NULL), ERR_NONE);
    cr_assert(n == k && memcmp(x, y, n * sizeof *x) == 0);
    free(x), free(y);
}

static void comes_back(struct gpt *m, struct tokenizer *tok, const char *text)
{
    struct gpt *got;
    struct tokenizer *tokens;
    struct error e = {.text = ""};
    write_model("m", m, tok);
    cr_assert_eq(model_read("m", &got, &tokens, &e), ERR_NONE, "%s", e.text);
    cr_assert_eq(memcmp(gpt_config(got), gpt_config(m), sizeof *gpt_config(m)), 0);
    check_same(gpt_weights(m), gpt_data(got), gpt_data(m), "the weights");
    cr_assert_eq(model_checksum(got), model_checksum(m));
    same_ids(tokens, tok, text);
    gpt_free(got), gpt_free(m);
    tokenizer_free(tokens), tokenizer_free(tok);
}

Test(model_file, a_model_comes_back)
{
    struct tokenizer *tok = letters("abc é\n");
    comes_back(model_of(tokenizer_vocab(tok), 3, 4), tok, "cab é\n\n");
    tok = byte_pairs("the cat the cat the cat", 262);
    comes_back(model_of(tokenizer_vocab(tok), 3, 4), tok, "the cat sat\xFF <|endoftext|> the");
}

// Every choice that a config has, with every other.
Test(model_file, a_model_of_any_shape_comes_back)
{
    for (int i = 0; i < 4 * 2 * 2 * 2 * 2; i++) {
        struct tokenizer *tok = letters("abc");
        const struct gpt_config c = {SIZES(3, 4, 2, 2, 8),
                                     .groups = 1 + i % 2,
                                     .hidden = 5,
                                     .position = (enum position)(i % 4),
                                     .norm = (enum norm)(i / 4 % 2),
                                     .network = (enum network)(i / 8 % 2),
                                     .unbiased = i / 16 % 2,
                                     .untied = i / 32,
                                     .epsilon = 1e-6f};
        comes_back(model_as(&c), tok, "cab");
    }
}

// GPT-2 was published with vocab.json and merges.txt.
Test(model_file, two_files_instead_of_tokenizer_json)
{
    struct tokenizer *tok = byte_pairs("the cat the cat the cat", 262), *tokens;
    struct gpt *m = model_of(262, 1, 2), *got;
    struct error e = {.text = ""};
    write_model("m", m, tok);
    cr_assert_eq(unlink("m/tokenizer.json"), 0);
    refused(ERR_IO, "m/tokenizer.json: cannot open");
    cr_assert_eq(vocab_files_write("m", tokenizer_bpe(tok), &e), ERR_NONE, "%s", e.text);
    cr_assert_eq(model_read("m", &got, &tokens, &e), ERR_NONE, "%s", e.text);
    same_ids(tokens, tok, "the cat sat<|endoftext|>");
    gpt_free(got), gpt_free(m);
    tokenizer_free(tokens), tokenizer_free(tok);
}

Test(model_file, weights_stand_as_in_published_files)
{
    struct tokenizer *tok = letters("abcd");
    struct gpt *m = model_of(4, 2, 2);
    write_model("m", m, tok);
    struct safetensors *st;
    struct error e = {.text = ""};
    cr_assert_eq(safetensors_open("m/model.safetensors", &st, &e), ERR_NONE, "%s", e.text);
    cr_assert_str_eq(safetensors_metadata(st, "format"), "pt");
    cr_assert_str_eq(safetensors_metadata(st, "step"), "17");
    cr_assert_str_eq(safetensors_metadata(st, "heads"), "2");
    cr_assert_eq(safetensors_count(st), gpt_params(m));
    int turned = 0;
    for (int i = 0; i < gpt_params(m); i++) {
        struct param p = gpt_param(m, i);
        const struct safetensors_tensor *t = safetensors_find(st, p.name);
        cr_assert_not_null(t, "%s", p.name);
        cr_assert(t->dtype == SAFETENSORS_F32 && t->rank == p.rank && t->size == 4 * p.size);
        // Embeddings as they are; the layers' matrices as (inputs, outputs).
        int is_layer = p.rank == 2 && strncmp(p.name, "h.", 2) == 0;
        int64_t R = p.shape[0], C = p.rank == 2 ? p.shape[1] : 1;
        cr_assert(t->shape[0] == (is_layer ? C : R));
        for (int64_t r = 0; r < R; r++) {
            for (int64_t c = 0; c < C; c++) {
                float in_file;
                memcpy(&in_file, (const float *)t->data + (is_layer ? c * R + r : r * C + c), 4);
                cr_assert_eq(in_file, p.data[r * C + c], "%s[%d,%d]", p.name, (int)r, (int)c);
            }
        }
        turned += is_layer;
    }
    cr_assert_eq(turned, 8);
    safetensors_close(st);
    gpt_free(m);
    tokenizer_free(tok);
}

// foreign rewrites m/model.safetensors as another program might: without our notes, and with
// `more` tensors (at most one), without the one called `less`.
static void foreign(const struct safetensors_tensor *more, const char *less)
{
    struct safetensors *st;
    struct error e = {.text = ""};
    cr_assert_eq(safetensors_open("m/model.safetensors", &st, &e), ERR_NONE, "%s", e.text);
    struct safetensors_tensor *tensors = calloc((size_t)safetensors_count(st) + 1, sizeof *tensors);
    int n = 0;
    for (int i = 0; i < safetensors_count(st); i++) {
        const struct safetensors_tensor *t = safetensors_at(st, i);
        if (!less || strcmp(t->name, less) != 0) tensors[n++] = *t;
    }
    if (more) tensors[n++] = *more;
    cr_assert_eq(safetensors_stage("m/model.safetensors", n, tensors, 0, NULL, &e), ERR_NONE, "%s",
                 e.text);
    cr_assert_eq(output_publish("m/model.safetensors", &e), ERR_NONE);
    free(tensors);
    safetensors_close(st);
}

Test(model_file, another_programs_file_needs_no_notes)
{
    struct tokenizer *tok = letters("abcd"), *tokens;
    struct gpt *m = model_of(4, 2, 2), *got;
    write_model("m", m, tok);
    const float mask[2] = {0, 0};
    // GPT-2's files hold such buffers, which are no weights.
    foreign(&(struct safetensors_tensor){.name = "h.0.attn.bias",
                                         .dtype = SAFETENSORS_F32,
                                         .rank = 1,
                                         .shape = {2},
                                         .data = mask},
            NULL);
    struct error e = {.text = ""};
    cr_assert_eq(model_read("m", &got, &tokens, &e), ERR_NONE, "%s", e.text);
    check_same(gpt_weights(m), gpt_data(got), gpt_data(m), "the weights");
}

Test(model_file, tensors_that_do_not_fit_are_refused)
{
    struct tokenizer *tok = letters("abcd");
    struct gpt *m = model_of(4, 2, 2);
    for (int i = 0; i < gpt_params(m); i++) {
        write_model("m", m, tok);
        const char *name = gpt_param(m, i).name;
        foreign(NULL, name);
        refused(ERR_MATCH, name);
        const float one[1] = {0};
        foreign(
            &(struct safetensors_tensor){
                .name = name, .dtype = SAFETENSORS_F32, .rank = 1, .shape = {1}, .data = one},
            NULL);
        refused(ERR_MATCH, name);
    }
    write_model("m", m, tok);
    struct param bias = gpt_param(m, gpt_params(m) - 1);
    const int32_t whole[12] = {0};
    foreign(NULL, bias.name);
    foreign(
        &(struct safetensors_tensor){
            .name = bias.name, .dtype = SAFETENSORS_I32, .rank = 1, .shape = {12}, .data = whole},
        NULL);
    refused(ERR_FORMAT, bias.name);
}

Test(model_file, tensors_that_do_not_fit_a_llama_are_refused)
{
    struct tokenizer *tok = letters("abcd");
    struct gpt_config c = {SIZES(4, 4, 2, 2, 8), .groups = 1, .hidden = 5};
    gpt_llama(&c);
    struct gpt *m = model_as(&c);
    int count = 0;
    for (int i = 0; i < gpt_params(m); i++) {
        struct param p = gpt_param(m, i);
        struct published part[PUBLISHED_PARTS];
        int parts = published_parts(gpt_config(m), &p, part);
        for (int k = 0; k < parts; k++, count++) {
            char words[512];
            const float one[1] = {0};
            struct safetensors_tensor other = {.name = part[k].name,
                                               .dtype = SAFETENSORS_F32,
                                               .rank = 1,
                                               .shape = {1},
                                               .data = one};
            write_model("m", m, tok);
            foreign(NULL, part[k].name);
            snprintf(words, sizeof words, "tensor '%s' is missing", part[k].name);
            refused(ERR_MATCH, words);
            foreign(&other, NULL);
            snprintf(words, sizeof words, "tensor '%s' has shape [1], expected", part[k].name);
            refused(ERR_MATCH, words);
        }
    }
    cr_assert_eq(count, 3 + 2 * 9);
    // A tied model's head is the embedding, whatever its file holds besides.
    c.untied = 0;
    struct gpt *tied = model_as(&c), *got;
    struct tokenizer *tokens;
    struct error e = {.text = ""};
    const float head[32] = {0};
    write_model("m", tied, tok);
    foreign(&(struct safetensors_tensor){.name = "lm_head.weight",
                                         .dtype = SAFETENSORS_F32,
                                         .rank = 2,
                                         .shape = {4, 8},
                                         .data = head},
            NULL);
    cr_assert_eq(model_read("m", &got, &tokens, &e), ERR_NONE, "%s", e.text);
    check_same(gpt_weights(tied), gpt_data(got), gpt_data(tied), "the weights");
}

Test(model_file, a_config_of_another_llama_is_refused)
{
    struct tokenizer *tok = letters("abcd");
    struct gpt_config c = {SIZES(4, 4, 2, 4, 16), .groups = 2, .hidden = 5};
    gpt_llama(&c);
    write_model("m", model_as(&c), tok);
    static const struct {
        int layers, heads, groups, hidden;
        const char *words;
    } bad[] = {
        {1, 4, 2, 5, "tensor 'model.layers.1.input_layernorm.weight': config.json says 1 layers"},
        {3, 4, 2, 5, "tensor 'model.layers.2.input_layernorm.weight' is missing"},
        {2, 4, 4, 5, "'model.layers.1.self_attn.k_proj.weight' has shape [8, 16], expected [16,"},
        {2, 4, 2, 1 << 18, "'model.layers.1.mlp.up_proj.weight' has shape [5, 16], expected"},
        {2, 2, 1, 5, "the weights have 4 heads, config.json says 2"},
    };
    static const struct {
        float epsilon, base;
        int untied;
        const char *words;
    } other[] = {
        {1e-6f, 0, 1,
         "m/model.safetensors: the weights are of another shape (rotary 10000.0, rms 1e-05, swiglu, "
         "unbiased, untied, context 4), config.json says rotary 10000.0, rms 1e-06, swiglu, "
         "unbiased, untied, context 4"},
        {0, 500000, 1, "config.json says rotary 500000.0, rms 1e-05"},
        {0, 0, 0,
         "untied, context 4), config.json says rotary 10000.0, rms 1e-05, swiglu, unbiased, tied"},
    };
    struct gpt_config right = c;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct error e = {.text = ""};
        c.layers = bad[i].layers, c.heads = bad[i].heads;
        c.groups = bad[i].groups, c.hidden = bad[i].hidden;
        cr_assert_eq(config_file_stage("m", &c, tok, &e), ERR_NONE, "%s", e.text);
        cr_assert_eq(output_publish("m/config.json", &e), ERR_NONE, "%s", e.text);
        refused(ERR_MATCH, bad[i].words);
    }
    for (size_t i = 0; i < sizeof other / sizeof *other; i++) {
        struct error e = {.text = ""};
        c = right;
        c.epsilon = other[i].epsilon, c.rotary_base = other[i].base, c.untied = other[i].untied;
        cr_assert_eq(config_file_stage("m", &c, tok, &e), ERR_NONE, "%s", e.text);
        cr_assert_eq(output_publish("m/config.json", &e), ERR_NONE, "%s", e.text);
        refused(ERR_MATCH, other[i].words);
    }
}

Test(model_file, a_config_of_another_model_is_refused)
{
    struct tokenizer *tok = letters("abcd");
    struct gpt *m = model_of(4, 2, 2);
    write_model("m", m, tok);
    static const struct {
        struct gpt_config c;
        const char *words;
    } bad[] = {
        {{SIZES(4, 4, 2, 2, 12), .epsilon = 4e-5f},
         "(GPT-2's), config.json says learned, layer 4e-05, gelu, biased, tied"},
        {{SIZES(4, 4, 2, 3, 12)},
         "m/model.safetensors: the weights have 2 heads, config.json says 3"},
        {{SIZES(4, 4, 1, 2, 12)}, "tensor 'h.1.ln_1.weight': config.json says 1 layers"},
        {{SIZES(4, 4, 3, 2, 12)}, "h.2.ln_1.weight"},
        {{SIZES(4, 5, 2, 2, 12)}, "wpe.weight"},
        {{SIZES(4, 4, 2, 2, 24)}, "wte.weight"},
        {{SIZES(5, 4, 2, 2, 12)}, "m/tokenizer.json: has 4 tokens, config.json says 5"},
        // Found before anybody asks for 50 TB.
        {{SIZES(4, 1 << 20, 1 << 10, 1 << 10, 1 << 16)}, "wte.weight"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        cr_assert_eq(model_describe("m", &bad[i].c, tok, NULL), ERR_NONE);
        cr_assert_eq(model_publish_description("m", NULL), ERR_NONE);
        refused(ERR_MATCH, bad[i].words);
    }
}

Test(model_file, tokens_of_another_model_are_refused)
{
    struct tokenizer *tok = letters("abcd"), *other = letters("abce");
    struct gpt *m = model_of(4, 2, 2);
    write_model("m", m, tok);
    cr_assert_eq(model_describe("m", gpt_config(m), other, NULL), ERR_NONE);
    cr_assert_eq(model_publish_description("m", NULL), ERR_NONE);
    refused(ERR_MATCH, "m/model.safetensors: the weights belong to another tokenizer.json");
    // The same tokens from other merges: "abc" is "ab" and "c", or "a" and "bc".
    struct vocab *b;
    const int32_t one[] = {64, 65, 65, 66, 256, 66}, two[] = {64, 65, 65, 66, 64, 257};
    cr_assert_eq(vocab_new(3, one, 0, NULL, &b, NULL), ERR_NONE);
    tok = tokenizer_of_bpe(b);
    cr_assert_eq(vocab_new(3, two, 0, NULL, &b, NULL), ERR_NONE);
    other = tokenizer_of_bpe(b);
    m = model_of(259, 2, 2);
    write_model("m", m, tok);
    cr_assert_eq(model_describe("m", gpt_config(m), other, NULL), ERR_NONE);
    cr_assert_eq(model_publish_description("m", NULL), ERR_NONE);
    refused(ERR_MATCH, "m/model.safetensors: the weights belong to another tokenizer.json");
}

static void write_text(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    cr_assert_not_null(f);
    fputs(text, f);
    cr_assert_eq(fclose(f), 0);
}

Test(model_file, a_file_that_is_missing_or_none_is_refused)
{
    static const char *const files[] = {"m/config.json", "m/tokenizer.json", "m/model.safetensors"};
    struct tokenizer *tok = letters("abcd");
    struct gpt *m = model_of(4, 2, 2);
    for (int i = 0; i < 3; i++) {
        write_model("m", m, tok);
        write_text(files[i], "");
        refused(i < 2 ? ERR_FORMAT : ERR_SHORT, files[i]);
        // Another kind of tokenizer.json is ERR_VALUE to who named it; here it is a bad file.
        write_text(files[i], "{\"model\": {\"type\": \"WordPiece\", \"vocab\": {}}}");
        refused(ERR_FORMAT, files[i]);
        unlink(files[i]);
        refused(ERR_IO, files[i]);
    }
}

Test(model_file, staged_weights_are_not_the_model_until_published)
{
    struct tokenizer *tok = letters("abcd");
    struct gpt *m = model_of(4, 2, 2), *got = model_of(4, 2, 2);
    write_model("m", m, tok);
    uint64_t old = model_checksum(m);
    gpt_data(m)[3] += 1;
    cr_assert_neq(model_checksum(m), old);
    cr_assert_eq(model_stage("m", m, tok, 18, NULL), ERR_NONE);
    cr_assert_eq(model_weights("m", got, NULL), ERR_NONE);
    cr_assert_eq(model_checksum(got), old);
    cr_assert_eq(model_staged("m", got, NULL), ERR_NONE);
    cr_assert_eq(model_checksum(got), model_checksum(m));
    model_withdraw("m");
    cr_assert_eq(model_staged("m", got, NULL), ERR_IO);
    cr_assert_eq(model_publish("m", NULL), ERR_IO, "there is nothing to publish");
    cr_assert_eq(model_weights("m", got, NULL), ERR_NONE);
    cr_assert_eq(model_checksum(got), old, "the old ones are still there");
    cr_assert_eq(model_remove("m", NULL), ERR_NONE);
    cr_assert_eq(model_weights("m", got, NULL), ERR_IO);
    cr_assert_eq(model_remove("m", NULL), ERR_NONE, "what is not there need not be removed");
}

Test(model_file, the_checksum_sees_every_bit)
{
    struct gpt *m = model_of(4, 1, 2);
    uint64_t whole = model_checksum(m);
    for (size_t i = 0; i < gpt_weights(m); i++) {
        unsigned char *byte = (unsigned char *)&gpt_data(m)[i] + i % 4;
        *byte ^= (unsigned char)(1 << i % 8);
        cr_assert_neq(model_checksum(m), whole, "weight %zu", i);
        *byte ^= (unsigned char)(1 << i % 8);
    }
    cr_assert_eq(model_checksum(m), whole);
}
