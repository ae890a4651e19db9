// turn: four lines of four numbers with rows and columns exchanged, in registers.
#ifndef GPT_TURN_H
#define GPT_TURN_H

#include <stddef.h>
#include <string.h>

#include "registers.h"

typedef float turn_four __attribute__((vector_size(16)));
typedef int turn_mask __attribute__((vector_size(16)));

// turn: out[k * width + i] = x[i * line + k] for i and k in [0, 4).
static inline void turn(const float *x, ptrdiff_t line, float *out, ptrdiff_t width)
{
    turn_four r[4];
    for (int i = 0; i < 4; i++) memcpy(&r[i], x + i * line, sizeof r[i]);
    turn_four a = PICK(turn_mask, r[0], r[1], 0, 4, 1, 5),
              b = PICK(turn_mask, r[2], r[3], 0, 4, 1, 5);
    turn_four c = PICK(turn_mask, r[0], r[1], 2, 6, 3, 7),
              d = PICK(turn_mask, r[2], r[3], 2, 6, 3, 7);
    r[0] = PICK(turn_mask, a, b, 0, 1, 4, 5), r[1] = PICK(turn_mask, a, b, 2, 3, 6, 7);
    r[2] = PICK(turn_mask, c, d, 0, 1, 4, 5), r[3] = PICK(turn_mask, c, d, 2, 3, 6, 7);
    for (int i = 0; i < 4; i++) memcpy(out + i * width, &r[i], sizeof r[i]);
}

#endif
