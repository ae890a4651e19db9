// ops_node: what an operation on rows asks of a tape, and records.
#ifndef GPT_OPS_NODE_H
#define GPT_OPS_NODE_H

#include "tape.h"

// op_rows counts the rows of a tensor: everything but the last dimension.
static inline int op_rows(const struct tape *t, int x)
{
    return (int)(tape_size(t, x) / (size_t)tape_dim(t, x, -1));
}

// op_shape copies x's shape and returns its rank.
static inline int op_shape(const struct tape *t, int x, int shape[TAPE_RANK])
{
    int rank = tape_rank(t, x);
    for (int i = 0; i < rank; i++) shape[i] = tape_dim(t, x, i);
    return rank;
}

// op_record records a result with x's shape but for the last dimension, which is C.
static inline int op_record(struct tape *t, int x, int C, int count, const int *inputs,
                            tape_backward_fn *backward, void *saved)
{
    int shape[TAPE_RANK], rank = op_shape(t, x, shape);
    shape[rank - 1] = C;
    return tape_record(t, rank, shape, count, inputs, backward, saved);
}

// op_input_grad and op_input_data are tape_grad and tape_data of a node's i-th input.
static inline float *op_input_grad(const struct tape *t, int node, int i)
{
    return tape_grad(t, tape_input(t, node, i));
}

static inline const float *op_input_data(const struct tape *t, int node, int i)
{
    return tape_data(t, tape_input(t, node, i));
}

#endif
