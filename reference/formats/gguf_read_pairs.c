// The pairs of a file that is being opened.
#include <inttypes.h>
#include <string.h>

#include "gguf_parts.h"

enum {
    STRING_MIN = 8,     // the fewest bytes of a text
    ARRAY_MIN = 4 + 8,  // and of an array in an array
    KEY_MAX = 65535,
    DEPTH_MAX = 8,  // of arrays in arrays
};

static enum err kind(struct gguf_cursor *c, const char *key, enum gguf_kind *out)
{
    size_t begin = c->at;
    uint64_t k;
    enum err code = gguf_take_number(c, 4, "the kind of a value", &k);
    if (code) return code;
    *out = (enum gguf_kind)k;
    if (k < GGUF_KINDS) return ERR_NONE;
    return error_set(c->e, ERR_FORMAT,
                     "%s: byte %zu: key '%.100s' has a value of kind %" PRIu64 ": expected 0 to %d",
                     c->g->path, begin, key, k, GGUF_KINDS - 1);
}

// length reads the number of elements of an array, and sees that the file has room for them.
static enum err length(struct gguf_cursor *c, const struct gguf_pair *p, size_t *out)
{
    size_t begin = c->at, least = gguf_kind_size(p->kind);
    uint64_t n;
    enum err code = gguf_take_number(c, 8, "the length of an array", &n);
    if (code) return code;
    if (!least) least = p->kind == GGUF_STRING ? STRING_MIN : ARRAY_MIN;
    *out = (size_t)n;
    if (n <= gguf_left(c) / least) return ERR_NONE;
    return error_set(c->e, ERR_SHORT,
                     "%s: byte %zu: key '%.100s' has %" PRIu64
                     " elements: expected at most %zu, which would fill the file",
                     c->g->path, begin, p->key, n, gguf_left(c) / least);
}

// flags sees that numbers of GGUF_BOOL are 0 or 1.
static enum err flags(const struct gguf_cursor *c, const struct gguf_pair *p, size_t begin)
{
    for (size_t i = 0; i < p->count && p->kind == GGUF_BOOL; i++)
        if (c->g->bytes[begin + i] > 1)
            return error_set(c->e, ERR_FORMAT,
                             "%s: byte %zu: key '%.100s' has a bool of %d: expected 0 or 1",
                             c->g->path, begin + i, p->key, c->g->bytes[begin + i]);
    return ERR_NONE;
}

// value reads p->count elements of p->kind.  Of arrays in arrays it only sees that they are right.
static enum err value(struct gguf_cursor *c, struct gguf_pair *p, int depth)
{
    size_t size = gguf_kind_size(p->kind), begin = c->at;
    enum err code = ERR_NONE;
    if (size) {
        if (gguf_left(c) / size < p->count) return gguf_ends(c, "a value");
        p->data = c->g->bytes + begin;
        c->at += size * p->count;
        return flags(c, p, begin);
    }
    if (p->kind == GGUF_STRING) {
        struct gguf_text *text = arena_alloc(c->g->memory, p->count * sizeof *text);
        for (size_t i = 0; i < p->count && !code; i++)
            code = gguf_take_string(c, "a text", &text[i]);
        p->text = text;
        return code;
    }
    if (depth == DEPTH_MAX)
        return error_set(c->e, ERR_FORMAT,
                         "%s: byte %zu: key '%.100s': arrays in arrays: expected at most %d deep",
                         c->g->path, begin, p->key, DEPTH_MAX);
    for (size_t i = 0; i < p->count && !code; i++) {
        struct gguf_pair inner = {.key = p->key, .array = 1};
        code = kind(c, p->key, &inner.kind);
        if (!code) code = length(c, &inner, &inner.count);
        if (!code) code = value(c, &inner, depth + 1);
    }
    return code;
}

static enum err read_pair(struct gguf_cursor *c, struct gguf_pair *p)
{
    *p = (struct gguf_pair){.count = 1, .begin = c->at};
    enum err code = gguf_take_name(c, "a key", KEY_MAX, &p->key);
    for (const char *k = p->key; !code && *k; k++)
        if (*k <= ' ' || *k > '~')
            code = error_set(c->e, ERR_FORMAT,
                             "%s: byte %zu: key '%.100s': expected visible ASCII characters",
                             c->g->path, p->begin, p->key);
    if (!code) code = kind(c, p->key, &p->kind);
    if (!code && p->kind == GGUF_ARRAY) {
        p->array = 1;
        code = kind(c, p->key, &p->kind);
        if (!code) code = length(c, p, &p->count);
    }
    return code ? code : value(c, p, 0);
}

enum err gguf_read_pairs(struct gguf_cursor *c)
{
    struct gguf *g = c->g;
    size_t n = (size_t)g->pair_count;
    g->pairs = arena_alloc(g->memory, n * sizeof *g->pairs);
    const char **key = arena_alloc(g->memory, n * sizeof *key);
    size_t *size = arena_alloc(g->memory, n * sizeof *size);
    for (size_t i = 0; i < n; i++) {
        enum err code = read_pair(c, &g->pairs[i]);
        if (code) return code;
        key[i] = g->pairs[i].key, size[i] = strlen(key[i]);
    }
    g->keys = names_new(g->memory, g->pair_count, key, size);
    int32_t one, two;
    if (!names_twice(g->keys, &one, &two)) return ERR_NONE;
    return error_set(c->e, ERR_FORMAT,
                     "%s: byte %zu: key '%.100s' is there twice, first at byte %zu", g->path,
                     g->pairs[two].begin, key[two], g->pairs[one].begin);
}
