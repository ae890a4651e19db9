// Linked lists: a row of ids is a chain of links; training keeps the counts of all pairs up to date
// instead of counting again; encoding joins one place at a time, the leftmost of the earliest.
#include "bpe.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "pairs.h"
#include "words.h"

struct link {
    int32_t id;
    struct link *next;
};

// chain makes links of n ids, the first at link[0].
static void chain(size_t n, const int32_t *ids, struct link *link)
{
    for (size_t i = 0; i < n; i++) link[i] = (struct link){ids[i], i + 1 < n ? link + i + 1 : NULL};
}

static size_t unchain(const struct link *at, int32_t *ids)
{
    size_t n = 0;
    for (; at; at = at->next) ids[n++] = at->id;
    return n;
}

static struct link *links(size_t n)
{
    struct link *link = malloc((n + 1) * sizeof *link);
    if (!link) die("out of memory: %zu links", n);
    return link;
}

size_t bpe_join(size_t n, int32_t *ids, int32_t left, int32_t right, int32_t made)
{
    if (n == 0) return 0;
    struct link *link = links(n);
    chain(n, ids, link);
    for (struct link *at = link; at; at = at->next) {
        if (at->id != left || !at->next || at->next->id != right) continue;
        at->id = made;
        at->next = at->next->next;
    }
    n = unchain(link, ids);
    free(link);
    return n;
}

struct counts {
    struct pairs *pairs;
    int64_t *count;
    int32_t room;
};

static void add(struct counts *c, int32_t left, int32_t right, int64_t times)
{
    int32_t known = pairs_count(c->pairs), number = pairs_add(c->pairs, left, right);
    if (number == c->room) {
        c->room = 2 * c->room + 64;
        c->count = realloc(c->count, (size_t)c->room * sizeof *c->count);
        if (!c->count) die("out of memory: counts of %d pairs", c->room);
    }
    if (number == known) c->count[number] = 0;
    c->count[number] += times;
}

// join_word joins in one word and takes what that changes into account.
static void join_word(struct counts *c, struct link *word, int64_t times, int32_t left,
                      int32_t right, int32_t made)
{
    struct link *before = NULL;
    for (struct link *at = word; at; before = at, at = at->next) {
        struct link *next = at->next;
        if (at->id != left || !next || next->id != right) continue;
        if (before) add(c, before->id, left, -times);
        add(c, left, right, -times);
        if (next->next) add(c, right, next->next->id, -times);
        at->id = made;
        at->next = next->next;
        if (before) add(c, before->id, made, times);
        if (at->next) add(c, made, at->next->id, times);
    }
}

// best returns the number of the next pair to join, or -1.
static int32_t best(const struct counts *c)
{
    int32_t found = -1;
    int64_t most = 1;
    for (int32_t i = 0; i < pairs_count(c->pairs); i++) {
        if (c->count[i] > most)
            found = i, most = c->count[i];
        else if (found >= 0 && c->count[i] == most && pairs_before(c->pairs, i, found))
            found = i;
    }
    return found;
}

static int find_merges(struct arena *memory, const struct words *words, int most, int32_t *merge)
{
    struct counts c = {.pairs = pairs_new(memory)};
    struct link **word = arena_alloc(memory, words->count * sizeof *word);
    for (size_t w = 0; w < words->count; w++) {
        const struct word *from = words->word + w;
        word[w] = arena_alloc(memory, from->size * sizeof **word);
        for (size_t i = 0; i < from->size; i++) {
            word[w][i].id = vocab_byte_id((unsigned char)from->text[i]);
            word[w][i].next = i + 1 < from->size ? word[w] + i + 1 : NULL;
            if (i > 0) add(&c, word[w][i - 1].id, word[w][i].id, from->count);
        }
    }
    int merges = 0;
    for (; merges < most; merges++) {
        int32_t number = best(&c), left, right;
        if (number < 0) break;
        pairs_get(c.pairs, number, &left, &right);
        for (size_t w = 0; w < words->count; w++)
            join_word(&c, word[w], words->word[w].count, left, right, VOCAB_BYTES + merges);
        merge[2 * merges] = left, merge[2 * merges + 1] = right;
    }
    free(c.count);
    return merges;
}

enum err bpe_train(size_t size, const char *text, int tokens, int specials,
                   const char *const *special, struct vocab **v, struct error *e)
{
    int most = tokens < 0 ? -1 : tokens - VOCAB_BYTES - specials;
    if (most < 0)
        return error_set(e, ERR_VALUE, "%d tokens: expected at least %d bytes and %d specials",
                         tokens, VOCAB_BYTES, specials);
    struct vocab *bare;
    enum err code = vocab_new(0, NULL, specials, special, &bare, e);
    if (code) return code;
    struct arena *memory = arena_new();
    struct words *words = words_of(memory, vocab_pattern(bare), size, text);
    vocab_free(bare);
    if ((size_t)most > words->total) most = (int)words->total;
    int32_t *merge = arena_alloc(memory, 2 * (size_t)most * sizeof *merge);
    int merges = find_merges(memory, words, most, merge);
    code = vocab_new(merges, merge, specials, special, v, e);
    arena_free(memory);
    return code;
}

// join_one does one merge at the leftmost place of the earliest, or returns 0 if there is none.
static int join_one(const struct vocab *v, struct link *first)
{
    struct link *place = NULL;
    int32_t earliest = INT32_MAX;
    for (struct link *at = first; at->next; at = at->next) {
        int32_t made = vocab_pair(v, at->id, at->next->id);
        if (made >= 0 && made < earliest) place = at, earliest = made;
    }
    if (!place) return 0;
    place->id = earliest;
    place->next = place->next->next;
    return 1;
}

int32_t *bpe_encode(const struct vocab *v, size_t size, const char *text, size_t *count)
{
    struct link *link = links(size);
    int32_t *ids = malloc((size + 1) * sizeof *ids);
    if (!ids) die("out of memory: the ids of %zu bytes", size);
    int32_t first_special = vocab_size(v) - vocab_specials(v);
    size_t n = 0;
    struct piece p;
    struct pieces *walk = pieces_start(vocab_pattern(v), size, text);
    while (pieces_next(walk, &p)) {
        if (p.special >= 0) {
            ids[n++] = first_special + p.special;
            continue;
        }
        for (size_t i = 0; i < p.size; i++) ids[n + i] = vocab_byte_id((unsigned char)p.text[i]);
        chain(p.size, ids + n, link);
        while (join_one(v, link)) continue;
        n += unchain(link, ids + n);
    }
    pieces_end(walk);
    free(link);
    *count = n;
    return ids;
}

char *bpe_decode(const struct vocab *v, size_t count, const int32_t *ids, size_t *size)
{
    size_t n = 0, room = 16;
    char *text = malloc(room);
    for (size_t i = 0; i < count && text; i++) {
        size_t one;
        const char *bytes = vocab_bytes(v, ids[i], &one);
        while (text && room < n + one + 1) text = realloc(text, room *= 2);
        if (text) memcpy(text + n, bytes, one), n += one;
    }
    if (!text) die("out of memory: the bytes of %zu ids", count);
    text[n] = 0;
    *size = n;
    return text;
}
