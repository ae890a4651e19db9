// blocks_run: what rounding to blocks (quant.h) does to the weights of a model.
//
// Rounded are its matrices, the embedding among them.  The table of positions is not, and is left
// out, as it is in files (model_gguf.h).
#ifndef GPT_BLOCKS_RUN_H
#define GPT_BLOCKS_RUN_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "error.h"
#include "gpt.h"

// blocks_round rounds n numbers and back again, in blocks of `block`, of which n is a multiple: as
// quant_to_q8_0 would (bits = 8), or as quant_to_q4_0 would if it had that many bits, 2 … 7.
void blocks_round(int bits, int block, size_t n, float *x);

// blocks_run_tensors prints a row for each matrix, tab-separated: its name, rows and columns, its
// largest |w| in root mean squares, and for Q8_0 and Q4_0 the root mean square of what rounding
// changes, in percent of that of the weights.  Rows that are not whole blocks have "-" there.
void blocks_run_tensors(const struct gpt *m, FILE *out);

// blocks_run_row prints the first block of a matrix's row: in a line the two scales; then for each
// number the number itself, and for Q8_0 and Q4_0 its integer and what that stands for.
//   ERR_VALUE  there is no such matrix, it has no such row, or its rows are not whole blocks
enum err blocks_run_row(const struct gpt *m, const char *matrix, int row, FILE *out,
                        struct error *e);

// struct blocks_text: a text to measure the loss on.
struct blocks_text {
    size_t n, bytes;
    const int32_t *ids;
};

// blocks_run_sizes prints a row for each size of block, from 8 up to the longest that cuts every
// row of every matrix: the size, the bits of a weight, its scale's share included, and the error of
// all matrices as above.  With a text also the loss in bits per byte.
//   outlier  if not 0: first the first weight of every row is put at so many root mean squares of
//   its
//            matrix; it is left out of the error
// m is as before afterwards.
enum err blocks_run_sizes(struct gpt *m, int bits, int block, float outlier,
                          const struct blocks_text *text, FILE *out, struct error *e);

#endif
