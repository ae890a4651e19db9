// memory_run: the memory of a training step's tape, measured beside the prediction.
#ifndef GPT_MEMORY_RUN_H
#define GPT_MEMORY_RUN_H

#include <stdio.h>

#include "gpt.h"
#include "memory.h"
#include "mlp.h"

// memory_run_gpt takes one step of a GPT of this shape, on B sequences of T tokens, and returns
// what stands on the tape then.  memory_run_mlp does so with N windows.
struct memory memory_run_gpt(const struct gpt_config *c, enum gpt_attention how, int B, int T);
struct memory memory_run_mlp(const struct mlp_config *c, int N);

// memory_run_table prints a prediction by kind of node, and what was measured, unless it is NULL.
void memory_run_table(const struct memory kind[MEMORY_KINDS], const struct memory *measured,
                      FILE *out);

#endif
