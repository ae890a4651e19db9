#include "shards.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "file.h"
#include "json.h"

struct shards {
    struct arena *memory;  // all but the files
    const char *index;     // its path; NULL if there is only one file
    json_t *root, *map;    // the index, and its weight_map
    const char **name;     // (count) of the files, without directory
    char **path;           // (count)
    struct safetensors **st;
    int count;
};

// add opens one more file.
static enum err add(struct shards *s, const char *dir, const char *name, struct error *e)
{
    char *path = file_path(dir, name);
    s->name[s->count] = arena_string(s->memory, name);
    s->path[s->count] = arena_string(s->memory, path);
    free(path);
    enum err code = safetensors_open(s->path[s->count], &s->st[s->count], e);
    if (!code) s->count++;
    return code;
}

static int number_of(const struct shards *s, const char *name)
{
    for (int i = 0; i < s->count; i++)
        if (strcmp(s->name[i], name) == 0) return i;
    return -1;
}

// add_mapped opens every file that the index names, each once.
static enum err add_mapped(struct shards *s, const char *dir, struct error *e)
{
    const char *key;
    json_t *value;
    s->map = json_object_get(s->root, "weight_map");
    if (!json_is_object(s->map))
        return error_set(e, ERR_FORMAT, "%s: weight_map: expected an object of names and files",
                         s->index);
    json_object_foreach(s->map, key, value)
    {
        const char *name = json_string_value(value);
        if (!name || !*name || strchr(name, '/'))
            return error_set(e, ERR_FORMAT,
                             "%s: weight_map: tensor '%.100s': expected a file's name", s->index,
                             key);
        enum err code = number_of(s, name) < 0 ? add(s, dir, name, e) : ERR_NONE;
        if (code) return code;
    }
    return ERR_NONE;
}

// make_room makes room for so many files.
static void make_room(struct shards *s, size_t most)
{
    s->name = arena_alloc(s->memory, (most + 1) * sizeof *s->name);
    s->path = arena_alloc(s->memory, (most + 1) * sizeof *s->path);
    s->st = arena_alloc(s->memory, (most + 1) * sizeof *s->st);
}

enum err shards_open(const char *dir, const char *name, struct shards **out, struct error *e)
{
    struct arena *memory = arena_new();
    struct shards *s = arena_alloc(memory, sizeof *s);
    *s = (struct shards){.memory = memory};
    char *one = file_path(dir, name), *index = file_path(dir, SHARDS_INDEX);
    enum err code;
    if (!file_exists(one) && file_exists(index)) {
        s->index = arena_string(memory, index);
        code = json_read(index, &s->root, e);
        make_room(s, code ? 0 : json_object_size(json_object_get(s->root, "weight_map")));
        if (!code) code = add_mapped(s, dir, e);
    } else {
        make_room(s, 1);
        code = add(s, dir, name, e);
    }
    free(one);
    free(index);
    if (code)
        shards_close(s);
    else
        *out = s;
    return code;
}

void shards_close(struct shards *s)
{
    if (!s) return;
    for (int i = 0; i < s->count; i++) safetensors_close(s->st[i]);
    json_decref(s->root);
    arena_free(s->memory);
}

// file_of returns the file in which the tensor is or should be; NULL where no file is said to have
// it.
static const struct safetensors *file_of(const struct shards *s, const char *name)
{
    if (!s->index) return s->st[0];
    const char *file = json_string_value(json_object_get(s->map, name));
    return file ? s->st[number_of(s, file)] : NULL;
}

const struct safetensors *shards_find(const struct shards *s, const char *name)
{
    const struct safetensors *st = file_of(s, name);
    return st && safetensors_find(st, name) ? st : NULL;
}

enum err shards_want(const struct shards *s, const char *name, int rank, const int64_t *shape,
                     const struct safetensors **st, const struct safetensors_tensor **t,
                     struct error *e)
{
    const struct safetensors *file = file_of(s, name);
    if (!file) return error_set(e, ERR_MATCH, "%s: tensor '%.100s' is missing", s->index, name);
    enum err code = safetensors_want(file, name, rank, shape, t, e);
    if (!code) *st = file;
    return code;
}

int shards_count(const struct shards *s)
{
    return s->count;
}

const struct safetensors *shards_at(const struct shards *s, int i)
{
    CHECK(i >= 0 && i < s->count, "i=%d count=%d", i, s->count);
    return s->st[i];
}

const char *shards_path(const struct shards *s, int i)
{
    CHECK(i >= 0 && i < s->count, "i=%d count=%d", i, s->count);
    return s->path[i];
}
