// generate: from scores to text.
#ifndef GPT_GENERATE_H
#define GPT_GENERATE_H

#include <stdint.h>
#include <stdio.h>

#include "error.h"
#include "gpt.h"
#include "random.h"
#include "tape.h"
#include "tokenizer.h"

// struct sampling: how a token is chosen from its scores.
struct sampling {
    float temperature;  // logits are divided by it; 0 takes the largest
    int top_k;          // only the k largest stay; 0 for all
    float top_p;        // only the fewest, largest first, that have this much probability; 1: all
};

// struct candidate: a token and its probability, not normalised.
struct candidate {
    float p;
    int32_t id;
};

// sample returns a token id in [0, V).
//   logits  (V)  finite
//   work    (V)  scratch
// Of equal logits the one with the smaller id counts as larger.
// Source: Holtzman et al. 2020, "The curious case of neural text degeneration" (top-p).
int sample(const struct sampling *s, int V, const float *logits, struct random *r,
           struct candidate *work);

// generate_next returns the logits (V) for what follows ids[0..n), n >= 1, as an array on the
// tape t, which is reset first.  Of more ids than the context holds the last ones count.
const float *generate_next(const struct gpt *m, struct tape *t, int n, const int32_t *ids);

// struct generation: what to write.
struct generation {
    struct sampling sampling;
    const char *prompt;  // the text to go on from; at least one token, be it tokenizer_bos
    const char *stop;    // end before this text; "" or NULL: none
    int tokens;          // end after this many
    uint64_t seed;
};

// generate_text writes prompt and continuation to out, token by token as they come.  It ends
// early at the stop text, at an end-of-text token, and when out cannot be written.  *count
// receives the tokens generated.
//   ERR_UTF8, ERR_SYMBOL  the prompt cannot be encoded
//   ERR_VALUE             the prompt is empty, and the tokenizer puts nothing before a text
//   ERR_FORMAT            the model scores no number: its weights are not finite
enum err generate_text(const struct gpt *m, const struct tokenizer *tok, const struct generation *g,
                       FILE *out, int *count, struct error *e);

#endif
