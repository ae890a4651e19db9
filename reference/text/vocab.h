// vocab: a byte-level byte-pair vocabulary, its ids laid out as GPT-2 does.
//
//   0 … 255         the single bytes: first '!' … '~', 0xA1 … 0xAC, 0xAE … 0xFF in order, then
//                   the other 68 in order
//   256 … 255 + M   merge i makes token 256 + i, whose bytes are those of its two parts
//   256 + M …       the special tokens, which no merge makes and no merge uses
// Any bytes can be written.  Source: Sennrich et al. 2016, "Neural machine translation of rare
// words with subword units", algorithm 1; Radford et al. 2019, section 2.2.
#ifndef GPT_VOCAB_H
#define GPT_VOCAB_H

#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "pieces.h"

// The special token that parts one document from the next.  GPT-2 has this one only.
#define VOCAB_END_OF_TEXT "<|endoftext|>"

enum { VOCAB_BYTES = 256 };

struct vocab;

// vocab_new makes a vocabulary from a list of merges.
//   merge    (merges, 2)  the two ids that merge i joins, each below 256 + i
//   special  (specials)   texts that become one token each wherever they occur
//   ERR_VALUE  a merge joins an id out of range or makes the bytes of an earlier token; all tokens
//              together exceed 1 GiB; a special text is empty, not UTF-8, or there twice
enum err vocab_new(int merges, const int32_t *merge, int specials, const char *const *special,
                   struct vocab **v, struct error *e);

// vocab_free frees it.  v may be NULL.
void vocab_free(struct vocab *v);

// vocab_size returns V = 256 + M + specials.
int vocab_size(const struct vocab *v);

// vocab_merges returns M; vocab_merge the two ids that merge i joins, i in [0, M).
int vocab_merges(const struct vocab *v);
void vocab_merge(const struct vocab *v, int i, int32_t *left, int32_t *right);

// vocab_specials returns how many special tokens there are.
int vocab_specials(const struct vocab *v);

// vocab_bytes returns the bytes of token id, with a NUL behind them, and their number in *size.
// They live as long as v.  id must be in [0, V).
const char *vocab_bytes(const struct vocab *v, int32_t id, size_t *size);

// vocab_name returns what token id is called in vocabulary files, in memory from malloc, ended by
// a NUL: a special token's text; for any other token a letter per byte, which is the byte's own in
// Latin-1 for the first 188 ids and U+0100 … U+0143, in order, for the other 68.  No such letter
// is a space or a control character.  id must be in [0, V).
char *vocab_name(const struct vocab *v, int32_t id);

// vocab_check_names finds a special token that reads like the name of another token: no vocabulary
// file could hold both.
//   ERR_VALUE  there is one
enum err vocab_check_names(const struct vocab *v, struct error *e);

// vocab_byte_id returns the id of a single byte: the same in every vocabulary.
int32_t vocab_byte_id(unsigned char byte);

// vocab_pair returns the id that the neighbours left and right become, or -1 if no merge joins
// them.  The id says which merge it is, too: merge id - 256.
int32_t vocab_pair(const struct vocab *v, int32_t left, int32_t right);

// vocab_pattern returns how text is cut before bytes are joined; piece.special counts the special
// tokens from 0.
const struct pattern *vocab_pattern(const struct vocab *v);

#endif
