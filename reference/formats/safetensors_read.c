// Opening a file and checking every rule of the format.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "hash.h"
#include "safetensors_parts.h"

// key_offset returns where in the file the header's key number `key` stands, for messages.
// jansson does not keep it.  The header is valid JSON by then, so brackets and quotes suffice.
static size_t key_offset(const struct safetensors *st, size_t key)
{
    int depth = 0, expected = 0;
    for (size_t i = SAFETENSORS_PREFIX; i < st->data; i++) {
        unsigned char c = st->bytes[i];
        if (c == '{' || c == '[') depth++;
        if (c == '}' || c == ']') depth--;
        if (c == '{' || c == ',') expected = 1;
        if (c != '"') continue;
        if (depth == 1 && expected && key-- == 0) return i;
        expected = 0;
        for (i++; st->bytes[i] != '"'; i++) i += st->bytes[i] == '\\';
    }
    return SAFETENSORS_PREFIX;
}

static enum err refuse(const struct safetensors *st, const struct safetensors_entry *t,
                       enum err code, const char *what, struct error *e)
{
    return error_set(e, code, "%s: byte %zu: tensor '%.100s' %s", st->path, key_offset(st, t->key),
                     t->tensor.name, what);
}

static enum err read_header(struct safetensors *st, struct error *e)
{
    if (st->size < SAFETENSORS_PREFIX)
        return error_set(e, ERR_SHORT, "%s: byte %zu: the file ends, expected 8 bytes of length",
                         st->path, st->size);
    uint64_t n = 0;
    for (int i = 0; i < SAFETENSORS_PREFIX; i++) n |= (uint64_t)st->bytes[i] << (8 * i);
    if (n > SAFETENSORS_HEADER_MAX)
        return error_set(e, ERR_FORMAT,
                         "%s: byte 0: a header of %" PRIu64 " bytes, expected at most %d", st->path,
                         n, SAFETENSORS_HEADER_MAX);
    if (n > st->size - SAFETENSORS_PREFIX)
        return error_set(e, ERR_SHORT,
                         "%s: byte %zu: the file ends, expected a header of %" PRIu64 " bytes",
                         st->path, st->size, n);
    if (n == 0 || st->bytes[SAFETENSORS_PREFIX] != '{')
        return error_set(e, ERR_FORMAT, "%s: byte 8: expected a header that begins with '{'",
                         st->path);
    st->data = SAFETENSORS_PREFIX + (size_t)n;
    json_error_t je;
    st->root = json_loadb((const char *)st->bytes + SAFETENSORS_PREFIX, (size_t)n,
                          JSON_REJECT_DUPLICATES, &je);
    if (st->root) return ERR_NONE;
    if (json_error_code(&je) == json_error_out_of_memory) die("out of memory: %s", st->path);
    return error_set(e, ERR_FORMAT, "%s: byte %d: expected JSON: %s", st->path,
                     SAFETENSORS_PREFIX + je.position, je.text);
}

static enum err read_metadata(struct safetensors *st, struct error *e)
{
    json_t *metadata = json_object_get(st->root, "__metadata__"), *value;
    if (!metadata) return ERR_NONE;
    st->metadata = safetensors_allocate(json_object_size(metadata), sizeof *st->metadata);
    int strings = json_is_object(metadata);
    const char *key;
    json_object_foreach(metadata, key, value)
    {
        strings = strings && json_is_string(value);
        st->metadata[st->metadata_count++] =
            (struct safetensors_pair){key, json_string_value(value)};
    }
    if (strings) return ERR_NONE;
    size_t i = 0;
    json_object_foreach(st->root, key, value)
    {
        if (value == metadata) break;
        i++;
    }
    return error_set(e, ERR_FORMAT, "%s: byte %zu: __metadata__: expected an object of strings",
                     st->path, key_offset(st, i));
}

// check_header verifies the header's checksum before the header is believed.
static enum err check_header(const struct safetensors *st, struct error *e)
{
    const char *mine = safetensors_metadata(st, "xxh64_header");
    const char *data = safetensors_metadata(st, "xxh64");
    if (!mine && !data) return ERR_NONE;
    if (!mine || !data)
        return error_set(e, ERR_FORMAT, "%s: byte 8: metadata has %s, expected %s beside it",
                         st->path, mine ? "xxh64_header" : "xxh64",
                         mine ? "xxh64" : "xxh64_header");
    int ours = st->data >= SAFETENSORS_DIGITS_AT + SAFETENSORS_DIGITS &&
               memcmp(st->bytes + SAFETENSORS_PREFIX, SAFETENSORS_FRONT,
                      sizeof SAFETENSORS_FRONT - 1) == 0;
    if (!ours)
        return error_set(e, ERR_FORMAT,
                         "%s: byte 8: expected metadata xxh64_header first; a program that "
                         "rewrites a file of ours must drop xxh64_header and xxh64",
                         st->path);
    char found[SAFETENSORS_DIGITS + 1];
    safetensors_hex(safetensors_header_hash(st->bytes, st->data), found);
    if (memcmp(st->bytes + SAFETENSORS_DIGITS_AT, found, SAFETENSORS_DIGITS) == 0) return ERR_NONE;
    return error_set(e, ERR_FORMAT, "%s: bytes 0 to %zu: the header's xxh64 is %s, expected %.16s",
                     st->path, st->data, found, mine);
}

static enum err check_data(const struct safetensors *st, struct error *e)
{
    const char *expected = safetensors_metadata(st, "xxh64");
    if (!expected) return ERR_NONE;
    char found[SAFETENSORS_DIGITS + 1];
    safetensors_hex(hash_bytes(st->bytes + st->data, st->size - st->data), found);
    if (strcmp(found, expected) == 0) return ERR_NONE;
    return error_set(e, ERR_FORMAT, "%s: bytes %zu to %zu: the data's xxh64 is %s, expected %.16s",
                     st->path, st->data, st->size, found, expected);
}

// whole returns 1 and the value if j is a whole number of at least 0.
static int whole(const json_t *j, int64_t *value)
{
    if (!json_is_integer(j) || json_integer_value(j) < 0) return 0;
    *value = json_integer_value(j);
    return 1;
}

static enum err read_type(const struct safetensors *st, struct safetensors_entry *t,
                          const json_t *info, struct error *e)
{
    const char *dtype = json_string_value(json_object_get(info, "dtype"));
    const json_t *shape = json_object_get(info, "shape");
    if (!dtype || !safetensors_dtype_named(dtype, &t->tensor.dtype)) {
        char what[80];
        snprintf(what, sizeof what, "has dtype '%.16s', expected F32, F16, BF16 or the like",
                 dtype ? dtype : "");
        return refuse(st, t, ERR_FORMAT, what, e);
    }
    if (!json_is_array(shape))
        return refuse(st, t, ERR_FORMAT, "has a bad shape, expected an array", e);
    if (json_array_size(shape) > SAFETENSORS_RANK)
        return refuse(st, t, ERR_VALUE, "has too many dimensions, expected at most 8", e);
    t->tensor.rank = (int)json_array_size(shape);
    for (int i = 0; i < t->tensor.rank; i++) {
        if (!whole(json_array_get(shape, (size_t)i), &t->tensor.shape[i]))
            return refuse(st, t, ERR_FORMAT, "has a bad shape, expected whole numbers from 0 up",
                          e);
    }
    return ERR_NONE;
}

static enum err read_place(const struct safetensors *st, struct safetensors_entry *t,
                           const json_t *info, struct error *e)
{
    const json_t *offsets = json_object_get(info, "data_offsets");
    int64_t begin = 0, end = 0;
    size_t room = st->size - st->data, size;
    char what[160];
    if (json_array_size(offsets) != 2 || !whole(json_array_get(offsets, 0), &begin) ||
        !whole(json_array_get(offsets, 1), &end) || begin > end)
        return refuse(st, t, ERR_FORMAT, "has bad data_offsets, expected [begin, end]", e);
    if ((size_t)end > room) {
        snprintf(what, sizeof what,
                 "ends at %" PRId64 " of the data, expected at most %zu: the file is too short",
                 end, room);
        return refuse(st, t, ERR_SHORT, what, e);
    }
    if (!safetensors_size(&t->tensor, &size))
        return refuse(st, t, ERR_FORMAT, "has a shape of more bytes than can be counted", e);
    if (size != (size_t)(end - begin)) {
        snprintf(what, sizeof what, "has %" PRId64 " bytes, expected %zu for its shape and dtype",
                 end - begin, size);
        return refuse(st, t, ERR_FORMAT, what, e);
    }
    t->tensor.begin = st->data + (size_t)begin;
    t->tensor.size = size;
    t->tensor.data = st->bytes + t->tensor.begin;
    return ERR_NONE;
}

// by_place orders tensors by their data; empty ones at the same place stay as in the header.
static int by_place(const void *left, const void *right)
{
    const struct safetensors_entry *a = left, *b = right;
    if (a->tensor.begin != b->tensor.begin) return a->tensor.begin < b->tensor.begin ? -1 : 1;
    if (a->tensor.size != b->tensor.size) return a->tensor.size < b->tensor.size ? -1 : 1;
    return a->key < b->key ? -1 : 1;
}

static enum err read_tensors(struct safetensors *st, struct error *e)
{
    st->entries = safetensors_allocate(json_object_size(st->root), sizeof *st->entries);
    const char *name;
    json_t *info;
    size_t key = 0;
    json_object_foreach(st->root, name, info)
    {
        struct safetensors_entry *t = &st->entries[st->count];
        t->key = key++;
        t->tensor.name = name;
        if (strcmp(name, "__metadata__") == 0) continue;
        enum err code = read_type(st, t, info, e);
        if (!code) code = read_place(st, t, info, e);
        if (code) return code;
        st->count++;
    }
    qsort(st->entries, (size_t)st->count, sizeof *st->entries, by_place);
    return ERR_NONE;
}

// check_cover: the tensors cover the data section, each byte once.
static enum err check_cover(const struct safetensors *st, struct error *e)
{
    size_t at = st->data;
    for (int i = 0; i < st->count; i++) {
        const struct safetensors_tensor *t = &st->entries[i].tensor;
        if (t->begin != at) {
            char what[120];
            snprintf(what, sizeof what, "begins at byte %zu, expected %zu: %s", t->begin, at,
                     t->begin < at ? "it overlaps another" : "there is a hole before it");
            return refuse(st, &st->entries[i], ERR_FORMAT, what, e);
        }
        at += t->size;
    }
    if (at == st->size) return ERR_NONE;
    return error_set(e, ERR_FORMAT, "%s: byte %zu: %zu bytes of no tensor, expected the end",
                     st->path, at, st->size - at);
}

enum err safetensors_view(const char *name, const void *bytes, size_t size,
                          struct safetensors **out, struct error *e)
{
    struct safetensors *st = safetensors_allocate(1, sizeof *st);
    st->path = strcpy(safetensors_allocate(strlen(name) + 1, 1), name);
    st->bytes = bytes, st->size = size;
    enum err code = read_header(st, e);
    if (!code) code = read_metadata(st, e);
    if (!code) code = check_header(st, e);
    if (!code) code = read_tensors(st, e);
    if (!code) code = check_cover(st, e);
    if (!code) code = check_data(st, e);
    if (code)
        safetensors_close(st);
    else
        *out = st;
    return code;
}

enum err safetensors_open(const char *path, struct safetensors **out, struct error *e)
{
    void *map;
    size_t size;
    enum err code = file_map(path, &map, &size, e);
    if (code) return code;
    code = safetensors_view(path, map, size, out, e);
    if (code)
        file_unmap(map, size);
    else
        (*out)->map = map;
    return code;
}
