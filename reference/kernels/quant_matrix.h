// quant_matrix: a matrix of weights as floats or in one of quant.h's blocks, behind one contract.
//
// In files a matrix is its rows, one behind the other.  In memory it is arranged as quant_linear
// reads it best (quant_fast.h); quant_matrix_fill does that, once, and only these functions know
// how. Floats stay as they are.
#ifndef GPT_QUANT_MATRIX_H
#define GPT_QUANT_MATRIX_H

#include "quant_rows.h"

// struct quant_matrix: a view of a matrix in memory.  A matrix of floats is (O, C) row-major.
struct quant_matrix {
    enum quant_type type;
    const void *data;
};

// quant_matrix_bytes returns the memory that a matrix takes: that of its rows and, where they are
// arranged in groups, of those that the last group lacks.
size_t quant_matrix_bytes(enum quant_type type, int O, int C);

// quant_matrix_fill arranges rows as they stand in files.  Their scales must be finite
// (quant_rows_bad).
//   rows  O * quant_row_bytes   data  quant_matrix_bytes; does not overlap rows
void quant_matrix_fill(enum quant_type type, int O, int C, const void *rows, void *data);

// quant_matrix_row writes row o as floats: what an embedding looks up.
//   y  (C)
void quant_matrix_row(struct quant_matrix w, int C, int o, float *y);

// quant_linear: y[n,o] = sum_c x[n,c] * w[o,c] + b[o]: for QUANT_F32 linear_forward, for blocks
// what quant_rows_linear gives, to the bits of either.
//   x  (N, C)   w  (O, C)   b  (O) or NULL   y  (N, O); overlaps none of them
// Cost: 2 N C O operations; with N = 1 the time is that of reading w.
void quant_linear(int N, int C, int O, const float *x, struct quant_matrix w, const float *b,
                  float *y);

#endif
