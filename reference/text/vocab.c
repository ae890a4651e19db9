#include "vocab.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "bytes.h"
#include "names.h"
#include "pairs.h"

enum {
    BYTES_MOST = 1 << 30,  // of all tokens
    VISIBLE = 188,         // single bytes that go by their own letter
};

struct vocab {
    struct arena *memory;  // everything below but the pattern
    struct pattern *pattern;
    struct pairs *pairs;  // number i joins into 256 + i
    int merges, specials;
    char **token;  // (V) the tokens' bytes
    size_t *size;  // (V)
};

// GPT-2 wanted every byte to have a visible letter in its vocabulary file: the bytes that are
// visible in Latin-1 stand for themselves and come first.
int32_t vocab_byte_id(unsigned char byte)
{
    if (byte <= ' ') return VISIBLE + byte;
    if (byte <= '~') return byte - '!';
    if (byte <= 0xA0) return VISIBLE + 33 + byte - 0x7F;
    if (byte <= 0xAC) return 94 + byte - 0xA1;
    return byte == 0xAD ? 255 : 106 + byte - 0xAE;
}

// set_token copies the bytes of left and right, one behind the other.
static void set_token(struct vocab *v, int32_t id, size_t left_size, const char *left,
                      size_t right_size, const char *right)
{
    char *bytes = arena_alloc(v->memory, left_size + right_size + 1);
    memcpy(bytes, left, left_size);
    memcpy(bytes + left_size, right, right_size);
    bytes[left_size + right_size] = 0;
    v->token[id] = bytes;
    v->size[id] = left_size + right_size;
}

static enum err set_merges(struct vocab *v, int merges, const int32_t *merge, struct error *e)
{
    size_t total = 0;
    for (int i = 0; i < merges; i++) {
        int32_t made = VOCAB_BYTES + i, left = merge[2 * i], right = merge[2 * i + 1];
        if (left < 0 || left >= made || right < 0 || right >= made)
            return error_set(e, ERR_VALUE, "merge %d joins %d and %d: expected ids in [0, %d)", i,
                             left, right, made);
        if (pairs_add(v->pairs, left, right) != i)
            return error_set(e, ERR_VALUE, "merge %d joins %d and %d: an earlier one does", i, left,
                             right);
        total += v->size[left] + v->size[right];
        if (total > BYTES_MOST)
            return error_set(e, ERR_VALUE, "merge %d: expected tokens of at most %d bytes in all",
                             i, BYTES_MOST);
        set_token(v, made, v->size[left], v->token[left], v->size[right], v->token[right]);
    }
    v->merges = merges;
    return ERR_NONE;
}

// check_distinct finds two tokens of the same bytes: no file format could tell them apart.
static enum err check_distinct(const struct vocab *v, struct error *e)
{
    struct arena *scratch = arena_new();
    int32_t one, two;
    int twice = names_twice(
        names_new(scratch, VOCAB_BYTES + v->merges, (const char *const *)v->token, v->size), &one,
        &two);
    arena_free(scratch);
    if (!twice) return ERR_NONE;
    return error_set(e, ERR_VALUE, "merge %d makes the bytes of token %d a second time",
                     two - VOCAB_BYTES, one);
}

static enum err check_specials(int specials, const char *const *special, struct error *e)
{
    for (int i = 0; i < specials; i++) {
        size_t size = strlen(special[i]), at = 0;
        if (size == 0) return error_set(e, ERR_VALUE, "special token %d is empty", i);
        int length = 1;
        int32_t code;
        for (; at < size && length; at += (size_t)length)
            length = bytes_decode(size - at, special[i] + at, &code);
        if (!length)
            return error_set(e, ERR_VALUE, "special token %d, byte %zu: expected UTF-8", i, at);
        for (int j = 0; j < i; j++)
            if (strcmp(special[i], special[j]) == 0)
                return error_set(e, ERR_VALUE, "special token %d is the same as special token %d",
                                 i, j);
    }
    return ERR_NONE;
}

enum err vocab_new(int merges, const int32_t *merge, int specials, const char *const *special,
                   struct vocab **v, struct error *e)
{
    CHECK(merges >= 0 && specials >= 0 && merges <= INT32_MAX - VOCAB_BYTES - specials,
          "merges=%d specials=%d", merges, specials);
    enum err code = check_specials(specials, special, e);
    if (code) return code;
    struct arena *memory = arena_new();
    struct vocab *made = arena_alloc(memory, sizeof *made);
    *made = (struct vocab){.memory = memory, .pairs = pairs_new(memory), .specials = specials};
    size_t V = (size_t)VOCAB_BYTES + (size_t)merges + (size_t)specials;
    made->token = arena_alloc(memory, V * sizeof *made->token);
    made->size = arena_alloc(memory, V * sizeof *made->size);
    for (int i = 0; i < VOCAB_BYTES; i++) {
        char byte = (char)i;
        set_token(made, vocab_byte_id((unsigned char)i), 1, &byte, 0, "");
    }
    code = set_merges(made, merges, merge, e);
    if (!code) code = check_distinct(made, e);
    if (code) {
        arena_free(memory);
        return code;
    }
    for (int i = 0; i < specials; i++)
        set_token(made, VOCAB_BYTES + merges + i, strlen(special[i]), special[i], 0, "");
    made->pattern = pattern_new(specials, special);
    *v = made;
    return ERR_NONE;
}

void vocab_free(struct vocab *v)
{
    if (!v) return;
    pattern_free(v->pattern);
    arena_free(v->memory);
}

int vocab_size(const struct vocab *v)
{
    return VOCAB_BYTES + v->merges + v->specials;
}

int vocab_merges(const struct vocab *v)
{
    return v->merges;
}

void vocab_merge(const struct vocab *v, int i, int32_t *left, int32_t *right)
{
    pairs_get(v->pairs, i, left, right);
}

int vocab_specials(const struct vocab *v)
{
    return v->specials;
}

const char *vocab_bytes(const struct vocab *v, int32_t id, size_t *size)
{
    CHECK(id >= 0 && id < vocab_size(v), "id=%d V=%d", id, vocab_size(v));
    *size = v->size[id];
    return v->token[id];
}

char *vocab_name(const struct vocab *v, int32_t id)
{
    size_t size, n = 0;
    const char *bytes = vocab_bytes(v, id, &size);
    char *name = malloc(2 * size + 1);  // no letter of a name is longer than two bytes
    if (!name) die("out of memory: the name of token %d", id);
    if (id >= VOCAB_BYTES + v->merges) return memcpy(name, bytes, size + 1);
    for (size_t i = 0; i < size; i++) {
        unsigned char byte = (unsigned char)bytes[i];
        int32_t byte_id = vocab_byte_id(byte);
        int32_t letter = byte_id < VISIBLE ? byte : 0x100 + byte_id - VISIBLE;
        n += (size_t)bytes_encode(letter, name + n);
    }
    name[n] = 0;
    return name;
}

enum err vocab_check_names(const struct vocab *v, struct error *e)
{
    int32_t first = VOCAB_BYTES + v->merges, end = vocab_size(v);
    enum err code = ERR_NONE;
    for (int32_t id = 0; id < first && !code && first < end; id++) {
        char *name = vocab_name(v, id);
        for (int32_t i = first; i < end && !code; i++)
            if (strcmp(name, v->token[i]) == 0)
                code = error_set(e, ERR_VALUE, "special token %d reads like the name of token %d",
                                 i, id);
        free(name);
    }
    return code;
}

int32_t vocab_pair(const struct vocab *v, int32_t left, int32_t right)
{
    int32_t merge = pairs_find(v->pairs, left, right);
    return merge < 0 ? -1 : VOCAB_BYTES + merge;
}

const struct pattern *vocab_pattern(const struct vocab *v)
{
    return v->pattern;
}
