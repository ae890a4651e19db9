#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "joins.h"
#include "sentencepiece_parts.h"

// struct row: ids being made.
struct row {
    const struct sentencepiece *s;
    struct arena *scratch, *text;  // for joins; for a stretch as it is spelled
    int32_t *ids;
    size_t count;
};

static struct join join_rank(const void *vocabulary, int32_t left, int32_t right)
{
    const struct sentencepiece *s = vocabulary;
    int32_t merge = pairs_find(s->pairs, left, right);
    return (struct join){merge, merge < 0 ? -1 : s->made[merge]};
}

// next_special finds the first special text in text[0..size), and of several there the longest.
// It returns where, which is size if there is none.
static size_t next_special(const struct wanteds *w, size_t size, const char *text,
                           const struct wanted **found)
{
    for (size_t at = 0; at < size && w->count; at++) {
        if (!w->begins[(unsigned char)text[at]]) continue;
        for (int32_t i = 0; i < w->count; i++) {
            *found = w->list + i;
            if ((*found)->size <= size - at &&
                memcmp((*found)->text, text + at, (*found)->size) == 0)
                return at;
        }
    }
    return size;
}

// add_pieces adds the ids of a stretch, as it is spelled, in which nothing is special.
static void add_pieces(struct row *r, size_t size, const char *text)
{
    int32_t *ids = r->ids + r->count;
    size_t n = 0;
    for (size_t at = 0; at < size;) {
        int32_t code;
        size_t length = (size_t)bytes_decode(size - at, text + at, &code);
        int32_t id = length ? names_find(r->s->names, length, text + at) : -1;
        if (id >= 0) {
            ids[n++] = id;
            at += length;
        } else {
            for (size_t end = at + (length ? length : 1); at < end; at++)
                ids[n++] = r->s->byte_id[(unsigned char)text[at]];
        }
    }
    r->count += joins_do(join_rank, r->s, r->scratch, n, ids);
}

// add_stretch adds what is between two special texts; `first` says whether the text begins with it.
static void add_stretch(struct row *r, size_t size, const char *text, int first)
{
    if (size == 0) return;
    arena_reset(r->text);
    int has =
        *text == ' ' || (size >= SPACE_SIZE && memcmp(text, SENTENCEPIECE_SPACE, SPACE_SIZE) == 0);
    enum sentencepiece_prefix p = r->s->prefix;
    int prefixed =
        p == PREFIX_EVERY || (p == PREFIX_MISSING && !has) || (p == PREFIX_FIRST && first && !has);
    const char *at =
        sentencepiece_spell(r->text, prefixed ? SENTENCEPIECE_SPACE : "", size, text, &size);
    for (const char *end = at + size; at < end;) {
        const struct wanted *found = NULL;
        size_t before = next_special(&r->s->spelled, (size_t)(end - at), at, &found);
        add_pieces(r, before, at);
        at += before;
        if (at == end) break;
        r->ids[r->count++] = found->id;
        at += found->size;
    }
}

int32_t *sentencepiece_encode(const struct sentencepiece *s, size_t size, const char *text,
                              size_t *count)
{
    if (size > (SIZE_MAX / sizeof(int32_t) - 4) / 2)
        die("out of memory: %zu bytes to encode", size);
    // A byte makes at most one id, and a stretch, of which there are fewer than size / 2 + 2, one
    // more for its prefix.
    struct row r = {.s = s, .ids = malloc((2 * size + 4) * sizeof *r.ids)};
    if (!r.ids) die("out of memory: the ids of %zu bytes", size);
    r.scratch = arena_new();
    r.text = arena_new();
    if (s->bos >= 0) r.ids[r.count++] = s->bos;
    for (size_t at = 0; at < size;) {
        const struct wanted *found = NULL;
        size_t before = next_special(&s->raw, size - at, text + at, &found);
        add_stretch(&r, before, text + at, at == 0);
        at += before;
        if (at == size) break;
        r.ids[r.count++] = found->id;
        at += found->size;
    }
    arena_free(r.text);
    arena_free(r.scratch);
    int32_t *fitted = realloc(r.ids, (r.count + 1) * sizeof *r.ids);
    *count = r.count;
    return fitted ? fitted : r.ids;
}

char *sentencepiece_decode(const struct sentencepiece *s, size_t count, const int32_t *ids,
                           size_t *size)
{
    size_t n = 0, one;
    if (count > 0 && ids[0] == s->bos) ids++, count--;
    for (size_t i = 0; i < count; i++) {
        sentencepiece_bytes(s, ids[i], &one);
        if (one > SIZE_MAX - 1 - n) die("out of memory: the bytes of %zu ids", count);
        n += one;
    }
    char *text = malloc(n + 1), *at = text;
    if (!text) die("out of memory: the bytes of %zu ids", count);
    for (size_t i = 0; i < count; i++) {
        const char *bytes = sentencepiece_bytes(s, ids[i], &one);
        memcpy(at, bytes, one);
        at += one;
    }
    if (n > 0 && *text == ' ' && s->prefix != PREFIX_NEVER) memmove(text, text + 1, --n);
    text[n] = 0;
    *size = n;
    return text;
}
