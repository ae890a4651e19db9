#include "vocab_files.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "file.h"
#include "json.h"

// --- reading ---------------------------------------------------------------------------------

// struct source: the two files, and what one reading of them needs.
struct source {
    const char *vocab_path, *merges_path;
    struct error *e;
    struct arena *memory;
    json_t *ids;        // vocab.json
    const char **name;  // (V) by id
    int V;
};

// name_at sets s->name[id] of one entry of vocab.json.
static enum err name_at(const struct source *s, const char *name, const json_t *value)
{
    if (!json_is_integer(value))
        return error_set(s->e, ERR_FORMAT, "%s: \"%s\": expected a whole number", s->vocab_path,
                         name);
    json_int_t id = json_integer_value(value);
    // An id that is too large stands for another one that is missing, which is the better message.
    if (id >= s->V) return ERR_NONE;
    if (id < 0)
        return error_set(s->e, ERR_VALUE, "%s: \"%s\": expected an id from 0 to %d", s->vocab_path,
                         name, s->V - 1);
    if (s->name[id])
        return error_set(s->e, ERR_VALUE, "%s: \"%s\" and \"%s\" both have id %d", s->vocab_path,
                         s->name[id], name, (int)id);
    s->name[id] = name;
    return ERR_NONE;
}

// read_names fills s->name: every id from 0 to V - 1 once, the single bytes first.
static enum err read_names(struct source *s)
{
    if (!json_is_object(s->ids))
        return error_set(s->e, ERR_FORMAT, "%s: expected an object of names and ids",
                         s->vocab_path);
    if (json_object_size(s->ids) > INT32_MAX / 2)
        return error_set(s->e, ERR_VALUE, "%s: too many tokens", s->vocab_path);
    s->V = (int)json_object_size(s->ids);
    s->name = arena_alloc(s->memory, (size_t)s->V * sizeof *s->name);
    for (int id = 0; id < s->V; id++) s->name[id] = NULL;
    const char *key;
    json_t *value;
    enum err code = ERR_NONE;
    json_object_foreach(s->ids, key, value)
    {
        if (!code) code = name_at(s, key, value);
    }
    for (int id = 0; id < s->V && !code; id++)
        if (!s->name[id])
            code = error_set(s->e, ERR_VALUE, "%s: no token has id %d: expected each from 0 to %d",
                             s->vocab_path, id, s->V - 1);
    struct vocab *bare;
    if (!code) code = vocab_new(0, NULL, 0, NULL, &bare, s->e);
    if (code) return code;
    for (int32_t id = 0; id < VOCAB_BYTES && !code; id++) {
        char *name = vocab_name(bare, id);
        if (id >= s->V || strcmp(s->name[id], name) != 0)
            code = error_set(s->e, ERR_VALUE, "%s: expected \"%s\", a single byte, with id %d",
                             s->vocab_path, name, id);
        free(name);
    }
    vocab_free(bare);
    return code;
}

// id_of returns the id of a name in vocab.json, or -1.
static int32_t id_of(const struct source *s, const char *name)
{
    const json_t *id = json_object_get(s->ids, name);
    return id ? (int32_t)json_integer_value(id) : -1;
}

// read_merge sets pair to the two ids of merge i, which stands on that line of merges.txt.
static enum err read_merge(const struct source *s, int line, size_t size, const char *text, int i,
                           int32_t pair[2])
{
    const char *space = memchr(text, ' ', size);
    const char *end = text + size;
    if (!space || space == text || space + 1 == end || memchr(text, 0, size) ||
        memchr(space + 1, ' ', (size_t)(end - space - 1)))
        return error_set(s->e, ERR_FORMAT, "%s: line %d: expected two names, one space between",
                         s->merges_path, line);
    // name[2] is what the merge makes: the other two without the space.
    char *name[3];
    for (int k = 0; k < 3; k++) name[k] = arena_alloc(s->memory, size + 1);
    size_t left = (size_t)(space - text), right = size - left - 1;
    memcpy(name[0], text, left), name[0][left] = 0;
    memcpy(name[1], space + 1, right), name[1][right] = 0;
    strcpy(name[2], name[0]), strcpy(name[2] + left, name[1]);
    int32_t id[3];
    for (int k = 0; k < 3; k++) {
        id[k] = id_of(s, name[k]);
        if (id[k] < 0)
            return error_set(s->e, ERR_SYMBOL, "%s: line %d: %s \"%s\", which is not in %s",
                             s->merges_path, line, k < 2 ? "joins" : "makes", name[k],
                             s->vocab_path);
    }
    for (int k = 0; k < 2; k++)
        if (id[k] >= VOCAB_BYTES + i)
            return error_set(s->e, ERR_VALUE,
                             "%s: line %d: joins \"%s\", id %d: expected an id below %d, made by "
                             "a line before",
                             s->merges_path, line, name[k], id[k], VOCAB_BYTES + i);
    if (id[2] != VOCAB_BYTES + i)
        return error_set(s->e, ERR_VALUE, "%s: line %d: makes \"%s\", id %d in %s: expected %d",
                         s->merges_path, line, name[2], id[2], s->vocab_path, VOCAB_BYTES + i);
    pair[0] = id[0], pair[1] = id[1];
    return ERR_NONE;
}

// read_merges fills merge, which has room for V pairs, from the text of merges.txt.
static enum err read_merges(const struct source *s, size_t size, const char *text, int32_t *merge,
                            int *merges)
{
    static const char version[] = "#version:";
    const char *at = text, *end = text + size;
    enum err code = ERR_NONE;
    *merges = 0;
    for (int line = 1; at < end && !code; line++) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        if (!stop) stop = end;
        size_t length = (size_t)(stop - at);
        int says = line == 1 && length >= sizeof version - 1 &&
                   memcmp(at, version, sizeof version - 1) == 0;
        if (!says) {
            // It must make a token of its own, so there are never more merges than tokens.
            code = read_merge(s, line, length, at, *merges, merge + 2 * *merges);
            ++*merges;
        }
        at = stop < end ? stop + 1 : end;
    }
    return code;
}

static enum err read_both(struct source *s, size_t size, const char *text, struct vocab **v)
{
    enum err code = read_names(s);
    if (code) return code;
    int merges;
    int32_t *merge = arena_alloc(s->memory, 2 * (size_t)(s->V + 1) * sizeof *merge);
    code = read_merges(s, size, text, merge, &merges);
    if (code) return code;
    int made = VOCAB_BYTES + merges;
    return error_in(s->e, vocab_new(merges, merge, s->V - made, s->name + made, v, s->e),
                    s->vocab_path);
}

enum err vocab_files_read(const char *dir, struct vocab **v, struct error *e)
{
    char *vocab_path = file_path(dir, VOCAB_JSON), *merges_path = file_path(dir, MERGES_TXT);
    char *text = NULL;
    size_t size;
    struct source s = {.vocab_path = vocab_path, .merges_path = merges_path, .e = e};
    enum err code = json_read(vocab_path, &s.ids, e);
    if (!code) code = file_read(merges_path, &text, &size, e);
    if (!code) {
        s.memory = arena_new();
        code = read_both(&s, size, text, v);
        arena_free(s.memory);
    }
    json_decref(s.ids);
    free(text);
    free(vocab_path);
    free(merges_path);
    return code;
}

// --- writing ---------------------------------------------------------------------------------

static enum err stage_vocab(const char *path, const struct vocab *v, struct error *e)
{
    struct output *o;
    enum err code = output_open(path, &o, e);
    if (code) return code;
    for (int32_t id = 0; id < vocab_size(v); id++) {
        char *name = vocab_name(v, id);
        output_print(o, id ? ", \"" : "{\"");
        json_write_part(o, strlen(name), name);
        output_print(o, "\": %d", id);
        free(name);
    }
    output_print(o, "}");
    return output_stage(o, e);
}

static enum err stage_merges(const char *path, const struct vocab *v, struct error *e)
{
    struct output *o;
    enum err code = output_open(path, &o, e);
    if (code) return code;
    output_print(o, "#version: 0.2\n");
    for (int i = 0; i < vocab_merges(v); i++) {
        int32_t pair[2];
        vocab_merge(v, i, &pair[0], &pair[1]);
        for (int k = 0; k < 2; k++) {
            char *name = vocab_name(v, pair[k]);
            output_print(o, "%s%s", name, k == 0 ? " " : "\n");
            free(name);
        }
    }
    return output_stage(o, e);
}

enum err vocab_files_write(const char *dir, const struct vocab *v, struct error *e)
{
    enum err code = error_in(e, vocab_check_names(v, e), dir);
    if (!code) code = file_make_directory(dir, e);
    if (code) return code;
    char *vocab_path = file_path(dir, VOCAB_JSON), *merges_path = file_path(dir, MERGES_TXT);
    code = stage_vocab(vocab_path, v, e);
    if (!code) code = stage_merges(merges_path, v, e);
    if (!code) code = output_publish(vocab_path, e);
    if (!code) code = output_publish(merges_path, e);
    if (code) {
        output_withdraw(vocab_path);
        output_withdraw(merges_path);
    }
    free(vocab_path);
    free(merges_path);
    return code;
}
