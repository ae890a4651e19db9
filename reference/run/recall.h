// recall: a memory of a text beside a model, whose guesses are mixed with the model's.
//
//   p(v) = (1 - s) p_model(v) + s p_memory(v)
//
// s is a number for each match, which is how many of the last tokens the memory has met in a row.
// It learns where the truth becomes known: s p_memory / p is then how likely it is that the memory,
// and not the model, told it, and s follows the mean of that, a step of expectation maximisation.
//
// The model has learnt what is alike; the memory knows what stood there, word for word, from the
// moment it has read it.
// Source: Khandelwal et al. 2020, "Generalization through memorization: nearest neighbor language
// models"; theirs looks for the nearest states of the model, ours for the longest row of
// tokens that ends alike.
#ifndef GPT_RECALL_H
#define GPT_RECALL_H

#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "gpt.h"
#include "tape.h"
#include "tokenizer.h"

enum { RECALL_LONGEST = 15 };
#define RECALL_RATE 0.02f  // how far a truth moves s; 0.005 came to within 0.2 % of its loss

// struct recall_kind: a way to remember.  Which one there is the program's main says: it may come
// from a floor above this one.
struct recall_kind {
    // read returns what is kept of a text of n tokens in [0, V).
    void *(*read)(int V, size_t n, const int32_t *ids);
    // predict writes p (V), above 0 and 1 in all, for what follows ids[0 … n), and returns how
    // many of the last ids it has met in a row.
    int (*predict)(const void *self, size_t n, const int32_t *ids, float *p);
    void (*free)(void *self);
    int longest;  // predict returns at most that; no more than RECALL_LONGEST
};

// struct recall: one memory.
struct recall {
    const struct recall_kind *kind;
    void *self;
    int V;
    size_t count;                     // tokens it has read
    float share[RECALL_LONGEST + 1];  // s, by the match; 0 <= s < 1
};

// recall_open reads the part of a data set that is there to be trained on.
//   share   s, whatever the match, to begin with
//   errors of dataset_read and tokenizer_encode; ERR_VALUE: the text has no tokens
enum err recall_open(const struct recall_kind *kind, const char *data, const struct tokenizer *tok,
                     float share, struct recall *out, struct error *e);
void recall_close(struct recall *r);  // r may hold zeros

// recall_mix writes the logarithms of the mixture for what follows ids[0 … n).
//   logits  (V)  the model's
//   work    (V)  scratch
//   out     (V)  may be logits itself
void recall_mix(const struct recall *r, size_t n, const int32_t *ids, const float *logits,
                float *work, float *out);

// recall_learn moves the share of a match, after what followed it has become known.
//   own, memory  its probability by each of the two
void recall_learn(struct recall *r, int match, float own, float memory);

// recall_evaluate is evaluate_loss of the mixture, over all windows, token by token: after each,
// recall_learn.  The model sees what stands before a token in its window; the memory as much of the
// text as it wants.
//   own, memory  the loss of each alone, in nats per token
struct recall_loss {
    double mixed, own, memory;
};
struct recall_loss recall_evaluate(struct recall *r, const struct gpt *m, struct tape *t, size_t n,
                                   const int32_t *ids);

#endif
