// attend: which tokens of a text a GPT's heads look at.
//
// Layers, heads and positions are numbered from 0.
#ifndef GPT_ATTEND_H
#define GPT_ATTEND_H

#include <stdint.h>
#include <stdio.h>

#include "error.h"
#include "gpt.h"
#include "tape.h"
#include "tokenizer.h"

// struct attend: a text that has gone through a model, and the map of each of its heads.
struct attend {
    const struct tokenizer *tokenizer;
    int T, layers, heads, vocab;
    int32_t *ids;         // (T)
    struct tape *tape;    // what the two below live on
    float **maps;         // (layers) of (heads, T, T), as attention_forward writes them
    const float *logits;  // (T, vocab)
};

// attend_open runs the model on a text; tok must outlive a.
//   ERR_UTF8, ERR_SYMBOL  the text cannot be encoded
//   ERR_VALUE             it has no tokens, or more than the model's context
enum err attend_open(const struct gpt *m, const struct tokenizer *tok, const char *text,
                     struct attend *a, struct error *e);
void attend_close(struct attend *a);

// attend_table prints the map of one head: a row for each token that looks, a column for each that
// is looked at, tabs between them, and - where a token may not look.
//   ERR_VALUE  there is no such layer or head
enum err attend_table(const struct attend *a, int layer, int head, FILE *out, struct error *e);

// attend_most prints, for each token, the one that a head looks at most (of equals the first): its
// place and text, both places and texts, and how much of it.
//   ERR_VALUE  there is no such layer or head
enum err attend_most(const struct attend *a, int layer, int head, FILE *out, struct error *e);

// attend_beside prints, for each place that both texts have, the two tokens there, and whether the
// scores of what follows have the same bits; if not, the largest difference.
void attend_beside(const struct attend *a, const struct attend *b, FILE *out);

#endif
