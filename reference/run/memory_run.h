// memory_run: the memory of a training step's tape, as predicted and as measured.
#ifndef GPT_MEMORY_RUN_H
#define GPT_MEMORY_RUN_H

#include <stdio.h>

#include "gpt.h"
#include "memory.h"

// memory_run_measure takes one step of a GPT of this shape, on B sequences of T tokens, and returns
// what stands on the tape then.
struct memory memory_run_measure(const struct gpt_config *c, int B, int T);

// memory_run_table prints the prediction by kind of node; below it what is measured, if `measure`
// is 1.
void memory_run_table(const struct gpt_config *c, int B, int T, int measure, FILE *out);

#endif
