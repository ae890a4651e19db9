#include "bpe.h"

#include "todo.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "pairs.h"
#include "words.h"

size_t bpe_join(size_t n, int32_t *ids, int32_t left, int32_t right, int32_t made)
{
    TODO();
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

enum err bpe_train(size_t size, const char *text, int tokens, int specials,
                   const char *const *special, struct vocab **v, struct error *e)
{
    struct trainer t = {0};
    enum err code = trainer_start(&t, size, text, tokens, specials, special, e);
    if (code) return code;
    int merges = 0;
    TODO();
    code = vocab_new(merges, t.merge, specials, special, v, e);
    arena_free(t.memory);
    return code;
}

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
        TODO();
    }
    pieces_end(walk);
    int32_t *fitted = realloc(ids, (n + 1) * sizeof *ids);
    *count = n;
    return fitted ? fitted : ids;
}

char *bpe_decode(const struct vocab *v, size_t count, const int32_t *ids, size_t *size)
{
    TODO();
}
