// safetensors: files written and read back, every rule of the format broken once, and damage.
#include "safetensors.h"

#include <criterion/criterion.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"
#include "hash.h"
#include "random.h"

static char directory[] = "/tmp/safetensors-XXXXXX";
static char path[64], staged[80];

static void begin(void)
{
    cr_assert_not_null(mkdtemp(directory));
    snprintf(path, sizeof path, "%s/w.safetensors", directory);
    snprintf(staged, sizeof staged, "%s.new", path);
}

static void end(void)
{
    unlink(path);
    unlink(staged);
    rmdir(directory);
}

TestSuite(safetensors, .init = begin, .fini = end, .timeout = 120);

// Never opened, never closed: what *out must still be after a refusal.
static struct safetensors *untouched(void)
{
    static char c;
    return (struct safetensors *)&c;
}

static const float WTE[6] = {0, -1.5f, 3e-39f, INFINITY, 1e30f, 0.1f};
static const int64_t STEP[1] = {1234567890123};
static const uint8_t MASK[5] = {1, 0, 1, 1, 0};

static const struct safetensors_tensor TENSORS[] = {
    {.name = "wte", .dtype = SAFETENSORS_F32, .rank = 2, .shape = {2, 3}, .data = WTE},
    {.name = "größe \"\\\n", .dtype = SAFETENSORS_BOOL, .rank = 1, .shape = {5}, .data = MASK},
    {.name = "none", .dtype = SAFETENSORS_F64, .rank = 3, .shape = {4, 0, 2}},
    {.name = "step", .dtype = SAFETENSORS_I64, .data = STEP},
};
static const struct safetensors_pair METADATA[] = {{"format", "pt"}, {"seed", "7 \"«\t»\""}};

static void write_ours(void)
{
    struct error e;
    cr_assert_eq(safetensors_stage(path, 4, TENSORS, 2, METADATA, &e), ERR_NONE, "%s", e.text);
    cr_assert_eq(output_publish(path, &e), ERR_NONE, "%s", e.text);
}

static unsigned char *read_file(size_t *size)
{
    char *bytes;
    struct error e;
    cr_assert_eq(file_read(path, &bytes, size, &e), ERR_NONE, "%s", e.text);
    return (unsigned char *)bytes;
}

// exact copies bytes to memory of exactly that size, so that a sanitizer sees a read past the end.
static unsigned char *exact(const void *bytes, size_t size)
{
    unsigned char *p = malloc(size ? size : 1);
    return size ? memcpy(p, bytes, size) : p;
}

// make_file returns a file with that header and n bytes of data, which count 0, 1, 2, …
static unsigned char *make_file(const char *header, size_t n, size_t *size)
{
    size_t length = strlen(header);
    *size = 8 + length + n;
    unsigned char *p = malloc(*size);
    for (int i = 0; i < 8; i++) p[i] = (unsigned char)(length >> (8 * i));
    memcpy(p + 8, header, length);
    for (size_t i = 0; i < n; i++) p[8 + length + i] = (unsigned char)i;
    return p;
}

// refused expects one code, a one-line message that contains `text`, and outputs untouched.
static void refused(const unsigned char *bytes, size_t size, enum err code, const char *text)
{
    struct error e = {.code = ERR_NONE};
    struct safetensors *st = untouched();
    enum err got = safetensors_view("w", bytes, size, &st, &e);
    cr_assert_eq(got, code, "got code %d, want %d (%s)", got, code, text);
    cr_assert_eq(e.code, code);
    cr_assert(st == untouched(), "%s: *out was touched", text);
    cr_assert(strstr(e.text, text), "got message: %s\nwant in it: %s", e.text, text);
    cr_assert(!strncmp(e.text, "w: byte", 7), "no file or no offset: %s", e.text);
    cr_assert_null(strchr(e.text, '\n'));
    // Whoever wants no message may say so.
    cr_assert_eq(safetensors_view("w", bytes, size, &st, NULL), code);
}

static void header_refused(const char *header, size_t data, enum err code, const char *text)
{
    size_t size;
    unsigned char *bytes = make_file(header, data, &size);
    refused(bytes, size, code, text);
    free(bytes);
}

static void check_ours(const struct safetensors *st)
{
    cr_assert_eq(safetensors_count(st), 4);
    static const size_t SIZES[] = {24, 5, 0, 8};
    size_t at = safetensors_at(st, 0)->begin;
    cr_assert_eq(at % 64, 0, "the data begins at %zu", at);
    for (int i = 0; i < 4; i++) {
        const struct safetensors_tensor *t = safetensors_at(st, i), *want = &TENSORS[i];
        cr_assert_str_eq(t->name, want->name);
        cr_assert_eq(t->dtype, want->dtype);
        cr_assert_eq(t->rank, want->rank);
        cr_assert_eq(memcmp(t->shape, want->shape, sizeof t->shape), 0);
        cr_assert_eq(t->size, SIZES[i]);
        cr_assert_eq(t->begin, at, "'%s' begins at %zu, want %zu", t->name, t->begin, at);
        cr_assert(!t->size || !memcmp(t->data, want->data, t->size), "'%s' differs", t->name);
        cr_assert_eq(safetensors_find(st, t->name), t);
        at += t->size;
    }
    cr_assert_null(safetensors_find(st, "wt"));
    cr_assert_null(safetensors_find(st, "__metadata__"));
    for (int i = 0; i < 2; i++)
        cr_assert_str_eq(safetensors_metadata(st, METADATA[i].key), METADATA[i].value);
    cr_assert_null(safetensors_metadata(st, "Seed"));
}

Test(safetensors, what_is_written_is_read_back)
{
    write_ours();
    struct safetensors *st;
    struct error e;
    cr_assert_eq(safetensors_open(path, &st, &e), ERR_NONE, "%s", e.text);
    check_ours(st);
    static const char *const KEYS[] = {"xxh64_header", "xxh64", "format", "seed"};
    cr_assert_eq(safetensors_metadata_count(st), 4);
    for (int i = 0; i < 4; i++) {
        const struct safetensors_pair *pair = safetensors_metadata_at(st, i);
        cr_assert_str_eq(pair->key, KEYS[i]);
        cr_assert_eq(safetensors_metadata(st, KEYS[i]), pair->value);
    }
    cr_assert_eq(strlen(safetensors_metadata(st, "xxh64")), 16);
    safetensors_close(st);
    safetensors_close(NULL);
}

Test(safetensors, the_data_begins_at_a_multiple_of_64)
{
    char text[129];
    for (size_t n = 0; n < sizeof text; n++) {
        memset(text, 'x', n);
        text[n] = 0;
        struct safetensors *st;
        struct safetensors_pair pair = {"key", text};
        cr_assert_eq(safetensors_stage(path, 1, TENSORS, 1, &pair, NULL), ERR_NONE);
        cr_assert_eq(safetensors_open(staged, &st, NULL), ERR_NONE);
        cr_assert_eq(safetensors_at(st, 0)->begin % 64, 0);
        safetensors_close(st);
    }
}

// The two checksums, computed as the header file describes them.
Test(safetensors, the_checksums_are_as_documented)
{
    write_ours();
    size_t size, data = 8;
    unsigned char *file = read_file(&size);
    for (int i = 0; i < 8; i++) data += (size_t)file[i] << (8 * i);
    struct safetensors *st;
    char want[2][17];
    cr_assert_eq(safetensors_view("w", file, size, &st, NULL), ERR_NONE);
    snprintf(want[0], 17, "%016llx", (unsigned long long)hash_bytes(file + data, size - data));
    cr_assert_str_eq(safetensors_metadata(st, "xxh64"), want[0]);
    const char *digits = safetensors_metadata(st, "xxh64_header");
    cr_assert_eq(memcmp(file + 41, digits, 16), 0);
    unsigned char *head = exact(file, data);
    memset(head + 41, '0', 16);
    snprintf(want[1], 17, "%016llx", (unsigned long long)hash_bytes(head, data));
    cr_assert_str_eq(digits, want[1]);
    safetensors_close(st);
    free(head);
    free(file);
}

Test(safetensors, an_open_file_outlives_its_replacement)
{
    write_ours();
    struct safetensors *st;
    cr_assert_eq(safetensors_open(path, &st, NULL), ERR_NONE);
    cr_assert_eq(safetensors_stage(path, 0, NULL, 0, NULL, NULL), ERR_NONE);
    cr_assert_eq(output_publish(path, NULL), ERR_NONE);
    check_ours(st);
    safetensors_close(st);
}

Test(safetensors, the_same_content_gives_the_same_bytes)
{
    size_t size, again;
    write_ours();
    unsigned char *first = read_file(&size);
    write_ours();
    unsigned char *second = read_file(&again);
    cr_assert_eq(size, again);
    cr_assert_eq(memcmp(first, second, size), 0);
    free(first);
    free(second);
}

Test(safetensors, staging_does_not_publish)
{
    cr_assert_eq(safetensors_stage(path, 4, TENSORS, 0, NULL, NULL), ERR_NONE);
    cr_assert(file_exists(staged));
    cr_assert_not(file_exists(path));
}

Test(safetensors, a_file_may_hold_nothing)
{
    cr_assert_eq(safetensors_stage(path, 0, NULL, 0, NULL, NULL), ERR_NONE);
    cr_assert_eq(output_publish(path, NULL), ERR_NONE);
    struct safetensors *st;
    cr_assert_eq(safetensors_open(path, &st, NULL), ERR_NONE);
    cr_assert_eq(safetensors_count(st), 0);
    // The published checksum of no bytes at all.
    cr_assert_str_eq(safetensors_metadata(st, "xxh64"), "ef46db3751d8e999");
    safetensors_close(st);
}

// What Hugging Face's safetensors 0.8.0 wrote, from Python.
static const char FOREIGN[] =
    "\x08\x01\0\0\0\0\0\0{\"__metadata__\":{\"format\":\"pt\"},"
    "\"one\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[0,8]},"
    "\"wte\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[8,32]},"
    "\"half\":{\"dtype\":\"F16\",\"shape\":[3],\"data_offsets\":[32,38]},"
    "\"none\":{\"dtype\":\"U8\",\"shape\":[0,5],\"data_offsets\":[38,38]}}   "
    "\7\0\0\0\0\0\0\0\0\0\0\0\0\0\x80>\0\0\0?\0\0@?\0\0\x80?\0\0\xa0?\0<\0\xc0\0008";

Test(safetensors, a_file_of_another_program_is_read)
{
    unsigned char *bytes = exact(FOREIGN, sizeof FOREIGN - 1);
    struct safetensors *st;
    struct error e;
    cr_assert_eq(safetensors_view("w", bytes, sizeof FOREIGN - 1, &st, &e), ERR_NONE, "%s", e.text);
    cr_assert_eq(safetensors_count(st), 4);
    const struct safetensors_tensor *t = safetensors_find(st, "half");
    float half[3], wte[6];
    cr_assert_eq(safetensors_floats(st, t, half, &e), ERR_NONE);
    cr_assert(half[0] == 1 && half[1] == -2 && half[2] == 0.5f);
    cr_assert_eq(safetensors_want(st, "wte", 2, (int64_t[]){2, 3}, &t, &e), ERR_NONE);
    cr_assert_eq(safetensors_floats(st, t, wte, &e), ERR_NONE);
    for (int i = 0; i < 6; i++) cr_assert_eq(wte[i], (float)i / 4);
    cr_assert_eq(safetensors_find(st, "one")->rank, 0);
    cr_assert_eq(safetensors_find(st, "none")->size, 0);
    safetensors_close(st);
    free(bytes);
}

Test(safetensors, tensors_come_in_the_order_of_the_data)
{
    size_t size;
    unsigned char *bytes = make_file(
        "{ \"b\" : {\"dtype\":\"U8\", \"shape\":[2], \"data_offsets\":[5,7]},"
        "\"empty\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[5,5]},"
        "\"a\":{\"data_offsets\":[1,5],\"dtype\":\"I8\",\"shape\":[2,2],\"note\":[{}]},"
        "\"\":{\"dtype\":\"F8_E4M3\",\"shape\":[1,1,1,1,1,1,1,1],\"data_offsets\":[0,1]}} \n ",
        7, &size);
    struct safetensors *st;
    struct error e;
    cr_assert_eq(safetensors_view("w", bytes, size, &st, &e), ERR_NONE, "%s", e.text);
    static const char *const NAMES[] = {"", "a", "empty", "b"};
    for (int i = 0; i < 4; i++) cr_assert_str_eq(safetensors_at(st, i)->name, NAMES[i]);
    cr_assert_eq(((const unsigned char *)safetensors_find(st, "b")->data)[1], 6);
    cr_assert_eq(safetensors_metadata_count(st), 0);
    safetensors_close(st);
    free(bytes);
}

Test(safetensors, every_dtype_has_its_size)
{
    static const struct {
        const char *name;
        size_t size;
    } DTYPES[] = {{"F64", 8},     {"F32", 4}, {"F16", 2}, {"BF16", 2}, {"F8_E5M2", 1},
                  {"F8_E4M3", 1}, {"I64", 8}, {"I32", 4}, {"I16", 2},  {"I8", 1},
                  {"U64", 8},     {"U32", 4}, {"U16", 2}, {"U8", 1},   {"BOOL", 1}};
    for (int i = 0; i < 15; i++) {
        char header[200];
        size_t bytes = 3 * DTYPES[i].size, size;
        snprintf(header, sizeof header,
                 "{\"t\":{\"dtype\":\"%s\",\"shape\":[3],\"data_offsets\":[0,%zu]}}",
                 DTYPES[i].name, bytes);
        unsigned char *file = make_file(header, bytes, &size);
        struct safetensors *st;
        struct error e;
        cr_assert_eq(safetensors_view("w", file, size, &st, &e), ERR_NONE, "%s", e.text);
        cr_assert_str_eq(safetensors_dtype_name(safetensors_at(st, 0)->dtype), DTYPES[i].name);
        cr_assert_eq(safetensors_dtype_size(safetensors_at(st, 0)->dtype), DTYPES[i].size);
        safetensors_close(st);
        free(file);
    }
}

Test(safetensors, a_bad_length_is_refused)
{
    unsigned char bytes[12] = {3, 0, 0, 0, 0, 0, 0, 0, '{', '}', ' ', ' '};
    for (size_t n = 0; n < 8; n++) {
        unsigned char *part = exact(bytes, n);
        refused(part, n, ERR_SHORT, "expected 8 bytes of length");
        free(part);
    }
    unsigned char *part = exact(bytes, 10);
    refused(part, 10, ERR_SHORT, "w: byte 10: the file ends, expected a header of 3 bytes");
    free(part);
    refused(bytes, 12, ERR_FORMAT, "w: byte 11: 1 bytes of no tensor");
    bytes[0] = 0;
    refused(bytes, 8, ERR_FORMAT, "expected a header that begins with '{'");
    refused(bytes, 12, ERR_FORMAT, "w: byte 8: expected a header that begins with '{'");
    bytes[7] = 0x80;
    refused(bytes, 12, ERR_FORMAT, "w: byte 0: a header of 9223372036854775808 bytes");
    static const unsigned char MOST[] = {0x00, 0xE1, 0xF5, 0x05, 0, 0, 0, 0, '{', '}'};
    memcpy(bytes, MOST, sizeof MOST);
    refused(bytes, 12, ERR_SHORT, "expected a header of 100000000 bytes");
    bytes[0] = 1;
    refused(bytes, 12, ERR_FORMAT, "w: byte 0: a header of 100000001 bytes");
}

Test(safetensors, bad_json_is_refused)
{
    header_refused(" {}", 0, ERR_FORMAT, "byte 8: expected a header that begins with '{'");
    header_refused("[]", 0, ERR_FORMAT, "byte 8: expected a header that begins with '{'");
    header_refused("{", 0, ERR_FORMAT, "byte 9: expected JSON");
    header_refused("{}x", 0, ERR_FORMAT, "byte 11: expected JSON");
    header_refused("{}{}", 0, ERR_FORMAT, "expected JSON");
    header_refused("{\"a\n\":1}", 0, ERR_FORMAT, "expected JSON");
    header_refused("{\"a\xff\":1}", 0, ERR_FORMAT, "expected JSON");
    header_refused("{\"a\":99999999999999999999}", 0, ERR_FORMAT, "expected JSON");
    header_refused("{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},"
                   "\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[1,2]}}",
                   2, ERR_FORMAT, "duplicate");
    header_refused("{\"__metadata__\":{\"k\":\"\",\"k\":\"\"}}", 0, ERR_FORMAT, "duplicate");
}

Test(safetensors, metadata_other_than_strings_is_refused)
{
    header_refused("{\"__metadata__\":{\"k\":1}}", 0, ERR_FORMAT, "byte 9: __metadata__: expected");
    header_refused("{\"__metadata__\":[\"k\"]}", 0, ERR_FORMAT, "an object of strings");
    header_refused("{\"__metadata__\":\"k\"}", 0, ERR_FORMAT, "an object of strings");
    header_refused("{\"__metadata__\":{\"a\":\"b\",\"c\":{}}}", 0, ERR_FORMAT,
                   "an object of strings");
    header_refused("{\"__metadata__\":{\"a\":{},\"b\":\"c\"}}", 0, ERR_FORMAT,
                   "an object of strings");
    // The offset is that of the key, not of the same text elsewhere.
    header_refused("{\"a\":\"x\",\"__metadata__\":1}", 0, ERR_FORMAT, "byte 17: __metadata__");
    header_refused("{\"\\\"\":{\"__metadata__\":[{\"x\":\"}\"},\",\"]},\"__metadata__\":{\"k\":1}}",
                   0, ERR_FORMAT, "byte 47: __metadata__");
}

// One tensor with that dtype, shape and offsets, and 8 bytes of data.
static void tensor_refused(const char *dtype, const char *shape, const char *offsets, enum err code,
                           const char *text)
{
    char header[300], message[200];
    snprintf(header, sizeof header, "{\"t\":{\"dtype\":%s,\"shape\":%s,\"data_offsets\":%s}}",
             dtype, shape, offsets);
    snprintf(message, sizeof message, "w: byte 9: tensor 't' %s", text);
    header_refused(header, 8, code, message);
}

Test(safetensors, a_bad_tensor_is_refused)
{
    tensor_refused("\"F23\"", "[2]", "[0,8]", ERR_FORMAT, "has dtype 'F23'");
    tensor_refused("\"f32\"", "[2]", "[0,8]", ERR_FORMAT, "has dtype 'f32'");
    tensor_refused("32", "[2]", "[0,8]", ERR_FORMAT, "has dtype ''");
    tensor_refused("\"F32\"", "2", "[0,8]", ERR_FORMAT, "has a bad shape, expected an array");
    tensor_refused("\"F32\"", "[2.0]", "[0,8]", ERR_FORMAT, "has a bad shape, expected whole");
    tensor_refused("\"F32\"", "[-2]", "[0,8]", ERR_FORMAT, "has a bad shape, expected whole");
    tensor_refused("\"F32\"", "[\"2\"]", "[0,8]", ERR_FORMAT, "has a bad shape, expected whole");
    tensor_refused("\"F32\"", "[2,1,1,1,1,1,1,1,1]", "[0,8]", ERR_VALUE, "has too many dim");
    tensor_refused("\"F32\"", "[3]", "[0,8]", ERR_FORMAT, "has 8 bytes, expected 12");
    tensor_refused("\"F32\"", "[]", "[0,8]", ERR_FORMAT, "has 8 bytes, expected 4");
    tensor_refused("\"F32\"", "[0]", "[0,8]", ERR_FORMAT, "has 8 bytes, expected 0");
    // Each product is 8, or 0, modulo 2^64.
    tensor_refused("\"F32\"", "[4611686018427387906]", "[0,8]", ERR_FORMAT, "has a shape of more");
    tensor_refused("\"I8\"", "[4294967296,4294967296]", "[0,0]", ERR_FORMAT, "has a shape of more");
    tensor_refused("\"F32\"", "[2]", "[0,8,8]", ERR_FORMAT, "has bad data_offsets");
    tensor_refused("\"F32\"", "[2]", "[0]", ERR_FORMAT, "has bad data_offsets");
    tensor_refused("\"F32\"", "[2]", "{}", ERR_FORMAT, "has bad data_offsets");
    tensor_refused("\"F32\"", "[2]", "[8,0]", ERR_FORMAT, "has bad data_offsets");
    tensor_refused("\"F32\"", "[2]", "[-8,0]", ERR_FORMAT, "has bad data_offsets");
    tensor_refused("\"F32\"", "[2]", "[0,8.0]", ERR_FORMAT, "has bad data_offsets");
    tensor_refused("\"F32\"", "[2]", "[1,9]", ERR_SHORT,
                   "ends at 9 of the data, expected at most 8");
    tensor_refused("\"F32\"", "[2]", "[0,9223372036854775807]", ERR_SHORT, "ends at 9223372");
    header_refused("{\"t\":\"F32\"}", 0, ERR_FORMAT, "tensor 't' has dtype ''");
    header_refused("{\"t\":{\"shape\":[0],\"data_offsets\":[0,0]}}", 0, ERR_FORMAT, "dtype ''");
    header_refused("{\"t\":{\"dtype\":\"U8\",\"data_offsets\":[0,0]}}", 0, ERR_FORMAT, "shape");
    header_refused("{\"t\":{\"dtype\":\"U8\",\"shape\":[0]}}", 0, ERR_FORMAT, "data_offsets");
    header_refused("{\"a\\u001b[2J\\nb\":0}", 0, ERR_FORMAT, "tensor 'a?[2J?b'");
}

Test(safetensors, tensors_must_cover_the_data_exactly)
{
    static const char TWO[] = "{\"a\":{\"dtype\":\"U8\",\"shape\":[%d],\"data_offsets\":[%d,%d]},"
                              "\"b\":{\"dtype\":\"U8\",\"shape\":[%d],\"data_offsets\":[%d,%d]}}";
    static const struct {
        int a_begin, a_end, b_begin, b_end;
        const char *text;  // NULL: allowed
    } CASES[] = {
        {0, 4, 4, 8, NULL},
        {4, 8, 0, 4, NULL},
        {0, 8, 8, 8, NULL},
        {0, 3, 4, 8, "byte 61: tensor 'b' begins at byte 117, expected 116: there is a hole"},
        {1, 4, 4, 8, "byte 9: tensor 'a' begins at byte 114, expected 113: there is a hole"},
        {0, 5, 4, 8, "byte 61: tensor 'b' begins at byte 117, expected 118: it overlaps"},
        {0, 8, 0, 8, "it overlaps another"},
        {0, 8, 3, 5, "it overlaps another"},
        {0, 8, 4, 4, "it overlaps another"},
        {0, 4, 4, 7, "byte 120: 1 bytes of no tensor, expected the end"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        int a = CASES[i].a_begin, b = CASES[i].a_end, c = CASES[i].b_begin, d = CASES[i].b_end;
        char header[200];
        snprintf(header, sizeof header, TWO, b - a, a, b, d - c, c, d);
        size_t size;
        unsigned char *bytes = make_file(header, 8, &size);
        struct safetensors *st = NULL;
        if (CASES[i].text)
            refused(bytes, size, ERR_FORMAT, CASES[i].text);
        else
            cr_assert_eq(safetensors_view("w", bytes, size, &st, NULL), ERR_NONE, "case %zu", i);
        safetensors_close(st);
        free(bytes);
    }
}

Test(safetensors, what_cannot_be_opened_is_an_io_error)
{
    struct safetensors *st = untouched();
    struct error e;
    cr_assert_eq(safetensors_open(path, &st, &e), ERR_IO);
    cr_assert(!strncmp(e.text, path, strlen(path)), "%s", e.text);
    cr_assert_eq(safetensors_open(directory, &st, &e), ERR_IO);
    cr_assert(strstr(e.text, "expected a file"), "%s", e.text);
    cr_assert_eq(mkfifo(path, 0600), 0);
    cr_assert_eq(safetensors_open(path, &st, &e), ERR_IO);
    unlink(path);
    fclose(fopen(path, "w"));
    cr_assert_eq(safetensors_open(path, &st, &e), ERR_SHORT);
    cr_assert(st == untouched());
}

Test(safetensors, what_cannot_be_written_is_an_io_error)
{
    struct error e;
    char nowhere[80];
    snprintf(nowhere, sizeof nowhere, "%s/missing/w", directory);
    cr_assert_eq(safetensors_stage(nowhere, 4, TENSORS, 0, NULL, &e), ERR_IO);
    cr_assert(!strncmp(e.text, nowhere, strlen(nowhere)), "%s", e.text);
    if (access("/dev/full", W_OK) != 0) cr_skip_test("this system has no /dev/full");
    cr_assert_eq(symlink("/dev/full", staged), 0);
    cr_assert_eq(safetensors_stage(path, 4, TENSORS, 0, NULL, &e), ERR_IO);
    cr_assert_not(file_exists(staged));
}

Test(safetensors, only_utf8_is_written)
{
    struct safetensors_tensor t = TENSORS[0];
    struct error e;
    cr_assert_eq(safetensors_stage(path, 1, &t, 1, &(struct safetensors_pair){"k", "\xff"}, &e),
                 ERR_UTF8);
    cr_assert(strstr(e.text, "metadata 'k'"), "%s", e.text);
    cr_assert_eq(safetensors_stage(path, 1, &t, 1, &(struct safetensors_pair){"\xff", ""}, &e),
                 ERR_UTF8);
    t.name = "\xC3";
    cr_assert_eq(safetensors_stage(path, 1, &t, 0, NULL, &e), ERR_UTF8);
    cr_assert_not(file_exists(staged));
}

// A test that aborts runs no `end`, so these tidy up first: nothing gets as far as the disk.
static void stage_two(const char *a, const char *b)
{
    end();
    struct safetensors_tensor two[2] = {TENSORS[0], TENSORS[0]};
    two[0].name = a, two[1].name = b;
    safetensors_stage(path, 2, two, 0, NULL, NULL);
}

static void stage_key(const char *key)
{
    end();
    safetensors_stage(path, 0, NULL, 1, &(struct safetensors_pair){key, ""}, NULL);
}

Test(safetensors, two_tensors_of_one_name_are_a_bug, .signal = SIGABRT)
{
    stage_two("a", "a");
}

Test(safetensors, a_tensor_called_metadata_is_a_bug, .signal = SIGABRT)
{
    stage_two("a", "__metadata__");
}

Test(safetensors, a_key_called_xxh64_is_a_bug, .signal = SIGABRT)
{
    stage_key("xxh64");
}

Test(safetensors, a_key_called_xxh64_header_is_a_bug, .signal = SIGABRT)
{
    stage_key("xxh64_header");
}

Test(safetensors, a_negative_size_is_a_bug, .signal = SIGABRT)
{
    end();
    struct safetensors_tensor t = {"t", SAFETENSORS_U8, 1, {-1}, MASK, 0, 0};
    safetensors_stage(path, 1, &t, 0, NULL, NULL);
}

Test(safetensors, want_names_the_tensor_and_both_shapes)
{
    unsigned char *bytes = exact(FOREIGN, sizeof FOREIGN - 1);
    struct safetensors *st;
    struct error e;
    cr_assert_eq(safetensors_view("w", bytes, sizeof FOREIGN - 1, &st, &e), ERR_NONE);
    const struct safetensors_tensor *t = TENSORS;
    cr_assert_eq(safetensors_want(st, "wpe", 2, (int64_t[]){2, 3}, &t, &e), ERR_MATCH);
    cr_assert_str_eq(e.text, "w: tensor 'wpe' is missing");
    cr_assert_eq(safetensors_want(st, "wte", 2, (int64_t[]){3, 2}, &t, &e), ERR_MATCH);
    cr_assert_str_eq(e.text, "w: tensor 'wte' has shape [2, 3], expected [3, 2]");
    cr_assert_eq(safetensors_want(st, "wte", 1, (int64_t[]){2}, &t, &e), ERR_MATCH);
    cr_assert_str_eq(e.text, "w: tensor 'wte' has shape [2, 3], expected [2]");
    cr_assert_eq(safetensors_want(st, "one", 1, (int64_t[]){1}, &t, &e), ERR_MATCH);
    cr_assert_str_eq(e.text, "w: tensor 'one' has shape [], expected [1]");
    cr_assert_eq(t, TENSORS);
    cr_assert_eq(safetensors_want(st, "one", 0, NULL, &t, &e), ERR_NONE);
    cr_assert_eq(t, safetensors_find(st, "one"));
    float out[1] = {42};
    cr_assert_eq(safetensors_floats(st, t, out, &e), ERR_VALUE);
    cr_assert(strstr(e.text, "w: byte 272: tensor 'one' has dtype I64"), "%s", e.text);
    cr_assert_eq(out[0], 42);
    safetensors_close(st);
    free(bytes);
}

// number is what 16 bits mean by definition: sign, exponent, fraction.
static double number(unsigned bits, int fraction_bits, int bias)
{
    int fraction = (int)(bits & ((1u << fraction_bits) - 1));
    int most = (1 << (15 - fraction_bits)) - 1, exponent = (int)(bits >> fraction_bits) & most;
    double sign = bits & 0x8000 ? -1 : 1;
    if (exponent == most) return fraction ? (double)NAN : sign * (double)INFINITY;
    if (exponent == 0) return sign * ldexp(fraction, 1 - bias - fraction_bits);
    return sign * ldexp(fraction + (1 << fraction_bits), exponent - bias - fraction_bits);
}

static void check_floats(enum safetensors_dtype dtype, int fraction_bits, int bias)
{
    enum { N = 1 << 16 };
    uint16_t *all = malloc(N * sizeof *all);
    float *out = malloc(N * sizeof *out);
    for (int i = 0; i < N; i++) all[i] = (uint16_t)i;
    struct safetensors_tensor t = {"all", dtype, 1, {N}, all, 0, 0}, *read = &t;
    struct safetensors *st;
    cr_assert_eq(safetensors_stage(path, 1, read, 0, NULL, NULL), ERR_NONE);
    cr_assert_eq(safetensors_open(staged, &st, NULL), ERR_NONE);
    cr_assert_eq(safetensors_floats(st, safetensors_at(st, 0), out, NULL), ERR_NONE);
    for (unsigned i = 0; i < N; i++) {
        double want = number(i, fraction_bits, bias), got = (double)out[i];
        if (isnan(want))
            cr_assert(isnan(got), "%04x gives %g", i, got);
        else
            cr_assert(got == want && signbit(got) == signbit(want), "%04x gives %g, want %g", i,
                      got, want);
    }
    safetensors_close(st);
    free(all);
    free(out);
}

Test(safetensors, every_half_becomes_its_float)
{
    check_floats(SAFETENSORS_F16, 10, 15);
}

Test(safetensors, every_bfloat_becomes_its_float)
{
    check_floats(SAFETENSORS_BF16, 7, 127);
}

Test(safetensors, floats_keep_their_bits)
{
    write_ours();
    struct safetensors *st;
    float out[6];
    cr_assert_eq(safetensors_open(path, &st, NULL), ERR_NONE);
    cr_assert_eq(safetensors_floats(st, safetensors_find(st, "wte"), out, NULL), ERR_NONE);
    cr_assert_eq(memcmp(out, WTE, sizeof WTE), 0);
    safetensors_close(st);
}

// --- damage -------------------------------------------------------------------------------------

Test(safetensors, damage_to_the_data_names_the_data)
{
    write_ours();
    size_t size;
    unsigned char *file = read_file(&size), *bytes = exact(file, size);
    bytes[size - 1] ^= 1;
    char text[100];
    snprintf(text, sizeof text, "w: bytes %zu to %zu: the data's xxh64 is", size - 37, size);
    refused(bytes, size, ERR_FORMAT, text);
    bytes[size - 1] ^= 1;
    char *seed = memchr(bytes + 8, '7', size - 8);
    while (memcmp(seed, "7 \\\"", 4) != 0) seed = memchr(seed + 1, '7', size);
    *seed = '8';
    snprintf(text, sizeof text, "w: bytes 0 to %zu: the header's xxh64 is", size - 37);
    refused(bytes, size, ERR_FORMAT, text);
    free(file);
    free(bytes);
}

Test(safetensors, one_checksum_without_the_other_is_refused)
{
    header_refused("{\"__metadata__\":{\"xxh64\":\"ef46db3751d8e999\"}}", 0, ERR_FORMAT,
                   "metadata has xxh64, expected xxh64_header");
    header_refused("{\"__metadata__\":{\"xxh64_header\":\"ef46db3751d8e999\"}}", 0, ERR_FORMAT,
                   "metadata has xxh64_header, expected xxh64 ");
    header_refused("{\"__metadata__\":{\"xxh64\":\"ef46db3751d8e999\",\"xxh64_header\":\"\"}}", 0,
                   ERR_FORMAT, "must drop xxh64_header and xxh64");
    header_refused("{\"__metadata__\":{\"xxh64_header\":\"\",\"xxh64\":\"\"}}", 0, ERR_FORMAT,
                   "must drop xxh64_header and xxh64");
    header_refused("{\"__metadata__\":{\"xxh64_header\":\"0\",\"xxh64\":\"0123456\"}}", 0,
                   ERR_FORMAT, "the header's xxh64 is");
}

Test(safetensors, any_changed_byte_of_our_file_is_refused)
{
    write_ours();
    size_t size;
    unsigned char *file = read_file(&size), *bytes = exact(file, size);
    for (size_t i = 0; i < size; i++) {
        for (int change = 1; change < 256; change++) {
            bytes[i] = (unsigned char)(file[i] ^ change);
            struct safetensors *st = untouched();
            enum err code = safetensors_view("w", bytes, size, &st, NULL);
            cr_assert(code == ERR_FORMAT || code == ERR_SHORT || code == ERR_VALUE,
                      "byte %zu, %02x for %02x: code %d", i, bytes[i], file[i], code);
            cr_assert(st == untouched());
        }
        bytes[i] = file[i];
    }
    struct safetensors *st;
    cr_assert_eq(safetensors_view("w", bytes, size, &st, NULL), ERR_NONE);
    check_ours(st);
    safetensors_close(st);
    free(bytes);
    free(file);
}

Test(safetensors, any_shorter_or_longer_file_of_ours_is_refused)
{
    write_ours();
    size_t size;
    unsigned char *file = read_file(&size);
    for (size_t n = 0; n <= size + 8; n++) {
        unsigned char *bytes = calloc(n + 1, 1);
        memcpy(bytes, file, n < size ? n : size);
        bytes = realloc(bytes, n ? n : 1);
        if (n < size) refused(bytes, n, ERR_SHORT, "w: byte");
        if (n > size) refused(bytes, n, ERR_FORMAT, "of no tensor, expected the end");
        free(bytes);
    }
    free(file);
}

// mutate changes 1 to 4 bytes, or cuts the end off, or moves a part; it returns the new size.
static size_t mutate(struct random *r, unsigned char *bytes, size_t size)
{
    static const unsigned char LIKELY[] = "\"{}[],:\\0123456789eE-. \xff";
    uint32_t n = (uint32_t)size, kind = random_below(r, 8);
    if (kind == 0) return random_below(r, n);
    if (kind == 1) {
        uint32_t from = random_below(r, n), to = random_below(r, n), most = from > to ? from : to;
        memmove(bytes + to, bytes + from, random_below(r, n - most) + 1);
        return size;
    }
    for (uint32_t i = random_below(r, 4) + 1; i; i--) {
        unsigned char c = LIKELY[random_below(r, sizeof LIKELY - 1)];
        bytes[random_below(r, n)] = kind < 5 ? c : (unsigned char)random_u32(r);
    }
    return size;
}

// touch reads every byte that an open file offers, for the sanitizers, and checks what is promised.
static void touch(const struct safetensors *st, const unsigned char *bytes, size_t size)
{
    size_t at = 8, covered = 0;
    for (int i = 0; i < 8; i++) at += (size_t)bytes[i] << (8 * i);
    for (int i = 0; i < safetensors_count(st); i++) {
        const struct safetensors_tensor *t = safetensors_at(st, i);
        cr_assert_eq(t->begin, at + covered);
        cr_assert_eq(t->data, bytes + t->begin);
        cr_assert_eq(safetensors_find(st, t->name), t);
        float *out = malloc(t->size * 4 + 1);
        memcpy(out, t->data, t->size);
        safetensors_floats(st, t, out, NULL);
        free(out);
        covered += t->size;
    }
    cr_assert_eq(at + covered, size);
    for (int i = 0; i < safetensors_metadata_count(st); i++)
        cr_assert_geq(strlen(safetensors_metadata_at(st, i)->value), 0);
}

// damage opens 20,000 damaged copies; at most `most` of them may open.
static void damage(const unsigned char *file, size_t size, int most, uint64_t seed)
{
    enum { ROUNDS = 20000 };
    int opened = 0;
    struct random r = random_start(seed, RANDOM_TEST);
    for (int round = 0; round < ROUNDS; round++) {
        unsigned char *bytes = exact(file, size);
        size_t left = mutate(&r, bytes, size);
        int same = left == size && memcmp(bytes, file, size) == 0;
        bytes = realloc(bytes, left ? left : 1);
        struct error e = {.code = ERR_NONE};
        struct safetensors *st = untouched();
        enum err code = safetensors_view("w", bytes, left, &st, &e);
        if (code) {
            cr_assert(!same && st == untouched(), "round %d: code %d", round, code);
            cr_assert(code == ERR_FORMAT || code == ERR_SHORT || code == ERR_VALUE);
            cr_assert(!strncmp(e.text, "w: byte", 7) && !strchr(e.text, '\n'), "%s", e.text);
        } else {
            // A file of ours that lost the names of both checksums is another program's.
            int checked = safetensors_metadata(st, "xxh64") != NULL;
            cr_assert(same || !checked, "round %d: an altered file opens", round);
            touch(st, bytes, left);
            opened++;
            safetensors_close(st);
        }
        free(bytes);
    }
    // The loop shows nothing if no file opens.
    cr_assert(opened > 0 && opened <= most, "%d of %d opened", opened, ROUNDS);
}

Test(safetensors, damaged_files_of_ours_are_refused)
{
    write_ours();
    size_t size;
    unsigned char *file = read_file(&size);
    damage(file, size, 100, 1);  // nearly all of them copies that the damage did not change
    free(file);
}

Test(safetensors, damaged_files_of_others_are_safe)
{
    damage((const unsigned char *)FOREIGN, sizeof FOREIGN - 1, 2000, 2);
}
