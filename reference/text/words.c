#include "words.h"

#include <string.h>

#include "hash.h"

enum { BITS_FIRST = 12 };

// slot_of returns where the word's index is, or the empty slot where it belongs.
static size_t *slot_of(const struct words *w, struct word x)
{
    size_t last = ((size_t)1 << w->bits) - 1, at = (size_t)x.hash & last;
    for (; w->slot[at]; at = (at + 1) & last) {
        const struct word *y = w->word + w->slot[at] - 1;
        if (y->hash == x.hash && y->size == x.size && memcmp(y->text, x.text, x.size) == 0) break;
    }
    return w->slot + at;
}

// make_room gives w fresh tables of 2^bits slots, at most half of them full.
static void make_room(struct words *w, int bits)
{
    size_t slots = (size_t)1 << bits;
    struct word *old = w->word;
    w->bits = bits;
    w->slot = arena_alloc(w->memory, slots * sizeof *w->slot);
    w->word = arena_alloc(w->memory, slots / 2 * sizeof *w->word);
    memset(w->slot, 0, slots * sizeof *w->slot);
    for (size_t i = 0; i < w->count; i++) {
        w->word[i] = old[i];
        *slot_of(w, old[i]) = i + 1;
    }
}

struct words *words_new(struct arena *memory)
{
    struct words *w = arena_alloc(memory, sizeof *w);
    *w = (struct words){.memory = memory};
    make_room(w, BITS_FIRST);
    return w;
}

void words_add(struct words *w, size_t size, const char *text)
{
    struct word x = {.text = text, .size = size, .count = 1, .hash = hash_bytes(text, size)};
    size_t *slot = slot_of(w, x);
    if (*slot) {
        w->word[*slot - 1].count++;
        return;
    }
    if (w->count == (size_t)1 << w->bits >> 1) {
        make_room(w, w->bits + 1);
        slot = slot_of(w, x);
    }
    w->word[w->count] = x;
    *slot = ++w->count;
    w->total += size;
}

struct words *words_of(struct arena *memory, const struct pattern *pattern, size_t size,
                       const char *text)
{
    struct words *words = words_new(memory);
    struct pieces *walk = pieces_start(pattern, size, text);
    struct piece p;
    while (pieces_next(walk, &p))
        if (p.special < 0 && p.size > 1) words_add(words, p.size, p.text);
    pieces_end(walk);
    return words;
}
