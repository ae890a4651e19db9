#include "fast.h"

#ifdef MINE_attention
#include "attention.h"
const struct fast FAST = {attention_forward, attention_backward};
#else
#include "attention_fast.h"
const struct fast FAST = {attention_fast_forward, attention_fast_backward};
#endif
