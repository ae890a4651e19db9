// memory: how many bytes one training step of a model takes on its tape, known from its shape
// before anything runs.  What is left out: the weights, their gradients and the optimizer's two
// numbers for each, which do not lie on the tape.
#ifndef GPT_MEMORY_H
#define GPT_MEMORY_H

#include <stddef.h>

#include "gpt.h"
#include "mlp.h"

enum {
    MEMORY_EMBEDDING,
    MEMORY_POSITION,  // a table that is added
    MEMORY_ADD,
    MEMORY_NORM,
    MEMORY_LINEAR,
    MEMORY_ROTARY,
    MEMORY_NETWORK,  // gelu or swiglu
    MEMORY_ATTENTION,
    MEMORY_TANH,
    MEMORY_RESHAPE,
    MEMORY_CROSS_ENTROPY,
    MEMORY_KINDS
};

// struct memory: the nodes of one kind and their bytes.
struct memory {
    const char *name;
    int nodes;
    size_t results;    // what the forward computes
    size_t saved;      // what it keeps besides, for the backward
    size_t gradients;  // of the results
    size_t work;       // what the backward of one of them needs besides, and gives back
};

// memory_gpt tells what gpt_loss and a tape_backward take, for B sequences of T tokens, by kind of
// node: kind[MEMORY_ADD] and so on.  It is exact: each piece is rounded up to whole lines of 64
// bytes, as the arena hands them out.
void memory_gpt(const struct gpt_config *c, enum gpt_attention how, int B, int T,
                struct memory kind[MEMORY_KINDS]);

// memory_step returns the most bytes that a training step of `gpt train` with --accumulate 1 has in
// use, on as many threads as there are now: gpt_bytes, and memory_gpt's but for the gradients.
// Those lie on a lean tape (tape_lean), which at no time holds more than one layer's: three of (N,
// C) and one or two of each other width; and the logits', unless op_cross_entropy writes them over
// the logits.
size_t memory_step(const struct gpt_config *c, enum gpt_attention how, int B, int T);

// memory_batches is the same where n of a step's batches, more than one, are computed at once: each
// then has a tape and gradients of its own, and there is the sum of these.
size_t memory_batches(const struct gpt_config *c, enum gpt_attention how, int B, int T, int n);

// memory_mlp is the same as memory_gpt for mlp_loss and N windows.
void memory_mlp(const struct mlp_config *c, int N, struct memory kind[MEMORY_KINDS]);

// memory_add returns the sum over the kinds; its name is "sum".  Of work it has the most, for no
// two nodes are at work at once.
struct memory memory_add(const struct memory kind[MEMORY_KINDS]);

// memory_bytes returns results, saved, gradients and work together.
size_t memory_bytes(const struct memory *m);

#endif
