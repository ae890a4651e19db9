// bpe_fast_encode: bpe_encode, fast.
#ifndef GPT_BPE_FAST_ENCODE_H
#define GPT_BPE_FAST_ENCODE_H

#include <stddef.h>
#include <stdint.h>

#include "vocab.h"

// bpe_fast_encode does what bpe_encode does (bpe.h), to the same ids.
// Cost: n log n in the length of a piece, whatever is in it.
int32_t *bpe_fast_encode(const struct vocab *v, size_t size, const char *text, size_t *count);

#endif
