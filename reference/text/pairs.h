// pairs: numbers pairs of ids 0, 1, 2 … in the order in which they are first added.
#ifndef GPT_PAIRS_H
#define GPT_PAIRS_H

#include <stdint.h>

#include "arena.h"

struct pairs;

// pairs_new returns an empty table.  It lives in `memory` and takes more of it as it grows.
struct pairs *pairs_new(struct arena *memory);

// pairs_count returns how many different pairs were added.
int32_t pairs_count(const struct pairs *p);

// pairs_add returns the number of the pair (left, right), which is a new one if it is new.
// left and right must not be negative.
int32_t pairs_add(struct pairs *p, int32_t left, int32_t right);

// pairs_clear forgets all pairs: numbers start at 0 again.
void pairs_clear(struct pairs *p);

// pairs_find returns the number of the pair (left, right), or -1 if it was never added.
int32_t pairs_find(const struct pairs *p, int32_t left, int32_t right);

// pairs_get sets *left and *right to the pair numbered i, which must be in [0, pairs_count).
void pairs_get(const struct pairs *p, int32_t i, int32_t *left, int32_t *right);

// pairs_before returns 1 if pair i has the smaller left id than pair j, or the same left id and the
// smaller right one.
int pairs_before(const struct pairs *p, int32_t i, int32_t j);

#endif
