// gpt: the whole model: embeddings, a stack of blocks, and a score for every next token.
#ifndef GPT_GPT_H
#define GPT_GPT_H

#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "param.h"
#include "tape.h"

// struct gpt_config: a GPT-2 of some size.
struct gpt_config {
    int vocab;     // V  tokens
    int context;   // T  positions it can see
    int layers;    // L
    int heads;     // H  channels is a multiple of it
    int channels;  // C
};

struct gpt;

// gpt_config_check says whether a model of this shape can be made.
//   ERR_VALUE  a size below 1 or too large, or heads that do not divide channels; names it
enum err gpt_config_check(const struct gpt_config *c, struct error *e);

// gpt_new returns a model with first weights drawn from seed: matrices from a normal
// distribution with deviation 0.02 sqrt(768 / C), those that write to the residual stream divided
// by sqrt(2 L); gains 1, the rest 0.  The config must pass gpt_config_check.
// Source: Radford et al. 2019, section 2.3, whose 0.02 belongs to their 768 channels: a sum over C
// channels keeps its size when the deviation goes with 1 / sqrt(C).
struct gpt *gpt_new(const struct gpt_config *c, uint64_t seed);
void gpt_free(struct gpt *m);  // m may be NULL

const struct gpt_config *gpt_config(const struct gpt *m);

// gpt_params returns how many weight tensors there are, gpt_param the i-th of them.
int gpt_params(const struct gpt *m);
struct param gpt_param(const struct gpt *m, int i);

// gpt_weights returns the number of weights over all tensors.  gpt_data and gpt_grad return
// all of them as one array, tensor after tensor in the order of gpt_param.
size_t gpt_weights(const struct gpt *m);
float *gpt_data(const struct gpt *m);
float *gpt_grad(const struct gpt *m);

// gpt_forward returns the node of the logits (B, T, V): logits[b,t] scores what follows
// tokens[b,0…t].
//   tokens  (B, T)  each in [0, V); T <= context; must stay until after the backward
// With learn = 0 no gradients are wanted.
int gpt_forward(const struct gpt *m, struct tape *t, int learn, int B, int T,
                const int32_t *tokens);

// gpt_loss returns the node of the cross-entropy summed over all targets, in nats.
//   target  (B, T)  the token that follows, or -1 to pass the position over
//   losses  (B, T)  each position's loss is written there too; may be NULL
int gpt_loss(const struct gpt *m, struct tape *t, int learn, int B, int T, const int32_t *tokens,
             const int32_t *target, float *losses);

// gpt_flops returns the floating-point operations of a forward and a backward over B
// sequences of T tokens: matrix products and attention, the backward twice the forward.
double gpt_flops(const struct gpt_config *c, int B, int T);

#endif
