#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "sentencepiece_parts.h"

// --- making one ------------------------------------------------------------------------------

char *sentencepiece_spell(struct arena *memory, const char *prefix, size_t size, const char *text,
                          size_t *length)
{
    size_t n = strlen(prefix);
    char *out = arena_alloc(memory, n + SPACE_SIZE * size + 1);
    memcpy(out, prefix, n);
    for (size_t i = 0; i < size; i++) {
        if (text[i] == ' ')
            memcpy(out + n, SENTENCEPIECE_SPACE, SPACE_SIZE), n += SPACE_SIZE;
        else
            out[n++] = text[i];
    }
    out[n] = 0;
    *length = n;
    return out;
}

int sentencepiece_byte(const char *piece)
{
    static const char digits[] = "0123456789ABCDEF";
    if (strlen(piece) != 6 || memcmp(piece, "<0x", 3) != 0 || piece[5] != '>') return -1;
    const char *high = strchr(digits, piece[3]), *low = strchr(digits, piece[4]);
    return high && low ? (int)(16 * (high - digits) + (low - digits)) : -1;
}

static enum err check_piece(const struct sentencepiece *s, int32_t id, struct error *e)
{
    const char *piece = s->piece[id];
    size_t size = s->piece_size[id];
    if (size == 0) return error_set(e, ERR_VALUE, "piece %d is empty", id);
    if (!s->is_special[id] && strchr(piece, ' '))
        return error_set(e, ERR_VALUE, "piece %d holds a space: expected U+2581 for it", id);
    int32_t code;
    int length;
    for (size_t at = 0; at < size; at += (size_t)length) {
        length = bytes_decode(size - at, piece + at, &code);
        if (!length) return error_set(e, ERR_UTF8, "piece %d, byte %zu: expected UTF-8", id, at);
    }
    return ERR_NONE;
}

// set_bytes sets what piece id says: SENTENCEPIECE_SPACE is a space again.
static void set_bytes(struct sentencepiece *s, int32_t id)
{
    const char *piece = s->piece[id];
    int byte = s->is_special[id] ? -1 : sentencepiece_byte(piece);
    char *bytes = arena_alloc(s->memory, s->piece_size[id] + 1);
    size_t n = 0;
    if (byte >= 0) {
        bytes[n++] = (char)byte;
        s->byte_id[byte] = id;
    } else {
        for (const char *at = piece; *at;) {
            int space = !s->is_special[id] && strncmp(at, SENTENCEPIECE_SPACE, SPACE_SIZE) == 0;
            bytes[n++] = space ? ' ' : *at;
            at += space ? SPACE_SIZE : 1;
        }
    }
    bytes[n] = 0;
    s->bytes[id] = bytes, s->size[id] = n;
}

static enum err set_pieces(struct sentencepiece *s, const struct sentencepiece_parts *p,
                           struct error *e)
{
    size_t V = (size_t)p->V;
    s->piece = arena_alloc(s->memory, V * sizeof *s->piece);
    s->bytes = arena_alloc(s->memory, V * sizeof *s->bytes);
    s->piece_size = arena_alloc(s->memory, V * sizeof *s->piece_size);
    s->size = arena_alloc(s->memory, V * sizeof *s->size);
    for (int i = 0; i < SENTENCEPIECE_BYTES; i++) s->byte_id[i] = -1;
    for (int32_t id = 0; id < p->V; id++) {
        s->piece[id] = arena_string(s->memory, p->piece[id]);
        s->piece_size[id] = strlen(p->piece[id]);
        enum err code = check_piece(s, id, e);
        if (code) return code;
        set_bytes(s, id);
    }
    s->names = names_new(s->memory, p->V, s->piece, s->piece_size);
    int32_t one, two;
    if (names_twice(s->names, &one, &two))
        return error_set(e, ERR_VALUE, "piece %d is the same as piece %d", two, one);
    for (int i = 0; i < SENTENCEPIECE_BYTES; i++)
        if (s->byte_id[i] < 0)
            return error_set(e, ERR_VALUE, "no piece is <0x%02X>: expected one for every byte", i);
    if (names_find(s->names, SPACE_SIZE, SENTENCEPIECE_SPACE) < 0)
        return error_set(e, ERR_VALUE, "no piece is U+2581: expected one for a space");
    return ERR_NONE;
}

static int longer_first(const void *x, const void *y)
{
    const struct wanted *a = x, *b = y;
    if (a->size != b->size) return a->size > b->size ? -1 : 1;
    return (a->id > b->id) - (a->id < b->id);
}

// want adds what is looked for when the special token id is.
static void want(struct sentencepiece *s, const struct sentencepiece_special *x)
{
    int is_spelled = x->prefixed && s->prefix == PREFIX_EVERY;
    struct wanteds *w = is_spelled ? &s->spelled : &s->raw;
    struct wanted *new = w->list + w->count++;
    const char *piece = s->piece[x->id];
    size_t size = s->piece_size[x->id];
    *new = (struct wanted){piece, size, x->id};
    if (is_spelled) {
        new->text = sentencepiece_spell(s->memory, SENTENCEPIECE_SPACE, size, piece, &new->size);
        // What is found with a space in front stands for that, too.
        char *bytes = arena_alloc(s->memory, size + 2);
        bytes[0] = ' ';
        memcpy(bytes + 1, piece, size + 1);
        s->bytes[x->id] = bytes, s->size[x->id] = size + 1;
    }
    w->begins[(unsigned char)*new->text] = 1;
}

// mark_specials is the first half: pieces are looked at differently if they are special.
static enum err mark_specials(struct sentencepiece *s, const struct sentencepiece_parts *p,
                              struct error *e)
{
    size_t n = (size_t)p->specials;
    s->special = arena_alloc(s->memory, (n + 1) * sizeof *s->special);
    s->raw.list = arena_alloc(s->memory, (n + 1) * sizeof *s->raw.list);
    s->spelled.list = arena_alloc(s->memory, (n + 1) * sizeof *s->spelled.list);
    s->is_special = arena_alloc(s->memory, (size_t)p->V);
    memset(s->is_special, 0, (size_t)p->V);
    for (int32_t i = 0; i < p->specials; i++) {
        int32_t id = p->special[i].id;
        if (id < 0 || id >= p->V || s->is_special[id])
            return error_set(e, ERR_VALUE,
                             "special token %d has id %d: expected one of its own from 0 to %d", i,
                             id, p->V - 1);
        s->is_special[id] = 1;
        s->special[i] = p->special[i];
    }
    if (p->bos >= p->V || (p->bos >= 0 && !s->is_special[p->bos]))
        return error_set(e, ERR_VALUE, "bos is id %d: expected a special token", p->bos);
    return ERR_NONE;
}

static void want_specials(struct sentencepiece *s)
{
    for (int32_t i = 0; i < s->specials; i++) want(s, s->special + i);
    struct wanteds *both[] = {&s->raw, &s->spelled};
    for (int i = 0; i < 2; i++)
        qsort(both[i]->list, (size_t)both[i]->count, sizeof *both[i]->list, longer_first);
}

static enum err add_merge(struct sentencepiece *s, struct arena *scratch, int32_t i, int32_t left,
                          int32_t right, struct error *e)
{
    if (left < 0 || left >= s->V || right < 0 || right >= s->V)
        return error_set(e, ERR_VALUE, "merge %d joins %d and %d: expected ids from 0 to %d", i,
                         left, right, s->V - 1);
    if (pairs_add(s->pairs, left, right) != i)
        return error_set(e, ERR_VALUE, "merge %d joins %d and %d: an earlier one does", i, left,
                         right);
    size_t a = s->piece_size[left], b = s->piece_size[right];
    arena_reset(scratch);
    char *both = arena_alloc(scratch, a + b);
    memcpy(both, s->piece[left], a);
    memcpy(both + a, s->piece[right], b);
    s->made[i] = names_find(s->names, a + b, both);
    if (s->made[i] < 0)
        return error_set(e, ERR_VALUE, "merge %d joins %d and %d, and what they make is no piece",
                         i, left, right);
    return ERR_NONE;
}

static enum err set_merges(struct sentencepiece *s, int32_t merges, const int32_t *merge,
                           struct error *e)
{
    struct arena *scratch = arena_new();
    s->made = arena_alloc(s->memory, ((size_t)merges + 1) * sizeof *s->made);
    enum err code = ERR_NONE;
    for (int32_t i = 0; i < merges && !code; i++)
        code = add_merge(s, scratch, i, merge[2 * i], merge[2 * i + 1], e);
    arena_free(scratch);
    return code;
}

enum err sentencepiece_new(const struct sentencepiece_parts *p, struct sentencepiece **s,
                           struct error *e)
{
    CHECK(p->V > 0 && p->merges >= 0 && p->specials >= 0, "V=%d merges=%d specials=%d", p->V,
          p->merges, p->specials);
    struct arena *memory = arena_new();
    struct sentencepiece *made = arena_alloc(memory, sizeof *made);
    *made = (struct sentencepiece){.memory = memory,
                                   .V = p->V,
                                   .specials = p->specials,
                                   .bos = p->bos,
                                   .unk = p->unk,
                                   .prefix = p->prefix,
                                   .pairs = pairs_new(memory)};
    enum err code = mark_specials(made, p, e);
    if (!code) code = set_pieces(made, p, e);
    int32_t *ranked = NULL, merges = p->merges;
    if (!code && p->score) code = sentencepiece_ranked(made, p->score, &ranked, &merges, e);
    if (!code) code = set_merges(made, merges, ranked ? ranked : p->merge, e);
    free(ranked);
    if (code) {
        arena_free(memory);
        return code;
    }
    want_specials(made);
    *s = made;
    return ERR_NONE;
}

void sentencepiece_free(struct sentencepiece *s)
{
    if (s) arena_free(s->memory);
}

// --- what it is ------------------------------------------------------------------------------

int32_t sentencepiece_size(const struct sentencepiece *s)
{
    return s->V;
}

int32_t sentencepiece_merges(const struct sentencepiece *s)
{
    return pairs_count(s->pairs);
}

void sentencepiece_merge(const struct sentencepiece *s, int32_t i, int32_t *left, int32_t *right)
{
    pairs_get(s->pairs, i, left, right);
}

static void check_id(const struct sentencepiece *s, int32_t id)
{
    CHECK(id >= 0 && id < s->V, "id=%d V=%d", id, s->V);
}

const char *sentencepiece_piece(const struct sentencepiece *s, int32_t id)
{
    check_id(s, id);
    return s->piece[id];
}

int32_t sentencepiece_find(const struct sentencepiece *s, const char *piece)
{
    return names_find(s->names, strlen(piece), piece);
}

int32_t sentencepiece_specials(const struct sentencepiece *s)
{
    return s->specials;
}

struct sentencepiece_special sentencepiece_special(const struct sentencepiece *s, int32_t i)
{
    CHECK(i >= 0 && i < s->specials, "i=%d specials=%d", i, s->specials);
    return s->special[i];
}

int sentencepiece_is_special(const struct sentencepiece *s, int32_t id)
{
    check_id(s, id);
    return s->is_special[id];
}

int32_t sentencepiece_bos(const struct sentencepiece *s)
{
    return s->bos;
}

int32_t sentencepiece_unk(const struct sentencepiece *s)
{
    return s->unk;
}

enum sentencepiece_prefix sentencepiece_prefix(const struct sentencepiece *s)
{
    return s->prefix;
}

const char *sentencepiece_bytes(const struct sentencepiece *s, int32_t id, size_t *size)
{
    check_id(s, id);
    *size = s->size[id];
    return s->bytes[id];
}
