// bpe: byte-pair encoding: learning a vocabulary from text, text to ids, ids to text.
//
// Source: Sennrich et al. 2016, "Neural machine translation of rare words with subword units",
// algorithm 1; Radford et al. 2019, section 2.2.
#ifndef GPT_BPE_H
#define GPT_BPE_H

#include <stddef.h>
#include <stdint.h>

#include "vocab.h"

// bpe_join puts `made` for every two neighbours (left, right) in ids[0..n), from left to right: an
// id belongs to one join at most, and `made` is not joined again.  Returns how many ids are left,
// at the start of ids.
// Cost: one pass.
size_t bpe_join(size_t n, int32_t *ids, int32_t left, int32_t right, int32_t made);

// bpe_train makes a vocabulary of at most `tokens` tokens, bytes and specials included, from
// text[0..size), any bytes, which are cut into pieces (pieces.h).  Merge i joins the pair of
// neighbouring tokens found at the most places inside pieces (in "aaa" the pair "aa" has two
// places) after merges 0 … i-1; among equals the pair with the smaller left id, then the smaller
// right id.  Special texts belong to no pair. It ends early when no pair has two places: vocab_size
// tells.
//   special  (specials)  as for vocab_new
//   ERR_VALUE  tokens < 256 + specials; the different pieces of the text have 2^31 bytes or more;
//              what vocab_new refuses
// Cost: M passes over the different pieces of the text.
enum err bpe_train(size_t size, const char *text, int tokens, int specials,
                   const char *const *special, struct vocab **v, struct error *e);

// bpe_encode turns text[0..size), any bytes, into *count ids in memory from malloc.  Special texts
// become their tokens: piece.special (pieces.h) is k for the k-th special token, whose id is
// 256 + M + k (vocab.h).  Every other piece begins as the ids of its bytes (vocab_byte_id); of the
// merges that join two neighbours anywhere in it, the one that was learned first is done at all its
// places, and so on, until none joins any.
// Cost: for each piece, as many passes as there are different merges in it.
int32_t *bpe_encode(const struct vocab *v, size_t size, const char *text, size_t *count);

// bpe_decode returns the bytes of ids[0..count) in memory from malloc, with a NUL behind them that
// *size does not count.  Every id must be in [0, V).
char *bpe_decode(const struct vocab *v, size_t count, const int32_t *ids, size_t *size);

#endif
