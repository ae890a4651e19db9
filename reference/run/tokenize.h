// tokenize: what `gpt tokenize` does with a tokenizer.
#ifndef GPT_TOKENIZE_H
#define GPT_TOKENIZE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "error.h"
#include "tokenizer.h"

// tokenize_show prints a token's bytes so that they can be seen and told apart: a line break as \n,
// a backslash as \\, any other byte that is not printable ASCII as \xNN.
void tokenize_show(const struct tokenizer *t, int32_t id, FILE *out);

// How tokens are printed.
enum tokenize_form {
    TOKENIZE_TABLE,  // a line for each: its id, a tab, its bytes as tokenize_show has them
    TOKENIZE_IDS,    // a line for each: its id
    TOKENIZE_BARS,   // all in one line, a bar between two; beyond ASCII, characters that a token
                     // holds whole are printed as they are
};

// tokenize_learn learns a byte-pair vocabulary of at most `tokens` tokens, VOCAB_END_OF_TEXT one of
// them, from the file at path.
//   ERR_IO     path cannot be read
//   ERR_VALUE  tokens is too few
enum err tokenize_learn(const char *path, int tokens, struct tokenizer **t, struct error *e);

// tokenize_save writes a vocabulary into the directory dir, which it makes if need be: a byte-pair
// one as vocab_files_write does, a sentencepiece as tokenizer.json.
//   ERR_VALUE  t has characters; what vocab_files_write refuses
//   ERR_IO     it cannot be written
enum err tokenize_save(const char *dir, const struct tokenizer *t, struct error *e);

// tokenize_print prints ids[0..n), each in [0, V).
void tokenize_print(const struct tokenizer *t, size_t n, const int32_t *ids,
                    enum tokenize_form form, FILE *out);

// tokenize_ids reads ids as people write them, with white space between, into *ids, *n of them, in
// memory from malloc.
//   ERR_SYMBOL  something else, or a number outside [0, V); names the byte offset
enum err tokenize_ids(const struct tokenizer *t, size_t size, const char *text, int32_t **ids,
                      size_t *n, struct error *e);

// tokenize_most prints the `most` tokens that are among the n ids most often, and how often; of two
// that are as often the smaller id comes first.  Then how many of the vocabulary occur at all.
void tokenize_most(const struct tokenizer *t, size_t n, const int32_t *ids, int most, FILE *out);

#endif
