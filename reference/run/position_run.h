// position_run: a query and a key put at every place, and their scores.
#ifndef GPT_POSITION_RUN_H
#define GPT_POSITION_RUN_H

#include <stdint.h>
#include <stdio.h>

#include "gpt.h"

// struct placing: vectors to be put at places, and how they are told where that is.
struct placing {
    enum position kind;
    int places, width;
    const float *q, *k;  // (width)  the same at every place
    float base;          // of POSITION_ROTARY; width is even there
    uint64_t seed;       // of POSITION_LEARNED, whose rows are drawn with deviation 1
};

// position_run_table prints a row for each place: its number, then
//   POSITION_LEARNED, POSITION_WAVES  the row of the table that is added
//   POSITION_ROTARY                   q and k as they are after the rotation
// and nothing more for POSITION_NONE.
void position_run_table(const struct placing *p, FILE *out);

// position_run_scores prints the dot product of q at place t with k at place s: a row for each t, a
// column for each s.
void position_run_scores(const struct placing *p, FILE *out);

#endif
