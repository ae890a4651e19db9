// pairs: numbers pairs of ids 0, 1, 2 … in the order in which they are first added.
#ifndef GPT_PAIRS_H
#define GPT_PAIRS_H

#include <stdint.h>

#include "arena.h"

struct pairs;

// pairs_new returns an empty table.  It lives in `memory` and takes more of it as it grows.
struct pairs *pairs_new(struct arena *memory);

// pairs_limit says how many pairs there may be at once: for who keeps something for each pair in an
// array of that length.  pairs_add CHECKs it.  As long as nothing is said there is no limit.
void pairs_limit(struct pairs *p, int32_t most);

// pairs_count returns how many different pairs were added.
int32_t pairs_count(const struct pairs *p);

// pairs_add returns the number of the pair (left, right), which is a new one if it is new.
// left and right must not be negative.  It stays in the table, with its number, until pairs_clear.
int32_t pairs_add(struct pairs *p, int32_t left, int32_t right);

// pairs_clear forgets all pairs: numbers start at 0 again.  The limit stays.
void pairs_clear(struct pairs *p);

// pairs_find returns the number of the pair (left, right), or -1 if it was never added.
int32_t pairs_find(const struct pairs *p, int32_t left, int32_t right);

// pairs_get sets *left and *right to the pair numbered i, which must be in [0, pairs_count).
void pairs_get(const struct pairs *p, int32_t i, int32_t *left, int32_t *right);

// pairs_before returns 1 if pair i has the smaller left id than pair j, or the same left id and the
// smaller right one.
int pairs_before(const struct pairs *p, int32_t i, int32_t j);

#endif
