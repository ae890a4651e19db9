// compare: whether two runs of the same setting agree, from their loss.tsv.
//
// The same program gives the same bits.  Another one that computes the same, such as a learner's,
// rounds in other places: its first loss is nearly the same, and the roundings then grow from step
// to step, until at the end the two differ as two runs with other seeds do.
#ifndef GPT_COMPARE_H
#define GPT_COMPARE_H

#include <stdio.h>

#include "error.h"

// COMPARE_SPREAD: how far apart the last validations of the demo's five seeds were (lesson 15), in
// bits per byte.
#define COMPARE_SPREAD 0.0027f

// compare_runs prints how far the run in b is from the run in a, and sets *agree to whether that is
// within bounds:
//   loss of the first step              1e-5 of it
//   losses of the first ten steps       1e-3 of them
//   validation after the last step      `spread` bits per byte
//   ERR_IO      a loss.tsv cannot be read
//   ERR_FORMAT  it is none; names the line
//   ERR_MATCH   it ends too early to be compared, or the runs have other numbers of steps
enum err compare_runs(const char *a, const char *b, double spread, FILE *f, int *agree,
                      struct error *e);

#endif
