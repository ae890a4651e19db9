// rungs: where this floor has a plain and a fast version of an operation, the one that is used.
//
// The lowest rung is a lesson's, written to be read; the higher ones do the same, faster.
//   operation  plain        fast
//   train      bpe_train    bpe_fast_train
//   encode     bpe_encode   bpe_fast_encode
// The program takes the fast ones.  Where it is built from a learner's lessons (`make mine`),
// lesson bpe's own are taken if it has passed: then rungs.c is compiled with -DMINE_bpe.
#ifndef GPT_RUNGS_H
#define GPT_RUNGS_H

#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "vocab.h"

// struct rungs: the functions; bpe.h has their contracts.
struct rungs {
    enum err (*train)(size_t size, const char *text, int tokens, int specials,
                      const char *const *special, struct vocab **v, struct error *e);
    int32_t *(*encode)(const struct vocab *v, size_t size, const char *text, size_t *count);
};

extern const struct rungs RUNGS;

#endif
