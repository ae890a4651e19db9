// weights: a matrix of weights as floats or in one of quant.h's blocks, behind one contract.
//
// In files a matrix is its rows, one behind the other.  In memory it is arranged as weights_linear
// reads it best (quant_fast.h); weights_fill does that, once, and only these functions know
// how. Floats stay as they are.
#ifndef GPT_WEIGHTS_H
#define GPT_WEIGHTS_H

#include "quant_rows.h"

// struct weights: a view of a matrix in memory.  A matrix of floats is (O, C) row-major.
struct weights {
    enum quant_type type;
    const void *data;
};

// weights_bytes returns the memory that a matrix takes: that of its rows and, where they are
// arranged in groups, of those that the last group lacks.
size_t weights_bytes(enum quant_type type, int O, int C);

// weights_fill arranges rows as they stand in files.  Their scales must be finite
// (quant_rows_bad).
//   rows  O * quant_row_bytes   data  weights_bytes; does not overlap rows
void weights_fill(enum quant_type type, int O, int C, const void *rows, void *data);

// weights_row writes row o as floats: what an embedding looks up.
//   y  (C)
void weights_row(struct weights w, int C, int o, float *y);

// weights_linear: y[n,o] = sum_c x[n,c] * w[o,c] + b[o]: for QUANT_F32 linear_forward, for blocks
// what quant_rows_linear gives, to the bits of either.
//   x  (N, C)   w  (O, C)   b  (O) or NULL   y  (N, O); overlaps none of them
// Cost: 2 N C O operations; with N = 1 the time is that of reading w.
void weights_linear(int N, int C, int O, const float *x, struct weights w, const float *b,
                    float *y);

#endif
