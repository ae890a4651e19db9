#include "bpe_fast_encode.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "joins.h"

// Up to this many bytes looking through the whole piece for its next merge is faster than a heap.
enum { SHORT = 48 };

// No merge makes this id, and every one goes before it.
enum { NO_JOIN = INT32_MAX };

static int32_t join(const struct vocab *v, int32_t left, int32_t right)
{
    int32_t made = vocab_pair(v, left, right);
    return made < 0 ? NO_JOIN : made;
}

// join_short joins ids[0..n), 1 <= n <= SHORT, in place and returns how many are left.
//
// It does one merge at a time, the leftmost of the earliest.  That is the same as doing every
// place of a merge before the next merge: what a merge makes can only be used by later ones.
static size_t join_short(const struct vocab *v, size_t n, int32_t *ids)
{
    int32_t made[SHORT];  // made[i]: what ids[i] and ids[i + 1] would make
    for (size_t i = 0; i + 1 < n; i++) made[i] = join(v, ids[i], ids[i + 1]);
    while (n > 1) {
        size_t best = 0;
        for (size_t i = 1; i + 1 < n; i++)
            if (made[i] < made[best]) best = i;
        if (made[best] == NO_JOIN) break;
        ids[best] = made[best];
        n--;
        for (size_t i = best + 1; i < n; i++) ids[i] = ids[i + 1], made[i - 1] = made[i];
        if (best > 0) made[best - 1] = join(v, ids[best - 1], ids[best]);
        if (best + 1 < n) made[best] = join(v, ids[best], ids[best + 1]);
    }
    return n;
}

// join_rank is what joins_do asks: a merge's id says how early it was learned.
static struct join join_rank(const void *v, int32_t left, int32_t right)
{
    int32_t made = vocab_pair(v, left, right);
    return (struct join){made, made};
}

// Text says the same few words over and over.  A memo keeps what a piece became, in one slot that a
// hash of its bytes names; another piece of that slot takes its place.
enum { MEMO_BITS = 15, MEMO_BYTES = 16, MEMO_IDS = 4 };

struct memo {
    uint64_t key[MEMO_BYTES / 8];  // the piece, zeros behind it
    uint8_t size, count;           // of the piece and of its ids; size 0: the slot is empty
    int32_t ids[MEMO_IDS];
};

static struct memo *memo_of(struct memo *memo, const struct piece *p, struct memo *key)
{
    *key = (struct memo){.size = (uint8_t)p->size};
    memcpy(key->key, p->text, p->size);
    // As in pairs.c: odd constants spread the bits to the top of the product.
    uint64_t mixed = (key->key[0] ^ key->key[1] * 0xC2B2AE3D27D4EB4Fu) * 0x9E3779B97F4A7C15u;
    return memo + (mixed >> (64 - MEMO_BITS));
}

static int same_piece(const struct memo *a, const struct memo *b)
{
    return a->key[0] == b->key[0] && a->key[1] == b->key[1] && a->size == b->size;
}

// struct encoder: what every piece needs.
struct encoder {
    const struct vocab *v;
    int32_t byte_id[VOCAB_BYTES];
    struct arena *scratch;
    struct memo *memo;  // (2^MEMO_BITS)
};

// encode_piece writes the ids of a piece, of which there are no more than bytes, and returns how
// many there are.
static size_t encode_piece(struct encoder *c, const struct piece *p, int32_t *ids)
{
    struct memo key, *m = p->size <= MEMO_BYTES ? memo_of(c->memo, p, &key) : NULL;
    if (m && same_piece(m, &key)) {
        for (size_t i = 0; i < m->count; i++) ids[i] = m->ids[i];
        return m->count;
    }
    for (size_t i = 0; i < p->size; i++) ids[i] = c->byte_id[(unsigned char)p->text[i]];
    size_t n = p->size <= SHORT ? join_short(c->v, p->size, ids)
                                : joins_do(join_rank, c->v, c->scratch, p->size, ids);
    if (m && n <= MEMO_IDS) {
        key.count = (uint8_t)n;
        memcpy(key.ids, ids, n * sizeof *ids);
        *m = key;
    }
    return n;
}

int32_t *bpe_fast_encode(const struct vocab *v, size_t size, const char *text, size_t *count)
{
    if (size > SIZE_MAX / sizeof(int32_t) - 1) die("out of memory: %zu bytes to encode", size);
    // A token has at least one byte, so there is always room for the rest, byte by byte.
    int32_t *ids = malloc((size + 1) * sizeof *ids);
    struct encoder c = {.v = v, .memo = calloc((size_t)1 << MEMO_BITS, sizeof *c.memo)};
    if (!ids || !c.memo) die("out of memory: the ids of %zu bytes", size);
    c.scratch = arena_new();
    for (int i = 0; i < VOCAB_BYTES; i++) c.byte_id[i] = vocab_byte_id((unsigned char)i);
    int32_t first_special = vocab_size(v) - vocab_specials(v);
    size_t n = 0;
    struct piece p;
    struct pieces *walk = pieces_start(vocab_pattern(v), size, text);
    while (pieces_next(walk, &p)) {
        if (p.special >= 0)
            ids[n++] = first_special + p.special;
        else
            n += encode_piece(&c, &p, ids + n);
    }
    pieces_end(walk);
    arena_free(c.scratch);
    free(c.memo);
    int32_t *fitted = realloc(ids, (n + 1) * sizeof *ids);
    *count = n;
    return fitted ? fitted : ids;
}
