// sentencepiece: Llama's vocabulary: pieces of text, joined by byte-pair encoding, with a piece for
// every byte to fall back on.
//
// A piece is UTF-8.  A space in it is written U+2581 (SPACE_LETTER), so that a piece holds no
// space, and a word of a text usually begins with one.  Three pieces in a vocabulary are not text:
//   <0x00> … <0xFF>   one byte each, for characters that have no piece of their own
//   special           <unk>, <s>, </s> and others: what stands for them is not joined
// Sources: Kudo & Richardson 2018, "SentencePiece"; Touvron et al. 2023, "LLaMA", section 2.1.
#ifndef GPT_SENTENCEPIECE_H
#define GPT_SENTENCEPIECE_H

#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "error.h"

#define SENTENCEPIECE_SPACE "\xE2\x96\x81"  // U+2581, what stands for a space

// Where a space that the text does not have is put, so that a word is the same wherever it is.
// Special texts part a text into stretches; an empty stretch gets none.
enum sentencepiece_prefix {
    PREFIX_EVERY,    // before every stretch
    PREFIX_MISSING,  // before every stretch that does not begin with one
    PREFIX_FIRST,    // before the text, if it begins with neither a space nor a special text
    PREFIX_NEVER,
};

// struct sentencepiece_special: a special token.
struct sentencepiece_special {
    int32_t id;
    // 0: found in the text as it is, before anything else.  1: what is found is piece id with the
    // prefix that a stretch of its own would get, in a stretch with its own prefix.
    int prefixed;
};

// struct sentencepiece_parts: what a vocabulary is made of.  All of it is copied.
struct sentencepiece_parts {
    int32_t V;
    const char *const *piece;  // (V) by id
    int32_t merges;
    const int32_t *merge;  // (merges, 2) the ids that merge i joins, or, with score, NULL
    const float *score;  // (V) of two pairs that make pieces, the one of the higher is joined first
    int32_t specials;
    const struct sentencepiece_special *special;  // (specials)
    int32_t bos;  // the special token that is put before every text; -1: none is
    int32_t unk;  // what files call the unknown token; -1: none.  With bytes nothing is unknown
    enum sentencepiece_prefix prefix;
};

struct sentencepiece;

// sentencepiece_new makes a vocabulary.  With scores every two pieces that together are a third
// are a merge, and of merges that make equally scored pieces the one with the longer left part,
// then with the longer right part, is the earlier: so Hugging Face turns SentencePiece's files into
// merges.  SentencePiece itself takes the leftmost of them.
//   ERR_UTF8   a piece is not UTF-8
//   ERR_VALUE  no piece for a byte or for SENTENCEPIECE_SPACE; a piece that is empty, holds a space
//              and is not special, or is there twice; a merge out of range, there twice, or of
//              which the result is no piece; a special or bos out of range
// Each names the piece or the merge.
enum err sentencepiece_new(const struct sentencepiece_parts *parts, struct sentencepiece **s,
                           struct error *e);

// sentencepiece_free frees it.  s may be NULL.
void sentencepiece_free(struct sentencepiece *s);

// sentencepiece_size returns V; sentencepiece_merges the number of merges; sentencepiece_merge the
// two ids that merge i joins.
int32_t sentencepiece_size(const struct sentencepiece *s);
int32_t sentencepiece_merges(const struct sentencepiece *s);
void sentencepiece_merge(const struct sentencepiece *s, int32_t i, int32_t *left, int32_t *right);

// sentencepiece_piece returns piece id as files spell it; sentencepiece_find the id of a piece, or
// -1.
const char *sentencepiece_piece(const struct sentencepiece *s, int32_t id);
int32_t sentencepiece_find(const struct sentencepiece *s, const char *piece);

// sentencepiece_byte returns the byte that a piece such as <0x0A> stands for, or -1.
int sentencepiece_byte(const char *piece);

// sentencepiece_specials returns how many special tokens there are; sentencepiece_special the i-th;
// sentencepiece_is_special whether id is one.
int32_t sentencepiece_specials(const struct sentencepiece *s);
struct sentencepiece_special sentencepiece_special(const struct sentencepiece *s, int32_t i);
int sentencepiece_is_special(const struct sentencepiece *s, int32_t id);

// sentencepiece_bos, _unk, _prefix return those parts.
int32_t sentencepiece_bos(const struct sentencepiece *s);
int32_t sentencepiece_unk(const struct sentencepiece *s);
enum sentencepiece_prefix sentencepiece_prefix(const struct sentencepiece *s);

// sentencepiece_spell returns text[0..size) as pieces spell it, SENTENCEPIECE_SPACE for each space,
// behind `prefix`, with a NUL behind it that *length does not count.  It lives in `memory`.
char *sentencepiece_spell(struct arena *memory, const char *prefix, size_t size, const char *text,
                          size_t *length);

// sentencepiece_bytes returns the bytes that token id stands for, with a NUL behind them, and their
// number in *size: a special token's are its piece, with a space before it if it is prefixed.
const char *sentencepiece_bytes(const struct sentencepiece *s, int32_t id, size_t *size);

// sentencepiece_encode turns text[0..size), any bytes, into *count ids in memory from malloc: bos
// if there is one, then special texts as their tokens (of several that begin together the longest),
// and the stretches between them with their prefix.  A stretch begins as the pieces of its
// characters; a character without one, and what is not UTF-8, as the pieces of its bytes.  Then the
// earliest merge that joins two neighbours is done, at the leftmost place, until none is left.
// Cost: n log n.
int32_t *sentencepiece_encode(const struct sentencepiece *s, size_t size, const char *text,
                              size_t *count);

// sentencepiece_decode returns the bytes of ids[0..count) in memory from malloc, with a NUL behind
// them that *size does not count, without the bos that encoding put first and, unless the prefix is
// PREFIX_NEVER, without one space at the beginning.
char *sentencepiece_decode(const struct sentencepiece *s, size_t count, const int32_t *ids,
                           size_t *size);

#endif
