#include "pairs.h"

#include <stddef.h>
#include <string.h>

#include "error.h"

enum { BITS_FIRST = 10 };

// A slot holds the pair itself beside its number, so that a lookup touches one place in memory.
struct slot {
    int32_t left, right, number;  // number -1: the slot is empty
};

struct pair {
    int32_t left, right;
};

struct pairs {
    struct arena *memory;
    struct slot *slot;  // (2^bits) open addressing, at most half full
    struct pair *pair;  // (2^bits / 2) by number
    int bits;
    int32_t count;
    int32_t most;  // pairs_limit
};

// slot_of returns where the pair is, or the empty slot where it belongs.
static struct slot *slot_of(const struct pairs *p, int32_t left, int32_t right)
{
    uint64_t key = (uint64_t)(uint32_t)left << 32 | (uint32_t)right;
    // The golden ratio times 2^64 spreads the keys over the product's top bits (Knuth, TAOCP
    // 6.4); folding the left id in first lets it reach them as well as the right one does.
    size_t at = (size_t)((key ^ key >> 29) * 0x9E3779B97F4A7C15u >> (64 - p->bits));
    size_t last = ((size_t)1 << p->bits) - 1;
    while (p->slot[at].number >= 0 && (p->slot[at].left != left || p->slot[at].right != right))
        at = (at + 1) & last;
    return p->slot + at;
}

// make_room gives p fresh tables of 2^bits slots and fills in the pairs it has.
static void make_room(struct pairs *p, int bits)
{
    size_t slots = (size_t)1 << bits;
    struct pair *old = p->pair;
    p->bits = bits;
    p->slot = arena_alloc(p->memory, slots * sizeof *p->slot);
    p->pair = arena_alloc(p->memory, slots / 2 * sizeof *p->pair);
    for (size_t i = 0; i < slots; i++) p->slot[i].number = -1;
    for (int32_t i = 0; i < p->count; i++) {
        p->pair[i] = old[i];
        *slot_of(p, old[i].left, old[i].right) = (struct slot){old[i].left, old[i].right, i};
    }
}

struct pairs *pairs_new(struct arena *memory)
{
    struct pairs *p = arena_alloc(memory, sizeof *p);
    *p = (struct pairs){.memory = memory, .most = INT32_MAX};
    make_room(p, BITS_FIRST);
    return p;
}

void pairs_limit(struct pairs *p, int32_t most)
{
    p->most = most;
}

int32_t pairs_count(const struct pairs *p)
{
    return p->count;
}

int32_t pairs_add(struct pairs *p, int32_t left, int32_t right)
{
    CHECK(left >= 0 && right >= 0, "left=%d right=%d", left, right);
    struct slot *s = slot_of(p, left, right);
    if (s->number >= 0) return s->number;
    CHECK(p->count < p->most, "%d pairs, all that there is room for: pairs_clear?", p->count);
    if ((size_t)p->count == (size_t)1 << p->bits >> 1) {
        if (p->bits == 31) die("out of memory: more than 2^30 different pairs of tokens");
        make_room(p, p->bits + 1);
        s = slot_of(p, left, right);
    }
    *s = (struct slot){left, right, p->count};
    p->pair[p->count] = (struct pair){left, right};
    return p->count++;
}

void pairs_clear(struct pairs *p)
{
    size_t slots = (size_t)1 << p->bits;
    for (size_t i = 0; i < slots; i++) p->slot[i].number = -1;
    p->count = 0;
}

int32_t pairs_find(const struct pairs *p, int32_t left, int32_t right)
{
    return slot_of(p, left, right)->number;
}

void pairs_get(const struct pairs *p, int32_t i, int32_t *left, int32_t *right)
{
    CHECK(i >= 0 && i < p->count, "i=%d count=%d", i, p->count);
    *left = p->pair[i].left, *right = p->pair[i].right;
}

int pairs_before(const struct pairs *p, int32_t i, int32_t j)
{
    int32_t left, right, other_left, other_right;
    pairs_get(p, i, &left, &right);
    pairs_get(p, j, &other_left, &other_right);
    return left != other_left ? left < other_left : right < other_right;
}
