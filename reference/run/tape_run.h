// tape_run: the tape at work on numbers small enough to follow, and beside lesson 06.
#ifndef GPT_TAPE_RUN_H
#define GPT_TAPE_RUN_H

#include <stdint.h>
#include <stdio.h>

// tape_run_example records h = x W, y = h h, L = sum of y with x = (1, 2) and W = ((3, 4), (5, 6)),
// goes backward from L, and prints every node with its data and its gradient.  With detach = 1 the
// second factor of y is detached from h.
void tape_run_example(int detach, FILE *out);

// tape_run_compare makes a layer, tanh(x W + b), summed up to one number, twice: of scalars and of
// tensors; prints the nodes and bytes that either takes and how far their gradients differ at most.
//   rows     of x
//   inputs   of each row     units  results of each row
void tape_run_compare(int rows, int inputs, int units, uint64_t seed, FILE *out);

#endif
