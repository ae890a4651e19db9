// bpe_train: finds the merges for a text, fast.
#ifndef GPT_BPE_TRAIN_H
#define GPT_BPE_TRAIN_H

#include <stddef.h>

#include "bpe.h"

// bpe_train makes a vocabulary of at most `vocab` tokens, bytes and specials included, from
// text[0..size), any bytes.  Merge i joins the pair of neighbouring tokens found at the most
// places inside pieces (in "aaa" the pair "aa" has two places) after merges 0 … i-1; among equals
// the pair with the smaller left id, then the smaller right id.  Special texts belong to no pair.
// It ends early when no pair has two places: bpe_vocab tells.
//   special  (specials)  as for bpe_new
//   ERR_VALUE  vocab < 256 + specials; the different pieces of the text have 2^31 bytes or more;
//              what bpe_new refuses
// Cost: N log N for N bytes of different pieces, after one pass over the text.
enum err bpe_train(size_t size, const char *text, int vocab, int specials,
                   const char *const *special, struct bpe **b, struct error *e);

#endif
