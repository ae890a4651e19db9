#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "tokenizer_json_parts.h"
#include "vocab.h"

int tokenizer_json_off(const json_t *v)
{
    if (!v || json_is_null(v) || json_is_false(v)) return 1;
    if (json_is_number(v)) return !(json_number_value(v) < 0 || json_number_value(v) > 0);
    if (json_is_string(v)) return json_string_length(v) == 0;
    return json_is_array(v) && json_array_size(v) == 0;
}

enum err tokenizer_json_check_rest(const struct tokenizer_json_source *s, const char *where,
                                   json_t *object, const char *const *known)
{
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value)
    {
        int at = 0;
        while (known[at] && strcmp(known[at], key) != 0) at++;
        if (!known[at] && !tokenizer_json_off(value))
            return error_set(s->e, ERR_VALUE, "%s: %s%s: expected nothing, null or false", s->path,
                             where, key);
    }
    return ERR_NONE;
}

static enum err need(const struct tokenizer_json_source *s, const char *where, const json_t *v,
                     json_type type)
{
    static const char *const names[] = {"an object", "an array", "a string", "a number"};
    if (v && json_typeof(v) == type) return ERR_NONE;
    return error_set(s->e, ERR_FORMAT, "%s: %s: expected %s", s->path, where, names[type]);
}

static int has_type(const json_t *object, const char *type)
{
    const char *found = json_string_value(json_object_get(object, "type"));
    return found && strcmp(found, type) == 0;
}

static enum err need_type(const struct tokenizer_json_source *s, const char *where,
                          const char *type)
{
    if (has_type(json_object_get(s->root, where), type)) return ERR_NONE;
    return error_set(s->e, ERR_VALUE, "%s: %s.type: expected \"%s\"", s->path, where, type);
}

json_int_t tokenizer_json_vocab_id(const struct tokenizer_json_source *s, const char *name)
{
    const json_t *id = json_object_get(s->vocab, name);
    return json_is_integer(id) ? json_integer_value(id) : -1;
}

// --- bpe ------------------------------------------------------------------------------------

static enum err check_bytes(const struct tokenizer_json_source *s)
{
    struct vocab *bare;
    enum err code = vocab_new(0, NULL, 0, NULL, &bare, s->e);
    for (int32_t id = 0; id < VOCAB_BYTES && !code; id++) {
        char *name = vocab_name(bare, id);
        if (tokenizer_json_vocab_id(s, name) != id)
            code = error_set(s->e, ERR_VALUE, "%s: model.vocab: expected \"%s\" with id %d",
                             s->path, name, id);
        free(name);
    }
    vocab_free(bare);
    return code;
}

enum err tokenizer_json_merge(const struct tokenizer_json_source *s, size_t i, const json_t *merge,
                              const char **left, const char **right)
{
    *left = json_string_value(json_array_get(merge, 0));
    *right = json_string_value(json_array_get(merge, 1));
    arena_reset(s->memory);
    if (json_is_string(merge)) {
        char *both = arena_string(s->memory, json_string_value(merge));
        char *space = strchr(both, ' ');
        *left = space ? both : NULL, *right = space ? space + 1 : NULL;
        if (space) *space = 0;
    }
    if (!*left || !*right || (json_is_array(merge) && json_array_size(merge) != 2))
        return error_set(s->e, ERR_FORMAT, "%s: model.merges[%zu]: expected two names", s->path, i);
    return ERR_NONE;
}

// read_merge sets pair to the ids of merge i.
static enum err read_merge(const struct tokenizer_json_source *s, size_t i, const json_t *merge,
                           int32_t pair[2])
{
    const char *left, *right;
    enum err code = tokenizer_json_merge(s, i, merge, &left, &right);
    if (code) return code;
    size_t size = strlen(left);
    char *made = arena_alloc(s->memory, size + strlen(right) + 1);
    strcpy(strcpy(made, left) + size, right);
    json_int_t ids[2] = {tokenizer_json_vocab_id(s, left), tokenizer_json_vocab_id(s, right)};
    json_int_t end = VOCAB_BYTES + (json_int_t)i;
    if (ids[0] < 0 || ids[0] >= end || ids[1] < 0 || ids[1] >= end ||
        tokenizer_json_vocab_id(s, made) != end)
        return error_set(s->e, ERR_VALUE,
                         "%s: model.merges[%zu]: expected two tokens with ids below %d that make "
                         "the token of that id",
                         s->path, i, (int)end);
    pair[0] = (int32_t)ids[0], pair[1] = (int32_t)ids[1];
    return ERR_NONE;
}

// may_overlap returns 1 if b can begin inside a.
static int may_overlap(const char *a, const char *b)
{
    size_t n = strlen(a), m = strlen(b);
    for (size_t at = 0; at < n; at++)
        if (memcmp(a + at, b, n - at < m ? n - at : m) == 0) return 1;
    return 0;
}

// Texts with "normalized" false are looked for first in all of the input, the others
// in what is left.  We look for all at once, which is the same unless two can overlap.
enum err tokenizer_json_check_order(const struct tokenizer_json_source *s, const json_t *added,
                                    const char *const *text)
{
    for (size_t i = 0; i < json_array_size(added); i++) {
        for (size_t j = 0; j < i; j++) {
            if (tokenizer_json_off(json_object_get(json_array_get(added, i), "normalized")) ==
                tokenizer_json_off(json_object_get(json_array_get(added, j), "normalized")))
                continue;
            if (may_overlap(text[i], text[j]) || may_overlap(text[j], text[i]))
                return error_set(s->e, ERR_VALUE,
                                 "%s: added_tokens[%zu].normalized: expected the same as in "
                                 "added_tokens[%zu], whose text overlaps",
                                 s->path, i, j);
        }
    }
    return ERR_NONE;
}

enum err tokenizer_json_added(const struct tokenizer_json_source *s, size_t i, json_t *token,
                              const char **text, json_int_t *id)
{
    static const char *const known[] = {"id", "content", "normalized", "special", NULL};
    char where[40];
    snprintf(where, sizeof where, "added_tokens[%zu].", i);
    const json_t *number = json_object_get(token, "id");
    *text = json_string_value(json_object_get(token, "content"));
    if (!*text || !json_is_integer(number))
        return error_set(s->e, ERR_FORMAT, "%s: %sid, content: expected a number and a string",
                         s->path, where);
    *id = json_integer_value(number);
    return tokenizer_json_check_rest(s, where, token, known);
}

// read_specials sets text[i] to added token i, whose id must be first + i.  *named counts those
// that are also in the vocabulary.
static enum err read_specials(const struct tokenizer_json_source *s, const json_t *added,
                              size_t first, const char **text, size_t *named)
{
    *named = 0;
    for (size_t i = 0; i < json_array_size(added); i++) {
        json_int_t id;
        enum err code = tokenizer_json_added(s, i, json_array_get(added, i), &text[i], &id);
        if (code) return code;
        int is_named = json_object_get(s->vocab, text[i]) != NULL;
        if (id != (json_int_t)(first + i) ||
            (is_named && tokenizer_json_vocab_id(s, text[i]) != id))
            return error_set(s->e, ERR_VALUE,
                             "%s: added_tokens[%zu].id: expected %zu, here and in model.vocab",
                             s->path, i, first + i);
        *named += (size_t)is_named;
    }
    return tokenizer_json_check_order(s, added, text);
}

// read_lists makes v from the merges and the added tokens.
static enum err read_lists(const struct tokenizer_json_source *s, int32_t *merge, const char **text,
                           struct vocab **v)
{
    const json_t *merges = json_object_get(s->model, "merges");
    const json_t *added = json_object_get(s->root, "added_tokens");
    size_t M = json_array_size(merges), specials = json_array_size(added), named;
    enum err code = check_bytes(s);
    for (size_t i = 0; i < M && !code; i++)
        code = read_merge(s, i, json_array_get(merges, i), merge + 2 * i);
    if (!code) code = read_specials(s, added, VOCAB_BYTES + M, text, &named);
    if (code) return code;
    if (json_object_size(s->vocab) != VOCAB_BYTES + M + named)
        return error_set(s->e, ERR_VALUE,
                         "%s: model.vocab: expected the %zu bytes, merges and added tokens, found "
                         "%zu tokens",
                         s->path, VOCAB_BYTES + M + named, json_object_size(s->vocab));
    struct error why;
    code = vocab_new((int)M, merge, (int)specials, text, v, &why);
    return code ? error_set(s->e, code, "%s: %s", s->path, why.text) : ERR_NONE;
}

static enum err read_bpe(const struct tokenizer_json_source *s, struct tokenizer **t)
{
    static const char *const cut[] = {"type", "use_regex", "trim_offsets", NULL};
    static const char *const model[] = {"type", "vocab", "merges", "unk_token", "fuse_unk", NULL};
    json_t *pre = json_object_get(s->root, "pre_tokenizer");
    const json_t *regex = json_object_get(pre, "use_regex");
    enum err code = need_type(s, "pre_tokenizer", "ByteLevel");
    if (!code && regex && !json_is_true(regex))
        code = error_set(s->e, ERR_VALUE, "%s: pre_tokenizer.use_regex: expected true", s->path);
    if (!code) code = tokenizer_json_check_rest(s, "pre_tokenizer.", pre, cut);
    if (!code) code = need_type(s, "decoder", "ByteLevel");
    if (!code && !tokenizer_json_off(json_object_get(s->root, "post_processor")))
        code = need_type(s, "post_processor", "ByteLevel");
    if (!code) code = tokenizer_json_check_rest(s, "model.", s->model, model);
    if (code) return code;
    size_t M = json_array_size(json_object_get(s->model, "merges"));
    size_t specials = json_array_size(json_object_get(s->root, "added_tokens"));
    int32_t *merge = malloc((2 * M + 1) * sizeof *merge);
    const char **text = malloc((specials + 1) * sizeof *text);
    if (!merge || !text)
        die("out of memory: %s: %zu merges, %zu added tokens", s->path, M, specials);
    struct vocab *v;
    code = read_lists(s, merge, text, &v);
    free(merge);
    free(text);
    if (!code) *t = tokenizer_of_bpe(v);
    return code;
}

// --- chars ----------------------------------------------------------------------------------

// in_order writes the names of all ids to text, one behind the other, and at[id] where each one
// begins; at[V] is the end of the last.
static enum err in_order(const struct tokenizer_json_source *s, size_t V, char *text, size_t *at)
{
    const char **name = arena_alloc(s->memory, V * sizeof *name);
    for (size_t i = 0; i < V; i++) name[i] = NULL;
    const char *key;
    json_t *value;
    json_object_foreach(s->vocab, key, value)
    {
        json_int_t id = tokenizer_json_vocab_id(s, key);
        if (id < 0 || (size_t)id >= V || name[id])
            return error_set(s->e, ERR_VALUE,
                             "%s: model.vocab: expected each id from 0 to %zu once", s->path,
                             V - 1);
        name[id] = key;
    }
    at[0] = 0;
    for (size_t i = 0; i < V; i++) {
        size_t size = strlen(name[i]);
        memcpy(text + at[i], name[i], size);
        at[i + 1] = at[i] + size;
    }
    return ERR_NONE;
}

// read_chars makes the vocabulary of all the names together.  If the names are single characters
// in ascending order, it is the file's.
static enum err read_chars(const struct tokenizer_json_source *s, struct tokenizer **t)
{
    static const char *const known[] = {"type", "vocab", NULL};
    static const char *const root[] = {"version", "decoder", "model", NULL};
    enum err code = tokenizer_json_check_rest(s, "", s->root, root);
    if (!code) code = need_type(s, "decoder", "Fuse");
    if (!code) code = tokenizer_json_check_rest(s, "model.", s->model, known);
    if (code) return code;
    size_t V = json_object_size(s->vocab), total = 0;
    const char *key;
    json_t *value;
    json_object_foreach(s->vocab, key, value) total += strlen(key);
    char *text = arena_alloc(s->memory, total);
    size_t *at = arena_alloc(s->memory, (V + 1) * sizeof *at);
    struct error why;
    struct chars *c;
    code = in_order(s, V, text, at);
    if (code) return code;
    code = chars_new(total, text, &c, &why);
    if (code) return error_set(s->e, code, "%s: model.vocab: %s", s->path, why.text);
    int same = (size_t)chars_vocab(c) == V;
    for (int32_t id = 0; same && (size_t)id < V; id++) {
        size_t size;
        const char *bytes = chars_bytes(c, id, &size);
        same = size == at[id + 1] - at[id] && memcmp(bytes, text + at[id], size) == 0;
    }
    if (same) {
        *t = tokenizer_of_chars(c);
        return ERR_NONE;
    }
    chars_free(c);
    return error_set(s->e, ERR_VALUE,
                     "%s: model.vocab: expected single characters in ascending order", s->path);
}

// --- all -----------------------------------------------------------------------------------

static enum err read_root(struct tokenizer_json_source *s, struct tokenizer **t)
{
    static const char *const known[] = {
        "version", "added_tokens", "pre_tokenizer", "post_processor", "decoder", "model", NULL};
    enum err code = need(s, "the file", s->root, JSON_OBJECT);
    if (code) return code;
    s->model = json_object_get(s->root, "model");
    s->vocab = json_object_get(s->model, "vocab");
    code = need(s, "model", s->model, JSON_OBJECT);
    // Early files, GPT-2's among them, do not name the model; it is BPE if it has merges.
    if (!code && json_object_get(s->model, "type")) code = need_type(s, "model", "BPE");
    if (!code) code = need(s, "model.vocab", s->vocab, JSON_OBJECT);
    if (!code) code = need(s, "model.merges", json_object_get(s->model, "merges"), JSON_ARRAY);
    const json_t *added = json_object_get(s->root, "added_tokens");
    if (!code && added) code = need(s, "added_tokens", added, JSON_ARRAY);
    if (!code && tokenizer_json_is_sentencepiece(s)) return tokenizer_json_read_sentencepiece(s, t);
    if (!code) code = tokenizer_json_check_rest(s, "", s->root, known);
    if (code) return code;
    return tokenizer_json_off(json_object_get(s->root, "pre_tokenizer")) ? read_chars(s, t)
                                                                         : read_bpe(s, t);
}

enum err tokenizer_json_read(const char *path, struct tokenizer **t, struct error *e)
{
    struct tokenizer_json_source s = {.path = path, .e = e};
    enum err code = json_read(path, &s.root, e);
    if (code) return code;
    s.memory = arena_new();
    code = read_root(&s, t);
    arena_free(s.memory);
    json_decref(s.root);
    return code;
}
