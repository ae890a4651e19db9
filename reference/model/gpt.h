// gpt: the whole model: embeddings, a stack of blocks, and a score for every next token.
#ifndef GPT_GPT_H
#define GPT_GPT_H

#include <stddef.h>
#include <stdint.h>

#include "gpt_config.h"
#include "param.h"
#include "tape.h"

struct gpt;

// --- what a shape costs, before there is a model ----------------------------------------------

// struct gpt_counts: numbers of weights.
struct gpt_counts {
    size_t embedding;  // of tokens
    size_t positions;  // learned ones
    size_t attention;  // of all layers: queries, keys, values; what mixes the heads; biases
    size_t network;    // of all layers, biases too
    size_t norms;      // of all layers and the last one
    size_t head;       // 0 if it is the embedding again
    size_t total;
};

// gpt_count counts the weights of a shape, which must pass gpt_config_check.  Nothing is made: the
// shape may be far too large for this machine.
struct gpt_counts gpt_count(const struct gpt_config *c);

// gpt_flops returns the floating-point operations of a forward and a backward over B
// sequences of T tokens: matrix products and attention, the backward twice the forward.
double gpt_flops(const struct gpt_config *c, int B, int T);

// gpt_bytes returns the bytes that the weights of a shape take while AdamW trains them: for each a
// weight, a gradient and two moments, all floats.  What a step keeps on its tape is memory_gpt's.
// It calls gpt_count.
size_t gpt_bytes(const struct gpt_config *c);

// --- a model ---------------------------------------------------------------------------------

// gpt_new returns a model with first weights, as gpt_init draws them.  The config must pass
// gpt_config_check.  gpt_blank returns one whose weights are all 0, for who has them from
// elsewhere.
struct gpt *gpt_new(const struct gpt_config *c, uint64_t seed);
struct gpt *gpt_blank(const struct gpt_config *c);
void gpt_free(struct gpt *m);  // m may be NULL

// enum gpt_role: what a tensor is for, as far as its first values depend on it.
enum gpt_role {
    GPT_GAIN,      // of a norm
    GPT_SHIFT,     // of a norm; or a bias
    GPT_MATRIX,    // a matrix, or a table of rows
    GPT_RESIDUAL,  // a matrix whose result is added to the residual stream: two in each layer
};

// gpt_init sets the first weights, tensor after tensor in the order of gpt_param, each from its
// first element to its last: gains are 1 and shifts 0; for each element of all others one
// random_normal is taken from the stream RANDOM_INIT of the seed, times the deviation
// 0.02 sqrt(768 / C), which GPT_RESIDUAL has divided by sqrt(2 L).
// Source: Radford et al. 2019, section 2.3, whose 0.02 belongs to their 768 channels: a sum over C
// channels keeps its size when the deviation goes with 1 / sqrt(C).
void gpt_init(struct gpt *m, uint64_t seed);

// gpt_set_context lets a model see `context` tokens at once, also more than it was made for.
//   ERR_VALUE  no model has such a context, or this one has learned fewer positions
enum err gpt_set_context(struct gpt *m, int context, struct error *e);

// enum gpt_attention: how a model's attention is computed.  It is no part of the shape: any weights
// work either way, to the same numbers but for rounding.
enum gpt_attention {
    GPT_MAPS,   // op_attention, which keeps every map
    GPT_FLASH,  // op_flash, which keeps none
};

// gpt_set_attention chooses it for what follows; a model begins with GPT_MAPS.  gpt_attention_of
// returns it.
void gpt_set_attention(struct gpt *m, enum gpt_attention how);
enum gpt_attention gpt_attention_of(const struct gpt *m);

// gpt_config returns the model's shape, gpt_filled.
const struct gpt_config *gpt_config(const struct gpt *m);

// gpt_params returns how many weight tensors there are, gpt_param the i-th of them,
// gpt_role what it is for.
int gpt_params(const struct gpt *m);
struct param gpt_param(const struct gpt *m, int i);
enum gpt_role gpt_role(const struct gpt *m, int i);

// gpt_weights returns the number of weights over all tensors.  gpt_data and gpt_grad return
// all of them as one array, tensor after tensor in the order of gpt_param.
size_t gpt_weights(const struct gpt *m);
float *gpt_data(const struct gpt *m);
float *gpt_grad(const struct gpt *m);

// --- the way through -------------------------------------------------------------------------

// gpt_embed returns the node (B, T, C) of the rows of B T tokens, to which their places are added:
// a learned row, a row of waves, or nothing, where attention is told (rotary) or nobody is.
//   tokens  (B, T)  each in [0, V); must stay until after the backward
//   first   the place of tokens[b,0]; first + T <= context
// With learn = 0 no gradients are wanted.
int gpt_embed(const struct gpt *m, struct tape *t, int learn, int B, int T, const int32_t *tokens,
              int first);

// gpt_logits returns the node (B, T, V) of the scores for what follows each token: gpt_embed, all
// blocks, the last norm, and the head, which has no biases.
//   attend, self  what a block is given in the place of op_attention; NULL: what gpt_set_attention
//                 chose
int gpt_logits(const struct gpt *m, struct tape *t, int learn, int B, int T, const int32_t *tokens,
               int first, block_attend *attend, void *self);

// gpt_forward returns the node of the logits (B, T, V): logits[b,t] scores what follows
// tokens[b,0…t].
//   tokens  (B, T)  each in [0, V); T <= context; must stay until after the backward
// With learn = 0 no gradients are wanted.
int gpt_forward(const struct gpt *m, struct tape *t, int learn, int B, int T,
                const int32_t *tokens);

// gpt_extend returns the node of the logits (1, n, V) of n tokens more, without gradients, for who
// has kept what attention needs of the tokens before them: attend gets self, and in it the place to
// look; it is called once a layer, from the first to the last.
//   first   the place of tokens[0]; first + n <= context
int gpt_extend(const struct gpt *m, struct tape *t, int first, int n, const int32_t *tokens,
               block_attend *attend, void *self);

// gpt_loss returns the node of the cross-entropy summed over all targets, in nats.
//   target  (B, T)  the token that follows, or -1 to pass the position over
//   losses  (B, T)  each position's loss is written there too; may be NULL
int gpt_loss(const struct gpt *m, struct tape *t, int learn, int B, int T, const int32_t *tokens,
             const int32_t *target, float *losses);

#endif
