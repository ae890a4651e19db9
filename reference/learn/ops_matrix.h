// ops_matrix: the operations on a tape that multiply by a matrix, or look up its rows.
#ifndef GPT_OPS_MATRIX_H
#define GPT_OPS_MATRIX_H

#include <stdint.h>

#include "tape.h"
#include "weights.h"

enum { OP_NONE = -1 };  // in place of an input that is left out

// op_weights: a matrix w (O, C) in blocks, in the place of a leaf of floats.  Only the operations
// below can read it: it has no numbers on the tape, and so rank 0.  No gradient goes to it, nor
// through it.  w.data must stay.
int op_weights(struct tape *t, int O, int C, struct weights w);

// op_linear: x W^T + b on rows.  x (…, C), w (O, C), b (O) or OP_NONE; result (…, O).
// With w from op_weights no gradient may be wanted of x.
int op_linear(struct tape *t, int x, int w, int b);

// struct op_map: a function of rows that has no weights.  x, dx (N, parts * C); y, dy (N, C).
struct op_map {
    int parts;
    void (*forward)(int N, int C, const float *x, float *y);
    // backward adds to dx, and writes once more what forward wrote: y.
    void (*backward)(int N, int C, const float *x, const float *dy, float *dx, float *y);
};

// op_linear_of: f(x) W^T + b.  x (…, parts * C), and the rest as for op_linear.  f(x) is not kept:
// the backward computes it again, which costs next to nothing where f's slope needs the same.
// f must stay until then.
// Source: Chen et al. 2016, "Training deep nets with sublinear memory cost", section 4.
int op_linear_of(struct tape *t, const struct op_map *f, int x, int w, int b);

// op_embedding: rows of w by number.  ids (B, T), w (V, C); result (B, T, C).
// ids must stay as they are until after the backward.
int op_embedding(struct tape *t, int B, int T, const int32_t *ids, int w);

#endif
