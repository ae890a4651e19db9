#include "gguf.h"

#include <inttypes.h>
#include <string.h>

#include "bytes.h"
#include "dims.h"
#include "gguf_parts.h"
#include "half.h"
#include "mathf.h"
#include "quant.h"

// --- types and kinds -------------------------------------------------------------------------

// All types of the format, so that a file with another one than ours is told what it has.  Ours
// have a size: so many elements make a block of so many bytes.
static const struct {
    const char *name;
    size_t block, bytes;
} TYPES[] = {
    [GGUF_F32] = {"F32", 1, sizeof(float)},
    [GGUF_F16] = {"F16", 1, sizeof(uint16_t)},
    [GGUF_BF16] = {"BF16", 1, sizeof(uint16_t)},
    [GGUF_Q8_0] = {"Q8_0", QUANT_BLOCK, sizeof(struct quant_q8_0)},
    [GGUF_Q4_0] = {"Q4_0", QUANT_BLOCK, sizeof(struct quant_q4_0)},
    [3] = {.name = "Q4_1"},
    [6] = {.name = "Q5_0"},
    [7] = {.name = "Q5_1"},
    [9] = {.name = "Q8_1"},
    [10] = {.name = "Q2_K"},
    [11] = {.name = "Q3_K"},
    [12] = {.name = "Q4_K"},
    [13] = {.name = "Q5_K"},
    [14] = {.name = "Q6_K"},
    [15] = {.name = "Q8_K"},
    [16] = {.name = "IQ2_XXS"},
    [17] = {.name = "IQ2_XS"},
    [18] = {.name = "IQ3_XXS"},
    [19] = {.name = "IQ1_S"},
    [20] = {.name = "IQ4_NL"},
    [21] = {.name = "IQ3_S"},
    [22] = {.name = "IQ2_S"},
    [23] = {.name = "IQ4_XS"},
    [24] = {.name = "I8"},
    [25] = {.name = "I16"},
    [26] = {.name = "I32"},
    [27] = {.name = "I64"},
    [28] = {.name = "F64"},
    [29] = {.name = "IQ1_M"},
    [34] = {.name = "TQ1_0"},
    [35] = {.name = "TQ2_0"},
    [39] = {.name = "MXFP4"},
};
enum { TYPE_COUNT = sizeof TYPES / sizeof *TYPES };

int gguf_type_known(uint32_t type)
{
    return type < TYPE_COUNT && TYPES[type].block;
}

const char *gguf_type_any(uint32_t type)
{
    return type < TYPE_COUNT ? TYPES[type].name : NULL;
}

const char *gguf_type_name(enum gguf_type type)
{
    CHECK(gguf_type_known(type), "type=%d", (int)type);
    return TYPES[type].name;
}

static const struct {
    const char *name;
    size_t size;
} KINDS[GGUF_KINDS] = {
    [GGUF_UINT8] = {"uint8", 1},     [GGUF_INT8] = {"int8", 1},     [GGUF_UINT16] = {"uint16", 2},
    [GGUF_INT16] = {"int16", 2},     [GGUF_UINT32] = {"uint32", 4}, [GGUF_INT32] = {"int32", 4},
    [GGUF_FLOAT32] = {"float32", 4}, [GGUF_BOOL] = {"bool", 1},     [GGUF_STRING] = {"string", 0},
    [GGUF_ARRAY] = {"array", 0},     [GGUF_UINT64] = {"uint64", 8}, [GGUF_INT64] = {"int64", 8},
    [GGUF_FLOAT64] = {"float64", 8},
};

const char *gguf_kind_name(enum gguf_kind kind)
{
    CHECK((unsigned)kind < GGUF_KINDS, "kind=%d", (int)kind);
    return KINDS[kind].name;
}

size_t gguf_kind_size(enum gguf_kind kind)
{
    CHECK((unsigned)kind < GGUF_KINDS, "kind=%d", (int)kind);
    return KINDS[kind].size;
}

int gguf_row_fits(enum gguf_type type, int64_t n)
{
    CHECK(gguf_type_known(type) && n >= 0, "type=%d n=%" PRId64, (int)type, n);
    return (size_t)n % TYPES[type].block == 0;
}

size_t gguf_row_bytes(enum gguf_type type, int64_t n)
{
    CHECK(gguf_row_fits(type, n), "type=%s n=%" PRId64, TYPES[type].name, n);
    return (size_t)n / TYPES[type].block * TYPES[type].bytes;
}

int gguf_size(const struct gguf_tensor *t, size_t *size)
{
    int64_t row = t->rank ? t->shape[t->rank - 1] : 1;
    if (!gguf_row_fits(t->type, row)) return 0;
    size_t blocks = (size_t)row / TYPES[t->type].block, n = TYPES[t->type].bytes;
    for (int i = 0; i < (t->rank ? t->rank : 1); i++) {
        size_t d = i == 0 ? blocks : (size_t)t->shape[i - 1];
        if (d && n > SIZE_MAX / 2 / d) return 0;
        n *= d;
    }
    *size = n;
    return 1;
}

size_t gguf_padded(size_t at, size_t alignment)
{
    return (at + alignment - 1) / alignment * alignment;
}

size_t gguf_utf8(size_t size, const char *text)
{
    size_t at = 0;
    int32_t code;
    for (int length = 1; at < size && length; at += (size_t)length)
        length = bytes_decode(size - at, text + at, &code);
    return at;
}

// --- an open file ----------------------------------------------------------------------------

const char *gguf_path(const struct gguf *g)
{
    return g->path;
}

int gguf_count(const struct gguf *g)
{
    return g->count;
}

const struct gguf_tensor *gguf_at(const struct gguf *g, int i)
{
    CHECK(i >= 0 && i < g->count, "i=%d count=%d", i, g->count);
    return &g->tensors[i];
}

const struct gguf_tensor *gguf_find(const struct gguf *g, const char *name)
{
    int32_t i = names_find(g->names, strlen(name), name);
    return i < 0 ? NULL : &g->tensors[i];
}

enum err gguf_want(const struct gguf *g, const char *name, int rank, const int64_t *shape,
                   const struct gguf_tensor **out, struct error *e)
{
    const struct gguf_tensor *t = gguf_find(g, name);
    if (!t) return error_set(e, ERR_MATCH, "%s: tensor '%.100s' is missing", g->path, name);
    enum err code = dims_want(g->path, name, t->rank, t->shape, rank, shape, e);
    if (!code) *out = t;
    return code;
}

// --- elements --------------------------------------------------------------------------------

void gguf_floats(const struct gguf_tensor *t, float *out)
{
    size_t bytes = TYPES[t->type].bytes, block = TYPES[t->type].block, n = t->size / bytes;
    const unsigned char *p = t->data;
    if (t->type == GGUF_F32) memcpy(out, p, t->size);
    for (size_t i = 0; i < n && t->type != GGUF_F32; i++, p += bytes, out += block) {
        if (t->type == GGUF_Q8_0)
            quant_from_q8_0(QUANT_BLOCK, (const void *)p, out);
        else if (t->type == GGUF_Q4_0)
            quant_from_q4_0(QUANT_BLOCK, (const void *)p, out);
        else if (t->type == GGUF_F16)
            *out = half_to_float((uint16_t)(p[0] | p[1] << 8));
        else
            *out = mathf_from_bits((uint32_t)p[0] << 16 | (uint32_t)p[1] << 24);
    }
}

void gguf_rounded(enum gguf_type type, int R, int C, const float *x, void *out)
{
    size_t row = gguf_row_bytes(type, C);
    unsigned char *to = out;
    for (int r = 0; r < R; r++, x += C, to += row) {
        if (type == GGUF_F32)
            memcpy(to, x, row);
        else if (type == GGUF_Q8_0)
            quant_to_q8_0(C, x, (void *)to);
        else if (type == GGUF_Q4_0)
            quant_to_q4_0(C, x, (void *)to);
        else
            for (int c = 0; c < C; c++) {
                uint16_t half = half_from_float(x[c]);
                memcpy(to + sizeof half * (size_t)c, &half, sizeof half);
            }
    }
}
