// train: what a training run does again and again: shuffle, judge, one step; and how it goes on.
//
// Given beside it: corpus.h deals out the windows, train_loss.h is the loss, checkpoint.h the files
// of a run, evaluate.h asks train_evaluate, and main.c puts all of it together.
#ifndef GPT_TRAIN_H
#define GPT_TRAIN_H

#include <stddef.h>
#include <stdint.h>

#include "checkpoint.h"
#include "corpus.h"
#include "doubt.h"
#include "error.h"
#include "gpt.h"
#include "random.h"
#include "tape.h"
#include "teacher.h"
#include "train_options.h"

// struct train: a run between two steps, and the room that a step needs.
struct train {
    const struct train_options *o;
    struct gpt *model;
    struct corpus *corpus;
    struct teacher *teacher;   // for train_loss; NULL unless the loss needs one
    struct doubt *doubt;       // for train_loss; NULL: every target counts
    struct tape *tape;         // for whatever is computed; its user resets it first
    int32_t *tokens, *target;  // (batch, context)  room for one batch
    float *gradient;  // (weights)  zeros between two steps; may be gpt_grad(model) if o->accumulate
                      // is 1
    struct state state;  // step, position, loss; the optimizer's memory m, v
};

// train_shuffle writes the numbers 0 … n-1 in an order drawn from r, any order as likely as any
// other: they begin in their natural order; then for i = n-1, n-2, … 1 the number at i changes
// places with that at j = random_below(r, i + 1).  Nothing else is drawn.
//   order  (n)  n >= 1
// Source: Fisher & Yates, in Durstenfeld's form (1964, "Algorithm 235").
void train_shuffle(struct random *r, uint32_t n, uint32_t *order);

// train_window copies the window of T tokens that begins at ids[begin], and the token that follows
// each of them.  A token that nothing follows, and whatever is behind the end of the text, is
// padding: its token is 0 and its target -1.  Returns the number of targets that are not.
//   ids             (n)
//   tokens, target  (T)
int train_window(size_t n, const int32_t *ids, size_t begin, int T, int32_t *tokens,
                 int32_t *target);

// train_evaluate returns the mean cross-entropy, in nats per token, over ids[1 … n-1]: the sum of
// their losses divided by how many there are.  T is the model's context.  The text is cut into the
// fewest windows of T that do not overlap, those of train_window; window i begins at ids[i T].
//   ids   (n)  n >= 2
//   most  windows to use, 0 for all.  Where there are more, those used are spread over the text:
//         the i-th of them is window i * windows / most, rounded down, and the mean is over theirs
//   rows  at least 1; the model sees at most that many windows at once, the last time what is left
// The tape is reset before the windows of each forward, which may lie on it, and no gradient is
// computed (learn is 0).
double train_evaluate(const struct gpt *m, struct tape *t, size_t n, const int32_t *ids,
                      size_t most, size_t rows);

// train_fold adds the model's gradients, those of one batch, to the step's, and zeroes them.
// Batches are folded one by one in their order, whoever computed them, so that the sum has the
// same bits however the work was divided.
//   sum  (weights)  where a step is one batch it may be the model's gradients themselves: then they
//                   are the sum already, and stay as they are
void train_fold(const struct gpt *m, float *sum);

// train_accumulate adds the gradients of one step to r->gradient and returns its loss: the mean
// over the targets of o->accumulate batches of o->batch windows, the next of the corpus.  Each
// batch goes through train_loss and back alone, and is folded.  What goes back is 1 / total, total
// being the targets of the whole step: this one place turns sums into means.
//   loss  whatever the run's loss is, the cross-entropy of its batches: *nats of train_loss, added
//         up and divided by total
float train_accumulate(struct train *r);

// train_update takes the next step of the run's optimizer with r->gradient, then zeroes it.
//   rate      learning_rate of r->state.step, the number of steps done before: o->warmup, o->steps,
//             from o->lr down to o->lr * o->lr_end
//   clipping  to o->clip, by the norm of the whole gradient, all tensors together
//   tensors   gpt_param(m, 0), 1 …: each by optimizer_step, with its part of the gradient and of
//             the memory m, v, which lie in the same order, one after the other
// r->state.step advances by 1.
// Returns 1; 0 if the norm is not finite: then weights, memory and step are as before, and the run
// is over (what is left in r->gradient does not matter).
int train_update(struct train *r);

// train_step takes one step: train_accumulate, train_update.  r->state.loss becomes the step's
// loss, r->state.position the corpus's.
// Returns 1; 0 if the loss is not finite, or train_update returned 0: then weights, memory, step,
// loss and position in r->state are as before.
int train_step(struct train *r);

// train_resume goes on with the run in o->out: weights and r->state as checkpoint_load reads them,
// and the corpus continues where that run was.
//   errors of checkpoint_load
enum err train_resume(struct train *r, struct error *e);

#endif
