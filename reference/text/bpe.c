#include "bpe.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "pairs.h"
#include "words.h"

size_t bpe_join(size_t n, int32_t *ids, int32_t left, int32_t right, int32_t made)
{
    // SOLUTION BEGIN
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        if (i + 1 < n && ids[i] == left && ids[i + 1] == right) {
            ids[kept++] = made;
            i++;
        } else {
            ids[kept++] = ids[i];
        }
    }
    return kept;
    // SOLUTION END
}

// A row is one of the different pieces of the text: its ids so far, and how often the piece occurs.
struct row {
    int64_t times;
    size_t n;
    int32_t *ids;  // (n)
};

struct trainer {
    struct arena *memory;  // everything below
    struct row *row;       // (rows)
    size_t rows;
    struct pairs *pairs;  // numbers the pairs of one round: pairs_clear begins another
    int64_t *count;       // (room) places of each pair, by its number; nobody has set them to 0
    size_t room;          // as many pairs as one round can have; pairs_add stops at more
    int32_t *merge;       // (most, 2)
    int most;             // merges that may be made; there is no room for more
};

// trainer_fill makes the rows, each byte an id, and room for the rest.
static void trainer_fill(struct trainer *t, const struct words *words)
{
    t->rows = words->count;
    t->row = arena_alloc(t->memory, t->rows * sizeof *t->row);
    for (size_t i = 0; i < t->rows; i++) {
        const struct word *w = words->word + i;  // a piece, and how often it occurs
        int32_t *ids = arena_alloc(t->memory, w->size * sizeof *ids);
        for (size_t at = 0; at < w->size; at++) ids[at] = vocab_byte_id((unsigned char)w->text[at]);
        t->row[i] = (struct row){w->count, w->size, ids};
    }
    // Every merge takes an id away for good, so there are never more merges than bytes.
    if ((size_t)t->most > words->total) t->most = (int)words->total;
    t->pairs = pairs_new(t->memory);
    t->room = words->total;
    pairs_limit(t->pairs, (int32_t)t->room);
    t->count = arena_alloc(t->memory, t->room * sizeof *t->count);
    t->merge = arena_alloc(t->memory, 2 * (size_t)t->most * sizeof *t->merge);
}

// trainer_start cuts the text into pieces and fills *t.
static enum err trainer_start(struct trainer *t, size_t size, const char *text, int tokens,
                              int specials, const char *const *special, struct error *e)
{
    if (tokens < VOCAB_BYTES || tokens - VOCAB_BYTES < specials)
        return error_set(e, ERR_VALUE,
                         "a vocabulary of %d: expected at least %d bytes and %d specials", tokens,
                         VOCAB_BYTES, specials);
    struct vocab *bare;
    enum err code = vocab_new(0, NULL, specials, special, &bare, e);
    if (code) return code;
    *t = (struct trainer){.memory = arena_new(), .most = tokens - VOCAB_BYTES - specials};
    struct words *words = words_of(t->memory, vocab_pattern(bare), size, text);
    vocab_free(bare);
    if (words->total <= INT32_MAX) {
        trainer_fill(t, words);
        return ERR_NONE;
    }
    code = error_set(e, ERR_VALUE, "different pieces of %zu bytes: expected at most %d",
                     words->total, INT32_MAX);
    arena_free(t->memory);
    return code;
}

// SOLUTION BEGIN
// count_pairs counts the places of every pair: a row's pairs as often as its piece occurs.
static void count_pairs(struct trainer *t)
{
    pairs_clear(t->pairs);
    memset(t->count, 0, t->room * sizeof *t->count);
    for (size_t r = 0; r < t->rows; r++) {
        const struct row *row = t->row + r;
        for (size_t i = 0; i + 1 < row->n; i++)
            t->count[pairs_add(t->pairs, row->ids[i], row->ids[i + 1])] += row->times;
    }
}

// best_pair returns the number of the pair to join next, or -1 if none has two places.
static int32_t best_pair(const struct trainer *t)
{
    int32_t best = -1;
    int64_t most = 1;  // one place is not worth a merge
    for (int32_t i = 0; i < pairs_count(t->pairs); i++) {
        int64_t more = t->count[i] - most;
        if (more > 0 || (more == 0 && best >= 0 && pairs_before(t->pairs, i, best)))
            best = i, most = t->count[i];
    }
    return best;
}
// SOLUTION END

enum err bpe_train(size_t size, const char *text, int tokens, int specials,
                   const char *const *special, struct vocab **v, struct error *e)
{
    struct trainer t = {0};
    enum err code = trainer_start(&t, size, text, tokens, specials, special, e);
    if (code) return code;
    int merges = 0;
    // SOLUTION BEGIN
    for (; merges < t.most; merges++) {
        count_pairs(&t);
        int32_t best = best_pair(&t), left, right;
        if (best < 0) break;
        pairs_get(t.pairs, best, &left, &right);
        for (size_t r = 0; r < t.rows; r++) {
            struct row *row = t.row + r;
            row->n = bpe_join(row->n, row->ids, left, right, VOCAB_BYTES + merges);
        }
        t.merge[2 * merges] = left, t.merge[2 * merges + 1] = right;
    }
    // SOLUTION END
    code = vocab_new(merges, t.merge, specials, special, v, e);
    arena_free(t.memory);
    return code;
}

// SOLUTION BEGIN
// earliest returns the smallest id that two neighbours of ids[0..n) become, or -1.
static int32_t earliest(const struct vocab *v, size_t n, const int32_t *ids)
{
    int32_t best = -1;
    for (size_t i = 0; i + 1 < n; i++) {
        int32_t made = vocab_pair(v, ids[i], ids[i + 1]);
        if (made >= 0 && (best < 0 || made < best)) best = made;
    }
    return best;
}
// SOLUTION END

int32_t *bpe_encode(const struct vocab *v, size_t size, const char *text, size_t *count)
{
    if (size > SIZE_MAX / sizeof(int32_t) - 1) die("out of memory: %zu bytes to encode", size);
    // A token has at least one byte, so there is always room for the rest, byte by byte.
    int32_t *ids = malloc((size + 1) * sizeof *ids);
    if (!ids) die("out of memory: the ids of %zu bytes", size);
    size_t n = 0;
    struct piece p;
    struct pieces *walk = pieces_start(vocab_pattern(v), size, text);
    while (pieces_next(walk, &p)) {
        // Append the ids of piece p at ids + n, and add to n how many they are.
        // SOLUTION BEGIN
        if (p.special >= 0) {
            ids[n++] = vocab_size(v) - vocab_specials(v) + p.special;
            continue;
        }
        size_t m = p.size;
        for (size_t i = 0; i < m; i++) ids[n + i] = vocab_byte_id((unsigned char)p.text[i]);
        for (int32_t made; (made = earliest(v, m, ids + n)) >= 0;) {
            int32_t left, right;
            vocab_merge(v, made - VOCAB_BYTES, &left, &right);
            m = bpe_join(m, ids + n, left, right, made);
        }
        n += m;
        // SOLUTION END
    }
    pieces_end(walk);
    int32_t *fitted = realloc(ids, (n + 1) * sizeof *ids);
    *count = n;
    return fitted ? fitted : ids;
}

char *bpe_decode(const struct vocab *v, size_t count, const int32_t *ids, size_t *size)
{
    // SOLUTION BEGIN
    size_t total = 0, one;
    for (size_t i = 0; i < count; i++) {
        vocab_bytes(v, ids[i], &one);
        if (one > SIZE_MAX - 1 - total) die("out of memory: the bytes of %zu ids", count);
        total += one;
    }
    char *text = malloc(total + 1), *at = text;
    if (!text) die("out of memory: the bytes of %zu ids", count);
    for (size_t i = 0; i < count; i++) {
        const char *bytes = vocab_bytes(v, ids[i], &one);
        memcpy(at, bytes, one);
        at += one;
    }
    *at = 0;
    *size = total;
    return text;
    // SOLUTION END
}
