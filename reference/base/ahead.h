// ahead: loops over long arrays ask the memory for what they will need.
//
// The processor does that by itself, but where a number takes some computing it does not look far
// enough: what it has begun at a time ends before the next lines do.
#ifndef GPT_AHEAD_H
#define GPT_AHEAD_H

#include <stddef.h>

// A loop goes in runs of AHEAD_RUN numbers, four lines of a cache, and asks with each for the run
// that is AHEAD numbers, 2 KB, away.  It need not be inside the array: to ask is not to read.
enum { AHEAD_RUN = 64, AHEAD = 512, AHEAD_LINE = 64 / sizeof(float) };

// ahead_read and ahead_write ask for it: what is written must be there too, and be no other core's.
static inline void ahead_read(const float *x)
{
    for (int i = 0; i < AHEAD_RUN; i += AHEAD_LINE) __builtin_prefetch(x + AHEAD + i);
}

static inline void ahead_write(const float *x)
{
    for (int i = 0; i < AHEAD_RUN; i += AHEAD_LINE) __builtin_prefetch(x + AHEAD + i, 1);
}

// ahead_end returns where the run ends that begins at i, out of n numbers.
static inline size_t ahead_end(size_t i, size_t n)
{
    return n - i < AHEAD_RUN ? n : i + AHEAD_RUN;
}

#endif
