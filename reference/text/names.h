// names: which number goes with some bytes.
#ifndef GPT_NAMES_H
#define GPT_NAMES_H

#include <stddef.h>
#include <stdint.h>

#include "arena.h"

struct names;

// names_new makes a table in which bytes[i][0..size[i]), i in [0, n), has the number i.  It lives
// in `memory`, and so must the bytes; bytes and size themselves are needed no more.
// Cost: n log n comparisons.
struct names *names_new(struct arena *memory, int32_t n, const char *const *bytes,
                        const size_t *size);

// names_find returns the number of some bytes, or -1.  Cost: log n comparisons.
int32_t names_find(const struct names *m, size_t size, const char *bytes);

// names_twice returns 1 and sets *first < *second to two numbers of the same bytes; returns 0 if
// there are none.
int names_twice(const struct names *m, int32_t *first, int32_t *second);

#endif
