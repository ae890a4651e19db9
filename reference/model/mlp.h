// mlp: a language model that looks at the last few tokens through a small neural network.
//
//   window    the ids before a place of the text, `context` of them          (T)
//   table     a row of `embed` numbers for each id: its embedding            (V + 1, E)
//   hidden    h = tanh(W x + b), layer after layer; the first x is the
//             embeddings of the window side by side, the next x is h         (H)
//   head      logits = W h + b: a score for each id to be the next one       (V)
//
// Before the beginning of a text there is no token.  There a window holds the id V, "nothing", one
// more than the vocabulary has; it has a row in the table like the others, and is never predicted.
// Source: Bengio et al. 2003, "A neural probabilistic language model", section 2 (without the
// direct connections, equation 1's Wx).
#ifndef GPT_MLP_H
#define GPT_MLP_H

#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "param.h"
#include "tape.h"

// struct mlp_config: a model of some size.
struct mlp_config {
    int vocab;    // V  tokens
    int context;  // T  tokens of a window
    int embed;    // E  numbers of an embedding
    int hidden;   // H  units of a hidden layer
    int layers;   // L  hidden layers; 0: the head looks at the embeddings themselves
};

struct mlp;

// mlp_config_check says whether a model of this shape can be made.
//   ERR_VALUE  a size is too small or too large; names it
enum err mlp_config_check(const struct mlp_config *c, struct error *e);

// mlp_new returns a model whose weights are all 0.  The config must pass mlp_config_check.
struct mlp *mlp_new(const struct mlp_config *c);
void mlp_free(struct mlp *m);  // m may be NULL

const struct mlp_config *mlp_config(const struct mlp *m);

// mlp_params returns how many weight tensors there are, 3 + 2 L; mlp_param the i-th of them:
//   0                the table (V + 1, E)
//   1 + 2 l, 2 + 2 l the weight (H, inputs) and the bias (H) of hidden layer l, from 0; inputs is
//                    T E for the first layer and H for the others
//   1 + 2 L, 2 + 2 L the weight (V, inputs) and the bias (V) of the head
int mlp_params(const struct mlp *m);
struct param mlp_param(const struct mlp *m, int i);

// mlp_weights returns the number of weights over all tensors.  mlp_data and mlp_grad return all of
// them as one array, tensor after tensor in the order of mlp_param.
size_t mlp_weights(const struct mlp *m);
float *mlp_data(const struct mlp *m);
float *mlp_grad(const struct mlp *m);

// mlp_windows writes the windows of N places of a text: the T ids before ids[at[n]], the nearest
// last, and V wherever that is before ids[0].
//   at       (N)     places in the text; the place behind its end is one, and has a window too:
//                    neither ids[at[n]] nor anything behind it is read
//   windows  (N, T)
void mlp_windows(const struct mlp_config *c, const int32_t *ids, int N, const size_t *at,
                 int32_t *windows);

// mlp_count returns how many weights a model of this shape has, without making it.
size_t mlp_count(const struct mlp_config *c);

// mlp_init draws the first weights, tensor after tensor in the order of mlp_param, whatever they
// were before.  Biases become 0, and take no number of the stream.  Each number of a matrix, row
// after row, is random_normal of the one stream RANDOM_INIT of seed, times a deviation:
//   the table          1
//   a hidden layer     gain / sqrt(inputs), where inputs is the number of its columns
//   the head           MLP_HEAD / sqrt(inputs)
#define MLP_HEAD 0.1f
void mlp_init(struct mlp *m, uint64_t seed, float gain);

// mlp_forward returns the node of the logits (N, V): logits[n] scores what follows windows[n].
//   windows  (N, T)  each id in [0, V]; must stay until after the backward
//   hidden   (L)     the node (N, H) of each hidden layer's result is written there too, for
//                    whoever wants to look at it; may be NULL
// With learn = 0 no gradients are wanted.  The forward leaves those that are there as they are:
// tape_backward adds to them, and whoever calls it zeroes them.
// Cost: 2 N flops for each weight of the matrices.
int mlp_forward(const struct mlp *m, struct tape *t, int learn, int N, const int32_t *windows,
                int *hidden);

// mlp_loss returns the node of the cross-entropy summed over all targets, in nats.
//   target  (N)  the id that follows each window, or -1 to pass it over
//   hidden       as for mlp_forward
int mlp_loss(const struct mlp *m, struct tape *t, int learn, int N, const int32_t *windows,
             const int32_t *target, int *hidden);

#endif
