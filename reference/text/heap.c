#include "heap.h"

#include <stddef.h>
#include <string.h>

enum { ROOM_FIRST = 256 };

// The children of item[i] are item[2i + 1] and item[2i + 2]; no child is smaller than its parent.
struct heap {
    struct arena *memory;
    struct heap_item *item;
    size_t count, room;
};

static int smaller(struct heap_item a, struct heap_item b)
{
    return a.first != b.first ? a.first < b.first : a.second < b.second;
}

struct heap *heap_new(struct arena *memory)
{
    struct heap *h = arena_alloc(memory, sizeof *h);
    *h = (struct heap){.memory = memory, .room = ROOM_FIRST};
    h->item = arena_alloc(memory, h->room * sizeof *h->item);
    return h;
}

void heap_push(struct heap *h, struct heap_item x)
{
    if (h->count == h->room) {
        struct heap_item *grown = arena_alloc(h->memory, 2 * h->room * sizeof *grown);
        memcpy(grown, h->item, h->count * sizeof *grown);
        h->item = grown, h->room *= 2;
    }
    size_t i = h->count++;
    for (size_t parent; i > 0 && smaller(x, h->item[parent = (i - 1) / 2]); i = parent)
        h->item[i] = h->item[parent];
    h->item[i] = x;
}

int heap_pop(struct heap *h, struct heap_item *x)
{
    if (h->count == 0) return 0;
    *x = h->item[0];
    // The last item sinks from the top, its smaller child rising each time.
    struct heap_item last = h->item[--h->count];
    size_t i = 0, child;
    while ((child = 2 * i + 1) < h->count) {
        if (child + 1 < h->count && smaller(h->item[child + 1], h->item[child])) child++;
        if (!smaller(h->item[child], last)) break;
        h->item[i] = h->item[child];
        i = child;
    }
    h->item[i] = last;
    return 1;
}
