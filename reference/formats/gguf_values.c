// The values of pairs.
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

// refuse says that the value of a key is not what was expected.
static enum err refuse(const struct gguf *g, const struct gguf_pair *p, const char *want,
                       struct error *e)
{
    return error_set(e, ERR_FORMAT,
                     "%s: byte %zu: key '%.100s' has another value (%s%s): expected %s", g->path,
                     p->begin, p->key, p->array ? "array of " : "", gguf_kind_name(p->kind), want);
}

// single finds a key whose value is no array.
static enum err single(const struct gguf *g, const char *key, const char *want,
                       const struct gguf_pair **out, struct error *e)
{
    *out = gguf_pair(g, key);
    if (!*out)
        return error_set(e, ERR_MATCH, "%s: key '%.100s' is missing: expected %s", g->path, key,
                         want);
    return (*out)->array ? refuse(g, *out, want, e) : ERR_NONE;
}

enum err gguf_want_int(const struct gguf *g, const char *key, int least, int most, int *out,
                       struct error *e)
{
    char want[64];
    const struct gguf_pair *p;
    int64_t value;
    snprintf(want, sizeof want, "a whole number from %d to %d", least, most);
    enum err code = single(g, key, want, &p, e);
    if (code) return code;
    if (p->kind == GGUF_BOOL || !gguf_whole(p, 0, &value) || value < least || value > most)
        return refuse(g, p, want, e);
    *out = (int)value;
    return ERR_NONE;
}

enum err gguf_want_float(const struct gguf *g, const char *key, float *out, struct error *e)
{
    static const char want[] = "a number";
    const struct gguf_pair *p;
    double value;
    enum err code = single(g, key, want, &p, e);
    if (code) return code;
    if (p->kind == GGUF_BOOL || !gguf_number(p, 0, &value) || !isfinite((float)value))
        return refuse(g, p, want, e);
    *out = (float)value;
    return ERR_NONE;
}

enum err gguf_want_flag(const struct gguf *g, const char *key, int *out, struct error *e)
{
    static const char want[] = "true or false";
    const struct gguf_pair *p;
    int64_t value;
    enum err code = single(g, key, want, &p, e);
    if (code) return code;
    if (p->kind != GGUF_BOOL || !gguf_whole(p, 0, &value)) return refuse(g, p, want, e);
    *out = (int)value;
    return ERR_NONE;
}

enum err gguf_want_string(const struct gguf *g, const char *key, const char **out, struct error *e)
{
    static const char want[] = "a text";
    const struct gguf_pair *p;
    enum err code = single(g, key, want, &p, e);
    if (code) return code;
    if (p->kind != GGUF_STRING) return refuse(g, p, want, e);
    *out = p->text->bytes;
    return ERR_NONE;
}

enum err gguf_want_list(const struct gguf *g, const char *key, enum gguf_kind kind, size_t count,
                        const struct gguf_pair **out, struct error *e)
{
    char want[64];
    const struct gguf_pair *p = gguf_pair(g, key);
    if (count == GGUF_ANY)
        snprintf(want, sizeof want, "an array of %s", gguf_kind_name(kind));
    else
        snprintf(want, sizeof want, "an array of %zu %s", count, gguf_kind_name(kind));
    if (!p)
        return error_set(e, ERR_MATCH, "%s: key '%.100s' is missing: expected %s", g->path, key,
                         want);
    if (!p->array || p->kind != kind || (count != GGUF_ANY && p->count != count))
        return refuse(g, p, want, e);
    *out = p;
    return ERR_NONE;
}
