// Opening a file and checking every rule of the format.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "gguf_parts.h"

enum {
    // The fewest bytes of a pair: an empty key, a kind and a byte; of a tensor without dimensions.
    PAIR_MIN = 8 + 4 + 1,
    TENSOR_MIN = 8 + 4 + 4 + 8,
};

// --- what files are made of ------------------------------------------------------------------

enum err gguf_ends(const struct gguf_cursor *c, const char *want)
{
    return error_set(c->e, ERR_SHORT, "%s: byte %zu: the file ends at byte %zu, expected %s",
                     c->g->path, c->at, c->g->size, want);
}

size_t gguf_left(const struct gguf_cursor *c)
{
    return c->g->size - c->at;
}

enum err gguf_take_number(struct gguf_cursor *c, size_t size, const char *want, uint64_t *out)
{
    *out = 0;
    if (gguf_left(c) < size) return gguf_ends(c, want);
    for (size_t i = 0; i < size; i++) *out |= (uint64_t)c->g->bytes[c->at + i] << (8 * i);
    c->at += size;
    return ERR_NONE;
}

enum err gguf_take_string(struct gguf_cursor *c, const char *want, struct gguf_text *out)
{
    size_t begin = c->at;
    uint64_t n;
    enum err code = gguf_take_number(c, 8, want, &n);
    if (code) return code;
    if (n > gguf_left(c)) {
        c->at = begin;
        return error_set(c->e, ERR_SHORT,
                         "%s: byte %zu: a text of %" PRIu64
                         " bytes, %zu are left in the file: expected %s",
                         c->g->path, begin, n, c->g->size - begin - 8, want);
    }
    const char *text = (const char *)c->g->bytes + c->at;
    size_t size = (size_t)n, bad = gguf_utf8(size, text);
    if (bad < size)
        return error_set(c->e, ERR_UTF8, "%s: byte %zu: expected UTF-8 in %s", c->g->path,
                         c->at + bad, want);
    char *copy = arena_alloc(c->g->memory, size + 1);
    memcpy(copy, text, size);
    copy[size] = 0;
    *out = (struct gguf_text){copy, size};
    c->at += size;
    return ERR_NONE;
}

enum err gguf_take_name(struct gguf_cursor *c, const char *want, size_t most, const char **out)
{
    size_t begin = c->at;
    struct gguf_text text;
    enum err code = gguf_take_string(c, want, &text);
    if (code) return code;
    *out = text.bytes;
    if (text.size > 0 && text.size <= most && strlen(text.bytes) == text.size) return ERR_NONE;
    return error_set(c->e, ERR_FORMAT,
                     "%s: byte %zu: %s of %zu bytes: expected 1 to %zu, and no zero among them",
                     c->g->path, begin, want, text.size, most);
}

// --- tensors ---------------------------------------------------------------------------------

static enum err refuse(const struct gguf_cursor *c, const struct gguf_tensor *t, size_t at,
                       const char *what)
{
    return error_set(c->e, ERR_FORMAT, "%s: byte %zu: tensor '%.63s' %s", c->g->path, at, t->name,
                     what);
}

static enum err read_shape(struct gguf_cursor *c, struct gguf_tensor *t)
{
    size_t begin = c->at;
    uint64_t rank, n;
    char what[80];
    enum err code = gguf_take_number(c, 4, "a number of dimensions", &rank);
    if (code) return code;
    snprintf(what, sizeof what, "has %" PRIu64 " dimensions: expected at most %d", rank, GGUF_RANK);
    if (rank > GGUF_RANK) return refuse(c, t, begin, what);
    t->rank = (int)rank;
    for (int i = t->rank - 1; i >= 0; i--) {
        code = gguf_take_number(c, 8, "a dimension", &n);
        if (code) return code;
        if (n > INT64_MAX) return refuse(c, t, c->at - 8, "has a dimension that is too large");
        t->shape[i] = (int64_t)n;
    }
    return ERR_NONE;
}

static enum err read_type(struct gguf_cursor *c, struct gguf_tensor *t)
{
    size_t begin = c->at;
    uint64_t type;
    char what[96];
    enum err code = gguf_take_number(c, 4, "the type of a tensor", &type);
    if (code) return code;
    const char *called = gguf_type_any((uint32_t)type);
    snprintf(what, sizeof what, "has type %" PRIu64 " (%s): expected F32, F16, BF16, Q8_0 or Q4_0",
             type, called ? called : "unknown");
    if (!gguf_type_known((uint32_t)type)) return refuse(c, t, begin, what);
    t->type = (enum gguf_type)type;
    if (gguf_size(t, &t->size)) return ERR_NONE;
    return refuse(c, t, begin,
                  t->type == GGUF_Q8_0 || t->type == GGUF_Q4_0
                      ? "has rows that are not whole blocks of 32, or too many elements"
                      : "has more elements than can be counted");
}

// read_tensor reads what a file says of a tensor.  *next is where in the data the one before ended.
static enum err read_tensor(struct gguf_cursor *c, struct gguf_tensor *t, size_t *next)
{
    t->begin = c->at;
    uint64_t offset;
    enum err code = gguf_take_name(c, "a tensor's name", GGUF_NAME, &t->name);
    if (!code) code = read_shape(c, t);
    if (!code) code = read_type(c, t);
    if (!code) code = gguf_take_number(c, 8, "the offset of a tensor", &offset);
    if (code) return code;
    char what[96];
    snprintf(what, sizeof what, "begins at byte %" PRIu64 " of the data: expected %zu, %s", offset,
             *next, offset % c->g->alignment ? "aligned" : "behind the tensor before");
    if (offset != *next) return refuse(c, t, c->at - 8, what);
    // Both are below SIZE_MAX / 2.
    *next = gguf_padded((size_t)offset + t->size, c->g->alignment);
    snprintf(what, sizeof what, "has %zu bytes from byte %zu of the data: the file has %zu",
             t->size, (size_t)offset, c->g->size);
    return t->size > c->g->size || *next > SIZE_MAX / 4 ? refuse(c, t, t->begin, what) : ERR_NONE;
}

// place_tensors sets where the data stands, once it is known where that begins.
static enum err place_tensors(struct gguf_cursor *c)
{
    struct gguf *g = c->g;
    size_t end = g->data = gguf_padded(c->at, g->alignment), at = g->data;
    for (int i = 0; i < g->count; i++) {
        struct gguf_tensor *t = &g->tensors[i];
        if (at > g->size || g->size - at < t->size)
            return error_set(c->e, ERR_SHORT,
                             "%s: byte %zu: tensor '%.63s' has its data from byte %zu to %zu: the "
                             "file ends at %zu",
                             g->path, t->begin, t->name, at, at + t->size, g->size);
        t->begin = at, t->data = g->bytes + at;
        end = at + t->size;
        at = gguf_padded(end, g->alignment);
    }
    // The last one need not be filled up, and no data need not begin.
    if (g->size <= at) return ERR_NONE;
    return error_set(c->e, ERR_FORMAT, "%s: byte %zu: %zu bytes of no tensor, expected the end",
                     g->path, end, g->size - end);
}

static enum err read_tensors(struct gguf_cursor *c)
{
    struct gguf *g = c->g;
    size_t n = (size_t)g->count, next = 0;
    g->tensors = arena_alloc(g->memory, n * sizeof *g->tensors);
    const char **names = arena_alloc(g->memory, n * sizeof *names);
    size_t *size = arena_alloc(g->memory, n * sizeof *size);
    memset(g->tensors, 0, n * sizeof *g->tensors);
    for (size_t i = 0; i < n; i++) {
        enum err code = read_tensor(c, &g->tensors[i], &next);
        if (code) return code;
        names[i] = g->tensors[i].name, size[i] = strlen(names[i]);
    }
    g->names = names_new(g->memory, g->count, names, size);
    int32_t one, two;
    if (names_twice(g->names, &one, &two))
        return error_set(c->e, ERR_FORMAT,
                         "%s: byte %zu: tensor '%.63s' is there twice, first at byte %zu", g->path,
                         g->tensors[two].begin, names[two], g->tensors[one].begin);
    return place_tensors(c);
}

static enum err read_alignment(struct gguf_cursor *c)
{
    static const char key[] = "general.alignment";
    const struct gguf_pair *p = gguf_pair(c->g, key);
    int64_t n = GGUF_ALIGNMENT;
    if (p && (p->array || p->kind != GGUF_UINT32 || !gguf_whole(p, 0, &n) || n < 8 || n > 1 << 20 ||
              (n & (n - 1))))
        return error_set(c->e, ERR_FORMAT,
                         "%s: byte %zu: key '%s': expected a power of two from 8 to 2^20 (uint32)",
                         c->g->path, p->begin, key);
    c->g->alignment = (size_t)n;
    return ERR_NONE;
}

// --- all -------------------------------------------------------------------------------------

// count reads one of the head's two counts.
static enum err count(struct gguf_cursor *c, const char *what, size_t least, int *out)
{
    uint64_t n;
    enum err code = gguf_take_number(c, 8, what, &n);
    if (code) return code;
    size_t most = (c->g->size - GGUF_HEAD) / least;
    if (most > INT32_MAX) most = INT32_MAX;
    *out = (int)n;
    if (n <= most) return ERR_NONE;
    return error_set(c->e, ERR_FORMAT,
                     "%s: byte %zu: %" PRIu64 " %s: expected at most %zu in a file of %zu bytes",
                     c->g->path, c->at - 8, n, what, most, c->g->size);
}

static enum err read_head(struct gguf_cursor *c)
{
    struct gguf *g = c->g;
    size_t same = g->size < GGUF_MAGIC_SIZE ? g->size : GGUF_MAGIC_SIZE;
    if (same && memcmp(g->bytes, GGUF_MAGIC, same) != 0)
        return error_set(c->e, ERR_FORMAT, "%s: byte 0: expected \"GGUF\": this is another format",
                         g->path);
    if (g->size < GGUF_HEAD) return gguf_ends(c, "a GGUF's head of 24 bytes");
    uint64_t version = 0;
    c->at = GGUF_MAGIC_SIZE;
    gguf_take_number(c, 4, "the version", &version);
    if (version != GGUF_VERSION)
        return error_set(
            c->e, ERR_FORMAT, "%s: byte 4: version %" PRIu64 "%s: expected %d", g->path, version,
            version == (uint64_t)GGUF_VERSION << 24 ? " (a big-endian file)" : "", GGUF_VERSION);
    enum err code = count(c, "tensors", TENSOR_MIN, &g->count);
    return code ? code : count(c, "pairs", PAIR_MIN, &g->pair_count);
}

enum err gguf_view(const char *name, const void *bytes, size_t size, struct gguf **out,
                   struct error *e)
{
    struct gguf *g = calloc(1, sizeof *g);
    if (!g) die("out of memory: %s", name);
    g->memory = arena_new();
    g->path = arena_string(g->memory, name);
    g->bytes = bytes, g->size = size;
    struct gguf_cursor c = {g, 0, e};
    enum err code = read_head(&c);
    if (!code) code = gguf_read_pairs(&c);
    if (!code) code = read_alignment(&c);
    if (!code) code = read_tensors(&c);
    if (code)
        gguf_close(g);
    else
        *out = g;
    return code;
}

enum err gguf_open(const char *path, struct gguf **out, struct error *e)
{
    void *map;
    size_t size;
    enum err code = file_map(path, &map, &size, e);
    if (code) return code;
    code = gguf_view(path, map, size, out, e);
    if (code)
        file_unmap(map, size);
    else
        (*out)->map = map;
    return code;
}

void gguf_close(struct gguf *g)
{
    if (!g) return;
    file_unmap(g->map, g->size);
    arena_free(g->memory);
    free(g);
}

int gguf_is(const char *path)
{
    char magic[GGUF_MAGIC_SIZE];
    FILE *f = file_is_directory(path) ? NULL : fopen(path, "rb");
    if (!f) return 0;
    int is = fread(magic, 1, sizeof magic, f) == sizeof magic &&
             memcmp(magic, GGUF_MAGIC, sizeof magic) == 0;
    fclose(f);
    return is;
}
