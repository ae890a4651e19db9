// bpe_encode: text to ids, fast.
#ifndef GPT_BPE_ENCODE_H
#define GPT_BPE_ENCODE_H

#include <stddef.h>
#include <stdint.h>

#include "bpe.h"

// bpe_encode turns text[0..size), any bytes, into *count ids in memory from malloc.  Special texts
// become their tokens.  In every other piece the earliest merge that applies is done first, from
// left to right, until none applies.
// Cost: n log n in the length of a piece, whatever is in it.
int32_t *bpe_encode(const struct bpe *b, size_t size, const char *text, size_t *count);

#endif
