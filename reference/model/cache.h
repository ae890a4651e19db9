// cache: what attention needs of tokens that a model has read, kept: their keys and values in every
// layer.  Keys and values of a token depend on nothing behind it, so they stay as they are when the
// text goes on; a token more then costs a token, and not the whole text again.
//
// The logits are those of gpt_forward over the whole text, to the last bit, if `attend` sums as
// attention_forward does.
#ifndef GPT_CACHE_H
#define GPT_CACHE_H

#include <stddef.h>
#include <stdint.h>

#include "gpt.h"
#include "tape.h"

struct cache;

// cache_attend is attention of one token to S, the last of which is itself: generate_attend of
// run/generate.h says what its arguments are.  It is handed down, for a floor calls none above it.
typedef void cache_attend(int S, int H, int G, int D, const float *q, const float *keys,
                          const float *values, float *p, float *out);

// cache_new returns an empty cache for models of that shape; `most` tokens fit, at most the
// context.
struct cache *cache_new(const struct gpt_config *c, int most, cache_attend *attend);
void cache_free(struct cache *c);  // c may be NULL

// cache_bytes returns the memory of keys and values: 2 L G D floats a token.
size_t cache_bytes(const struct gpt_config *c, int tokens);

// cache_count returns how many tokens it holds, cache_most how many fit.
int cache_count(const struct cache *c);
int cache_most(const struct cache *c);

// cache_cut forgets all tokens but the first n; n <= cache_count.
void cache_cut(struct cache *c, int n);

// cache_extend reads n tokens more, n >= 1, which must fit, and returns their logits (n, V) as an
// array on the tape t, which is reset first.
const float *cache_extend(struct cache *c, const struct gpt *m, struct tape *t, int n,
                          const int32_t *tokens);

// cache_next returns the logits (V) of what follows ids[0..n), 1 <= n <= cache_most, as an array on
// t, which is reset.  What the cache holds of the beginning of ids is used, what it holds else is
// forgotten; so it may be asked about any text after any other.  *read receives how many tokens
// went through the model; may be NULL.
const float *cache_next(struct cache *c, const struct gpt *m, struct tape *t, int n,
                        const int32_t *ids, int *read);

#endif
