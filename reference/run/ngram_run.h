// ngram_run: a model of counts at work on a data set: its scores in a table, and text.
#ifndef GPT_NGRAM_RUN_H
#define GPT_NGRAM_RUN_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "dataset.h"
#include "error.h"
#include "ngram.h"
#include "part_ids.h"
#include "tokenizer.h"
#include "train_options.h"

struct ngram_run {
    struct dataset data;
    struct tokenizer *tokenizer;
    struct part_ids train, val;
    struct ngram *model;  // counted on train
};

// ngram_run_open reads the data set, makes the vocabulary as `gpt train` does, and counts the part
// to train on.
//   order  of the model, at least 1
//   o      data, tokenizer and vocab are looked at
//   ERR_VALUE  a part has more than INT32_MAX tokens
//   errors of dataset_read, train_tokenizer, tokenizer_encode
enum err ngram_run_open(int order, const struct train_options *o, struct ngram_run *r,
                        struct error *e);
void ngram_run_close(struct ngram_run *r);

// ngram_run_table prints a row for each order from 0, the uniform distribution, to the model's: how
// many different contexts and rows it has met; the surprise of the validation part in bits per
// token and per byte; and with `both` that of the part that was counted, per byte.
void ngram_run_table(const struct ngram_run *r, int both, FILE *out);

// ngram_run_write writes the prompt to out, and behind it `tokens` tokens drawn from the model.
// It stops early if out cannot be written.
//   ERR_UTF8, ERR_SYMBOL  the prompt cannot be encoded
enum err ngram_run_write(const struct ngram_run *r, const char *prompt, int tokens, uint64_t seed,
                         FILE *out, struct error *e);

#endif
