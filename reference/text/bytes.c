#include "bytes.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"

enum { CODES = 0x110000 };

// --- UTF-8 -----------------------------------------------------------------------------------

int bytes_decode(size_t size, const char *text, int32_t *code)
{
    // SOLUTION BEGIN
    if (size == 0) return 0;
    // A char may be signed; then bytes from 0x80 up would be negative numbers.
    const unsigned char *p = (const unsigned char *)text;
    int lead = p[0];
    if (lead < 0x80) {
        *code = lead;
        return 1;
    }
    if (lead < 0xC2 || lead > 0xF4) return 0;
    int length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if (size < (size_t)length) return 0;
    // Four leads narrow the second byte.  That alone shuts out longer forms than needed (E0, F0),
    // surrogates (ED) and numbers above 0x10FFFF (F4).
    int low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    int high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    if (p[1] < low || p[1] > high) return 0;
    int32_t value = lead & (0x7F >> length);
    value = value << 6 | (p[1] & 0x3F);
    for (int i = 2; i < length; i++) {
        if ((p[i] & 0xC0) != 0x80) return 0;
        value = value << 6 | (p[i] & 0x3F);
    }
    *code = value;
    return length;
    // SOLUTION END
}

int bytes_encode(int32_t code, char out[4])
{
    // SOLUTION BEGIN
    if (code < 0 || code >= CODES || (code >= 0xD800 && code <= 0xDFFF)) return 0;
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    int length = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    // The lead byte starts with as many ones as there are bytes: C0, E0, F0.
    int lead = 0xF00 >> length & 0xFF;
    for (int i = length - 1; i > 0; i--, code >>= 6) out[i] = (char)(0x80 | (code & 0x3F));
    out[0] = (char)(lead | code);
    return length;
    // SOLUTION END
}

// --- a vocabulary of characters --------------------------------------------------------------

struct chars {
    struct arena *memory;  // everything below
    int V;
    int32_t *code;     // (V) ascending
    char (*bytes)[4];  // (V) the same in UTF-8
};

// not_utf8 is the error at byte `at` of a text, which is `byte`.
static enum err not_utf8(struct error *e, size_t at, char byte)
{
    return error_set(e, ERR_UTF8, "byte %zu: expected a UTF-8 character, found 0x%02X", at,
                     (unsigned)(unsigned char)byte);
}

// not_there is the error at byte `at` of a text, where a character stands that c does not have.
static enum err not_there(struct error *e, size_t at, int32_t code, const struct chars *c)
{
    return error_set(e, ERR_SYMBOL, "byte %zu: U+%04X is not in the vocabulary of %d", at,
                     (unsigned)code, c->V);
}

// with_room returns a vocabulary with V = 0 that has room for `most` characters.
static struct chars *with_room(struct arena *memory, int most)
{
    struct chars *c = arena_alloc(memory, sizeof *c);
    *c = (struct chars){.memory = memory};
    c->code = arena_alloc(memory, (size_t)most * sizeof *c->code);
    c->bytes = arena_alloc(memory, (size_t)most * sizeof *c->bytes);
    return c;
}

enum err chars_new(size_t size, const char *text, struct chars **c, struct error *e)
{
    if (size == 0) return error_set(e, ERR_VALUE, "the text is empty: expected a character");
    // The vocabulary lives in memory.  Where the text is refused there will be none: arena_free.
    struct arena *memory = arena_new();
    unsigned char *seen = arena_alloc(memory, CODES);  // 1 where a character occurs in the text
    memset(seen, 0, CODES);
    // SOLUTION BEGIN
    int V = 0, length;
    int32_t code;
    for (size_t at = 0; at < size; at += (size_t)length) {
        length = bytes_decode(size - at, text + at, &code);
        if (!length) {
            arena_free(memory);
            return not_utf8(e, at, text[at]);
        }
        V += !seen[code];
        seen[code] = 1;
    }
    struct chars *made = with_room(memory, V);
    for (code = 0; code < CODES; code++) {
        if (!seen[code]) continue;
        bytes_encode(code, made->bytes[made->V]);
        made->code[made->V++] = code;
    }
    *c = made;
    return ERR_NONE;
    // SOLUTION END
}

void chars_free(struct chars *c)
{
    if (c) arena_free(c->memory);
}

int chars_vocab(const struct chars *c)
{
    return c->V;
}

const char *chars_bytes(const struct chars *c, int32_t id, size_t *size)
{
    CHECK(id >= 0 && id < c->V, "id=%d V=%d", id, c->V);
    int32_t code = c->code[id];
    *size = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    return c->bytes[id];
}

// find returns the id of a character, or -1.
static int32_t find(const struct chars *c, int32_t code)
{
    int32_t low = 0, high = c->V;
    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        if (c->code[middle] < code)
            low = middle + 1;
        else
            high = middle;
    }
    return low < c->V && c->code[low] == code ? low : -1;
}

enum err chars_encode(const struct chars *c, size_t size, const char *text, int32_t **ids,
                      size_t *count, struct error *e)
{
    if (size > SIZE_MAX / sizeof **ids - 1) die("out of memory: %zu bytes to encode", size);
    // A character has at least one byte, so `size` ids are enough.  Where the text is refused,
    // out has to be freed: nobody else knows of it.
    int32_t *out = malloc((size + 1) * sizeof *out);
    if (!out) die("out of memory: the ids of %zu bytes", size);
    size_t n = 0;  // ids in out
    // SOLUTION BEGIN
    int length;
    for (size_t at = 0; at < size; at += (size_t)length) {
        int32_t code;
        length = bytes_decode(size - at, text + at, &code);
        int32_t id = length ? find(c, code) : -1;
        if (id < 0) {
            free(out);
            return length ? not_there(e, at, code, c) : not_utf8(e, at, text[at]);
        }
        out[n++] = id;
    }
    // SOLUTION END
    int32_t *fitted = realloc(out, (n + 1) * sizeof *out);
    *ids = fitted ? fitted : out;
    *count = n;
    return ERR_NONE;
}
