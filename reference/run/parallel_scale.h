// parallel_scale: how much faster a training step becomes with more threads, and by Amdahl's law
// could.
#ifndef GPT_PARALLEL_SCALE_H
#define GPT_PARALLEL_SCALE_H

#include <stdio.h>

#include "error.h"

// parallel_scale_run takes training steps of a small GPT, gpt bench's setting b, two batches a step
// or one for each thread, on 1, 2, 4 … threads: with the threads in the kernels, and with a batch
// for each.  It prints how many times as fast they are, and the share of the step that seems to be
// serial:
//   serial = (1 / S - 1 / n) / (1 - 1 / n), S times as fast on n threads
//   rounds  of measuring, 0 for as many as fit into some seconds
//   dir     where scaling.svg goes, with Amdahl's lines; "" for none
//   ERR_IO  it cannot be written, gnuplot is missing or it failed
// Sources: Amdahl 1967, "Validity of the single processor approach to achieving large scale
// computing capabilities"; Karp & Flatt 1990, "Measuring parallel processor performance".
enum err parallel_scale_run(int threads, int rounds, const char *dir, FILE *out, struct error *e);

#endif
