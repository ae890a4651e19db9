// gpt: the whole model: embeddings, a stack of blocks, and a score for every next token.
#ifndef GPT_GPT_H
#define GPT_GPT_H

#include <stddef.h>
#include <stdint.h>

#include "block.h"
#include "error.h"
#include "param.h"
#include "tape.h"

// How a model knows where a token stands: kernels/position.h.
enum position { POSITION_LEARNED, POSITION_WAVES, POSITION_ROTARY, POSITION_NONE };

// struct gpt_config: the shape of a model.  Behind the five sizes 0 means GPT-2's choice, so that
// who fills in these five has a GPT-2; gpt_llama fills in Llama's.
struct gpt_config {
    int vocab;     // V  tokens
    int context;   // T  positions it can see
    int layers;    // L
    int heads;     // H  channels is a multiple of it
    int channels;  // C
    int groups;    // G  heads of keys and values; H is a multiple of it; 0: H
    int hidden;    // F  width of the network in a block; 0: 4 C, with swiglu 8 C / 3, rounded up to
                   //    a multiple of 32
    enum position position;
    enum norm norm;
    enum network network;
    int unbiased;       // 1: linear maps have no biases
    int untied;         // 1: the head has weights of its own; 0: it is the embedding again
    float epsilon;      // of the norms; 0: 1e-5
    float rotary_base;  // of POSITION_ROTARY; 0: 10000
};

struct gpt;

// gpt_llama makes of a GPT-2 of some size a Llama of that size: rotary, rmsnorm, swiglu, no biases,
// a head of its own.  Source: Touvron et al. 2023, "LLaMA", section 2.2.
void gpt_llama(struct gpt_config *c);

// gpt_is_llama says whether Llama's published form has a place for all tensors of this shape; only
// then they have its names.
int gpt_is_llama(const struct gpt_config *c);

// gpt_config_check says whether a model of this shape can be made.
//   ERR_VALUE  a size is too small or too large, or two do not go together; names them
enum err gpt_config_check(const struct gpt_config *c, struct error *e);

// gpt_filled returns the config with GPT-2's choices in the place of zeros.  The config must pass
// gpt_config_check.
struct gpt_config gpt_filled(const struct gpt_config *c);

// gpt_new returns a model with first weights drawn from seed: matrices from a normal
// distribution with deviation 0.02 sqrt(768 / C), those that write to the residual stream divided
// by sqrt(2 L); gains 1, the rest 0.  The config must pass gpt_config_check.
// Source: Radford et al. 2019, section 2.3, whose 0.02 belongs to their 768 channels: a sum over C
// channels keeps its size when the deviation goes with 1 / sqrt(C).
struct gpt *gpt_new(const struct gpt_config *c, uint64_t seed);
void gpt_free(struct gpt *m);  // m may be NULL

// gpt_set_context lets a model see `context` tokens at once, also more than it was made for.
//   ERR_VALUE  no model has such a context, or this one has learned fewer positions
enum err gpt_set_context(struct gpt *m, int context, struct error *e);

// gpt_config returns the model's shape, gpt_filled.
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

// gpt_flops returns the floating-point operations of a forward and a backward over B
// sequences of T tokens: matrix products and attention, the backward twice the forward.
double gpt_flops(const struct gpt_config *c, int B, int T);

#endif
