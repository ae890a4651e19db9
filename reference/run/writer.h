// writer: a model that writes.  It has a text so far, reads more of it, and goes on by itself,
// token by token; between the two it keeps in a cache what the model needs of what it has read.
#ifndef GPT_WRITER_H
#define GPT_WRITER_H

#include <stdint.h>
#include <stdio.h>

#include "error.h"
#include "gpt.h"
#include "recall.h"
#include "sample.h"
#include "tape.h"
#include "tokenizer.h"

// writer_next returns the logits (V) for what follows ids[0..n), n >= 1, as an array on the tape t,
// which is reset first: without a cache, all from the beginning.  Of more ids than the context
// holds the last ones count.
const float *writer_next(const struct gpt *m, struct tape *t, int n, const int32_t *ids);

// struct writing: how a text is written.
struct writing {
    struct sampling sampling;
    const char *const *stop;  // (stops)  end before any of these texts
    int stops;
    int tokens;     // end after this many
    uint64_t seed;  // of the dice
    int forget;  // when the context is full the oldest tokens are forgotten, so many at once; 0: 1
    int uncached;  // 1: everything is computed again for each token, to compare with
    int stream;    // 1: each token is shown as soon as it can be, in whole characters
    const struct recall *recall;  // a memory beside the model; NULL: none
    int judged;                   // 1: writer_surprise is wanted; not at temperature 0
};

// struct writer_times: what was done, and how long the model took for it.  The first token written
// costs no more than reading the prompt: its scores come with that.
struct writer_times {
    int prompt_tokens, written;  // of the first prompt, as far as the model sees it; by itself
    double prompt_seconds;
    int tokens;      // written one by one, behind the first
    double seconds;  // for these
};

struct writer;

// writer_new returns a writer without a text; m, tok and g must stay.
struct writer *writer_new(const struct gpt *m, const struct tokenizer *tok,
                          const struct writing *g);
void writer_free(struct writer *w);  // w may be NULL

// writer_read appends a text.  After an error nothing is appended.
//   ERR_UTF8, ERR_SYMBOL  it cannot be encoded
enum err writer_read(struct writer *w, const char *text, struct error *e);

// writer_write goes on with the text, and shows on out what it writes.  It ends early at a stop
// text, which is not shown and does not become a part of the text, at an end-of-text token, and
// when out cannot be written.
//   ERR_VALUE   there is no token to go on from, not even tokenizer_bos
//   ERR_FORMAT  the model scores no number: its weights are not finite
enum err writer_write(struct writer *w, FILE *out, struct error *e);

// writer_reset forgets the text; the dice go on.
void writer_reset(struct writer *w);

// writer_forgotten returns how many tokens at the beginning of the text the model no longer sees.
int writer_forgotten(const struct writer *w);

// writer_words returns the bytes of the text so far, in memory from malloc, and their number.
char *writer_words(const struct writer *w, size_t *size);

// writer_chosen returns the tokens of the text before the last writer_write, ids[0 … *begin), and
// what that chose, ids[*begin … *end): what ended the text too.  Until the text goes on.
const int32_t *writer_chosen(const struct writer *w, int *begin, int *end);

// writer_surprise returns the mean of -ln p over the tokens that the last writer_write chose, p
// being the model's own probability, whatever the order made of it; 0 if there were none.
double writer_surprise(const struct writer *w);

// writer_times_of returns what has been counted since writer_new.
struct writer_times writer_times_of(const struct writer *w);

// writer_text writes prompt and continuation to out: a writer for one text.  *times may be NULL.
//   the errors of writer_read and writer_write
enum err writer_text(const struct gpt *m, const struct tokenizer *tok, const struct writing *g,
                     const char *prompt, FILE *out, struct writer_times *times, struct error *e);

#endif
