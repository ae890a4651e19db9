// bytes: text is bytes, UTF-8 groups them into characters, and a vocabulary numbers those.
//
// A character here is a Unicode code point: 0 … 0x10FFFF without the surrogates D800 … DFFF.
// Source: The Unicode Standard 15.0, section 3.9, Table 3-7, well-formed UTF-8 byte sequences.
#ifndef GPT_BYTES_H
#define GPT_BYTES_H

#include <stddef.h>
#include <stdint.h>

#include "error.h"

// Where a function refuses, what it would have set (*code, out, *c, *ids, *count) is left alone.

// bytes_decode reads the character at the start of text[0..size), sets *code to it and returns
// its length in bytes, 1 … 4.  It returns 0 where no well-formed character starts: at the end
// (size is 0), at a byte that cannot begin one (80 … C1, F5 … FF), in front of a longer form than
// needed, a surrogate, a number above 0x10FFFF, or a character that the end cuts off.  Nothing
// behind text[size - 1] is read.
int bytes_decode(size_t size, const char *text, int32_t *code);

// bytes_encode writes the character `code` to out and returns its length in bytes, 1 … 4; of
// out's four bytes those behind a shorter character keep what they held.  It returns 0 for a
// number that is no character.
int bytes_encode(int32_t code, char out[4]);

// struct chars: a vocabulary of characters, ids 0 … V-1 in ascending order of code point.
struct chars;

// chars_new makes the vocabulary of the characters that occur in text[0..size).
//   ERR_UTF8   text is not UTF-8; names where the first character begins that is not well-formed,
//              as "byte 3: …": its first byte, counted from 0
//   ERR_VALUE  text is empty
enum err chars_new(size_t size, const char *text, struct chars **c, struct error *e);

// chars_free frees it.  c may be NULL.
void chars_free(struct chars *c);

// chars_vocab returns V, at least 1.
int chars_vocab(const struct chars *c);

// chars_bytes returns the UTF-8 bytes of character id and their number in *size, 1 … 4, with no
// zero behind them.  They live as long as c.  id must be in [0, V).
const char *chars_bytes(const struct chars *c, int32_t id, size_t *size);

// chars_encode turns text[0..size) into *count ids, one per character, in memory from malloc that
// the caller frees.  With size 0 *count is 0, and *ids not NULL: it is freed as well.
//   ERR_UTF8    text is not UTF-8; names where the character begins, as chars_new does
//   ERR_SYMBOL  a character is not in the vocabulary; names where it begins, and itself as U+0416
// Of several such places the first is named.
// Cost: log2 V comparisons per character.
enum err chars_encode(const struct chars *c, size_t size, const char *text, int32_t **ids,
                      size_t *count, struct error *e);

#endif
