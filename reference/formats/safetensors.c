#include "safetensors.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dims.h"
#include "file.h"
#include "half.h"
#include "hash.h"
#include "mathf.h"
#include "safetensors_parts.h"

static const struct {
    const char *name;
    size_t size;
} DTYPES[] = {
    [SAFETENSORS_F64] = {"F64", 8},         [SAFETENSORS_F32] = {"F32", 4},
    [SAFETENSORS_F16] = {"F16", 2},         [SAFETENSORS_BF16] = {"BF16", 2},
    [SAFETENSORS_F8_E5M2] = {"F8_E5M2", 1}, [SAFETENSORS_F8_E4M3] = {"F8_E4M3", 1},
    [SAFETENSORS_I64] = {"I64", 8},         [SAFETENSORS_I32] = {"I32", 4},
    [SAFETENSORS_I16] = {"I16", 2},         [SAFETENSORS_I8] = {"I8", 1},
    [SAFETENSORS_U64] = {"U64", 8},         [SAFETENSORS_U32] = {"U32", 4},
    [SAFETENSORS_U16] = {"U16", 2},         [SAFETENSORS_U8] = {"U8", 1},
    [SAFETENSORS_BOOL] = {"BOOL", 1},
};
enum { DTYPE_COUNT = sizeof DTYPES / sizeof *DTYPES };

const char *safetensors_dtype_name(enum safetensors_dtype dtype)
{
    CHECK((unsigned)dtype < DTYPE_COUNT, "dtype=%d", (int)dtype);
    return DTYPES[dtype].name;
}

size_t safetensors_dtype_size(enum safetensors_dtype dtype)
{
    CHECK((unsigned)dtype < DTYPE_COUNT, "dtype=%d", (int)dtype);
    return DTYPES[dtype].size;
}

int safetensors_dtype_named(const char *name, enum safetensors_dtype *dtype)
{
    for (int d = 0; d < DTYPE_COUNT; d++) {
        if (strcmp(name, DTYPES[d].name) != 0) continue;
        *dtype = (enum safetensors_dtype)d;
        return 1;
    }
    return 0;
}

void *safetensors_allocate(size_t n, size_t size)
{
    void *p = calloc(n ? n : 1, size);
    if (!p) die("out of memory: %zu × %zu bytes for a safetensors header", n, size);
    return p;
}

int safetensors_size(const struct safetensors_tensor *t, size_t *size)
{
    size_t n = 1;
    for (int i = 0; i <= t->rank; i++) {
        size_t d = i < t->rank ? (size_t)t->shape[i] : safetensors_dtype_size(t->dtype);
        if (d && n > SIZE_MAX / d) return 0;
        n *= d;
    }
    *size = n;
    return 1;
}

void safetensors_hex(uint64_t value, char out[SAFETENSORS_DIGITS + 1])
{
    snprintf(out, SAFETENSORS_DIGITS + 1, "%016" PRIx64, value);
}

uint64_t safetensors_header_hash(const unsigned char *head, size_t size)
{
    const size_t digits = SAFETENSORS_DIGITS_AT, rest = digits + SAFETENSORS_DIGITS;
    struct hash h;
    hash_start(&h, 0);
    hash_add(&h, head, digits);
    hash_add(&h, SAFETENSORS_BLANK, SAFETENSORS_DIGITS);
    hash_add(&h, head + rest, size - rest);
    return hash_value(&h);
}

void safetensors_close(struct safetensors *st)
{
    if (!st) return;
    file_unmap(st->map, st->size);
    json_decref(st->root);
    free(st->entries);
    free(st->metadata);
    free(st->path);
    free(st);
}

int safetensors_count(const struct safetensors *st)
{
    return st->count;
}

const struct safetensors_tensor *safetensors_at(const struct safetensors *st, int i)
{
    CHECK(i >= 0 && i < st->count, "i=%d count=%d", i, st->count);
    return &st->entries[i].tensor;
}

const struct safetensors_tensor *safetensors_find(const struct safetensors *st, const char *name)
{
    for (int i = 0; i < st->count; i++) {
        if (strcmp(st->entries[i].tensor.name, name) == 0) return &st->entries[i].tensor;
    }
    return NULL;
}

const char *safetensors_metadata(const struct safetensors *st, const char *key)
{
    for (int i = 0; i < st->metadata_count; i++) {
        if (strcmp(st->metadata[i].key, key) == 0) return st->metadata[i].value;
    }
    return NULL;
}

int safetensors_metadata_count(const struct safetensors *st)
{
    return st->metadata_count;
}

const struct safetensors_pair *safetensors_metadata_at(const struct safetensors *st, int i)
{
    CHECK(i >= 0 && i < st->metadata_count, "i=%d count=%d", i, st->metadata_count);
    return &st->metadata[i];
}

enum err safetensors_want(const struct safetensors *st, const char *name, int rank,
                          const int64_t *shape, const struct safetensors_tensor **out,
                          struct error *e)
{
    const struct safetensors_tensor *t = safetensors_find(st, name);
    if (!t) return error_set(e, ERR_MATCH, "%s: tensor '%.100s' is missing", st->path, name);
    enum err code = dims_want(st->path, name, t->rank, t->shape, rank, shape, e);
    if (!code) *out = t;
    return code;
}

enum err safetensors_floats(const struct safetensors *st, const struct safetensors_tensor *t,
                            float *out, struct error *e)
{
    const unsigned char *p = t->data;
    size_t n = t->size / safetensors_dtype_size(t->dtype);
    if (t->dtype == SAFETENSORS_F32) {
        memcpy(out, p, t->size);
        return ERR_NONE;
    }
    if (t->dtype != SAFETENSORS_F16 && t->dtype != SAFETENSORS_BF16)
        return error_set(e, ERR_VALUE,
                         "%s: byte %zu: tensor '%.100s' has dtype %s, expected F32, F16 or BF16",
                         st->path, t->begin, t->name, safetensors_dtype_name(t->dtype));
    int half = t->dtype == SAFETENSORS_F16;
    for (size_t i = 0; i < n; i++) {
        uint16_t u;
        memcpy(&u, p + 2 * i, sizeof u);
        out[i] = half ? half_to_float(u) : mathf_from_bits((uint32_t)u << 16);
    }
    return ERR_NONE;
}
