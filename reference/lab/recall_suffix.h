// recall_suffix: what lesson reso learns of a text, token by token, as a memory beside a model.
#ifndef GPT_RECALL_SUFFIX_H
#define GPT_RECALL_SUFFIX_H

#include "recall.h"

// RECALL_SUFFIX remembers what followed each row of tokens, the longest of RECALL_SUFFIX_LEVELS, by
// resonance (reso.h).
enum { RECALL_SUFFIX_LEVELS = 7 };
extern const struct recall_kind RECALL_SUFFIX;

#endif
