// pack: matrices copied into the order in which tiles of sums read them.
#ifndef GPT_PACK_H
#define GPT_PACK_H

#include <stddef.h>
#include <string.h>

#include "registers.h"
#include "turn.h"
#include "vec.h"

// pack_across copies, step by step, `full` lines into whole panels and `rest` into one more: the
// lines are side by side in x.
INLINE void pack_across(int width, int full, int rest, int deep, const float *x, ptrdiff_t step,
                        float *out)
{
    for (int k = 0; k < deep; k++, x += step, out += width) {
        for (int i = 0; i < full; i += width)
            memcpy(out + i * deep, x + i, sizeof *out * (size_t)width);
        if (rest) memcpy(out + full * deep, x + full, sizeof *out * (size_t)rest);
    }
}

// pack_along copies n lines into one panel; in fours, where a line's steps are side by side.
INLINE void pack_along(int width, int n, int deep, const float *x, ptrdiff_t line, ptrdiff_t step,
                       float *out)
{
    enum { RUN = 64 / sizeof *x };  // numbers of a cache line, read while it is there
    int fours = step == 1 ? n / 4 * 4 : 0, steps = deep / 4 * 4;
    for (int run = 0; run < steps; run += RUN)
        for (int j = 0; j < fours; j += 4)
            for (int k = run; k < (run + RUN < steps ? run + RUN : steps); k += 4)
                turn(x + j * line + k, line, out + k * width + j, width);
    for (int k = 0; k < deep; k++)
        for (int j = k < steps ? fours : 0; j < n; j++) out[k * width + j] = x[j * line + k * step];
}

// pack copies `lines` lines of x, `deep` steps along each, into panels: [panel][k][line of
// `width`]. Where a vector of the last panel is not full, what is missing in the panel is zero.
INLINE void pack(int width, int lines, int deep, const float *x, ptrdiff_t line, ptrdiff_t step,
                 float *out)
{
    int full = lines / width * width;
    if ((lines - full) % VEC_WIDTH)
        memset(out + full * deep, 0, sizeof *out * (size_t)(width * deep));
    if (line == 1)
        pack_across(width, full, lines - full, deep, x, step, out);
    else
        for (int i = 0; i < lines; i += width)
            pack_along(width, (lines - i < width ? lines - i : width), deep, x + i * line, line,
                       step, out + i * deep);
}

#endif
