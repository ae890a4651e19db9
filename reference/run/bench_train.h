// bench_train: a training step of one setting, timed on one thread and on more, and its parts.
#ifndef GPT_BENCH_TRAIN_H
#define GPT_BENCH_TRAIN_H

#include <stdio.h>

#include "bench_report.h"
#include "bench_step.h"

// struct bench_memory: bytes that a step has in use at most.
struct bench_memory {
    size_t measured, whole, predicted;  // whole: with the program itself
};

// bench_train measures a setting, prints it and adds it to the report.
//   rounds  0 for as many as fit into some seconds
void bench_train(const struct bench_setting *s, const struct bench_memory *m, int rounds,
                 struct bench_report *r, FILE *to);

#endif
