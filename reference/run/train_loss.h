// train_loss: the loss that a run makes smaller, whichever it was told to take.
#ifndef GPT_TRAIN_LOSS_H
#define GPT_TRAIN_LOSS_H

#include <stdint.h>

#include "gpt.h"
#include "tape.h"
#include "teacher.h"
#include "train_options.h"

// train_loss returns the node of the run's loss, summed over the windows' targets.  *nats becomes
// their cross-entropy, which is what a run reports whatever its loss is.
//   teacher         NULL unless the loss needs one
//   tokens, target  (batch, context)
int train_loss(const struct gpt *m, struct tape *t, const struct train_options *o,
               struct teacher *teacher, const int32_t *tokens, const int32_t *target, float *nats);

#endif
