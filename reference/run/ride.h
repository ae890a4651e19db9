// ride: the loop around a language model.
//
// Seen from outside, a language model is one function: it is given a row of ids, whole numbers in
// [0, V), and returns V scores, one for each id that might come next.  The higher, the likelier.
#ifndef GPT_RIDE_H
#define GPT_RIDE_H

#include <stdint.h>

// ride_argmax returns the index of the highest of score[0..V), V >= 1; the first of several equal
// ones.
//   score  (V)  any numbers, below zero and -INFINITY too, but no NaN
// Cost: V - 1 comparisons.
int32_t ride_argmax(int V, const float *score);

// ride_model is such a function.  It returns the scores (V) of what may follow ids[0..n), which
// live until its next call, or NULL: the text ends here.  self is what it needs to know.
// A model may look at the last ids only: the one of `gpt generate` sees as many as its context
// (128 in checkpoints/stories), and returns NULL once the text of --stop has been written.
typedef const float *ride_model(void *self, int n, const int32_t *ids);

// ride_loop continues ids[0..n), 0 <= n <= room, in place: it asks the model what follows all the
// ids there are, appends the id of the highest score, and so on, until there are `room` ids or the
// model returns NULL.  Returns how many ids there are then.  Where there is no room left the
// model is not asked.
//   ids   (room)  what is behind the last id is left alone
//   room  in `gpt generate` the ids of the prompt and --tokens more, whatever the context
int ride_loop(int V, ride_model *model, void *self, int n, int room, int32_t *ids);

#endif
