// attention_fast_rows: what attention_fast does with rows [from, to) of one head, to the bits of
// the functions in attention.h.  D is a multiple of 16, at most ATTENTION_FAST_DEEP; from is a
// multiple of ATTENTION_FAST_KEYS.  Maps are (T, T), as there.
#ifndef GPT_ATTENTION_FAST_ROWS_H
#define GPT_ATTENTION_FAST_ROWS_H

#include <stddef.h>

#include "vec.h"

// Keys that are turned together, and the largest head whose keys are.
enum { ATTENTION_FAST_KEYS = VEC_LANES, ATTENTION_FAST_DEEP = 256 };

// struct rows: row i begins at data + i * stride.
struct rows {
    const float *data;
    ptrdiff_t stride;
};

// rows_products writes z[t,s] = factor * (x[t] . y[s]) for s <= t, and `rest` behind them, up to
// whole ATTENTION_FAST_KEYS.
void rows_products(int from, int to, int T, int D, struct rows x, struct rows y, float factor,
                   float rest, float *z);

// rows_softmax makes probabilities of such scores, behind which -inf stands: the whole rows.
void rows_softmax(int from, int to, int T, float *z);

// rows_slopes makes ds of dp, behind which 0 stands, as attention_map_backward does; but what is
// behind it in the rows is left as it was.
void rows_slopes(int from, int to, int T, float scale, const float *p, float *ds);

// rows_mix is attention_mix, whose sums are added to y or written there.
void rows_mix(int from, int to, int T, int D, const float *map, struct rows x, float *y,
              ptrdiff_t y_stride, int add);

// rows_spread is attention_spread.
void rows_spread(int from, int to, int T, int D, int heads, const float *map, struct rows x,
                 float *y, ptrdiff_t y_stride);

#endif
