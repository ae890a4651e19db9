// bpe: a byte-level byte-pair vocabulary, its ids laid out as GPT-2 does.
//
//   0 … 255         the single bytes: first '!' … '~', 0xA1 … 0xAC, 0xAE … 0xFF in order, then
//                   the other 68 in order
//   256 … 255 + M   merge i makes token 256 + i, whose bytes are those of its two parts
//   256 + M …       the special tokens, which no merge makes and no merge uses
// Any bytes can be written.  Source: Sennrich et al. 2016, "Neural machine translation of rare
// words with subword units", algorithm 1; Radford et al. 2019, section 2.2.
#ifndef GPT_BPE_H
#define GPT_BPE_H

#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "pieces.h"

// The special token that parts one document from the next.  GPT-2 has this one only.
#define BPE_END_OF_TEXT "<|endoftext|>"

enum { BPE_BYTES = 256 };

struct bpe;

// bpe_new makes a vocabulary from a list of merges.
//   merge    (merges, 2)  the two ids that merge i joins, each below 256 + i
//   special  (specials)   texts that become one token each wherever they occur
//   ERR_VALUE  a merge joins an id out of range or makes the bytes of an earlier token; all tokens
//              together exceed 1 GiB; a special text is empty, not UTF-8, or there twice
enum err bpe_new(int merges, const int32_t *merge, int specials, const char *const *special,
                 struct bpe **b, struct error *e);

// bpe_free frees it.  b may be NULL.
void bpe_free(struct bpe *b);

// bpe_vocab returns V = 256 + M + specials.
int bpe_vocab(const struct bpe *b);

// bpe_merges returns M; bpe_merge the two ids that merge i joins, i in [0, M).
int bpe_merges(const struct bpe *b);
void bpe_merge(const struct bpe *b, int i, int32_t *left, int32_t *right);

// bpe_specials returns how many special tokens there are.
int bpe_specials(const struct bpe *b);

// bpe_bytes returns the bytes of token id, with a NUL behind them, and their number in *size.
// They live as long as b.  id must be in [0, V).
const char *bpe_bytes(const struct bpe *b, int32_t id, size_t *size);

// bpe_name returns what token id is called in vocabulary files, in memory from malloc, ended by a
// NUL: a special token's text; for any other token a letter per byte, which is the byte's own in
// Latin-1 for the first 188 ids and U+0100 … U+0143, in order, for the other 68.  No such letter
// is a space or a control character.  id must be in [0, V).
char *bpe_name(const struct bpe *b, int32_t id);

// bpe_byte_id returns the id of a single byte: the same in every vocabulary.
int32_t bpe_byte_id(unsigned char byte);

// bpe_join returns the id that joining left and right makes, or -1 if they do not join.  Of two
// joins the one with the smaller id goes first.
int32_t bpe_join(const struct bpe *b, int32_t left, int32_t right);

// bpe_pattern returns how text is cut before bytes are joined; piece.special counts the special
// tokens from 0.
const struct pattern *bpe_pattern(const struct bpe *b);

// bpe_decode returns the bytes of ids[0..count) in memory from malloc, with a NUL behind them that
// *size does not count.  Every id must be in [0, V).
char *bpe_decode(const struct bpe *b, size_t count, const int32_t *ids, size_t *size);

#endif
