// shape_run: what a shape of a model costs, part by part, without making the model.
#ifndef GPT_SHAPE_RUN_H
#define GPT_SHAPE_RUN_H

#include <stdio.h>

#include "error.h"
#include "gpt.h"

#define SHAPE_RUN_NAMES "gpt2, gpt2-medium, gpt2-large, gpt2-xl, tinyllama, llama2-7b or llama2-70b"

// shape_run_named finds the shape of published weights.
//   ERR_VALUE  there are none of that name
enum err shape_run_named(const char *name, struct gpt_config *c, struct error *e);

// shape_run prints a row for each part, tab-separated: its name, its weights, and their share in
// percent; then the operations for one token of a full context, and the bytes for training.
void shape_run(const struct gpt_config *c, FILE *out);

#endif
