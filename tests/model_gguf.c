// model_gguf: gguf-py's models give PyTorch's answers, ours come back, llama.cpp's tokens are ours;
// what is refused.
#include "model_gguf.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bytes.h"
#include "check.h"
#include "file.h"
#include "hash.h"
#include "llama2c.h"
#include "model_file.h"
#include "random.h"
#include "ride.h"
#include "shape.h"
#include "tokenizer_file.h"

static char directory[] = "/tmp/model_gguf-XXXXXX";
static char path[64], other[64];

static void begin(void)
{
    cr_assert_not_null(mkdtemp(directory));
    snprintf(path, sizeof path, "%s/m.gguf", directory);
    snprintf(other, sizeof other, "%s/o.gguf", directory);
}

static void end(void)
{
    unlink(path);
    unlink(other);
    rmdir(directory);
}

TestSuite(model_gguf, .init = begin, .fini = end);

// --- models ----------------------------------------------------------------------------------

enum { V = 19, T = 12 };

// nineteen returns a vocabulary of V letters.
static struct tokenizer *nineteen(void)
{
    struct chars *c;
    cr_assert_eq(chars_new(V, "abcdefghijklmnopqrs", &c, NULL), ERR_NONE);
    return tokenizer_of_chars(c);
}

static struct gpt *model_of(const struct gpt_config *c)
{
    struct gpt *m = gpt_new(c, 6);
    struct random r = random_start(7, RANDOM_TEST);
    for (size_t i = 0; i < gpt_weights(m); i++) gpt_data(m)[i] += 0.2f * random_normal(&r);
    return m;
}

static struct model_gguf_sizes write_model(const struct gpt *m, enum gguf_type type)
{
    struct tokenizer *tok = nineteen();
    struct model_gguf_sizes sizes;
    struct error e;
    cr_assert_eq(model_gguf_write(path, "test", m, tok, type, &sizes, &e), ERR_NONE, "%s", e.text);
    tokenizer_free(tok);
    return sizes;
}

static struct gpt *read_model(const char *from)
{
    struct gpt *m;
    struct tokenizer *tok;
    struct error e;
    cr_assert_eq(model_read(from, &m, &tok, &e), ERR_NONE, "%s", e.text);
    cr_assert_eq(tokenizer_vocab(tok), gpt_config(m)->vocab);
    tokenizer_free(tok);
    return m;
}

// logits returns those of one text, in the check's memory.
static const float *logits(struct check *c, const struct gpt *m)
{
    static const int32_t tokens[T] = {3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 18};
    struct tape *t = tape_new();
    int node = gpt_forward(m, t, 0, 1, T, tokens);
    const float *copy = check_copy(c, (size_t)T * V, tape_data(t, node));
    tape_free(t);
    return copy;
}

// --- what others wrote -----------------------------------------------------------------------

// gives_pytorchs compares with what Hugging Face computes with the model that gguf-py's was made
// of.
static void gives_pytorchs(const char *file, const char *golden)
{
    enum { B = 2 };
    struct gpt *m = read_model(file);
    struct safetensors *st = check_golden(golden);
    struct tape *t = tape_new();
    int32_t tokens[B * T];
    memcpy(tokens, check_golden_ids(st, "tokens", B * T), sizeof tokens);
    int node = gpt_forward(m, t, 0, B, T, tokens);
    size_t n = (size_t)B * T * V;
    check_relative(n, tape_data(t, node), check_golden_floats(st, "logits", n), 1e-5, "logits");
    tape_free(t);
    safetensors_close(st);
    gpt_free(m);
}

Test(model_gguf, models_by_gguf_py_give_pytorchs_logits)
{
    gives_pytorchs(GOLDEN "/gguf/gpt2.gguf", "hf/gpt2/expected");
    gives_pytorchs(GOLDEN "/gguf/llama.gguf", "hf/llama/expected");
}

// struct answer: a line of llama_cpp.txt.
struct answer {
    char name[16], prompt[64];
    unsigned long long hash;
    size_t size;
    int count;
    int32_t id[128];
};

static int next_answer(FILE *f, struct answer *a)
{
    char hex[128];
    int end = 0;
    if (fscanf(f, "%15s %llx %zu %127s", a->name, &a->hash, &a->size, hex) != 4) return 0;
    size_t n = strlen(hex) / 2;
    for (size_t i = 0; i < n; i++) {
        unsigned byte;
        cr_assert_eq(sscanf(hex + 2 * i, "%2x", &byte), 1);
        a->prompt[i] = (char)byte;
    }
    a->prompt[n] = 0;
    for (a->count = 0; a->count < 128 && (end = fgetc(f)) == ' '; a->count++)
        cr_assert_eq(fscanf(f, "%d", &a->id[a->count]), 1);
    cr_assert(end == '\n' && a->count > 0);
    return 1;
}

// answers exports a model, which must give the very file that llama.cpp has read, and goes on with
// the text as it did.
static void answers(const struct answer *a, const struct gpt *m, const struct tokenizer *tok)
{
    struct model_gguf_sizes sizes;
    struct error e;
    char *bytes;
    size_t size, n;
    int32_t *ids, all[256];
    cr_assert_eq(model_gguf_write(path, a->name, m, tok, GGUF_F32, &sizes, &e), ERR_NONE, "%s",
                 e.text);
    cr_assert_eq(file_read(path, &bytes, &size, &e), ERR_NONE);
    cr_assert(size == a->size && hash_bytes(bytes, size) == a->hash,
              "%s: the file is not the one that llama.cpp has read: tests/golden/make_gguf.py asks "
              "it again",
              a->name);
    free(bytes);
    struct gpt *again = read_model(path);
    cr_assert_eq(tokenizer_encode(tok, strlen(a->prompt), a->prompt, &ids, &n, &e), ERR_NONE);
    memcpy(all, ids, n * sizeof *ids);
    memcpy(all + n, a->id, (size_t)a->count * sizeof *a->id);
    // If each of its tokens is the likeliest behind those before it, we would have written them.
    struct tape *t = tape_new();
    int first = (int)n, vocab = gpt_config(again)->vocab;
    const float *scores = tape_data(t, gpt_forward(again, t, 0, 1, first + a->count - 1, all));
    for (int i = 0; i < a->count; i++) {
        int32_t ours = ride_argmax(vocab, scores + (size_t)(first + i - 1) * (size_t)vocab);
        cr_assert_eq(ours, a->id[i], "%s: token %d is %d, llama.cpp's %d", a->name, i, ours,
                     a->id[i]);
    }
    tape_free(t);
    free(ids);
    gpt_free(again);
}

Test(model_gguf, llama_cpp_goes_on_as_we_do)
{
    FILE *f = fopen(GOLDEN "/gguf/llama_cpp.txt", "r");
    cr_assert_not_null(f);
    struct answer a;
    int count = 0;
    for (; next_answer(f, &a); count++) {
        struct gpt *m;
        struct tokenizer *tok;
        struct error e;
        enum err code = ERR_NONE;
        if (strcmp(a.name, "tiny") == 0) {
            code = llama2c_read(GOLDEN "/llama/model.bin", &m, &e);
            if (!code) code = tokenizer_file_read(GOLDEN "/llama/tokenizer.bin", &tok, &e);
        } else {
            code = model_read("checkpoints/stories", &m, &tok, &e);
        }
        cr_assert_eq(code, ERR_NONE, "%s", e.text);
        answers(&a, m, tok);
        gpt_free(m);
        tokenizer_free(tok);
    }
    fclose(f);
    cr_assert_eq(count, 2);
}

// --- there and back --------------------------------------------------------------------------

// like returns a shape in llama.cpp's words: gpt2 or llama, and what is special.
static struct gpt_config like(int llama, int groups, int untied, int unbiased,
                              enum position position)
{
    struct gpt_config c = {SIZES(V, T, 2, 4, 32)};
    if (llama) gpt_llama(&c);
    c.groups = groups, c.untied = untied, c.unbiased = unbiased, c.position = position;
    c.hidden = 40, c.epsilon = 1e-3f;
    if (llama) c.rotary_base = 500;
    return c;
}

static const struct {
    int llama, groups, untied, unbiased;
    enum position position;
} SHAPES[] = {{0, 4, 0, 0, POSITION_LEARNED}, {0, 2, 1, 0, POSITION_LEARNED},
              {0, 1, 0, 1, POSITION_LEARNED}, {0, 4, 0, 0, POSITION_WAVES},
              {0, 4, 1, 1, POSITION_NONE},    {1, 4, 1, 1, POSITION_ROTARY},
              {1, 2, 0, 1, POSITION_ROTARY},  {1, 1, 1, 0, POSITION_ROTARY}};
enum { SHAPE_COUNT = sizeof SHAPES / sizeof *SHAPES };

static struct gpt *shape(int i)
{
    const struct gpt_config c = like(SHAPES[i].llama, SHAPES[i].groups, SHAPES[i].untied,
                                     SHAPES[i].unbiased, SHAPES[i].position);
    return model_of(&c);
}

Test(model_gguf, every_shape_comes_back_to_the_bit)
{
    for (int i = 0; i < SHAPE_COUNT; i++) {
        struct check *c = check_begin(1);
        struct gpt *m = shape(i);
        struct model_gguf_sizes sizes = write_model(m, GGUF_F32);
        struct gpt *again = read_model(path);
        cr_assert_eq(sizes.bytes, 4 * sizes.weights);
        cr_assert_eq(sizes.unfit, 0);
        check_same((size_t)T * V, logits(c, again), logits(c, m), "shape %d", i);
        const struct gpt_config *a = gpt_config(m), *b = gpt_config(again);
        cr_assert(a->groups == b->groups && a->untied == b->untied && a->hidden == b->hidden &&
                  a->context == b->context);
        cr_assert(a->epsilon <= b->epsilon && a->epsilon >= b->epsilon);
        cr_assert(a->rotary_base <= b->rotary_base && a->rotary_base >= b->rotary_base);
        gpt_free(m);
        gpt_free(again);
        check_end(c);
    }
}

Test(model_gguf, written_once_more_it_is_the_same_file)
{
    for (int i = 0; i < SHAPE_COUNT; i++) {
        struct gpt *m = shape(i);
        char *one, *two;
        size_t n, k;
        write_model(m, GGUF_Q8_0);
        cr_assert_eq(file_read(path, &one, &n, NULL), ERR_NONE);
        gpt_free(m);
        m = read_model(path);
        // Tables and biases that were made for llama.cpp are the model's own now, and stand where
        // those stand.
        write_model(m, GGUF_Q8_0);
        cr_assert_eq(file_read(path, &two, &k, NULL), ERR_NONE);
        int plain =
            SHAPES[i].llama || (SHAPES[i].position == POSITION_LEARNED && !SHAPES[i].unbiased);
        cr_assert_eq(n, k);
        cr_assert(!plain || memcmp(one, two, n) == 0, "shape %d", i);
        free(one);
        free(two);
        gpt_free(m);
    }
}

static enum gguf_type type_in(const struct gguf *g, const char *name)
{
    const struct gguf_tensor *t = gguf_find(g, name);
    cr_assert_not_null(t, "%s", name);
    return t->type;
}

static struct gguf *open_file(const char *name)
{
    struct gguf *g;
    struct error e;
    cr_assert_eq(gguf_open(name, &g, &e), ERR_NONE, "%s", e.text);
    return g;
}

static int file_type(const struct gguf *g)
{
    int type = -1;
    struct error e;
    cr_assert_eq(gguf_want_int(g, "general.file_type", 0, 100, &type, &e), ERR_NONE, "%s", e.text);
    return type;
}

// The rows of ffn_down are 40 numbers: no whole blocks.
Test(model_gguf, matrices_become_what_was_asked_and_no_others)
{
    static const struct {
        enum gguf_type type, matrix, head, table, unfit;
        int file, unfit_count;
    } cases[] = {{GGUF_F32, GGUF_F32, GGUF_F32, GGUF_F32, GGUF_F32, 0, 0},
                 {GGUF_F16, GGUF_F16, GGUF_F16, GGUF_F16, GGUF_F16, 1, 0},
                 {GGUF_Q8_0, GGUF_Q8_0, GGUF_Q8_0, GGUF_Q8_0, GGUF_F16, 7, 2},
                 {GGUF_Q4_0, GGUF_Q4_0, GGUF_Q8_0, GGUF_Q4_0, GGUF_F16, 2, 2}};
    for (int untied = 0; untied <= 1; untied++) {
        struct gpt_config c = like(0, 4, untied, 0, POSITION_LEARNED);
        struct gpt *m = model_of(&c);
        for (int i = 0; i < 4; i++) {
            struct model_gguf_sizes sizes = write_model(m, cases[i].type);
            struct gguf *g = open_file(path);
            enum gguf_type table = untied ? cases[i].table : cases[i].head;
            cr_assert_eq(sizes.unfit, cases[i].unfit_count);
            cr_assert_eq(type_in(g, "token_embd.weight"), table);
            if (untied) cr_assert_eq(type_in(g, "output.weight"), cases[i].head);
            cr_assert_eq(type_in(g, "position_embd.weight"), GGUF_F32);
            cr_assert_eq(type_in(g, "blk.1.attn_qkv.weight"), cases[i].matrix);
            cr_assert_eq(type_in(g, "blk.1.ffn_down.weight"), cases[i].unfit);
            cr_assert_eq(type_in(g, "blk.1.attn_norm.weight"), GGUF_F32);
            cr_assert_eq(type_in(g, "blk.1.attn_qkv.bias"), GGUF_F32);
            cr_assert_eq(file_type(g), cases[i].file);
            cr_assert_eq(!gguf_pair(g, "general.quantization_version"), i < 2);
            size_t bytes = 0;
            for (int k = 0; k < gguf_count(g); k++) bytes += gguf_at(g, k)->size;
            cr_assert_eq(sizes.bytes, bytes);
            cr_assert_eq(sizes.tensors, gguf_count(g));
            cr_assert_eq(sizes.weights, gpt_weights(m));
            gguf_close(g);
        }
        gpt_free(m);
    }
}

// check_rounded fails unless each weight of p is within `share` of the largest of its row, or the
// same where nothing is rounded.
static void check_rounded(const struct param *p, const struct param *was, double share)
{
    size_t C = (size_t)(p->rank == 2 ? p->shape[1] : p->shape[0]);
    int exact = p->rank == 1 || strcmp(p->name, "wpe.weight") == 0;
    for (size_t i = 0; i < p->size; i++) {
        double most = 0, apart = fabs((double)p->data[i] - (double)was->data[i]);
        for (size_t k = i / C * C; k < i / C * C + C; k++)
            most = fmax(most, fabs((double)was->data[k]));
        cr_assert(apart <= (exact ? 0 : share * most), "%s[%zu] was %g, is %g", p->name, i,
                  (double)was->data[i], (double)p->data[i]);
    }
}

// Q8_0: half a step, and steps are 1 / 127 of the largest; Q4_0: a whole step of 1 / 8 at one end.
// The scale is a half, another 2^-11.
Test(model_gguf, rounded_weights_are_near_and_in_their_places)
{
    static const struct {
        enum gguf_type type;
        double share;
    } cases[] = {{GGUF_F16, 0x1p-11}, {GGUF_Q8_0, 0.00445}, {GGUF_Q4_0, 0.1256}};
    for (int s = 0; s < SHAPE_COUNT; s++) {
        if (!SHAPES[s].llama && (SHAPES[s].unbiased || SHAPES[s].position != POSITION_LEARNED))
            continue;
        struct gpt *m = shape(s);
        for (int i = 0; i < 3; i++) {
            write_model(m, cases[i].type);
            struct gpt *again = read_model(path);
            cr_assert_eq(gpt_params(again), gpt_params(m));
            for (int k = 0; k < gpt_params(m); k++) {
                struct param p = gpt_param(again, k), was = gpt_param(m, k);
                check_rounded(&p, &was, cases[i].share);
            }
            gpt_free(again);
        }
        gpt_free(m);
    }
}

// --- refusals --------------------------------------------------------------------------------

Test(model_gguf, shapes_that_llama_cpp_cannot_compute_are_not_written)
{
    static const struct {
        enum position position;
        enum norm norm;
        enum network network;
        const char *words;
    } cases[] = {{POSITION_ROTARY, NORM_LAYER, NETWORK_GELU,
                  "a model with rotary 10000.0, layer 1e-05, gelu"},
                 {POSITION_ROTARY, NORM_RMS, NETWORK_GELU, "rms 1e-05, gelu"},
                 {POSITION_ROTARY, NORM_LAYER, NETWORK_SWIGLU, "layer 1e-05, swiglu"},
                 {POSITION_LEARNED, NORM_RMS, NETWORK_GELU, "a model with learned, rms"},
                 {POSITION_WAVES, NORM_LAYER, NETWORK_SWIGLU, "a model with waves"},
                 {POSITION_NONE, NORM_RMS, NETWORK_SWIGLU, "a model with none"}};
    struct tokenizer *tok = nineteen();
    for (int i = 0; i < 6; i++) {
        struct gpt_config c = {SIZES(V, T, 1, 2, 8)};
        c.position = cases[i].position, c.norm = cases[i].norm, c.network = cases[i].network;
        struct gpt *m = gpt_new(&c, 1);
        struct model_gguf_sizes sizes;
        struct error e;
        cr_assert_eq(model_gguf_write(path, "x", m, tok, GGUF_F32, &sizes, &e), ERR_VALUE);
        cr_assert(strstr(e.text, cases[i].words) && strstr(e.text, "llama.cpp computes"), "%s",
                  e.text);
        cr_assert_not(file_exists(path));
        gpt_free(m);
    }
    tokenizer_free(tok);
}

// struct change: what is different in the file that `refused` makes of one that is right.
struct change {
    const char *key;                // this pair is left out
    const struct gguf_pair *value;  // or replaced, or added
    const char *drop;               // this tensor is left out
    const struct gguf_tensor *add;
};

static void refused(struct change x, enum err code, const char *words)
{
    struct gguf *g = open_file(path);
    struct gguf_pair pair[64];
    struct gguf_tensor tensor[64];
    int pairs = 0, tensors = 0;
    for (int i = 0; i < gguf_pairs(g); i++)
        if (!x.key || strcmp(gguf_pair_at(g, i)->key, x.key) != 0)
            pair[pairs++] = *gguf_pair_at(g, i);
    for (int i = 0; i < gguf_count(g); i++)
        if (!x.drop || strcmp(gguf_at(g, i)->name, x.drop) != 0) tensor[tensors++] = *gguf_at(g, i);
    if (x.value) pair[pairs++] = *x.value;
    if (x.add) tensor[tensors++] = *x.add;
    struct error e = {.code = ERR_NONE};
    cr_assert_eq(gguf_write(other, tensors, tensor, pairs, pair, &e), ERR_NONE, "%s", e.text);
    gguf_close(g);
    struct gpt *m = (struct gpt *)directory;
    struct tokenizer *tok = (struct tokenizer *)directory;
    enum err got = model_gguf_read(other, &m, &tok, &e);
    cr_assert_eq(got, code, "%s: code %d: %s", words, got, e.text);
    cr_assert(strstr(e.text, other) && strstr(e.text, words), "%s", e.text);
    cr_assert(m == (struct gpt *)directory && tok == (struct tokenizer *)directory, "touched");
}

// refused_value refuses a file in which a number or a text is another one.
static void refused_value(const char *key, uint32_t number, const char *text, const char *words)
{
    struct gguf_text t = {text, text ? strlen(text) : 0};
    struct gguf_pair p = {.key = key,
                          .kind = text ? GGUF_STRING : GGUF_UINT32,
                          .count = 1,
                          .data = text ? NULL : &number,
                          .text = text ? &t : NULL};
    refused((struct change){.key = key, .value = &p}, ERR_FORMAT, words);
}

Test(model_gguf, other_models_are_refused)
{
    struct gpt *m = shape(5);
    write_model(m, GGUF_F32);
    refused((struct change){.key = "general.architecture"}, ERR_MATCH, "architecture' is missing");
    refused_value("general.architecture", 0, "qwen2",
                  "is \"qwen2\": expected \"gpt2\" or \"llama\"");
    refused((struct change){.key = "llama.block_count"}, ERR_MATCH, "block_count' is missing");
    refused_value("llama.block_count", 0, NULL, "'llama.block_count' is 0 (uint32)");
    refused_value("llama.attention.head_count", 5, NULL, "expected a multiple of heads, 5");
    refused_value("llama.attention.head_count", 0, "4", "is \"4\": expected a whole number");
    refused_value("llama.rope.dimension_count", 4, NULL, "is 4 (uint32): expected 8");
    refused_value("llama.rope.scaling.type", 0, "yarn", "is \"yarn\": expected \"none\"");
    refused_value("llama.expert_count", 8, NULL, "is 8 (uint32): expected 0");
    refused_value("llama.attention.key_length", 16, NULL, "is 16 (uint32): expected 8");
    refused_value("llama.vocab_size", 20, NULL, "is 20 (uint32): expected 19");
    refused_value("llama.attention.layer_norm_rms_epsilon", 2, NULL, "epsilon 2: expected 0 to 1");
    gpt_free(m);
}

static void refused_size(const char *key, uint32_t number)
{
    struct gguf_pair p = {.key = key, .kind = GGUF_UINT32, .count = 1, .data = &number};
    refused((struct change){.key = key, .value = &p}, ERR_MATCH, "weights: expected");
}

Test(model_gguf, tensors_that_do_not_fit_are_refused)
{
    static const float numbers[64] = {0};
    struct gguf_tensor more = {
        .name = "rope_freqs.weight", .type = GGUF_F32, .rank = 1, .shape = {4}, .data = numbers};
    struct gpt *m = shape(0);
    write_model(m, GGUF_F32);
    refused((struct change){.drop = "token_embd.weight"}, ERR_MATCH, "'token_embd.weight'");
    refused((struct change){.drop = "blk.1.ffn_norm.bias"}, ERR_MATCH, "weights: expected");
    refused((struct change){.add = &more}, ERR_MATCH, "weights: expected");
    refused_size("gpt2.block_count", 3);
    refused_size("gpt2.block_count", 1);
    refused_size("gpt2.context_length", 13);
    refused_size("gpt2.feed_forward_length", 41);
    refused_size("gpt2.attention.head_count_kv", 2);
    // As many weights, under another name or in another shape.
    more = (struct gguf_tensor){
        .name = "blk.1.ffn_norm.bia", .type = GGUF_F32, .rank = 1, .shape = {32}, .data = numbers};
    refused((struct change){.drop = "blk.1.ffn_norm.bias", .add = &more}, ERR_MATCH,
            "'blk.1.ffn_norm.bias' is missing");
    more.name = "blk.1.ffn_norm.bias", more.rank = 2, more.shape[0] = 1, more.shape[1] = 32;
    refused((struct change){.drop = "blk.1.ffn_norm.bias", .add = &more}, ERR_MATCH,
            "has shape [1, 32], expected [32]");
    gpt_free(m);
}

Test(model_gguf, a_vocabulary_of_another_size_is_refused)
{
    struct gpt *m = shape(0);
    write_model(m, GGUF_F32);
    struct gguf_text letters[2] = {{"a", 1}, {"b", 1}};
    struct gguf_pair p = {.key = "tokenizer.ggml.tokens",
                          .kind = GGUF_STRING,
                          .array = 1,
                          .count = 2,
                          .text = letters};
    refused((struct change){.key = p.key, .value = &p}, ERR_MATCH,
            "has 2 tokens, its embedding 19 rows");
    gpt_free(m);
}
