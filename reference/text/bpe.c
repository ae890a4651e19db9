#include "bpe.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "bytes.h"
#include "pairs.h"

enum {
    BYTES_MOST = 1 << 30,  // of all tokens
    VISIBLE = 188,         // single bytes that go by their own letter
};

struct bpe {
    struct arena *memory;  // everything below but the pattern
    struct pattern *pattern;
    struct pairs *pairs;  // number i joins into 256 + i
    int merges, specials;
    char **token;  // (V) the tokens' bytes
    size_t *size;  // (V)
};

// GPT-2 wanted every byte to have a visible letter in its vocabulary file: the bytes that are
// visible in Latin-1 stand for themselves and come first.
int32_t bpe_byte_id(unsigned char byte)
{
    if (byte <= ' ') return VISIBLE + byte;
    if (byte <= '~') return byte - '!';
    if (byte <= 0xA0) return VISIBLE + 33 + byte - 0x7F;
    if (byte <= 0xAC) return 94 + byte - 0xA1;
    return byte == 0xAD ? 255 : 106 + byte - 0xAE;
}

// set_token copies the bytes of left and right, one behind the other.
static void set_token(struct bpe *b, int32_t id, size_t left_size, const char *left,
                      size_t right_size, const char *right)
{
    char *bytes = arena_alloc(b->memory, left_size + right_size + 1);
    memcpy(bytes, left, left_size);
    memcpy(bytes + left_size, right, right_size);
    bytes[left_size + right_size] = 0;
    b->token[id] = bytes;
    b->size[id] = left_size + right_size;
}

static enum err set_merges(struct bpe *b, int merges, const int32_t *merge, struct error *e)
{
    size_t total = 0;
    for (int i = 0; i < merges; i++) {
        int32_t made = BPE_BYTES + i, left = merge[2 * i], right = merge[2 * i + 1];
        if (left < 0 || left >= made || right < 0 || right >= made)
            return error_set(e, ERR_VALUE, "merge %d joins %d and %d: expected ids in [0, %d)", i,
                             left, right, made);
        if (pairs_add(b->pairs, left, right) != i)
            return error_set(e, ERR_VALUE, "merge %d joins %d and %d: an earlier one does", i, left,
                             right);
        total += b->size[left] + b->size[right];
        if (total > BYTES_MOST)
            return error_set(e, ERR_VALUE, "merge %d: expected tokens of at most %d bytes in all",
                             i, BYTES_MOST);
        set_token(b, made, b->size[left], b->token[left], b->size[right], b->token[right]);
    }
    b->merges = merges;
    return ERR_NONE;
}

struct token {
    const char *bytes;
    size_t size;
    int32_t id;
};

static int by_bytes(const void *x, const void *y)
{
    const struct token *a = x, *b = y;
    int order = memcmp(a->bytes, b->bytes, a->size < b->size ? a->size : b->size);
    if (order) return order;
    if (a->size != b->size) return a->size < b->size ? -1 : 1;
    return a->id < b->id ? -1 : 1;
}

// check_distinct finds two tokens of the same bytes: no file format could tell them apart.
static enum err check_distinct(const struct bpe *b, struct error *e)
{
    size_t count = (size_t)(BPE_BYTES + b->merges);
    struct token *sorted = malloc(count * sizeof *sorted);
    if (!sorted) die("out of memory: %zu tokens", count);
    for (size_t i = 0; i < count; i++)
        sorted[i] = (struct token){b->token[i], b->size[i], (int32_t)i};
    qsort(sorted, count, sizeof *sorted, by_bytes);
    enum err code = ERR_NONE;
    for (size_t i = 1; i < count && !code; i++) {
        struct token one = sorted[i - 1], two = sorted[i];
        if (one.size != two.size || memcmp(one.bytes, two.bytes, one.size) != 0) continue;
        code = error_set(e, ERR_VALUE, "merge %d makes the bytes of token %d a second time",
                         two.id - BPE_BYTES, one.id);
    }
    free(sorted);
    return code;
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

enum err bpe_new(int merges, const int32_t *merge, int specials, const char *const *special,
                 struct bpe **b, struct error *e)
{
    CHECK(merges >= 0 && specials >= 0 && merges <= INT32_MAX - BPE_BYTES - specials,
          "merges=%d specials=%d", merges, specials);
    enum err code = check_specials(specials, special, e);
    if (code) return code;
    struct arena *memory = arena_new();
    struct bpe *made = arena_alloc(memory, sizeof *made);
    *made = (struct bpe){.memory = memory, .pairs = pairs_new(memory), .specials = specials};
    size_t V = (size_t)BPE_BYTES + (size_t)merges + (size_t)specials;
    made->token = arena_alloc(memory, V * sizeof *made->token);
    made->size = arena_alloc(memory, V * sizeof *made->size);
    for (int i = 0; i < BPE_BYTES; i++) {
        char byte = (char)i;
        set_token(made, bpe_byte_id((unsigned char)i), 1, &byte, 0, "");
    }
    code = set_merges(made, merges, merge, e);
    if (!code) code = check_distinct(made, e);
    if (code) {
        arena_free(memory);
        return code;
    }
    for (int i = 0; i < specials; i++)
        set_token(made, BPE_BYTES + merges + i, strlen(special[i]), special[i], 0, "");
    made->pattern = pattern_new(specials, special);
    *b = made;
    return ERR_NONE;
}

void bpe_free(struct bpe *b)
{
    if (!b) return;
    pattern_free(b->pattern);
    arena_free(b->memory);
}

int bpe_vocab(const struct bpe *b)
{
    return BPE_BYTES + b->merges + b->specials;
}

int bpe_merges(const struct bpe *b)
{
    return b->merges;
}

void bpe_merge(const struct bpe *b, int i, int32_t *left, int32_t *right)
{
    pairs_get(b->pairs, i, left, right);
}

int bpe_specials(const struct bpe *b)
{
    return b->specials;
}

const char *bpe_bytes(const struct bpe *b, int32_t id, size_t *size)
{
    CHECK(id >= 0 && id < bpe_vocab(b), "id=%d V=%d", id, bpe_vocab(b));
    *size = b->size[id];
    return b->token[id];
}

char *bpe_name(const struct bpe *b, int32_t id)
{
    size_t size, n = 0;
    const char *bytes = bpe_bytes(b, id, &size);
    char *name = malloc(2 * size + 1);  // no letter of a name is longer than two bytes
    if (!name) die("out of memory: the name of token %d", id);
    if (id >= BPE_BYTES + b->merges) return memcpy(name, bytes, size + 1);
    for (size_t i = 0; i < size; i++) {
        unsigned char byte = (unsigned char)bytes[i];
        int32_t byte_id = bpe_byte_id(byte);
        int32_t letter = byte_id < VISIBLE ? byte : 0x100 + byte_id - VISIBLE;
        n += (size_t)bytes_encode(letter, name + n);
    }
    name[n] = 0;
    return name;
}

int32_t bpe_join(const struct bpe *b, int32_t left, int32_t right)
{
    int32_t merge = pairs_find(b->pairs, left, right);
    return merge < 0 ? -1 : BPE_BYTES + merge;
}

const struct pattern *bpe_pattern(const struct bpe *b)
{
    return b->pattern;
}

char *bpe_decode(const struct bpe *b, size_t count, const int32_t *ids, size_t *size)
{
    size_t total = 0, one;
    for (size_t i = 0; i < count; i++) {
        bpe_bytes(b, ids[i], &one);
        if (one > SIZE_MAX - 1 - total) die("out of memory: the bytes of %zu ids", count);
        total += one;
    }
    char *text = malloc(total + 1), *at = text;
    if (!text) die("out of memory: the bytes of %zu ids", count);
    for (size_t i = 0; i < count; i++) {
        const char *bytes = bpe_bytes(b, ids[i], &one);
        memcpy(at, bytes, one);
        at += one;
    }
    *at = 0;
    *size = total;
    return text;
}
