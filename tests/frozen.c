// frozen: a model that runs on the blocks of its file, beside the one of floats that is made of
// them.
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bytes.h"
#include "cache.h"
#include "check.h"
#include "generate.h"
#include "gguf.h"
#include "model_file.h"
#include "model_gguf.h"
#include "ops.h"
#include "random.h"
#include "ride.h"
#include "shape.h"
#include "tokenizer_file.h"

static char directory[] = "/tmp/frozen-XXXXXX";
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

TestSuite(frozen, .init = begin, .fini = end);

enum { V = 19, T = 24 };

static const struct {
    enum gguf_type gguf;
    enum quant_type type;
} TYPES[] = {{GGUF_Q8_0, QUANT_Q8_0}, {GGUF_Q4_0, QUANT_Q4_0}};

// shape returns the i-th of some shapes.  Their heads are 16 wide, and groups' rows of keys fill no
// vector of rows.
static struct gpt_config shape(int i)
{
    struct gpt_config c = {SIZES(V, T, 2, 4, 64)};
    if (i == 1) gpt_llama(&c), c.groups = 2;
    if (i == 2) gpt_llama(&c), c.heads = 16, c.groups = 1, c.untied = 0, c.hidden = 160;
    if (i == 3) c.untied = 1, c.position = POSITION_WAVES;
    return c;
}
enum { SHAPES = 4 };

static void write_model(int i, enum gguf_type type)
{
    struct gpt_config c = shape(i);
    struct gpt *m = gpt_new(&c, 6);
    struct random r = random_start(7, RANDOM_TEST);
    for (size_t k = 0; k < gpt_weights(m); k++) gpt_data(m)[k] += 0.1f * random_normal(&r);
    struct chars *chars;
    cr_assert_eq(chars_new(V, "abcdefghijklmnopqrs", &chars, NULL), ERR_NONE);
    struct tokenizer *tok = tokenizer_of_chars(chars);
    struct model_gguf_sizes sizes;
    struct error e;
    cr_assert_eq(model_gguf_write(path, "test", m, tok, type, &sizes, &e), ERR_NONE, "%s", e.text);
    tokenizer_free(tok);
    gpt_free(m);
}

static struct gpt *read_model(const char *from, int frozen)
{
    struct gpt *m;
    struct tokenizer *tok;
    struct error e;
    enum err code = (frozen ? model_frozen : model_read)(from, &m, &tok, &e);
    cr_assert_eq(code, ERR_NONE, "%s", e.text);
    tokenizer_free(tok);
    return m;
}

// logits returns those of one text, (T, V), in the check's memory.
static const float *logits(struct check *c, const struct gpt *m, const int32_t *ids)
{
    struct tape *t = tape_new();
    const float *copy = check_copy(c, (size_t)T * V, tape_data(t, gpt_forward(m, t, 0, 1, T, ids)));
    tape_free(t);
    return copy;
}

// distance returns |x - y| / |y|.
static double distance(size_t n, const float *x, const float *y)
{
    double off = 0, all = 0;
    for (size_t i = 0; i < n; i++) {
        double d = (double)x[i] - (double)y[i];
        off += d * d, all += (double)y[i] * (double)y[i];
    }
    return sqrt(off / all);
}

// A number x of a block is off by at most max |x| / 254, one by one evenly spread: by max |x| / 254
// / sqrt(3) in the root mean square, where max |x| of 32 normal ones is about 2.1 root mean
// squares. So each product is off by about half a percent, and the logits, behind nine of them that
// add up as squares do, by 1.5 %.  Twice that is allowed.
static void near_floats(struct check *c, const char *file, const char *what)
{
    struct gpt *m = read_model(file, 0), *frozen = read_model(file, 1);
    const int32_t *ids = check_ids(c, T, V);
    const float *want = logits(c, m, ids), *got = logits(c, frozen, ids);
    double off = distance((size_t)T * V, got, want);
    cr_assert(off > 1e-5 && off < 0.03, "%s: off by %g of the logits", what, off);
    gpt_free(m), gpt_free(frozen);
}

Test(frozen, logits_are_as_near_as_rounded_activations_let_them)
{
    for (int i = 0; i < SHAPES; i++) {
        for (int k = 0; k < 2; k++) {
            struct check *c = check_begin((uint64_t)i);
            char what[40];
            snprintf(what, sizeof what, "shape %d, %s", i, quant_name(TYPES[k].type));
            write_model(i, TYPES[k].gguf);
            near_floats(c, path, what);
            check_end(c);
        }
    }
}

Test(frozen, matrices_stay_in_blocks_and_nothing_else)
{
    for (int i = 0; i < SHAPES; i++) {
        write_model(i, GGUF_Q8_0);
        struct gpt *m = read_model(path, 0), *frozen = read_model(path, 1);
        cr_assert_eq(gpt_params(frozen), gpt_params(m));
        for (int k = 0; k < gpt_params(m); k++) {
            struct param p = gpt_param(frozen, k), want = gpt_param(m, k);
            int table = strcmp(p.name, "wpe.weight") == 0;
            cr_assert_eq(gpt_multiplies(frozen, k), p.rank == 2 && !table, "%s", p.name);
            cr_assert_eq(p.data == NULL, p.rank == 2 && !table, "%s", p.name);
            cr_assert_null(p.grad);
            if (p.data) check_same(p.size, p.data, want.data, "shape %d, %s", i, p.name);
        }
        gpt_free(m), gpt_free(frozen);
    }
}

Test(frozen, floats_give_the_bits_of_a_model_that_learns)
{
    for (int i = 0; i < SHAPES; i++) {
        struct check *c = check_begin((uint64_t)i);
        write_model(i, i % 2 ? GGUF_F16 : GGUF_F32);
        struct gpt *m = read_model(path, 0), *frozen = read_model(path, 1);
        const int32_t *ids = check_ids(c, T, V);
        check_same((size_t)T * V, logits(c, frozen, ids), logits(c, m, ids), "shape %d", i);
        gpt_free(m), gpt_free(frozen);
        check_end(c);
    }
}

// continue_text writes the likeliest tokens behind ids[0], up to T of them; step tokens are read at
// once where they are known.  Leaves the last logits.
static void continue_text(const struct gpt *m, int32_t *ids, float *last)
{
    struct tape *t = tape_new();
    struct cache *cache = cache_new(gpt_config(m), T, generate_attend);
    for (int n = 3; n <= T; n++) {
        memcpy(last, cache_next(cache, m, t, n, ids, NULL), V * sizeof *last);
        if (n < T) ids[n] = (int32_t)ride_argmax(V, last);
    }
    cache_free(cache);
    tape_free(t);
}

Test(frozen, tokens_and_bits_are_the_same_on_any_number_of_threads_and_of_the_whole_text)
{
    for (int i = 0; i < SHAPES; i++) {
        for (int k = 0; k < 2; k++) {
            struct check *c = check_begin((uint64_t)i);
            write_model(i, TYPES[k].gguf);
            struct gpt *m = read_model(path, 1);
            int32_t first[T] = {3, 1, 4};
            float want[V];
            check_set_threads(1);
            continue_text(m, first, want);
            for (int threads = 2; threads <= 8; threads *= 2) {
                int32_t again[T] = {3, 1, 4};
                float got[V];
                check_set_threads(threads);
                continue_text(m, again, got);
                cr_assert(memcmp(first, again, sizeof first) == 0, "%d threads", threads);
                check_same(V, got, want, "shape %d, %d threads", i, threads);
            }
            check_same(V, logits(c, m, first) + (T - 1) * V, want, "shape %d, all at once", i);
            gpt_free(m);
            check_end(c);
        }
    }
}

// Of a matrix that two or three tensors hold, one may be of another type: all are floats then.
Test(frozen, a_matrix_of_mixed_types_becomes_floats)
{
    struct check *c = check_begin(1);
    write_model(1, GGUF_Q8_0);
    struct gguf *g;
    struct error e;
    cr_assert_eq(gguf_open(path, &g, &e), ERR_NONE, "%s", e.text);
    struct gguf_tensor tensor[64];
    struct gguf_pair pair[64];
    for (int i = 0; i < gguf_pairs(g); i++) pair[i] = *gguf_pair_at(g, i);
    for (int i = 0; i < gguf_count(g); i++) {
        tensor[i] = *gguf_at(g, i);
        if (strcmp(tensor[i].name, "blk.1.attn_k.weight") != 0) continue;
        float *x = check_zeros(c, (size_t)(tensor[i].shape[0] * tensor[i].shape[1]));
        gguf_floats(&tensor[i], x);
        tensor[i].type = GGUF_F32, tensor[i].data = x;
    }
    cr_assert_eq(gguf_write(other, gguf_count(g), tensor, gguf_pairs(g), pair, &e), ERR_NONE);
    gguf_close(g);
    struct gpt *frozen = read_model(other, 1);
    for (int k = 0; k < gpt_params(frozen); k++) {
        struct param p = gpt_param(frozen, k);
        int mixed = strcmp(p.name, "model.layers.1.self_attn.qkv_proj.weight") == 0;
        cr_assert_eq(p.data != NULL, p.rank == 1 || mixed, "%s", p.name);
    }
    gpt_free(frozen);
    near_floats(c, other, "mixed");
    check_end(c);
}

Test(frozen, a_scale_that_is_no_number_is_refused)
{
    write_model(0, GGUF_Q4_0);
    struct gguf *g;
    struct error e;
    cr_assert_eq(gguf_open(path, &g, &e), ERR_NONE, "%s", e.text);
    const struct gguf_tensor *t = gguf_find(g, "blk.1.ffn_up.weight");
    long at = (long)(t->begin + 2 * gguf_row_bytes(GGUF_Q4_0, t->shape[1]));
    gguf_close(g);
    FILE *f = fopen(path, "r+b");
    cr_assert(f && fseek(f, at, SEEK_SET) == 0 && fwrite("\0\x7c", 1, 2, f) == 2);
    fclose(f);
    struct gpt *m = NULL;
    struct tokenizer *tok = NULL;
    cr_assert_eq(model_gguf_frozen(path, &m, &tok, &e), ERR_FORMAT);
    cr_assert_str_eq(strstr(e.text, "tensor"),
                     "tensor 'blk.1.ffn_up.weight': row 2 has a scale that is no finite number");
    cr_assert(m == NULL && tok == NULL);
}

// --- on a tape -------------------------------------------------------------------------------

Test(frozen, operations_give_the_bits_of_the_plain_functions)
{
    enum { N = 5, C = 96, O = 37 };
    for (int k = 0; k < 2; k++) {
        struct check *c = check_begin((uint64_t)k);
        enum quant_type type = TYPES[k].type;
        float *x = check_normals(c, (size_t)N * C, 1), *b = check_normals(c, O, 1);
        void *rows = malloc(quant_rows_bytes(type, O, C)),
             *data = malloc(weights_bytes(type, O, C));
        quant_rows(type, O, C, check_normals(c, (size_t)O * C, 1), rows);
        weights_fill(type, O, C, rows, data);
        struct tape *t = tape_new();
        int w = op_weights(t, O, C, (struct weights){type, data});
        int in = tape_leaf(t, 2, (int[]){N, C}, x, NULL),
            bias = tape_leaf(t, 1, (int[]){O}, b, NULL);
        float *want = check_nans(c, (size_t)N * O);
        quant_rows_linear(type, N, C, O, x, rows, b, want);
        check_same((size_t)N * O, tape_data(t, op_linear(t, in, w, bias)), want, "linear");
        quant_rows_linear(type, N, C, O, x, rows, NULL, want);
        check_same((size_t)N * O, tape_data(t, op_linear(t, in, w, OP_NONE)), want, "no bias");
        const int32_t ids[] = {36, 0, 17};
        int looked = op_embedding(t, 1, 3, ids, w);
        float *table = check_nans(c, (size_t)O * C);
        quant_rows_floats(type, O, C, rows, table);
        for (int i = 0; i < 3; i++)
            check_same(C, tape_data(t, looked) + (ptrdiff_t)i * C, table + (ptrdiff_t)ids[i] * C,
                       "row %d", (int)ids[i]);
        tape_free(t);
        free(rows), free(data);
        check_end(c);
    }
}
