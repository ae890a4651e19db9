// Writing a file: the header first, whose checksum of the data needs a pass over the data.
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "hash.h"
#include "safetensors_parts.h"

enum { ALIGN = 64 };  // where the data section begins: a cache line, the widest vector

// put adds a value that jansson has made.  It makes none from a text that is not UTF-8.
// (Nor when memory is out; a header is too small for that to be worth telling apart.)
static enum err put(const char *path, json_t *object, const char *key, json_t *value,
                    const char *kind, struct error *e)
{
    CHECK(!json_object_get(object, key), "%s: two %s are called '%s'", path, kind, key);
    if (json_object_set_new(object, key, value) == 0) return ERR_NONE;
    return error_set(e, ERR_UTF8, "%s: %s '%.100s': expected UTF-8", path, kind, key);
}

static json_t *tensor_json(const struct safetensors_tensor *t, size_t begin, size_t end)
{
    json_t *shape = json_array();
    for (int i = 0; i < t->rank; i++) json_array_append_new(shape, json_integer(t->shape[i]));
    return json_pack("{s:s, s:o, s:[I, I]}", "dtype", safetensors_dtype_name(t->dtype), "shape",
                     shape, "data_offsets", (json_int_t)begin, (json_int_t)end);
}

// checked_size returns the bytes of t's data, and stops a caller who describes none.
static size_t checked_size(const struct safetensors_tensor *t)
{
    size_t size = 0;
    CHECK(t->rank >= 0 && t->rank <= SAFETENSORS_RANK, "%s: rank=%d", t->name, t->rank);
    for (int i = 0; i < t->rank; i++)
        CHECK(t->shape[i] >= 0, "%s: shape[%d]=%" PRId64, t->name, i, t->shape[i]);
    CHECK(safetensors_size(t, &size) && (t->data || !size), "%s: %zu bytes", t->name, size);
    return size;
}

// header_json builds the header, the digits of its own checksum still zeros.
static enum err header_json(const char *path, json_t *root, int n,
                            const struct safetensors_tensor *tensors, int m,
                            const struct safetensors_pair *metadata, struct error *e)
{
    struct hash h;
    hash_start(&h, 0);
    for (int i = 0; i < n; i++) hash_add(&h, tensors[i].data, checked_size(&tensors[i]));
    char digits[SAFETENSORS_DIGITS + 1];
    safetensors_hex(hash_value(&h), digits);
    json_t *object = json_pack("{s:s, s:s}", "xxh64_header", SAFETENSORS_BLANK, "xxh64", digits);
    enum err code = put(path, root, "__metadata__", object, "tensors", e);
    for (int i = 0; i < m && !code; i++)
        code = put(path, object, metadata[i].key, json_string(metadata[i].value), "metadata", e);
    size_t at = 0;
    for (int i = 0; i < n && !code; i++) {
        size_t end = at + checked_size(&tensors[i]);
        code = put(path, root, tensors[i].name, tensor_json(&tensors[i], at, end), "tensors", e);
        at = end;
    }
    return code;
}

// header_bytes returns everything that stands before the data, in memory from malloc.
static unsigned char *header_bytes(const json_t *root, size_t *size)
{
    char *text = json_dumps(root, JSON_COMPACT);
    if (!text) die("out of memory: a safetensors header");
    size_t n = strlen(text), total = (SAFETENSORS_PREFIX + n + ALIGN - 1) / ALIGN * ALIGN;
    CHECK(total - SAFETENSORS_PREFIX <= SAFETENSORS_HEADER_MAX, "a safetensors header of %zu bytes",
          n);
    unsigned char *head = safetensors_allocate(total, 1);
    for (int i = 0; i < SAFETENSORS_PREFIX; i++)
        head[i] = (unsigned char)((total - SAFETENSORS_PREFIX) >> (8 * i));
    memcpy(head + SAFETENSORS_PREFIX, text, n);
    memset(head + SAFETENSORS_PREFIX + n, ' ', total - SAFETENSORS_PREFIX - n);
    free(text);
    char digits[SAFETENSORS_DIGITS + 1];
    safetensors_hex(safetensors_header_hash(head, total), digits);
    memcpy(head + SAFETENSORS_DIGITS_AT, digits, SAFETENSORS_DIGITS);
    *size = total;
    return head;
}

enum err safetensors_stage(const char *path, int n, const struct safetensors_tensor *tensors, int m,
                           const struct safetensors_pair *metadata, struct error *e)
{
    json_t *root = json_object();
    struct output *o;
    enum err code = header_json(path, root, n, tensors, m, metadata, e);
    if (!code) code = output_open(path, &o, e);
    if (!code) {
        size_t size;
        unsigned char *head = header_bytes(root, &size);
        output_write(o, head, size);
        free(head);
        for (int i = 0; i < n; i++) output_write(o, tensors[i].data, checked_size(&tensors[i]));
        code = output_stage(o, e);
    }
    json_decref(root);
    return code;
}
