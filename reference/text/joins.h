// joins: neighbours in a row of ids joined, the earliest first, in n log n.
#ifndef GPT_JOINS_H
#define GPT_JOINS_H

#include <stddef.h>
#include <stdint.h>

#include "arena.h"

// struct join: what two neighbours become, and how early: the smallest rank goes first.
struct join {
    int32_t rank, made;  // rank -1: nothing joins them
};

// A join_of says what a vocabulary makes of two neighbours.  No two pairs have the same rank.
typedef struct join join_of(const void *vocabulary, int32_t left, int32_t right);

// joins_do joins neighbours in ids[0..n) until nothing can be joined, one at a time: the earliest,
// of equals the leftmost.  It returns how many ids are left, at the start of ids.
//   scratch  is reset first
// Cost: n log n.
size_t joins_do(join_of *of, const void *vocabulary, struct arena *scratch, size_t n, int32_t *ids);

#endif
