// optim_run: optimizers on problems small enough to be drawn.
#ifndef GPT_OPTIM_RUN_H
#define GPT_OPTIM_RUN_H

#include <stdio.h>

#include "optimizer.h"

// struct valley: two weights x and y, and the loss (x^2 + curvature y^2) / 2: a long valley along
// x with steep sides.  Its gradient is (x, curvature y).
struct valley {
    float curvature;
    float x, y;  // where to begin
};

// optim_run_valley goes down the valley and prints a line for each step from 0, the beginning:
// step, x, y, loss.
//   o  step is not looked at
void optim_run_valley(struct valley place, enum optimizer which, const struct optim *o, int steps,
                      FILE *out);

// optim_run_matrix prints a line for each step of newton_schulz from 0, the matrix divided by its
// length: step, the four elements, the two singular values.
//   matrix  (2, 2)  row-major
void optim_run_matrix(const float *matrix, struct quintic p, int steps, FILE *out);

#endif
