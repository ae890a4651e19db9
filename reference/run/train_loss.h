// train_loss: the loss that a run makes smaller, whichever it was told to take.
#ifndef GPT_TRAIN_LOSS_H
#define GPT_TRAIN_LOSS_H

#include <stdint.h>

#include "gpt.h"
#include "tape.h"
#include "train.h"

// train_loss returns the node of the run's loss, summed over the windows' targets.  *nats becomes
// their cross-entropy, which is what a run reports whatever its loss is.
//   r               whose options, teacher and doubts it takes; several threads may do so at once,
//                   unless there is a teacher
//   m, t            r's model and tape, or others in their place
//   tokens, target  (batch, context)
int train_loss(const struct train *r, const struct gpt *m, struct tape *t, const int32_t *tokens,
               const int32_t *target, float *nats);

#endif
