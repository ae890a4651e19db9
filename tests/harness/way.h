// way: the way through the program to where it is, for what ends a test.
#ifndef GPT_WAY_H
#define GPT_WAY_H

#include <signal.h>
#include <stdint.h>

#include "report.h"

// way_prepare must have been called, in ordinary code, before way_here is called in a signal's
// handler.
void way_prepare(void);

// way_here writes to place[0 … most) where the program is, innermost first, as addresses in the
// program's file; libraries are left out.  place[0] is the instruction that a signal interrupted
// (context is the third argument of its handler; NULL outside of one), 0 if it is in no place of
// the program; the others are where calls return to.  Returns how many there are, at least 1.
int way_here(const void *context, int most, uint64_t *place);

// way_fault says what a memory access that raised a signal wanted, from what its handler is given.
enum fault way_fault(const siginfo_t *info, const void *context);

#endif
