// quant_rows: rows of weights as files have them, as floats or in one of quant.h's blocks.
#ifndef GPT_QUANT_ROWS_H
#define GPT_QUANT_ROWS_H

#include <stddef.h>

enum quant_type { QUANT_F32, QUANT_Q8_0, QUANT_Q4_0, QUANT_TYPES };

enum { QUANT_LONGEST = 1 << 16 };  // numbers of a row in blocks, at most

// quant_name returns "F32", "Q8_0" or "Q4_0", as GGUF and llama.cpp call them.
const char *quant_name(enum quant_type type);

// quant_fits returns whether rows of C numbers can be of that type: any as floats; in blocks those
// that are whole blocks, of QUANT_LONGEST numbers at most.
int quant_fits(enum quant_type type, int C);

// quant_row_bytes returns the bytes of a row of C numbers, which must fit.
size_t quant_row_bytes(enum quant_type type, int C);

// quant_rows writes O rows of C floats, and quant_rows_floats reads them.
//   x  (O, C)   rows  O * quant_row_bytes
void quant_rows(enum quant_type type, int O, int C, const float *x, void *rows);
void quant_rows_floats(enum quant_type type, int O, int C, const void *rows, float *x);

// quant_rows_bad returns the first of O rows that has a scale that is no finite number, which no
// finite weights make, or -1.  Of QUANT_F32 it asks nothing.
int quant_rows_bad(enum quant_type type, int O, int C, const void *rows);

// What weights does with matrices that stay as they are in files; quant_fast has the same
// four.
//   quant_rows_bytes   the memory of O rows
//   quant_rows_fill    copies O rows to data, which does not overlap them
//   quant_rows_row     row o as floats, y (C)
size_t quant_rows_bytes(enum quant_type type, int O, int C);
void quant_rows_fill(enum quant_type type, int O, int C, const void *rows, void *data);
void quant_rows_row(enum quant_type type, int C, int o, const void *data, float *y);

// quant_rows_linear: y[n,o] = the dot product of x[n] and row o, + b[o], by quant.h's functions:
// x[n] is rounded to Q8_0 first.  If any of it is not finite, y[n] is NaN.  Not for QUANT_F32.
//   x  (N, C)   rows  O * quant_row_bytes   b  (O) or NULL   y  (N, O); overlaps none of them
// Cost: 2 N C O operations.
void quant_rows_linear(enum quant_type type, int N, int C, int O, const float *x, const void *rows,
                       const float *b, float *y);

#endif
