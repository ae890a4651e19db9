// bpe_fast_train: bpe_train, fast.
#ifndef GPT_BPE_FAST_TRAIN_H
#define GPT_BPE_FAST_TRAIN_H

#include <stddef.h>

#include "vocab.h"

// bpe_fast_train does what bpe_train does (bpe.h), to the same merges.
// Cost: N log N for N bytes of different pieces, after one pass over the text.
enum err bpe_fast_train(size_t size, const char *text, int tokens, int specials,
                        const char *const *special, struct vocab **v, struct error *e);

#endif
