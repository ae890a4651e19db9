// scalar_chars: a language model of single numbers, to feel what it costs.
//
// The last `context` characters, `embed` numbers each from a table; `hidden` neurons that see all
// of these; a linear unit for each character of the vocabulary: its exp, divided by the sum of all,
// is the probability of the character.  The graph is built anew for every batch, because other rows
// of the table are in it.
#ifndef GPT_SCALAR_CHARS_H
#define GPT_SCALAR_CHARS_H

#include <stdint.h>
#include <stdio.h>

#include "error.h"

struct scalar_chars {
    const char *data;  // as dataset_read takes it
    int context, embed, hidden, batch, steps;
    int judge;  // of the validation part, how many characters from the beginning; 0 for none
    float lr;
    uint64_t seed;
};

// scalar_chars_run trains the model on the part to train on, by plain steps against the gradient;
// prints the loss on the way and on the validation part, in bits per byte.  Then it takes one and
// the same step by the graph and by the kernels of tensors (linear, loss, embedding; one thread),
// and prints how far apart their gradients are, and what each takes.
//   ERR_VALUE  the loss is not a finite number any more; a part is shorter than two characters
//   errors of dataset_read, chars_new, chars_encode
enum err scalar_chars_run(const struct scalar_chars *o, FILE *out, struct error *e);

#endif
