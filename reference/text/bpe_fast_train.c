#include "bpe_fast_train.h"

#include <string.h>

#include "arena.h"
#include "heap.h"
#include "pairs.h"
#include "words.h"

enum { NONE = -1, PAIRS_FIRST = 1024 };

// A place is one byte of a word, or the token that starts there once bytes are joined.  It belongs
// to the pair that its token forms with the next one, and stands in the list of that pair's
// places.
struct place {
    int32_t id;
    int32_t left, right;    // neighbours in the word
    int32_t before, after;  // neighbours in the list
    int64_t count;          // how often the word occurs
};

// The list is in ascending order, because a merge goes through its places in ascending order and
// makes pairs that did not exist before it.  So "aaa" is joined from the left, as in encoding.
struct pair {
    int64_t count;        // places in the text
    int32_t first, last;  // places in the different words
};

struct trainer {
    struct arena *memory;  // everything below
    struct place *place;
    int32_t places;
    struct pairs *pairs;  // numbers the pairs
    struct pair *pair;    // by number
    int32_t room;         // of pair
    struct heap *heap;    // pairs by falling count, then by rising ids
};

// pair_of returns the pair that place p belongs to; it may be a new one, and old pointers stale.
static struct pair *pair_of(struct trainer *t, int32_t p)
{
    int32_t known = pairs_count(t->pairs);
    int32_t number = pairs_add(t->pairs, t->place[p].id, t->place[t->place[p].right].id);
    if (number < known) return t->pair + number;
    if (number == t->room) {
        struct pair *grown = arena_alloc(t->memory, 2 * (size_t)t->room * sizeof *grown);
        memcpy(grown, t->pair, (size_t)t->room * sizeof *grown);
        t->pair = grown, t->room *= 2;
    }
    t->pair[number] = (struct pair){.first = NONE, .last = NONE};
    return t->pair + number;
}

// enlist appends place p to its pair's list.  p may be NONE or the last of its word.
static void enlist(struct trainer *t, int32_t p)
{
    if (p == NONE || t->place[p].right == NONE) return;
    struct pair *pair = pair_of(t, p);
    t->place[p].before = pair->last, t->place[p].after = NONE;
    if (pair->last == NONE)
        pair->first = p;
    else
        t->place[pair->last].after = p;
    pair->last = p;
    pair->count += t->place[p].count;
}

// unlist takes place p out of its pair's list again.
static void unlist(struct trainer *t, int32_t p)
{
    if (p == NONE || t->place[p].right == NONE) return;
    struct pair *pair = pair_of(t, p);
    int32_t before = t->place[p].before, after = t->place[p].after;
    if (before == NONE)
        pair->first = after;
    else
        t->place[before].after = after;
    if (after == NONE)
        pair->last = before;
    else
        t->place[after].before = before;
    pair->count -= t->place[p].count;
}

// join makes one token of every two at the places of a pair.
static void join(struct trainer *t, int32_t number, int32_t made)
{
    int32_t p;
    while ((p = t->pair[number].first) != NONE) {
        int32_t next = t->place[p].right, left = t->place[p].left;
        unlist(t, left);
        unlist(t, p);
        unlist(t, next);
        int32_t right = t->place[next].right;
        t->place[p].id = made;
        t->place[p].right = right;
        if (right != NONE) t->place[right].left = p;
        enlist(t, left);
        enlist(t, p);
    }
}

// rank puts a pair into the heap under its present count; one place alone is not worth a merge.
static void rank(struct trainer *t, int32_t number)
{
    int32_t left, right;
    if (t->pair[number].count < 2) return;
    pairs_get(t->pairs, number, &left, &right);
    uint64_t ids = (uint64_t)left << 32 | (uint64_t)right;
    heap_push(t->heap, (struct heap_item){-t->pair[number].count, ids});
}

// find_merges fills merge (most, 2) and returns how many there are.
static int find_merges(struct trainer *t, int most, int32_t *merge)
{
    for (int32_t i = 0; i < pairs_count(t->pairs); i++) rank(t, i);
    int merges = 0;
    struct heap_item x;
    while (merges < most && heap_pop(t->heap, &x)) {
        int32_t left = (int32_t)(x.second >> 32), right = (int32_t)(x.second & 0xFFFFFFFF);
        int32_t number = pairs_find(t->pairs, left, right);
        // Old pairs only lose places.  One that did so since it was ranked goes back further down.
        if (t->pair[number].count != -x.first) {
            rank(t, number);
            continue;
        }
        int32_t known = pairs_count(t->pairs);
        join(t, number, VOCAB_BYTES + merges);
        for (int32_t i = known; i < pairs_count(t->pairs); i++) rank(t, i);
        merge[2 * merges] = left, merge[2 * merges + 1] = right;
        merges++;
    }
    return merges;
}

static void add_word(struct trainer *t, const struct word *w)
{
    int32_t first = t->places, end = first + (int32_t)w->size;
    for (int32_t p = first; p < end; p++) {
        int32_t id = vocab_byte_id((unsigned char)w->text[p - first]);
        int32_t left = p > first ? p - 1 : NONE, right = p + 1 < end ? p + 1 : NONE;
        t->place[p] = (struct place){.id = id, .left = left, .right = right, .count = w->count};
    }
    for (int32_t p = first; p < end; p++) enlist(t, p);
    t->places = end;
}

enum err bpe_fast_train(size_t size, const char *text, int tokens, int specials,
                        const char *const *special, struct vocab **v, struct error *e)
{
    if (tokens < VOCAB_BYTES || tokens - VOCAB_BYTES < specials)
        return error_set(e, ERR_VALUE,
                         "a vocabulary of %d: expected at least %d bytes and %d specials", tokens,
                         VOCAB_BYTES, specials);
    struct vocab *bare;
    enum err code = vocab_new(0, NULL, specials, special, &bare, e);
    if (code) return code;
    struct trainer t = {.memory = arena_new(), .room = PAIRS_FIRST};
    struct words *words = words_of(t.memory, vocab_pattern(bare), size, text);
    size_t total = words->total;
    vocab_free(bare);
    if (total > INT32_MAX) {
        arena_free(t.memory);
        return error_set(e, ERR_VALUE, "different pieces of %zu bytes: expected at most %d", total,
                         INT32_MAX);
    }
    t.place = arena_alloc(t.memory, total * sizeof *t.place);
    t.pairs = pairs_new(t.memory);
    t.pair = arena_alloc(t.memory, (size_t)t.room * sizeof *t.pair);
    t.heap = heap_new(t.memory);
    for (size_t i = 0; i < words->count; i++) add_word(&t, words->word + i);
    // Each merge takes a place away for good, so there are never more merges than places.
    int most = tokens - VOCAB_BYTES - specials;
    if (most > t.places) most = t.places;
    int32_t *merge = arena_alloc(t.memory, 2 * (size_t)most * sizeof *merge);
    int merges = find_merges(&t, most, merge);
    code = vocab_new(merges, merge, specials, special, v, e);
    arena_free(t.memory);
    return code;
}
