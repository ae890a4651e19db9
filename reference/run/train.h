// train: the parts of a training run that main.c's `train` puts together.
#ifndef GPT_TRAIN_H
#define GPT_TRAIN_H

#include "checkpoint.h"
#include "dataset.h"
#include "error.h"
#include "gpt.h"
#include "tape.h"
#include "teacher.h"
#include "tokenizer.h"
#include "train_options.h"

// train_tokenizer learns the vocabulary that o->tokenizer asks for from the data, or reads the
// file it names; a resumed run reads its own.
//   ERR_UTF8, ERR_VALUE  chars only: a text is not UTF-8, or has U+0000, which tokenizer.json
//                        cannot hold; names file and byte
//   errors of bpe_train, tokenizer_file_read, model_tokenizer
enum err train_tokenizer(const struct train_options *o, const struct dataset *d,
                         struct tokenizer **t, struct error *e);

// train_loss returns the node of the run's loss, summed over the windows' targets.  *nats becomes
// their cross-entropy, which is what a run reports whatever its loss is.
//   teacher         NULL unless the loss needs one
//   tokens, target  (batch, context)
int train_loss(const struct gpt *m, struct tape *t, const struct train_options *o,
               struct teacher *teacher, const int32_t *tokens, const int32_t *target, float *nats);

// train_fold adds the model's gradients, those of one batch, to the step's, and zeroes them.
// Batches are folded one by one in their order, whoever computed them, so that the sum has the
// same bits however the work was divided.
//   sum  (weights)
void train_fold(const struct gpt *m, float *sum);

// train_update takes one step of the run's optimizer with the gradients in sum, clipped, and zeroes
// them.  s->step is the number of steps done before; it and the moments advance.
//   sum  (weights)
// Returns 1; 0 if the gradients are not finite: then nothing has changed.
int train_update(const struct gpt *m, const struct train_options *o, struct state *s, float *sum);

#endif
