// train_batches: a step whose batches are computed by several threads at once.
//
// Kernels share their loops among threads, which pays where a loop is long.  In a small model most
// are too short, and threads wait for each other at the end of each.  Where a step has several
// batches (--accumulate), each thread can take a whole batch instead, with a tape and gradients of
// its own, and waits once.  As many batches as there are threads are a wave; behind each wave their
// gradients are added to the step's, from the first batch to the last.  That is train_accumulate's
// order of additions, and so the bits are the same.
#ifndef GPT_TRAIN_BATCHES_H
#define GPT_TRAIN_BATCHES_H

#include "train.h"

struct train_batches;

// train_batches_at_once sets *n to how many batches of a step `threads` threads compute at once, as
// --parallel asks; 1 is the kernels' way, train_step.  auto takes batches where a step has one for
// each thread and the model is so small that it pays.
//   ERR_VALUE  --parallel is none of its names; batches, and there is one a step, or a teacher,
//              whom only one batch can ask at a time
enum err train_batches_at_once(const struct train_options *o, const struct gpt_config *c,
                               int threads, int *n, struct error *e);

// train_batches_new makes the room for n batches of r at once, n >= 2.  r->gradient must not be the
// model's own.
struct train_batches *train_batches_new(struct train *r, int n);
void train_batches_free(struct train_batches *b);  // b may be NULL

// train_batches_step takes one step of r, like train_step, to the same bits.
int train_batches_step(struct train_batches *b);

#endif
