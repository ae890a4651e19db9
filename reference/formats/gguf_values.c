// The values of pairs: read, and put together.
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "gguf_parts.h"

int gguf_pairs(const struct gguf *g)
{
    return g->pair_count;
}

const struct gguf_pair *gguf_pair_at(const struct gguf *g, int i)
{
    CHECK(i >= 0 && i < g->pair_count, "i=%d count=%d", i, g->pair_count);
    return &g->pairs[i];
}

const struct gguf_pair *gguf_pair(const struct gguf *g, const char *key)
{
    int32_t i = names_find(g->keys, strlen(key), key);
    return i < 0 ? NULL : &g->pairs[i];
}

int gguf_whole(const struct gguf_pair *p, size_t i, int64_t *out)
{
    size_t size = gguf_kind_size(p->kind);
    if (!size || i >= p->count || p->kind == GGUF_FLOAT32 || p->kind == GGUF_FLOAT64) return 0;
    uint64_t bits = 0;
    memcpy(&bits, (const char *)p->data + i * size, size);
    int is_signed = p->kind == GGUF_INT8 || p->kind == GGUF_INT16 || p->kind == GGUF_INT32;
    // The sign goes up to the top, and is moved down from there.
    int unused = is_signed ? 64 - 8 * (int)size : 0;
    if (p->kind == GGUF_UINT64 && bits > INT64_MAX) return 0;
    *out = (int64_t)(bits << unused) >> unused;
    return 1;
}

int gguf_number(const struct gguf_pair *p, size_t i, double *out)
{
    int64_t whole;
    float single;
    if (i >= p->count) return 0;
    if (p->kind == GGUF_FLOAT32) {
        memcpy(&single, (const char *)p->data + i * sizeof single, sizeof single);
        *out = (double)single;
    } else if (p->kind == GGUF_FLOAT64) {
        memcpy(out, (const char *)p->data + i * sizeof *out, sizeof *out);
    } else if (gguf_whole(p, i, &whole)) {
        *out = (double)whole;
    } else {
        return 0;
    }
    return 1;
}

enum { SHOWN = 64 };

// show writes a value as messages have it.
static const char *show(const struct gguf_pair *p, char out[SHOWN])
{
    int64_t whole;
    double number;
    if (p->array)
        snprintf(out, SHOWN, "%zu values (%s)", p->count, gguf_kind_name(p->kind));
    else if (p->kind == GGUF_STRING)
        snprintf(out, SHOWN, "\"%.40s\"", p->text->bytes);
    else if (p->kind == GGUF_BOOL && gguf_whole(p, 0, &whole))
        snprintf(out, SHOWN, "%s", whole ? "true" : "false");
    else if (gguf_whole(p, 0, &whole))
        snprintf(out, SHOWN, "%" PRId64 " (%s)", whole, gguf_kind_name(p->kind));
    else
        snprintf(out, SHOWN, "%g (%s)", gguf_number(p, 0, &number) ? number : (double)INFINITY,
                 gguf_kind_name(p->kind));
    return out;
}

enum err gguf_refuse(const struct gguf *g, const char *key, const char *want, struct error *e)
{
    char shown[SHOWN];
    const struct gguf_pair *p = gguf_pair(g, key);
    if (!p)
        return error_set(e, ERR_MATCH, "%s: key '%.100s' is missing: expected %s", g->path, key,
                         want);
    return error_set(e, ERR_FORMAT, "%s: byte %zu: key '%.100s' is %s: expected %s", g->path,
                     p->begin, key, show(p, shown), want);
}

// single finds a key whose value is no array; NULL if there is none.
static const struct gguf_pair *single(const struct gguf *g, const char *key)
{
    const struct gguf_pair *p = gguf_pair(g, key);
    return p && !p->array ? p : NULL;
}

enum err gguf_want_int(const struct gguf *g, const char *key, int least, int most, int *out,
                       struct error *e)
{
    char want[64];
    const struct gguf_pair *p = single(g, key);
    int64_t value;
    snprintf(want, sizeof want, "a whole number from %d to %d", least, most);
    if (!p || p->kind == GGUF_BOOL || !gguf_whole(p, 0, &value) || value < least || value > most)
        return gguf_refuse(g, key, want, e);
    *out = (int)value;
    return ERR_NONE;
}

enum err gguf_want_float(const struct gguf *g, const char *key, float *out, struct error *e)
{
    const struct gguf_pair *p = single(g, key);
    double value;
    if (!p || p->kind == GGUF_BOOL || !gguf_number(p, 0, &value) || !isfinite((float)value))
        return gguf_refuse(g, key, "a number", e);
    *out = (float)value;
    return ERR_NONE;
}

enum err gguf_want_flag(const struct gguf *g, const char *key, int *out, struct error *e)
{
    const struct gguf_pair *p = single(g, key);
    int64_t value;
    if (!p || p->kind != GGUF_BOOL || !gguf_whole(p, 0, &value))
        return gguf_refuse(g, key, "true or false", e);
    *out = (int)value;
    return ERR_NONE;
}

enum err gguf_want_string(const struct gguf *g, const char *key, const char **out, struct error *e)
{
    const struct gguf_pair *p = single(g, key);
    if (!p || p->kind != GGUF_STRING) return gguf_refuse(g, key, "a text", e);
    *out = p->text->bytes;
    return ERR_NONE;
}

enum err gguf_want_list(const struct gguf *g, const char *key, enum gguf_kind kind, size_t count,
                        const struct gguf_pair **out, struct error *e)
{
    char want[64];
    const struct gguf_pair *p = gguf_pair(g, key);
    if (p && p->array && p->kind == kind && (count == GGUF_ANY || p->count == count)) {
        *out = p;
        return ERR_NONE;
    }
    if (count == GGUF_ANY)
        snprintf(want, sizeof want, "an array of %s", gguf_kind_name(kind));
    else
        snprintf(want, sizeof want, "%zu values (%s)", count, gguf_kind_name(kind));
    return gguf_refuse(g, key, want, e);
}

// --- putting pairs together ------------------------------------------------------------------

static struct gguf_pair *put(struct gguf_set *s, const char *key, enum gguf_kind kind, int array,
                             size_t count)
{
    CHECK(s->count < GGUF_SET, "%s", key);
    struct gguf_pair *p = &s->pair[s->count++];
    *p = (struct gguf_pair){
        .key = arena_string(s->memory, key), .kind = kind, .array = array, .count = count};
    return p;
}

static void put_data(struct gguf_set *s, const char *key, enum gguf_kind kind, int array,
                     size_t count, const void *value)
{
    size_t size = gguf_kind_size(kind) * count;
    void *copy = arena_alloc(s->memory, size);
    memcpy(copy, value, size);
    put(s, key, kind, array, count)->data = copy;
}

void gguf_put_uint32(struct gguf_set *s, const char *key, uint32_t value)
{
    put_data(s, key, GGUF_UINT32, 0, 1, &value);
}

void gguf_put_float32(struct gguf_set *s, const char *key, float value)
{
    put_data(s, key, GGUF_FLOAT32, 0, 1, &value);
}

void gguf_put_flag(struct gguf_set *s, const char *key, int value)
{
    unsigned char byte = value != 0;
    put_data(s, key, GGUF_BOOL, 0, 1, &byte);
}

void gguf_put_numbers(struct gguf_set *s, const char *key, enum gguf_kind kind, size_t count,
                      const void *value)
{
    CHECK(gguf_kind_size(kind), "%s: kind=%d", key, (int)kind);
    put_data(s, key, kind, 1, count, value);
}

static void put_texts(struct gguf_set *s, const char *key, int array, size_t count,
                      const char *const *value)
{
    struct gguf_text *text = arena_alloc(s->memory, count * sizeof *text);
    for (size_t i = 0; i < count; i++)
        text[i] = (struct gguf_text){arena_string(s->memory, value[i]), strlen(value[i])};
    put(s, key, GGUF_STRING, array, count)->text = text;
}

void gguf_put_string(struct gguf_set *s, const char *key, const char *value)
{
    put_texts(s, key, 0, 1, &value);
}

void gguf_put_strings(struct gguf_set *s, const char *key, size_t count, const char *const *value)
{
    put_texts(s, key, 1, count, value);
}
