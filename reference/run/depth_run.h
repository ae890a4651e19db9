// depth_run: a stack of blocks at its first weights and in training: with the norm before each
// part, behind each addition, or nowhere.
#ifndef GPT_DEPTH_RUN_H
#define GPT_DEPTH_RUN_H

#include <stdint.h>
#include <stdio.h>

#include "block.h"
#include "corpus.h"
#include "dataset.h"
#include "error.h"
#include "gpt.h"
#include "optim.h"
#include "part_ids.h"
#include "tape.h"
#include "tokenizer.h"

enum depth_place { DEPTH_PRE, DEPTH_POST, DEPTH_NONE };

// struct depth_options: what a run may be told.
struct depth_options {
    const char *data;
    struct gpt_config shape;  // without vocab: characters
    enum depth_place place;
    float gain;  // matrices begin with a deviation of gain / sqrt(inputs)
    int scaled;  // 1: those that write to the residual stream are divided by sqrt(2 L), as in GPT-2
    int batch, steps, warmup;
    float lr;
    uint64_t seed;
};

struct depth_run {
    const struct depth_options *options;
    struct dataset data;
    struct tokenizer *tokenizer;
    struct part_ids train;
    struct corpus *corpus;
    struct gpt *model;  // has the tensors; the stack is put together here
    struct tape *tape;
    int32_t *tokens, *target;  // (batch, context)
    int *stream;               // (layers + 1)  nodes of the residual stream
    float *m, *v;              // (weights)  the optimizer's memory
};

// depth_run_open reads the data set, and makes a stack for its characters.  o must outlive r.
//   ERR_VALUE  a shape that gpt_config_check refuses, or a text too short
//   errors of dataset_read, train_tokenizer, part_ids_read
enum err depth_run_open(const struct depth_options *o, struct depth_run *r, struct error *e);
void depth_run_close(struct depth_run *r);

// depth_run_stats takes a batch through the stack and back, and prints a row for each layer:
//   stream  the deviation of what leaves it
//   dx      the deviation of the gradient of what leaves it, of the loss of one token
//   dW      the norm of the gradient of the layer's matrices, of the mean loss
// and the dW of the first layer divided by that of the last.
void depth_run_stats(struct depth_run *r, FILE *out);

// depth_run_train takes all the steps of AdamW, with a rate that rises over `warmup` steps and then
// stays.  Returns the mean loss, in nats a token, of the last tenth of them; NaN if a loss or a
// gradient is not finite.
double depth_run_train(struct depth_run *r);

#endif
