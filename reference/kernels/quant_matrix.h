// quant_matrix: a matrix of weights as floats or in one of quant.h's blocks, behind one contract.
//
// In files a matrix is its rows, one behind the other.  In memory it is arranged as quant_linear
// reads it best; quant_matrix_fill does that, once, and only these functions know how.
#ifndef GPT_QUANT_MATRIX_H
#define GPT_QUANT_MATRIX_H

#include <stddef.h>

enum quant_type { QUANT_F32, QUANT_Q8_0, QUANT_Q4_0, QUANT_TYPES };

// quant_name returns "F32", "Q8_0" or "Q4_0", as GGUF and llama.cpp call them.
const char *quant_name(enum quant_type type);

// quant_fits returns whether rows of C numbers can be of that type: whether they are whole blocks.
int quant_fits(enum quant_type type, int C);

// quant_row_bytes returns the bytes of a row of C numbers in a file; the type must fit.
size_t quant_row_bytes(enum quant_type type, int C);

// quant_rows writes O rows of C floats as they stand in files, and quant_rows_floats reads them.
//   x  (O, C)   rows  O * quant_row_bytes
void quant_rows(enum quant_type type, int O, int C, const float *x, void *rows);
void quant_rows_floats(enum quant_type type, int O, int C, const void *rows, float *x);

// quant_rows_bad returns the first of O rows that has a scale that is no finite number, which no
// finite weights make, or -1.  Of QUANT_F32 it asks nothing.
int quant_rows_bad(enum quant_type type, int O, int C, const void *rows);

// struct quant_matrix: a view of a matrix in memory.  A matrix of floats is (O, C) row-major.
struct quant_matrix {
    enum quant_type type;
    const void *data;
};

// quant_matrix_bytes returns the memory that a matrix takes: of a few rows more than it has, where
// it is arranged in groups of rows.
size_t quant_matrix_bytes(enum quant_type type, int O, int C);

// quant_matrix_fill arranges rows as they stand in files.
//   rows  O * quant_row_bytes   data  quant_matrix_bytes; does not overlap rows
void quant_matrix_fill(enum quant_type type, int O, int C, const void *rows, void *data);

// quant_matrix_row writes row o as floats: what an embedding looks up.
//   y  (C)
void quant_matrix_row(struct quant_matrix w, int O, int C, int o, float *y);

// quant_linear: y[n,o] = sum_c x[n,c] * w[o,c] + b[o], as linear_forward for QUANT_F32, to its
// bits. For blocks, x is rounded to Q8_0 first, and the sum is quant_dot_q8_0 or quant_dot_q4_0.
// Where an x is not finite, the y of its row are NaN.
//   x  (N, C)   w  (O, C)   b  (O) or NULL   y  (N, O); overlaps none of them
// Cost: 2 N C O operations; with N = 1 the time is that of reading w.
void quant_linear(int N, int C, int O, const float *x, struct quant_matrix w, const float *b,
                  float *y);

#endif
