// Writing a file: head, pairs and tensors, then the data.
#include <inttypes.h>
#include <string.h>

#include "file.h"
#include "gguf_parts.h"

// struct writer: a file being written, and how many bytes it has.
struct writer {
    struct output *o;
    size_t at;
};

static void put(struct writer *w, const void *bytes, size_t size)
{
    output_write(w->o, bytes, size);
    w->at += size;
}

static void put_number(struct writer *w, size_t size, uint64_t value)
{
    unsigned char bytes[8];
    for (size_t i = 0; i < size; i++) bytes[i] = (unsigned char)(value >> (8 * i));
    put(w, bytes, size);
}

static void put_text(struct writer *w, size_t size, const char *text)
{
    put_number(w, 8, size);
    put(w, text, size);
}

static void put_zeros(struct writer *w)
{
    static const unsigned char zeros[GGUF_ALIGNMENT];
    put(w, zeros, gguf_padded(w->at, GGUF_ALIGNMENT) - w->at);
}

static void put_pair(struct writer *w, const struct gguf_pair *p)
{
    put_text(w, strlen(p->key), p->key);
    if (p->array) put_number(w, 4, GGUF_ARRAY);
    put_number(w, 4, p->kind);
    if (p->array) put_number(w, 8, p->count);
    for (size_t i = 0; i < p->count && p->kind == GGUF_STRING; i++)
        put_text(w, p->text[i].size, p->text[i].bytes);
    put(w, p->data, gguf_kind_size(p->kind) * p->count);
}

// put_tensor writes what the head says of a tensor, and returns where the next one's data begins.
static size_t put_tensor(struct writer *w, const struct gguf_tensor *t, size_t at)
{
    size_t size = 0;
    gguf_size(t, &size);
    put_text(w, strlen(t->name), t->name);
    put_number(w, 4, (uint64_t)t->rank);
    for (int i = t->rank - 1; i >= 0; i--) put_number(w, 8, (uint64_t)t->shape[i]);
    put_number(w, 4, t->type);
    put_number(w, 8, at);
    return gguf_padded(at + size, GGUF_ALIGNMENT);
}

// check_pair stops a caller who describes no pair, and finds texts that are not UTF-8.
static enum err check_pair(const char *path, const struct gguf_pair *p, struct error *e)
{
    CHECK(*p->key && strcmp(p->key, "general.alignment") != 0, "%s: key '%s'", path, p->key);
    for (const char *k = p->key; *k; k++)
        CHECK(*k > ' ' && *k <= '~', "%s: key '%s'", path, p->key);
    CHECK((unsigned)p->kind < GGUF_KINDS && p->kind != GGUF_ARRAY, "%s: kind=%d", p->key, p->kind);
    CHECK(p->array || p->count == 1, "%s: count=%zu", p->key, p->count);
    CHECK(!p->count || (p->kind == GGUF_STRING ? p->text != NULL : p->data != NULL), "%s", p->key);
    for (size_t i = 0; i < p->count && p->kind == GGUF_STRING; i++) {
        size_t at = gguf_utf8(p->text[i].size, p->text[i].bytes);
        if (at < p->text[i].size)
            return error_set(e, ERR_UTF8, "%s: key '%s': text %zu, byte %zu: expected UTF-8", path,
                             p->key, i, at);
    }
    return ERR_NONE;
}

static enum err check_tensor(const char *path, const struct gguf_tensor *t, struct error *e)
{
    size_t size = 0, length = strlen(t->name);
    CHECK(length > 0 && length <= GGUF_NAME, "%s: name '%s'", path, t->name);
    CHECK(t->rank >= 0 && t->rank <= GGUF_RANK, "%s: rank=%d", t->name, t->rank);
    for (int i = 0; i < t->rank; i++)
        CHECK(t->shape[i] >= 0, "%s: shape[%d]=%" PRId64, t->name, i, t->shape[i]);
    CHECK(gguf_type_known(t->type) && gguf_size(t, &size) && (t->data || !size),
          "%s: type=%d, %zu bytes", t->name, (int)t->type, size);
    if (gguf_utf8(length, t->name) == length) return ERR_NONE;
    return error_set(e, ERR_UTF8, "%s: tensor '%s': expected UTF-8", path, t->name);
}

// check_names stops a caller who gives a name twice.
static void check_names(int n, const struct gguf_tensor *tensors, int m,
                        const struct gguf_pair *pairs)
{
    struct arena *a = arena_new();
    int most = n > m ? n : m;
    const char **name = arena_alloc(a, (size_t)most * sizeof *name);
    size_t *size = arena_alloc(a, (size_t)most * sizeof *size);
    int32_t one = 0, two = 0;
    for (int i = 0; i < n; i++) name[i] = tensors[i].name, size[i] = strlen(name[i]);
    CHECK(!names_twice(names_new(a, n, name, size), &one, &two), "tensor '%s' twice", name[two]);
    for (int i = 0; i < m; i++) name[i] = pairs[i].key, size[i] = strlen(name[i]);
    CHECK(!names_twice(names_new(a, m, name, size), &one, &two), "key '%s' twice", name[two]);
    arena_free(a);
}

enum err gguf_write(const char *path, int n, const struct gguf_tensor *tensors, int m,
                    const struct gguf_pair *pairs, struct error *e)
{
    struct writer w = {0};
    enum err code = ERR_NONE;
    for (int i = 0; i < m && !code; i++) code = check_pair(path, &pairs[i], e);
    for (int i = 0; i < n && !code; i++) code = check_tensor(path, &tensors[i], e);
    check_names(n, tensors, m, pairs);
    if (!code) code = output_open(path, &w.o, e);
    if (code) return code;
    put(&w, GGUF_MAGIC, GGUF_MAGIC_SIZE);
    put_number(&w, 4, GGUF_VERSION);
    put_number(&w, 8, (uint64_t)n);
    put_number(&w, 8, (uint64_t)m);
    for (int i = 0; i < m; i++) put_pair(&w, &pairs[i]);
    size_t at = 0;
    for (int i = 0; i < n; i++) at = put_tensor(&w, &tensors[i], at);
    put_zeros(&w);
    for (int i = 0; i < n; i++) {
        size_t size = 0;
        gguf_size(&tensors[i], &size);
        put(&w, tensors[i].data, size);
        put_zeros(&w);
    }
    return output_commit(w.o, e);
}
