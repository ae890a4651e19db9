#include "bpe_fast_encode.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "heap.h"

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

// A node is an id in a list; id -1: it was joined to the one before it.
struct node {
    int32_t id;
    size_t before, after;  // neighbours; n stands for none
};

static void push_join(const struct vocab *v, struct heap *h, const struct node *node, size_t n,
                      size_t at)
{
    if (at == n || node[at].after == n) return;
    int32_t made = vocab_pair(v, node[at].id, node[node[at].after].id);
    if (made >= 0) heap_push(h, (struct heap_item){made, at});
}

// join_long does what join_short does, in n log n: the heap gives the earliest merge, leftmost
// first.  An item whose two ids have changed meanwhile no longer makes what it says, and is
// passed over.
static size_t join_long(const struct vocab *v, struct arena *scratch, size_t n, int32_t *ids)
{
    arena_reset(scratch);
    struct node *node = arena_alloc(scratch, n * sizeof *node);
    struct heap *heap = heap_new(scratch);
    for (size_t i = 0; i < n; i++) node[i] = (struct node){ids[i], i > 0 ? i - 1 : n, i + 1};
    for (size_t i = 0; i < n; i++) push_join(v, heap, node, n, i);
    struct heap_item x;
    while (heap_pop(heap, &x)) {
        size_t at = (size_t)x.second, next = node[at].after;
        if (node[at].id < 0 || next == n) continue;
        if (vocab_pair(v, node[at].id, node[next].id) != x.first) continue;
        node[at].id = (int32_t)x.first;
        node[at].after = node[next].after;
        node[next].id = -1;
        if (node[at].after < n) node[node[at].after].before = at;
        push_join(v, heap, node, n, node[at].before);
        push_join(v, heap, node, n, at);
    }
    size_t left = 0;
    for (size_t i = 0; i < n; i = node[i].after) ids[left++] = node[i].id;
    return left;
}

int32_t *bpe_fast_encode(const struct vocab *v, size_t size, const char *text, size_t *count)
{
    if (size > SIZE_MAX / sizeof(int32_t) - 1) die("out of memory: %zu bytes to encode", size);
    // A token has at least one byte, so there is always room for the rest, byte by byte.
    int32_t *ids = malloc((size + 1) * sizeof *ids);
    if (!ids) die("out of memory: the ids of %zu bytes", size);
    int32_t byte_id[VOCAB_BYTES];
    for (int i = 0; i < VOCAB_BYTES; i++) byte_id[i] = vocab_byte_id((unsigned char)i);
    struct arena *scratch = arena_new();
    int32_t first_special = vocab_size(v) - vocab_specials(v);
    size_t n = 0;
    struct piece p;
    struct pieces *walk = pieces_start(vocab_pattern(v), size, text);
    while (pieces_next(walk, &p)) {
        if (p.special >= 0) {
            ids[n++] = first_special + p.special;
            continue;
        }
        for (size_t i = 0; i < p.size; i++) ids[n + i] = byte_id[(unsigned char)p.text[i]];
        n += p.size <= SHORT ? join_short(v, p.size, ids + n)
                             : join_long(v, scratch, p.size, ids + n);
    }
    pieces_end(walk);
    arena_free(scratch);
    int32_t *fitted = realloc(ids, (n + 1) * sizeof *ids);
    *count = n;
    return fitted ? fitted : ids;
}
