// corpus: a long row of token ids, cut into the windows a model trains on.
//
// An epoch cuts the text into windows of T + 1 ids that overlap by one (the last target of a
// window is the first token of the next), beginning at an offset that differs from epoch to
// epoch, and visits them in a random order: every window once, none twice.  Which window is the
// i-th of a run depends on the seed and on i alone, so a position is one number.
#ifndef GPT_CORPUS_H
#define GPT_CORPUS_H

#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "random.h"

struct corpus;

// corpus_shuffle writes the numbers 0 … n-1 in an order drawn from r; n >= 1.
typedef void corpus_shuffle(struct random *r, uint32_t n, uint32_t *order);

// corpus_new reads windows of T from ids[0..n), which stays the caller's and must outlive it.
//   shuffle  orders the windows of an epoch; a run's is train_shuffle
//   ERR_VALUE  fewer than T + 1 ids: not one window
enum err corpus_new(size_t n, const int32_t *ids, int T, uint64_t seed, corpus_shuffle *shuffle,
                    struct corpus **out, struct error *e);
void corpus_free(struct corpus *c);  // c may be NULL

// corpus_next writes the next B windows.
//   tokens, target  (B, T)  target[b,t] is the id that follows tokens[b,t] in the text
void corpus_next(struct corpus *c, int B, int32_t *tokens, int32_t *target);

// corpus_answers lets the targets come from other ids: the one behind tokens[b,t] is answers[i]
// where it was ids[i].
//   answers  (n)  stays the caller's and must outlive the corpus
void corpus_answers(struct corpus *c, const int32_t *answers);

// corpus_position returns how many windows were taken; corpus_seek continues from there.
uint64_t corpus_position(const struct corpus *c);
void corpus_seek(struct corpus *c, uint64_t position);

// corpus_windows returns how many windows an epoch has.
size_t corpus_windows(const struct corpus *c);

#endif
