// heap: a priority queue; the smallest item comes out first.
// Source: Williams 1964, algorithm 232, Heapsort.
#ifndef GPT_HEAP_H
#define GPT_HEAP_H

#include <stdint.h>

#include "arena.h"

// struct heap_item: ordered by `first`, then by `second`.
struct heap_item {
    int64_t first;
    uint64_t second;
};

struct heap;

// heap_new returns an empty heap.  It lives in `memory` and takes more of it as it grows.
struct heap *heap_new(struct arena *memory);

// heap_push adds x.  Cost: log2 of the number of items, like heap_pop.
void heap_push(struct heap *h, struct heap_item x);

// heap_pop removes the smallest item into *x and returns 1; returns 0 if the heap is empty.
int heap_pop(struct heap *h, struct heap_item *x);

#endif
