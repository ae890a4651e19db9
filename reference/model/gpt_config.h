// gpt_config: the shape of a model, as far as it is known before there is one.
#ifndef GPT_GPT_CONFIG_H
#define GPT_GPT_CONFIG_H

#include "block.h"
#include "error.h"

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

#endif
