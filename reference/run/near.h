// near: which tokens a model takes for alike.
//
// A model has a row of numbers for each token, its embedding.  Two rows are alike if they point the
// same way: their similarity is the sum of the products of their numbers, divided by the lengths of
// both.  It is 1 for the same direction, 0 for none in common, -1 for the opposite.
#ifndef GPT_NEAR_H
#define GPT_NEAR_H

#include <stdint.h>
#include <stdio.h>

#include "error.h"
#include "gpt.h"
#include "tensor.h"
#include "tokenizer.h"

// near_embeddings returns a view of the model's table of embeddings, (vocab, channels).
struct tensor near_embeddings(const struct gpt *m);

// near_directions returns a table of rows, each divided by its length, in memory from malloc.  A
// row of zeros stays one.
//   table  (V, C)
float *near_directions(struct tensor table);

// near_row computes the similarity of one row with each.
//   directions  (V, C)  rows of length 1 or 0
//   row         in [0, V)
//   alike       (V)     written
void near_row(struct tensor directions, int row, float *alike);

// near_list prints the `count` tokens most like the token that text is, the most alike first: the
// similarity, the id, the token as tokenize_show has it.
//   ERR_UTF8, ERR_SYMBOL  as for tokenizer_encode
//   ERR_VALUE             text is no token, or several
enum err near_list(const struct gpt *m, const struct tokenizer *tok, const char *text, int count,
                   FILE *out, struct error *e);

// near_table prints the similarities of the tokens of text, each with each.
//   ERR_UTF8, ERR_SYMBOL  as for tokenizer_encode
//   ERR_VALUE             text has no tokens, or more than NEAR_MOST
enum { NEAR_MOST = 256 };
enum err near_table(const struct gpt *m, const struct tokenizer *tok, const char *text, FILE *out,
                    struct error *e);

#endif
