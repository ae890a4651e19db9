// arena: memory with one lifetime.
//
// Allocation moves a pointer; nothing is freed one by one.  arena_reset gives everything back
// at once and keeps the memory, so a loop that resets once per step calls malloc only while it
// is still growing.  Addresses stay valid until the reset.
#ifndef GPT_ARENA_H
#define GPT_ARENA_H

#include <stddef.h>

struct arena;

// arena_new returns an empty arena.  It takes its first memory when first asked.
struct arena *arena_new(void);

// arena_alloc returns `bytes` bytes, aligned to 64 (a cache line).  Contents are undefined.
// Never NULL: out of memory is die().
void *arena_alloc(struct arena *a, size_t bytes);

// arena_rounded returns what `bytes` bytes take in an arena: whole cache lines.
size_t arena_rounded(size_t bytes);

// arena_floats returns n floats, contents undefined; arena_zeros sets them to zero.
float *arena_floats(struct arena *a, size_t n);
float *arena_zeros(struct arena *a, size_t n);

// arena_string returns a copy of the string s.
char *arena_string(struct arena *a, const char *s);

// arena_reset forgets every allocation and keeps the memory for the next round.
void arena_reset(struct arena *a);

// arena_used returns the bytes handed out since the last reset; arena_peak the largest such
// figure so far, which is the memory a step needs.
size_t arena_used(const struct arena *a);
size_t arena_peak(const struct arena *a);

// arena_free gives the memory back to the system.  a may be NULL.
void arena_free(struct arena *a);

#endif
