#include "dataset.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "json.h"

static const char HOME[] = "datasets";

static char *copy(const char *path)
{
    char *s = strdup(path);
    if (!s) die("out of memory: a path");
    return s;
}

// tenth returns where the last tenth of a text begins.
static size_t tenth(size_t size, const char *bytes)
{
    size_t cut = size / 10 * 9 + size % 10 * 9 / 10;
    // A character has at most three bytes after its first.  Where there are more the text is not
    // UTF-8, and one place is as good as another.
    for (size_t back = 0; back <= 3 && back < cut; back++) {
        if (((unsigned char)bytes[cut - back] & 0xC0) != 0x80) return cut - back;
    }
    return cut;
}

// split divides one text in two: the last tenth is for judging.
static enum err split(const char *path, struct dataset *out, struct error *e)
{
    char *bytes;
    size_t size;
    enum err code = file_read(path, &bytes, &size, e);
    if (code) return code;
    if (size < 2) {
        free(bytes);
        return error_set(e, ERR_VALUE, "%s: %zu bytes: expected a text", path, size);
    }
    size_t cut = tenth(size, bytes);
    struct part train = {.bytes = bytes, .size = cut, .path = copy(path), .floor = (double)NAN};
    struct part val = {.size = size - cut, .path = copy(path), .begin = cut, .floor = (double)NAN};
    val.bytes = malloc(val.size + 1);
    if (!val.bytes) die("out of memory: %zu bytes of text", val.size);
    memcpy(val.bytes, bytes + cut, val.size + 1);
    bytes[cut] = 0;
    *out = (struct dataset){train, val};
    return ERR_NONE;
}

// floor_of returns the entropy of one part, in bits per byte, from floor.json.
static enum err floor_of(const char *path, const json_t *root, const char *name, size_t size,
                         double *floor, struct error *e)
{
    const json_t *part = json_object_get(root, name);
    const json_t *bits = json_object_get(part, "bits"), *bytes = json_object_get(part, "bytes");
    if (!json_is_number(bits) || json_number_value(bits) < 0 || !json_is_integer(bytes))
        return error_set(e, ERR_FORMAT, "%s: expected numbers \"bits\" and \"bytes\" in \"%s\"",
                         path, name);
    if ((size_t)json_integer_value(bytes) != size)
        return error_set(e, ERR_MATCH, "%s: \"%s\" has %lld bytes, its text %zu", path, name,
                         (long long)json_integer_value(bytes), size);
    *floor = json_number_value(bits) / (double)size;
    return ERR_NONE;
}

static enum err read_floor(const char *dir, struct dataset *d, struct error *e)
{
    char *path = file_path(dir, "floor.json");
    enum err code = ERR_NONE;
    json_t *root;
    if (file_exists(path) && !(code = json_read(path, &root, e))) {
        code = floor_of(path, root, "train", d->train.size, &d->train.floor, e);
        if (!code) code = floor_of(path, root, "val", d->val.size, &d->val.floor, e);
        json_decref(root);
    }
    free(path);
    return code;
}

static enum err read_part(const char *dir, const char *name, struct part *p, struct error *e)
{
    *p = (struct part){.path = file_path(dir, name), .floor = (double)NAN};
    enum err code = file_read(p->path, &p->bytes, &p->size, e);
    if (!code && p->size == 0)
        code = error_set(e, ERR_VALUE, "%s: 0 bytes: expected a text", p->path);
    return code;
}

static enum err read_directory(const char *dir, struct dataset *out, struct error *e)
{
    struct dataset d = {0};
    enum err code = read_part(dir, "train.txt", &d.train, e);
    if (!code) code = read_part(dir, "val.txt", &d.val, e);
    if (!code) code = read_floor(dir, &d, e);
    if (code)
        dataset_free(&d);
    else
        *out = d;
    return code;
}

enum err dataset_read(const char *name, struct dataset *out, struct error *e)
{
    if (file_is_directory(name)) return read_directory(name, out, e);
    if (file_exists(name) || strchr(name, '/')) return split(name, out, e);
    char *home = file_path(HOME, name);
    enum err code =
        file_is_directory(home)
            ? read_directory(home, out, e)
            : error_set(e, ERR_IO,
                        "%s: no such file or directory, and no %s either; "
                        "make datasets/stories, datasets/shakespeare, datasets/tinystories "
                        "get those",
                        name, home);
    free(home);
    return code;
}

enum err dataset_in(struct error *e, enum err code, const struct part *p)
{
    char where[64];
    if (p->begin) {
        snprintf(where, sizeof where, "from byte %zu on", p->begin);
        error_in(e, code, where);
    }
    return error_in(e, code, p->path);
}

void dataset_free(struct dataset *d)
{
    free(d->train.bytes);
    free(d->train.path);
    free(d->val.bytes);
    free(d->val.path);
    *d = (struct dataset){0};
}
