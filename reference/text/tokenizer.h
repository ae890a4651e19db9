// tokenizer: text to token ids and back, whichever vocabulary is behind it.
//
// Three kinds: `chars`, one id per Unicode character that occurs in the training text; `bpe`,
// GPT-2's byte-level byte-pair encoding; and `sentencepiece`, Llama's.  The last two can write any
// bytes.
#ifndef GPT_TOKENIZER_H
#define GPT_TOKENIZER_H

#include <stddef.h>
#include <stdint.h>

#include "error.h"

struct tokenizer;
struct chars;
struct sentencepiece;
struct vocab;

// tokenizer_of_chars, _of_bpe, _of_sentencepiece wrap a vocabulary and own it from then on.
struct tokenizer *tokenizer_of_chars(struct chars *c);
struct tokenizer *tokenizer_of_bpe(struct vocab *v);
struct tokenizer *tokenizer_of_sentencepiece(struct sentencepiece *s);

// tokenizer_chars, _bpe, _sentencepiece return the vocabulary inside, or NULL if it is another
// kind.
const struct chars *tokenizer_chars(const struct tokenizer *t);
const struct vocab *tokenizer_bpe(const struct tokenizer *t);
const struct sentencepiece *tokenizer_sentencepiece(const struct tokenizer *t);

// tokenizer_free frees it and its vocabulary.  t may be NULL.
void tokenizer_free(struct tokenizer *t);

// tokenizer_vocab returns V, the number of ids; they are 0 … V-1.
int tokenizer_vocab(const struct tokenizer *t);

// tokenizer_bos returns the token that tokenizer_encode puts before every text, as Llama wants it,
// or -1 if it puts none there.
int32_t tokenizer_bos(const struct tokenizer *t);

// tokenizer_is_special says whether token id is one that a text has around it, not in it, such as
// the one that ends it.
int tokenizer_is_special(const struct tokenizer *t, int32_t id);

// tokenizer_encode turns text[0..size) into *count ids, in memory from malloc.
//   ERR_UTF8    chars only: text is not UTF-8; names the byte offset
//   ERR_SYMBOL  chars only: a character is not in the vocabulary; names it and its offset
enum err tokenizer_encode(const struct tokenizer *t, size_t size, const char *text, int32_t **ids,
                          size_t *count, struct error *e);

// tokenizer_bytes returns the bytes that token id stands for and their number in *size.  One
// token of a bpe or a sentencepiece may be a part of a character.  id must be in [0, V).
const char *tokenizer_bytes(const struct tokenizer *t, int32_t id, size_t *size);

// tokenizer_decode returns the bytes of ids[0..count) in memory from malloc, with a NUL behind them
// that *size does not count.  Every id must be in [0, V).  They are the bytes of each, one behind
// the other, but for what encoding put before the text: tokenizer_bos, and a sentencepiece's space.
char *tokenizer_decode(const struct tokenizer *t, size_t count, const int32_t *ids, size_t *size);

#endif
