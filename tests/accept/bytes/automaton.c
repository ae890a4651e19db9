// UTF-8 by a state machine over classes of bytes, as tables; the vocabulary as one bit a code
// point, its ids counted from there into an index of all code points.
#include "bytes.h"

#include <stdlib.h>
#include <string.h>

enum { CODES = 0x110000, SURROGATES = 0xD800, AFTER_SURROGATES = 0xE000 };

// Classes of bytes: what can follow what depends on these only.
enum { ASCII, LOW, MIDDLE, HIGH, TWO, E0, THREE, ED, F0, FOUR, F4, NEVER, CLASSES };
// States: how many bytes are awaited, and from which part of 80 … BF the next must be.
enum { DONE, ONE, TWO_LEFT, THREE_LEFT, AFTER_E0, AFTER_ED, AFTER_F0, AFTER_F4, BAD };

static int class_of(unsigned char b)
{
    // clang-format off
    static const struct { unsigned char last, class; } ranges[] = {
        {0x7F, ASCII},
        {0x8F, LOW},
        {0x9F, MIDDLE},
        {0xBF, HIGH},
        {0xC1, NEVER},
        {0xDF, TWO},
        {0xE0, E0},
        {0xEC, THREE},
        {0xED, ED},
        {0xEF, THREE},
        {0xF0, F0},
        {0xF3, FOUR},
        {0xF4, F4},
        {0xFF, NEVER},
    };
    // clang-format on
    int i = 0;
    while (b > ranges[i].last) i++;
    return ranges[i].class;
}

static const unsigned char NEXT[][CLASSES] = {
    [DONE] = {DONE, BAD, BAD, BAD, ONE, AFTER_E0, TWO_LEFT, AFTER_ED, AFTER_F0, THREE_LEFT,
              AFTER_F4, BAD},
    [ONE] = {BAD, DONE, DONE, DONE, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD},
    [TWO_LEFT] = {BAD, ONE, ONE, ONE, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD},
    [THREE_LEFT] = {BAD, TWO_LEFT, TWO_LEFT, TWO_LEFT, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD},
    [AFTER_E0] = {BAD, BAD, BAD, ONE, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD},
    [AFTER_ED] = {BAD, ONE, ONE, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD},
    [AFTER_F0] = {BAD, BAD, TWO_LEFT, TWO_LEFT, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD},
    [AFTER_F4] = {BAD, TWO_LEFT, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD},
};

int bytes_decode(size_t size, const char *text, int32_t *code)
{
    static const unsigned char mask[CLASSES] = {
        [ASCII] = 0x7F, [LOW] = 0x3F, [MIDDLE] = 0x3F, [HIGH] = 0x3F, [TWO] = 0x1F, [E0] = 0x0F,
        [THREE] = 0x0F, [ED] = 0x0F,  [F0] = 0x07,     [FOUR] = 0x07, [F4] = 0x07};
    int state = DONE;
    int32_t value = 0;
    for (size_t i = 0; i < size; i++) {
        unsigned char b = (unsigned char)text[i];
        int class = class_of(b);
        state = NEXT[state][class];
        if (state == BAD) return 0;
        value = value * 64 + (b & mask[class]);
        if (state == DONE) {
            *code = value;
            return (int)i + 1;
        }
    }
    return 0;
}

int bytes_encode(int32_t code, char out[4])
{
    if (code >= SURROGATES && code < AFTER_SURROGATES) return 0;
    if (code < 0 || code >= CODES) return 0;
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        out[0] = (char)(0xC0 + code / 64);
        out[1] = (char)(0x80 + code % 64);
        return 2;
    }
    if (code < 0x10000) {
        out[0] = (char)(0xE0 + code / 4096);
        out[1] = (char)(0x80 + code / 64 % 64);
        out[2] = (char)(0x80 + code % 64);
        return 3;
    }
    out[0] = (char)(0xF0 + code / 262144);
    out[1] = (char)(0x80 + code / 4096 % 64);
    out[2] = (char)(0x80 + code / 64 % 64);
    out[3] = (char)(0x80 + code % 64);
    return 4;
}

struct chars {
    int V;
    int32_t *id;      // (CODES) or -1
    char (*utf8)[5];  // (V) length, then the bytes
};

enum err chars_new(size_t size, const char *text, struct chars **c, struct error *e)
{
    if (size == 0) return error_set(e, ERR_VALUE, "empty text");
    unsigned char *bit = calloc(CODES / 8, 1);
    if (!bit) die("out of memory");
    size_t at = 0;
    while (at < size) {
        int32_t code;
        int length = bytes_decode(size - at, text + at, &code);
        if (length == 0) {
            free(bit);
            return error_set(e, ERR_UTF8, "byte %zu: not UTF-8", at);
        }
        bit[code / 8] |= (unsigned char)(1 << code % 8);
        at += (size_t)length;
    }
    struct chars *made = malloc(sizeof *made);
    if (!made) die("out of memory");
    made->id = malloc(CODES * sizeof *made->id);
    if (!made->id) die("out of memory");
    made->V = 0;
    for (int32_t code = 0; code < CODES; code++) {
        int there = bit[code / 8] >> code % 8 & 1;
        made->id[code] = there ? made->V++ : -1;
    }
    made->utf8 = malloc((size_t)made->V * sizeof *made->utf8);
    if (!made->utf8) die("out of memory");
    for (int32_t code = 0; code < CODES; code++) {
        int32_t id = made->id[code];
        if (id >= 0) made->utf8[id][0] = (char)bytes_encode(code, made->utf8[id] + 1);
    }
    free(bit);
    *c = made;
    return ERR_NONE;
}

void chars_free(struct chars *c)
{
    if (!c) return;
    free(c->id);
    free(c->utf8);
    free(c);
}

int chars_vocab(const struct chars *c)
{
    return c->V;
}

const char *chars_bytes(const struct chars *c, int32_t id, size_t *size)
{
    *size = (size_t)c->utf8[id][0];
    return c->utf8[id] + 1;
}

enum err chars_encode(const struct chars *c, size_t size, const char *text, int32_t **ids,
                      size_t *count, struct error *e)
{
    int32_t code = 0, *out = malloc(size * sizeof *out + 1);
    if (!out) die("out of memory");
    size_t n = 0, at = 0;
    enum err failed = ERR_NONE;
    while (at < size && !failed) {
        int length = bytes_decode(size - at, text + at, &code);
        if (!length) {
            failed = error_set(e, ERR_UTF8, "byte %zu: not UTF-8", at);
        } else if (c->id[code] < 0) {
            failed = error_set(e, ERR_SYMBOL, "byte %zu: no U+%04X", at, (unsigned)code);
        } else {
            out[n++] = c->id[code];
            at += (size_t)length;
        }
    }
    if (failed) {
        free(out);
    } else {
        *ids = out;
        *count = n;
    }
    return failed;
}
