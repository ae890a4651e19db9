// quant_fast: quant_rows_linear, faster, to the same bits.
//
// SIDE rows stand side by side: a vector holds four numbers of each, and one instruction, where the
// machine has it, multiplies them by four numbers of x and adds them up, row by row.  So no sum has
// to be gathered from a vector's lanes, and the weights are read once, in the order in which they
// stand.  llama.cpp repacks weights likewise (ggml-cpu/repack.cpp).
#ifndef GPT_QUANT_FAST_H
#define GPT_QUANT_FAST_H

#include <stddef.h>

#include "quant_rows.h"

// quant_fast_bytes returns the memory of O rows that stand side by side; the last ones' neighbours
// may be missing, and are zeros.
size_t quant_fast_bytes(enum quant_type type, int O, int C);

// quant_fast_fill puts rows side by side.  Their scales must be finite (quant_rows_bad).
//   rows  O * quant_row_bytes   data  quant_fast_bytes; does not overlap rows
void quant_fast_fill(enum quant_type type, int O, int C, const void *rows, void *data);

// quant_fast_row writes row o as floats.
//   y  (C)
void quant_fast_row(enum quant_type type, int C, int o, const void *data, float *y);

// quant_fast_linear: quant_rows_linear's contract, but for rows side by side.
void quant_fast_linear(enum quant_type type, int N, int C, int O, const float *x, const void *data,
                       const float *b, float *y);

#endif
