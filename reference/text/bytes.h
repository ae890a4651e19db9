// bytes: text is bytes, UTF-8 groups them into characters, and a vocabulary numbers those.
//
// A character here is a Unicode code point: 0 … 0x10FFFF without the surrogates D800 … DFFF.
// Source: The Unicode Standard 15.0, section 3.9, Table 3-7, well-formed UTF-8 byte sequences.
#ifndef GPT_BYTES_H
#define GPT_BYTES_H

#include <stddef.h>
#include <stdint.h>

#include "error.h"

// bytes_decode reads the character at the start of text[0..size), sets *code to it and returns
// its length in bytes, 1 … 4.  Where no well-formed character starts it returns 0 and leaves
// *code alone: at a byte that cannot begin one (80 … C1, F5 … FF), in front of a longer form than
// needed, a surrogate, a number above 0x10FFFF, or a character that the end cuts off.
int bytes_decode(size_t size, const char *text, int32_t *code);

// bytes_encode writes the character `code` to out and returns its length in bytes, 1 … 4; what is
// behind it in out is left alone.  For a number that is no character it returns 0 and leaves all
// of out alone.
int bytes_encode(int32_t code, char out[4]);

// struct chars: a vocabulary of characters, ids 0 … V-1 in ascending order of code point.
struct chars;

// chars_new makes the vocabulary of the characters that occur in text[0..size).
//   ERR_UTF8   text is not UTF-8; names the first such place: "byte 3: …", counted from 0
//   ERR_VALUE  text is empty
enum err chars_new(size_t size, const char *text, struct chars **c, struct error *e);

// chars_free frees it.  c may be NULL.
void chars_free(struct chars *c);

// chars_vocab returns V, at least 1.
int chars_vocab(const struct chars *c);

// chars_bytes returns the UTF-8 bytes of character id and their number in *size.  They live as
// long as c.  id must be in [0, V).
const char *chars_bytes(const struct chars *c, int32_t id, size_t *size);

// chars_encode turns text[0..size) into *count ids, one per character, in memory from malloc.
//   ERR_UTF8    text is not UTF-8; names the place: "byte 3: …", counted from 0
//   ERR_SYMBOL  a character is not in the vocabulary; names its place, and itself as U+0416
// Of several such places the first is named.
// Cost: log2 V comparisons per character.
enum err chars_encode(const struct chars *c, size_t size, const char *text, int32_t **ids,
                      size_t *count, struct error *e);

#endif
