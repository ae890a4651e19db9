// bench_picture: what was measured, as pictures.
#ifndef GPT_BENCH_PICTURE_H
#define GPT_BENCH_PICTURE_H

#include "bench_report.h"

// bench_picture_roofline draws, for each setting, what its kernels reach on all threads: operations
// a second against operations a byte, both as logarithms, under the two limits.
// bench_picture_scaling draws how many times as fast as one thread several take a step.
// A report without steps has neither: nothing is drawn.
//   ERR_IO  gnuplot is missing or it failed; svg cannot be written
enum err bench_picture_roofline(const struct bench_report *r, const char *svg, struct error *e);
enum err bench_picture_scaling(const struct bench_report *r, const char *svg, struct error *e);

#endif
