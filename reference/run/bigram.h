// bigram: lesson 02's model of order 2 again, found by walking downhill instead of counting.
//
// The model is a table of scores, a row for each id.  What P(v | the id before) is says softmax of
// that id's row.  Training begins with zeros, draws pairs of neighbours from the text, and takes a
// gradient step for each batch of them (learn/gradient).
#ifndef GPT_BIGRAM_H
#define GPT_BIGRAM_H

#include <stdint.h>
#include <stdio.h>

#include "error.h"
#include "gradient.h"
#include "ngram_run.h"

struct bigram_options {
    const char *data;  // as for dataset_read; a token is a character
    int steps, batch;
    float lr, lr_end;  // the learning rate, and what it comes down to, as learning_rate does
    uint64_t seed;     // of the draw
};

struct bigram {
    struct ngram_run text;  // the data set, both parts as ids, and the model of counts, order 2
    int V;                  // ids
    float *scores;          // (V, V)  of what comes after (columns) what (rows)
    int64_t *train, *val;   // (V, V)  how often each pair stands in either part
};

// bigram_open reads the data set, counts it, and makes scores that are all 0.
//   ERR_VALUE  a part has fewer than 2 tokens
//   errors of ngram_run_open
enum err bigram_open(const struct bigram_options *o, struct bigram *b, struct error *e);
void bigram_close(struct bigram *b);

// bigram_train takes o->steps gradient steps of that loss, and says on stderr how far it is.
//   trace  rows of the step and the surprise of the two parts in bits per byte: before the first
//   step,
//          after the last, and further and further apart between; NULL for none
// Returns 1; 0 if the loss is no number any more: then it has stopped early.
int bigram_train(struct bigram *b, const struct bigram_options *o, const struct row_loss *loss,
                 FILE *trace);

// bigram_bits returns the surprise of a part in bits per byte, as the scores say.  The first id,
// which nothing comes before, is one of V.
//   times  (V, V)  b->train or b->val
double bigram_bits(const struct bigram *b, const int64_t *times, const struct part_ids *part);

// bigram_table prints what the scores have come to beside what counting gives: shares of the
// counts, and the smoothed ones of lesson 02.
void bigram_table(const struct bigram *b, FILE *out);

#endif
