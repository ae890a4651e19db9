#include "joins.h"

#include "heap.h"

// A node is an id in a list; id -1: it was joined to the one before it.
struct node {
    int32_t id;
    size_t before, after;  // neighbours; n stands for none
};

static void push_join(join_of *of, const void *v, struct heap *h, const struct node *node, size_t n,
                      size_t at)
{
    if (at == n || node[at].after == n) return;
    int32_t rank = of(v, node[at].id, node[node[at].after].id).rank;
    if (rank >= 0) heap_push(h, (struct heap_item){rank, at});
}

// The heap gives the earliest join, leftmost first.  An item whose two ids have changed meanwhile
// no longer has the rank it says, and is passed over.
size_t joins_do(join_of *of, const void *v, struct arena *scratch, size_t n, int32_t *ids)
{
    arena_reset(scratch);
    struct node *node = arena_alloc(scratch, n * sizeof *node);
    struct heap *heap = heap_new(scratch);
    for (size_t i = 0; i < n; i++) node[i] = (struct node){ids[i], i > 0 ? i - 1 : n, i + 1};
    for (size_t i = 0; i < n; i++) push_join(of, v, heap, node, n, i);
    struct heap_item x;
    while (heap_pop(heap, &x)) {
        size_t at = (size_t)x.second, next = node[at].after;
        if (node[at].id < 0 || next == n) continue;
        struct join join = of(v, node[at].id, node[next].id);
        if (join.rank != x.first) continue;
        node[at].id = join.made;
        node[at].after = node[next].after;
        node[next].id = -1;
        if (node[at].after < n) node[node[at].after].before = at;
        push_join(of, v, heap, node, n, node[at].before);
        push_join(of, v, heap, node, n, at);
    }
    size_t left = 0;
    for (size_t i = 0; i < n; i = node[i].after) ids[left++] = node[i].id;
    return left;
}
