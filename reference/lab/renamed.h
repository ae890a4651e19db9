// renamed: texts in which each character stands for another one: the same language in another
// script (limits.h).
#ifndef GPT_RENAMED_H
#define GPT_RENAMED_H

#include <stdint.h>

#include "lab.h"

// renamed_names draws which character stands for which, from the stream LAB_RENAME of seed.
//   returns (V), from malloc
int32_t *renamed_names(int V, uint64_t seed);

// renamed_text writes a text anew, each character c as name[c].  Its ids are from malloc.
struct lab_text renamed_text(const struct lab_text *text, const int32_t *name);

// renamed_guess guesses what the characters of a strange text stand for: the most frequent one for
// the most frequent one of a known text, and so on; of equals the smaller id first.
//   returns (V), from malloc
int32_t *renamed_guess(int V, const struct lab_text *known, const struct lab_text *strange);

#endif
