// Decodes first and asks afterwards: what was read is good if it is a character and writing it
// gives the same bytes.  The vocabulary is a sorted array that new characters are put into; ids
// are found by walking along it.
#include "bytes.h"

#include <stdlib.h>
#include <string.h>

static int is_character(int32_t code)
{
    return code >= 0 && code <= 0x10FFFF && code >> 11 != 0x1B;
}

int bytes_encode(int32_t code, char out[4])
{
    char reversed[4];
    int n = 0, room = 7;  // bits that the lead byte could hold
    if (!is_character(code)) return 0;
    while (code >> room != 0) {
        reversed[n++] = (char)(code % 64 + 128);
        code /= 64;
        room = 6 - n;
    }
    static const unsigned char mark[] = {0x00, 0xC0, 0xE0, 0xF0};
    out[0] = (char)(mark[n] + code);
    for (int i = 1; i <= n; i++) out[i] = reversed[n - i];
    return n + 1;
}

int bytes_decode(size_t size, const char *text, int32_t *code)
{
    if (!size) return 0;
    unsigned lead = (unsigned)text[0] & 0xFF;
    int more = 0;
    while (lead & (0x80u >> more)) more++;  // ones at the front
    if (more == 1 || more > 4) return 0;
    if (more > 0) more--;
    if ((size_t)more >= size) return 0;
    int32_t value = (int32_t)(more ? lead & (0x3Fu >> more) : lead);
    for (int i = 1; i <= more; i++) {
        int low = text[i] & 0x3F;
        value = (value << 6) + low;
    }
    char again[4];
    if (bytes_encode(value, again) != more + 1 || memcmp(again, text, (size_t)more + 1)) return 0;
    *code = value;
    return more + 1;
}

struct chars {
    int V, room;
    struct one {
        int32_t code;
        int size;
        char bytes[4];
    } * all;
};

static int place_of(const struct chars *c, int32_t code)
{
    int i = 0;
    while (i < c->V && c->all[i].code < code) i++;
    return i;
}

static void put(struct chars *c, int32_t code)
{
    int at = place_of(c, code);
    if (at < c->V && c->all[at].code == code) return;
    if (c->V == c->room) {
        c->room = c->room ? 2 * c->room : 4;
        c->all = realloc(c->all, (size_t)c->room * sizeof *c->all);
        if (!c->all) die("out of memory");
    }
    memmove(c->all + at + 1, c->all + at, (size_t)(c->V - at) * sizeof *c->all);
    c->all[at].code = code;
    c->all[at].size = bytes_encode(code, c->all[at].bytes);
    c->V++;
}

enum err chars_new(size_t size, const char *text, struct chars **c, struct error *e)
{
    if (!size) return error_set(e, ERR_VALUE, "no characters in an empty text");
    struct chars *made = calloc(1, sizeof *made);
    if (!made) die("out of memory");
    const char *p = text, *end = text + size;
    while (p < end) {
        int32_t code = 0;
        int step = bytes_decode((size_t)(end - p), p, &code);
        if (!step) {
            chars_free(made);
            return error_set(e, ERR_UTF8, "byte %td: expected UTF-8", p - text);
        }
        put(made, code);
        p += step;
    }
    *c = made;
    return ERR_NONE;
}

void chars_free(struct chars *c)
{
    if (!c) return;
    free(c->all);
    free(c);
}

int chars_vocab(const struct chars *c)
{
    return c->V;
}

const char *chars_bytes(const struct chars *c, int32_t id, size_t *size)
{
    *size = (size_t)c->all[id].size;
    return c->all[id].bytes;
}

// encode counts the ids when out is NULL, else writes them too.
static enum err encode(const struct chars *c, size_t size, const char *text, int32_t *out,
                       size_t *count, struct error *e)
{
    size_t n = 0;
    int32_t code = 0;
    for (size_t at = 0, step; at < size; at += step, n++) {
        step = (size_t)bytes_decode(size - at, text + at, &code);
        if (!step) return error_set(e, ERR_UTF8, "byte %zu: expected UTF-8", at);
        int id = place_of(c, code);
        if (id == c->V || c->all[id].code != code)
            return error_set(e, ERR_SYMBOL, "byte %zu: U+%04X is unknown", at, (unsigned)code);
        if (out) out[n] = id;
    }
    *count = n;
    return ERR_NONE;
}

enum err chars_encode(const struct chars *c, size_t size, const char *text, int32_t **ids,
                      size_t *count, struct error *e)
{
    size_t n;
    enum err failed = encode(c, size, text, NULL, &n, e);
    if (failed) return failed;
    int32_t *out = malloc((n + 1) * sizeof *out);
    if (!out) die("out of memory");
    encode(c, size, text, out, &n, NULL);
    *ids = out;
    *count = n;
    return ERR_NONE;
}
