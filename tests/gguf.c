// gguf: files written and read back, gguf-py's files, every rule of the format broken, and damage.
#include "gguf.h"

#include <criterion/criterion.h>
#include <float.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "quant.h"
#include "random.h"

static char directory[] = "/tmp/gguf-XXXXXX";
static char path[64];

static void begin(void)
{
    cr_assert_not_null(mkdtemp(directory));
    snprintf(path, sizeof path, "%s/m.gguf", directory);
}

static void end(void)
{
    unlink(path);
    rmdir(directory);
}

TestSuite(gguf, .init = begin, .fini = end, .timeout = 120);

// Never opened, never closed: what *out must still be after a refusal.
static struct gguf *untouched(void)
{
    static char c;
    return (struct gguf *)&c;
}

static struct gguf *open_file(const char *name)
{
    struct gguf *g;
    struct error e;
    cr_assert_eq(gguf_open(name, &g, &e), ERR_NONE, "%s", e.text);
    return g;
}

// --- written and read back -------------------------------------------------------------------

static const float WTE[6] = {0, -1.5f, 3e-39f, INFINITY, 1e30f, 0.1f};
static const float ONE = 7;
static const uint16_t HALF[3] = {0x3C00, 0xC000, 0x3800};
static const struct gguf_tensor TENSORS[] = {
    {.name = "token_embd.weight", .type = GGUF_F32, .rank = 2, .shape = {2, 3}, .data = WTE},
    {.name = "größe", .type = GGUF_F16, .rank = 1, .shape = {3}, .data = HALF},
    {.name = "none", .type = GGUF_Q8_0, .rank = 3, .shape = {4, 2, 0}},
    {.name = "one", .type = GGUF_F32, .data = &ONE},
};

static const struct gguf_text TEXTS[] = {{"gpt2", 4}, {"", 0}, {"a\0b", 3}};
static const int32_t INTS[] = {-3, 2147483647};
static const uint8_t FLAGS[] = {1, 0};
static const struct gguf_pair PAIRS[] = {
    {.key = "general.architecture", .kind = GGUF_STRING, .count = 1, .text = TEXTS},
    {.key = "texts", .kind = GGUF_STRING, .array = 1, .count = 3, .text = TEXTS},
    {.key = "ints", .kind = GGUF_INT32, .array = 1, .count = 2, .data = INTS},
    {.key = "flags", .kind = GGUF_BOOL, .array = 1, .count = 2, .data = FLAGS},
    {.key = "nothing", .kind = GGUF_FLOAT64, .array = 1, .count = 0},
    {.key = "x", .kind = GGUF_FLOAT32, .count = 1, .data = &ONE},
};
enum { TENSOR_COUNT = 4, PAIR_COUNT = 6 };

static unsigned char *write_ours(size_t *size)
{
    struct error e;
    char *bytes;
    cr_assert_eq(gguf_write(path, TENSOR_COUNT, TENSORS, PAIR_COUNT, PAIRS, &e), ERR_NONE, "%s",
                 e.text);
    cr_assert_eq(file_read(path, &bytes, size, &e), ERR_NONE, "%s", e.text);
    return (unsigned char *)bytes;
}

static void check_tensors(const struct gguf *g)
{
    static const size_t SIZES[] = {24, 6, 0, 4};
    cr_assert_eq(gguf_count(g), TENSOR_COUNT);
    size_t at = gguf_at(g, 0)->begin;
    for (int i = 0; i < TENSOR_COUNT; i++) {
        const struct gguf_tensor *t = gguf_at(g, i), *want = &TENSORS[i];
        cr_assert_str_eq(t->name, want->name);
        cr_assert_eq(t->type, want->type);
        cr_assert_eq(t->rank, want->rank);
        cr_assert_eq(memcmp(t->shape, want->shape, sizeof t->shape), 0);
        cr_assert_eq(t->size, SIZES[i]);
        cr_assert_eq(t->begin, at);
        cr_assert_eq(at % 32, 0);
        cr_assert(!t->size || !memcmp(t->data, want->data, t->size), "'%s' differs", t->name);
        cr_assert_eq(gguf_find(g, t->name), t);
        at = (at + t->size + 31) / 32 * 32;
    }
    cr_assert_null(gguf_find(g, "token_embd"));
}

Test(gguf, what_is_written_is_read_back)
{
    size_t size;
    free(write_ours(&size));
    cr_assert(gguf_is(path));
    struct gguf *g = open_file(path);
    cr_assert_str_eq(gguf_path(g), path);
    check_tensors(g);
    cr_assert_eq(gguf_pairs(g), PAIR_COUNT);
    for (int i = 0; i < PAIR_COUNT; i++) {
        const struct gguf_pair *p = gguf_pair_at(g, i), *want = &PAIRS[i];
        cr_assert_str_eq(p->key, want->key);
        cr_assert(p->kind == want->kind && p->array == want->array && p->count == want->count);
        for (size_t k = 0; k < p->count && p->kind == GGUF_STRING; k++) {
            cr_assert_eq(p->text[k].size, want->text[k].size);
            cr_assert_eq(memcmp(p->text[k].bytes, want->text[k].bytes, p->text[k].size + 1), 0);
        }
        cr_assert_eq(gguf_pair(g, p->key), p);
    }
    cr_assert_eq(memcmp(gguf_pair(g, "ints")->data, INTS, sizeof INTS), 0);
    cr_assert_null(gguf_pair(g, "int"));
    gguf_close(g);
    gguf_close(NULL);
}

Test(gguf, the_same_content_gives_the_same_bytes)
{
    size_t size, again;
    unsigned char *one = write_ours(&size), *two = write_ours(&again);
    cr_assert_eq(size, again);
    cr_assert_eq(memcmp(one, two, size), 0);
    cr_assert_eq(size % 32, 0);
    free(one);
    free(two);
}

Test(gguf, a_file_may_hold_nothing)
{
    struct error e;
    cr_assert_eq(gguf_write(path, 0, NULL, 0, NULL, &e), ERR_NONE, "%s", e.text);
    struct gguf *g = open_file(path);
    cr_assert_eq(gguf_count(g), 0);
    cr_assert_eq(gguf_pairs(g), 0);
    gguf_close(g);
}

Test(gguf, an_old_file_survives_a_refusal)
{
    size_t size, again;
    unsigned char *old = write_ours(&size);
    struct gguf_text bad = {"\xFF", 1};
    struct gguf_pair pair = {.key = "k", .kind = GGUF_STRING, .count = 1, .text = &bad};
    struct gguf_tensor tensor = {.name = "\xC0", .type = GGUF_F32, .data = &ONE};
    struct error e;
    cr_assert_eq(gguf_write(path, 0, NULL, 1, &pair, &e), ERR_UTF8);
    cr_assert(strstr(e.text, "key 'k': text 0, byte 0: expected UTF-8"), "%s", e.text);
    cr_assert_eq(gguf_write(path, 1, &tensor, 0, NULL, &e), ERR_UTF8);
    cr_assert_eq(gguf_write("/nowhere/m.gguf", 0, NULL, 0, NULL, &e), ERR_IO);
    char *bytes;
    cr_assert_eq(file_read(path, &bytes, &again, &e), ERR_NONE);
    cr_assert(size == again && memcmp(old, bytes, size) == 0);
    free(old);
    free(bytes);
}

Test(gguf, the_writer_wants_names_once, .signal = SIGABRT)
{
    gguf_write(path, 0, NULL, 2, (struct gguf_pair[]){PAIRS[0], PAIRS[0]}, NULL);
}

Test(gguf, the_writer_wants_whole_blocks, .signal = SIGABRT)
{
    struct gguf_tensor t = {.name = "t", .type = GGUF_Q4_0, .rank = 1, .shape = {31}, .data = &ONE};
    gguf_write(path, 1, &t, 0, NULL, NULL);
}

// --- what gguf-py wrote ----------------------------------------------------------------------

static void one_of(const struct gguf *g, const char *kind, double value, double second)
{
    char key[40];
    double x;
    snprintf(key, sizeof key, "test.%s", kind);
    const struct gguf_pair *p = gguf_pair(g, key);
    cr_assert(p && !p->array && p->count == 1, "%s", key);
    cr_assert_str_eq(gguf_kind_name(p->kind), kind);
    int is = gguf_number(p, 0, &x);
    cr_assert(is ? !(x < value || x > value) : value >= 0x1p63, "%s is %.17g", key, x);
    cr_assert_not(gguf_number(p, 1, &x));
    snprintf(key, sizeof key, "test.%s.list", kind);
    p = gguf_pair(g, key);
    cr_assert(p && p->array && p->count == 2, "%s", key);
    cr_assert(gguf_number(p, 1, &x) && !(x < second || x > second), "%s: %.17g", key, x);
}

Test(gguf, pairs_of_every_kind_by_gguf_py_are_read)
{
    struct gguf *g = open_file(GOLDEN "/gguf/kinds.gguf");
    one_of(g, "uint8", 200, 3);
    one_of(g, "int8", -100, 3);
    one_of(g, "uint16", 60000, 3);
    one_of(g, "int16", -30000, 3);
    one_of(g, "uint32", 4000000000.0, 3);
    one_of(g, "int32", -2000000000.0, 3);
    one_of(g, "float32", (double)0.1f, 3);
    one_of(g, "bool", 1, 0);
    one_of(g, "uint64", 0x1p64, 3);
    one_of(g, "int64", -0x1p63, 3);
    one_of(g, "float64", 0.1, 3);
    const struct gguf_pair *p = gguf_pair(g, "test.string.list");
    cr_assert(p && p->count == 2 && !p->text[1].size);
    cr_assert_str_eq(p->text[0].bytes, "größe 🐚");
    p = gguf_pair(g, "test.nested");
    cr_assert(p && p->array && p->kind == GGUF_ARRAY && p->count == 2 && !p->data && !p->text);
    int64_t n;
    cr_assert_not(gguf_whole(p, 0, &n));
    cr_assert_not(gguf_whole(gguf_pair(g, "test.float32"), 0, &n));
    cr_assert_not(gguf_whole(gguf_pair(g, "test.uint64"), 0, &n));
    cr_assert(gguf_whole(gguf_pair(g, "test.int64"), 0, &n) && n == INT64_MIN);
    gguf_close(g);
}

Test(gguf, tensors_by_gguf_py_are_read)
{
    struct gguf *g = open_file(GOLDEN "/gguf/kinds.gguf");
    const struct gguf_tensor *t;
    struct error e;
    float x[24];
    cr_assert_eq(gguf_want(g, "four", 4, (int64_t[]){1, 2, 3, 4}, &t, &e), ERR_NONE, "%s", e.text);
    gguf_floats(t, x);
    for (int i = 0; i < 24; i++) cr_assert_eq(x[i], (float)i / 8);
    cr_assert_eq(gguf_want(g, "matrix", 2, (int64_t[]){2, 3}, &t, &e), ERR_NONE, "%s", e.text);
    cr_assert_eq(t->begin % 64, 0);
    cr_assert_eq(gguf_want(g, "half", 1, (int64_t[]){7}, &t, &e), ERR_NONE, "%s", e.text);
    gguf_floats(t, x);
    for (int i = 0; i < 7; i++) cr_assert_eq(x[i], (float)i / 8);
    cr_assert_eq(gguf_want(g, "matrix", 2, (int64_t[]){3, 2}, &t, &e), ERR_MATCH);
    cr_assert(strstr(e.text, "kinds.gguf: tensor 'matrix' has shape [2, 3], expected [3, 2]"));
    cr_assert_eq(gguf_want(g, "matrix", 1, (int64_t[]){2}, &t, &e), ERR_MATCH);
    cr_assert_eq(gguf_want(g, "none", 1, (int64_t[]){2}, &t, &e), ERR_MATCH);
    cr_assert(strstr(e.text, "tensor 'none' is missing"));
    gguf_close(g);
}

// gguf-py's blocks are ours, bit for bit, and stand for the numbers that quant.h says.
Test(gguf, blocks_are_those_of_gguf_py)
{
    enum { R = 8, C = 64 };
    struct gguf *g = open_file(GOLDEN "/gguf/blocks.gguf");
    static const struct {
        const char *name;
        enum gguf_type type;
        double
            bound;  // how far off a number may be, as a part of the largest; tiny scales are coarse
    } CASES[] = {{"x", GGUF_F32, 0},
                 {"x.f16", GGUF_F16, 0x1p-11},
                 {"x.q8_0", GGUF_Q8_0, 0.0041},
                 {"x.q4_0", GGUF_Q4_0, 0.126}};
    float x[R * C], back[R * C];
    gguf_floats(gguf_find(g, "x"), x);
    for (int k = 0; k < 4; k++) {
        const struct gguf_tensor *t = gguf_find(g, CASES[k].name);
        cr_assert(t && t->type == CASES[k].type, "%s", CASES[k].name);
        unsigned char ours[R * C * sizeof(float)];
        cr_assert_eq(t->size, R * gguf_row_bytes(t->type, C));
        gguf_rounded(t->type, R, C, x, ours);
        cr_assert_eq(memcmp(ours, t->data, t->size), 0, "%s: other bytes", t->name);
        gguf_floats(t, back);
        for (int b = 0; b < R * C; b += QUANT_BLOCK) {
            float most = 0;
            for (int i = 0; i < QUANT_BLOCK; i++) most = fmaxf(most, fabsf(x[b + i]));
            for (int i = b; i < b + QUANT_BLOCK; i++)
                cr_assert(fabs((double)x[i] - (double)back[i]) <=
                              CASES[k].bound * (double)most + 4e-6,
                          "%s[%d]: %g became %g", t->name, i, (double)x[i], (double)back[i]);
        }
    }
    gguf_close(g);
}

Test(gguf, bf16_is_the_upper_half_of_a_float)
{
    struct gguf *g = open_file(GOLDEN "/gguf/blocks.gguf");
    const struct gguf_tensor *t = gguf_find(g, "x.bf16");
    cr_assert(t && t->type == GGUF_BF16);
    float x[512], back[512];
    gguf_floats(gguf_find(g, "x"), x);
    gguf_floats(t, back);
    for (int i = 0; i < 512; i++)
        cr_assert(fabsf(x[i] - back[i]) <= 0x1p-8f * fabsf(x[i]), "[%d]: %g became %g", i,
                  (double)x[i], (double)back[i]);
    gguf_close(g);
}

// --- single values ---------------------------------------------------------------------------

Test(gguf, wanted_values_are_found_or_refused)
{
    struct gguf *g = open_file(GOLDEN "/gguf/kinds.gguf");
    struct error e;
    int n = 0;
    float x = 0;
    const char *text = NULL;
    const struct gguf_pair *p = NULL;
    cr_assert_eq(gguf_want_int(g, "test.uint8", 200, 200, &n, &e), ERR_NONE, "%s", e.text);
    cr_assert_eq(n, 200);
    cr_assert_eq(gguf_want_float(g, "test.float64", &x, &e), ERR_NONE, "%s", e.text);
    cr_assert_eq(x, 0.1f);
    cr_assert_eq(gguf_want_flag(g, "test.bool", &n, &e), ERR_NONE, "%s", e.text);
    cr_assert_eq(n, 1);
    cr_assert_eq(gguf_want_string(g, "general.architecture", &text, &e), ERR_NONE, "%s", e.text);
    cr_assert_str_eq(text, "gpt2");
    cr_assert_eq(gguf_want_list(g, "test.int8.list", GGUF_INT8, 2, &p, &e), ERR_NONE, "%s", e.text);
    cr_assert_eq(gguf_want_list(g, "test.int8.list", GGUF_INT8, GGUF_ANY, &p, &e), ERR_NONE);
    n = 5;
    cr_assert_eq(gguf_want_int(g, "test.uint8", 0, 199, &n, &e), ERR_FORMAT);
    cr_assert(strstr(e.text, "key 'test.uint8' is 200 (uint8): expected a whole number "
                             "from 0 to 199"),
              "%s", e.text);
    cr_assert_eq(gguf_want_int(g, "test.uint8", 201, 300, &n, &e), ERR_FORMAT);
    cr_assert_eq(gguf_want_int(g, "test.uint64", 0, 300, &n, &e), ERR_FORMAT);
    cr_assert_eq(gguf_want_int(g, "test.bool", 0, 300, &n, &e), ERR_FORMAT);
    cr_assert_eq(gguf_want_int(g, "test.float32", 0, 300, &n, &e), ERR_FORMAT);
    cr_assert_eq(gguf_want_int(g, "test.uint8.list", 0, 300, &n, &e), ERR_FORMAT);
    cr_assert(strstr(e.text, "is 2 values (uint8): expected"), "%s", e.text);
    cr_assert_eq(gguf_want_int(g, "test.none", 0, 300, &n, &e), ERR_MATCH);
    cr_assert(strstr(e.text, "key 'test.none' is missing"), "%s", e.text);
    cr_assert_eq(gguf_want_flag(g, "test.uint8", &n, &e), ERR_FORMAT);
    cr_assert_eq(gguf_want_float(g, "test.bool", &x, &e), ERR_FORMAT);
    cr_assert_eq(gguf_want_string(g, "test.uint8", &text, &e), ERR_FORMAT);
    cr_assert_eq(gguf_want_list(g, "test.int8.list", GGUF_INT8, 3, &p, &e), ERR_FORMAT);
    cr_assert_eq(gguf_want_list(g, "test.int8.list", GGUF_UINT8, 2, &p, &e), ERR_FORMAT);
    cr_assert_eq(gguf_want_list(g, "test.int8", GGUF_INT8, 1, &p, &e), ERR_FORMAT);
    cr_assert_eq(gguf_want_list(g, "test.none", GGUF_INT8, 1, &p, &e), ERR_MATCH);
    cr_assert_eq(n, 5);
    gguf_close(g);
}

// --- files that break a rule -----------------------------------------------------------------

// struct file: bytes being put together, as the format wants them or not.
struct file {
    unsigned char bytes[4096];
    size_t size;
};

static void put(struct file *f, const void *bytes, size_t size)
{
    memcpy(f->bytes + f->size, bytes, size);
    f->size += size;
}

static void number(struct file *f, size_t size, uint64_t value)
{
    for (size_t i = 0; i < size; i++) f->bytes[f->size++] = (unsigned char)(value >> (8 * i));
}

static void text(struct file *f, const char *s)
{
    number(f, 8, strlen(s));
    put(f, s, strlen(s));
}

static struct file head(uint32_t version, uint64_t tensors, uint64_t pairs)
{
    struct file f = {.size = 0};
    put(&f, "GGUF", 4);
    number(&f, 4, version);
    number(&f, 8, tensors);
    number(&f, 8, pairs);
    return f;
}

static void tensor(struct file *f, const char *name, uint32_t rank, const uint64_t *shape,
                   uint32_t type, uint64_t offset)
{
    text(f, name);
    number(f, 4, rank);
    for (uint32_t i = 0; i < rank && i < 8; i++) number(f, 8, shape[i]);
    number(f, 4, type);
    number(f, 8, offset);
}

// data fills up to the alignment and puts n zeros behind it.
static void data(struct file *f, size_t n)
{
    while (f->size % 32) f->bytes[f->size++] = 0;
    memset(f->bytes + f->size, 0, n);
    f->size += n;
}

// view opens a copy of exactly that size, so that a sanitizer sees a read past the end.
static enum err view(const unsigned char *bytes, size_t size, struct gguf **g, struct error *e)
{
    void *copy = malloc(size ? size : 1);
    if (size) memcpy(copy, bytes, size);
    enum err code = gguf_view("m", copy, size, g, e);
    if (!code) {
        gguf_close(*g);
        *g = untouched();
    }
    free(copy);
    return code;
}

// refused expects one code, a one-line message that contains `want`, and outputs untouched.
static void refused(const struct file *f, enum err code, const char *want)
{
    struct error e = {.code = ERR_NONE};
    struct gguf *g = untouched();
    enum err got = view(f->bytes, f->size, &g, &e);
    cr_assert_eq(got, code, "got code %d (%s), want %d (%s)", got, e.text, code, want);
    cr_assert_eq(e.code, code);
    cr_assert(g == untouched(), "%s: *out was touched", want);
    cr_assert(strstr(e.text, want), "got message: %s\nwant in it: %s", e.text, want);
    cr_assert(!strncmp(e.text, "m: byte", 7), "no file or no offset: %s", e.text);
    cr_assert_null(strchr(e.text, '\n'));
    cr_assert_eq(view(f->bytes, f->size, &g, NULL), code);
}

static void accepted(const struct file *f)
{
    struct error e;
    struct gguf *g;
    cr_assert_eq(view(f->bytes, f->size, &g, &e), ERR_NONE, "%s", e.text);
}

Test(gguf, a_bad_head_is_refused)
{
    struct file f = head(3, 0, 0);
    accepted(&f);
    for (f.size = 0; f.size < 24; f.size++) refused(&f, ERR_SHORT, "expected a GGUF's head");
    f.size = 24;
    f.bytes[0] = 'g';
    refused(&f, ERR_FORMAT, "byte 0: expected \"GGUF\"");
    f.size = 2;
    refused(&f, ERR_FORMAT, "byte 0: expected \"GGUF\"");
    f = head(2, 0, 0);
    refused(&f, ERR_FORMAT, "byte 4: version 2: expected 3");
    f = head(0x03000000, 0, 0);
    refused(&f, ERR_FORMAT, "(a big-endian file)");
}

Test(gguf, counts_that_the_file_has_no_room_for_are_refused)
{
    struct file f = head(3, UINT64_MAX, 0);
    refused(&f, ERR_FORMAT, "byte 8: 18446744073709551615 tensors: expected at most 0");
    f = head(3, 0, 1ull << 63);
    refused(&f, ERR_FORMAT, "byte 16: 9223372036854775808 pairs: expected at most 0");
    f = head(3, 0, 2);
    text(&f, "key");
    number(&f, 4, GGUF_UINT8);
    number(&f, 1, 1);
    refused(&f, ERR_FORMAT, "2 pairs: expected at most 1");
    f = head(3, 1, 0);
    data(&f, 0);
    refused(&f, ERR_FORMAT, "1 tensors: expected at most 0");
}

// pair begins a file with one pair of that key and kind.
static struct file pair(const char *key, uint32_t kind)
{
    struct file f = head(3, 0, 1);
    text(&f, key);
    number(&f, 4, kind);
    return f;
}

Test(gguf, a_bad_key_is_refused)
{
    struct file f = head(3, 0, 1);
    number(&f, 8, UINT64_MAX);
    data(&f, 32);
    refused(&f, ERR_SHORT, "byte 24: a text of 18446744073709551615 bytes, 32 are left");
    f = pair("", GGUF_UINT8);
    data(&f, 32);
    refused(&f, ERR_FORMAT, "byte 24: a key of 0 bytes");
    f = pair("a b", GGUF_UINT8);
    data(&f, 32);
    refused(&f, ERR_FORMAT, "byte 24: key 'a b': expected visible ASCII");
    f = pair("gr\xC3\xB6\xC3\x9F"
             "e",
             GGUF_UINT8);
    data(&f, 32);
    refused(&f, ERR_FORMAT, "expected visible ASCII");
    f = pair("key\xFF", GGUF_UINT8);
    data(&f, 32);
    refused(&f, ERR_UTF8, "byte 35: expected UTF-8 in a key");
    f = head(3, 0, 1);
    number(&f, 8, 3);
    put(&f, "a\0b", 3);
    data(&f, 32);
    refused(&f, ERR_FORMAT, "no zero among them");
    f = head(3, 0, 2);
    for (int i = 0; i < 2; i++) {
        text(&f, "key");
        number(&f, 4, GGUF_UINT8);
        number(&f, 1, 1);
    }
    refused(&f, ERR_FORMAT, "byte 40: key 'key' is there twice, first at byte 24");
}

Test(gguf, a_bad_value_is_refused)
{
    struct file f = pair("k", 13);
    data(&f, 32);
    refused(&f, ERR_FORMAT, "byte 33: key 'k' has a value of kind 13: expected 0 to 12");
    f = pair("k", GGUF_UINT64);
    number(&f, 4, 0);
    refused(&f, ERR_SHORT, "expected a value");
    f = pair("k", GGUF_BOOL);
    number(&f, 1, 2);
    refused(&f, ERR_FORMAT, "byte 37: key 'k' has a bool of 2: expected 0 or 1");
    f = pair("k", GGUF_STRING);
    number(&f, 8, 5);
    put(&f, "four", 4);
    refused(&f, ERR_SHORT, "byte 37: a text of 5 bytes, 4 are left");
    f = pair("k", GGUF_STRING);
    text(&f, "a\xC3");
    refused(&f, ERR_UTF8, "byte 46: expected UTF-8 in a text");
    f = pair("k", GGUF_ARRAY);
    number(&f, 4, 13);
    number(&f, 8, 0);
    refused(&f, ERR_FORMAT, "has a value of kind 13");
    f = pair("k", GGUF_ARRAY);
    number(&f, 4, GGUF_UINT32);
    number(&f, 8, 0x4000000000000001);  // times four is four, modulo 2^64
    number(&f, 4, 0);
    refused(&f, ERR_SHORT, "has 4611686018427387905 elements: expected at most 1");
    f = pair("k", GGUF_ARRAY);
    number(&f, 4, GGUF_STRING);
    number(&f, 8, 3);
    text(&f, "a");
    text(&f, "b");
    refused(&f, ERR_SHORT, "has 3 elements: expected at most 2");
}

Test(gguf, arrays_in_arrays_end_somewhere)
{
    for (int deep = 1; deep < 20; deep++) {
        struct file f = pair("k", GGUF_ARRAY);
        for (int i = 0; i < deep; i++) {
            number(&f, 4, GGUF_ARRAY);
            number(&f, 8, 1);
        }
        number(&f, 4, GGUF_UINT8);
        number(&f, 8, 2);
        number(&f, 2, 0);
        data(&f, 0);
        if (deep <= 8)
            accepted(&f);
        else
            refused(&f, ERR_FORMAT, "key 'k': arrays in arrays: expected at most 8 deep");
    }
}

Test(gguf, a_bad_alignment_is_refused)
{
    static const uint32_t BAD[] = {0, 1, 4, 24, 33, 1u << 21, UINT32_MAX};
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        struct file f = pair("general.alignment", GGUF_UINT32);
        number(&f, 4, BAD[i]);
        refused(&f, ERR_FORMAT, "byte 24: key 'general.alignment': expected a power of two");
    }
    struct file f = pair("general.alignment", GGUF_UINT64);
    number(&f, 8, 32);
    refused(&f, ERR_FORMAT, "key 'general.alignment'");
}

// one makes a file with one tensor and n bytes of data.
static struct file one(uint32_t rank, const uint64_t *shape, uint32_t type, uint64_t offset,
                       size_t n)
{
    struct file f = head(3, 1, 0);
    tensor(&f, "t", rank, shape, type, offset);
    data(&f, n);
    return f;
}

Test(gguf, a_bad_tensor_is_refused)
{
    struct file f = one(2, (uint64_t[]){4, 2}, GGUF_F32, 0, 32);
    accepted(&f);
    f = one(5, (uint64_t[]){1, 1, 1, 1, 1}, GGUF_F32, 0, 32);
    refused(&f, ERR_FORMAT, "byte 33: tensor 't' has 5 dimensions: expected at most 4");
    f = one(1, (uint64_t[]){1ull << 63}, GGUF_F32, 0, 32);
    refused(&f, ERR_FORMAT, "byte 37: tensor 't' has a dimension that is too large");
    // Bytes that are 0 or 4, modulo 2^64.
    f = one(2, (uint64_t[]){1ull << 32, 1ull << 30}, GGUF_F32, 0, 32);
    refused(&f, ERR_FORMAT, "has more elements than can be counted");
    f = one(1, (uint64_t[]){(1ull << 62) + 1}, GGUF_F32, 0, 32);
    refused(&f, ERR_FORMAT, "has more elements than can be counted");
    f = one(1, (uint64_t[]){33}, GGUF_Q8_0, 0, 68);
    refused(&f, ERR_FORMAT, "byte 45: tensor 't' has rows that are not whole blocks of 32");
    f = one(0, NULL, GGUF_Q4_0, 0, 32);
    refused(&f, ERR_FORMAT, "not whole blocks of 32");
    f = one(1, (uint64_t[]){256}, 12, 0, 144);
    refused(&f, ERR_FORMAT,
            "byte 45: tensor 't' has type 12 (Q4_K): expected F32, F16, BF16, Q8_0 "
            "or Q4_0");
    f = one(1, (uint64_t[]){8}, 4711, 0, 32);
    refused(&f, ERR_FORMAT, "has type 4711 (unknown)");
    f = one(1, (uint64_t[]){8}, GGUF_F32, 32, 64);
    refused(&f, ERR_FORMAT, "byte 49: tensor 't' begins at byte 32 of the data: expected 0");
    f = one(1, (uint64_t[]){8}, GGUF_F32, 8, 64);
    refused(&f, ERR_FORMAT, "expected 0, aligned");
    f = one(1, (uint64_t[]){8}, GGUF_F32, 0, 31);
    refused(&f, ERR_SHORT,
            "byte 24: tensor 't' has its data from byte 64 to 96: the file ends at 95");
    f = one(1, (uint64_t[]){1ull << 40}, GGUF_F32, 0, 32);
    refused(&f, ERR_FORMAT, "has 4398046511104 bytes from byte 0 of the data: the file has 96");
    f = one(1, (uint64_t[]){8}, GGUF_F32, 0, 33);
    refused(&f, ERR_FORMAT, "byte 96: 1 bytes of no tensor, expected the end");
}

Test(gguf, tensors_have_names_of_their_own)
{
    static const uint64_t shape[] = {8};
    struct file f = head(3, 2, 0);
    tensor(&f, "a", 1, shape, GGUF_F32, 0);
    tensor(&f, "a", 1, shape, GGUF_F32, 32);
    data(&f, 64);
    refused(&f, ERR_FORMAT, "byte 57: tensor 'a' is there twice, first at byte 24");
    char name[66];
    memset(name, 'n', sizeof name);
    name[65] = 0;
    for (int n = 65; n > 61; n--) {
        name[n] = 0;
        f = head(3, 1, 0);
        tensor(&f, name, 1, shape, GGUF_F32, 0);
        data(&f, 32);
        if (n <= GGUF_NAME)
            accepted(&f);
        else
            refused(&f, ERR_FORMAT, "a tensor's name of");
    }
    f = head(3, 1, 0);
    tensor(&f, "", 1, shape, GGUF_F32, 0);
    data(&f, 32);
    refused(&f, ERR_FORMAT, "a tensor's name of 0 bytes");
}

Test(gguf, a_second_tensor_must_follow_the_first)
{
    static const uint64_t shape[] = {3};
    for (uint64_t offset = 0; offset <= 96; offset += 32) {
        struct file f = head(3, 2, 0);
        tensor(&f, "a", 1, shape, GGUF_F32, 0);
        tensor(&f, "b", 1, shape, GGUF_F32, offset);
        data(&f, 32 + 12);
        if (offset == 32)
            accepted(&f);
        else
            refused(&f, ERR_FORMAT, "of the data: expected 32, behind the tensor before");
    }
}

// --- damage ----------------------------------------------------------------------------------

Test(gguf, a_file_cut_off_anywhere_is_refused)
{
    size_t size;
    unsigned char *bytes = write_ours(&size);
    for (size_t n = 0; n + 28 < size; n++) {  // the last tensor has 4 bytes and is filled up
        struct gguf *g = untouched();
        struct error e;
        enum err code = view(bytes, n, &g, &e);
        cr_assert(code == ERR_SHORT || code == ERR_FORMAT, "%zu of %zu bytes: code %d", n, size,
                  code);
        cr_assert(!strncmp(e.text, "m: byte", 7) && !strchr(e.text, '\n'), "%s", e.text);
    }
    free(bytes);
}

Test(gguf, damage_is_refused_or_harmless)
{
    size_t size;
    unsigned char *bytes = write_ours(&size);
    struct random r = random_start(1, RANDOM_TEST);
    for (int i = 0; i < 20000; i++) {
        size_t at = random_below(&r, (uint32_t)size);
        unsigned char old = bytes[at];
        bytes[at] = (unsigned char)random_below(&r, 256);
        struct gguf *g = untouched();
        view(bytes, size, &g, NULL);
        bytes[at] = old;
    }
    free(bytes);
}

Test(gguf, what_is_no_file_is_refused)
{
    struct gguf *g = untouched();
    struct error e;
    cr_assert_eq(gguf_open("/nowhere", &g, &e), ERR_IO);
    cr_assert(strstr(e.text, "/nowhere: cannot open"), "%s", e.text);
    cr_assert_eq(gguf_open(directory, &g, &e), ERR_IO);
    cr_assert(strstr(e.text, "expected a file"), "%s", e.text);
    cr_assert_eq(gguf_open("/dev/null", &g, &e), ERR_IO);
    cr_assert(g == untouched());
    cr_assert_not(gguf_is("/nowhere"));
    cr_assert_not(gguf_is(directory));
    cr_assert_not(gguf_is("/dev/null"));
}
