// bigram_loss: any loss of kernels/losses for the bigram, and what it makes of the probabilities.
#ifndef GPT_BIGRAM_LOSS_H
#define GPT_BIGRAM_LOSS_H

#include <stdio.h>

#include "bigram.h"
#include "error.h"
#include "gradient.h"
#include "losses.h"

struct bigram_loss {
    const struct loss_kind *kind;
    float weight;
    const float *scores;  // the bigram's: a row's place says which teacher it has
    float *teacher;       // (V, V)  NULL if there is none
    float *slope;         // (V)
};

// bigram_loss_open finds the loss of that name for a bigram, which stays the caller's.  The teacher
// of kl is lesson 02's model: the same rows, smoothed shares of the counts.
//   weight  below 0 for the loss's own
//   ERR_VALUE  no such loss, or not its weight; then nothing is to be closed
enum err bigram_loss_open(const char *name, float weight, const struct bigram *b,
                          struct bigram_loss *l, struct error *e);
void bigram_loss_close(struct bigram_loss *l);

// bigram_loss_row returns what bigram_train needs: the gradient is the loss's, the number is the
// surprise, so that what is said on the way is in bits whatever the loss.  Cross-entropy is lesson
// 04's own.
struct row_loss bigram_loss_row(struct bigram_loss *l);

// bigram_loss_report prints how the bigram's probabilities fare on the part that was held back: as
// a table of one row, or with `bins` a row for each bin of confidence.
void bigram_loss_report(const struct bigram *b, const struct bigram_loss *l, int bins, FILE *out);

#endif
