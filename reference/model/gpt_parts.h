// gpt_parts: what a model is inside, and the parts of it that are given.  Only gpt.c, gpt_parts.c,
// gpt_grow.c and cache.c include it.
#ifndef GPT_GPT_PARTS_H
#define GPT_GPT_PARTS_H

#include "arena.h"
#include "gpt.h"

// A layer's tensors, in the order of struct block.
enum { NORM1_W, NORM1_B, QKV_W, QKV_B, OUT_W, OUT_B, NORM2_W, NORM2_B, UP_W, UP_B, DOWN_W, DOWN_B };
enum { PER_LAYER = DOWN_B + 1 };

enum { GPT_NONE = -1 };  // in place of a tensor that this model has not

// struct gpt: a model.  A tensor is known by its number i, as in gpt_param.
struct gpt {
    struct gpt_config config;  // filled
    enum gpt_attention attention;
    struct arena *arena;
    struct param *params;
    struct weights *held;  // of a frozen model: what gpt_hold made for each tensor; else NULL
    enum gpt_role *roles;
    int count;
    int wte;                  // (V, C)        embeddings
    int wpe;                  // (context, C)  learned positions; GPT_NONE: not learned
    int norm_w, norm_b;       // (C)           the last norm; norm_b may be GPT_NONE
    int head;                 // (V, C)        GPT_NONE: it is wte
    int (*layer)[PER_LAYER];  // (L)
    float *waves;             // (context, C) of POSITION_WAVES; else NULL
    float *cosine, *sine;     // (context, D / 2) of POSITION_ROTARY; else NULL
    size_t weights;
    float *data, *grad;
};

// gpt_leaf puts the i-th tensor on the tape and returns its node: with its gradient if learn is 1,
// which it cannot be with a frozen model.
// It returns OP_NONE for GPT_NONE.
int gpt_leaf(const struct gpt *m, struct tape *t, int learn, int i);

// gpt_waves puts the table of waves (context, C) on the tape, which nothing learns.
int gpt_waves(const struct gpt *m, struct tape *t);

// gpt_layer puts all tensors of layer l on the tape.
struct block gpt_layer(const struct gpt *m, struct tape *t, int learn, int l);

// gpt_block_shape returns what a block of this model is made of, for tokens of which the first
// stands at `first`.
struct block_shape gpt_block_shape(const struct gpt *m, int first, block_attend *attend,
                                   void *self);

#endif
