// ops: the kernels as operations on a tape.  Each records one node and returns its number.  What
// needs no kernel (add, mul, matmul, tanh, sum) comes with the tape.
//
// An operation on rows takes a tensor of any rank >= 1: its last dimension is a row, the others
// are counted through.
#ifndef GPT_OPS_H
#define GPT_OPS_H

#include <stdint.h>

#include "losses.h"
#include "ops_matrix.h"
#include "tape.h"

// op_reshape: the elements of x in their order, in another shape of as many.
int op_reshape(struct tape *t, int x, int rank, const int *shape);

// op_position: a row of table for each place is added.  x (B, T, C), table (rows, C); the row of
// x[b,t] is first + t, and must be there.
int op_position(struct tape *t, int x, int table, int first);

// op_rotary: queries and keys are turned by their place.  qkv (B, T, (H + 2G) D); cosine, sine
// (T, D / 2), the rows of the places of x, which must stay until after the backward.
int op_rotary(struct tape *t, int qkv, int H, int G, const float *cosine, const float *sine);

// op_attention: causal attention of H heads in G groups.  qkv (B, T, (H + 2G) D); result
// (B, T, H D).
int op_attention(struct tape *t, int qkv, int H, int G);

// op_flash: the same but for rounding, in memory that grows with T and not with T^2: the backward
// computes the maps once more, block by block.
int op_flash(struct tape *t, int qkv, int H, int G);

// op_cross_entropy: the sum over rows of the cross-entropy, in nats; result of rank 0.
//   x (…, V) logits   target (rows), -1 to pass a row over; must stay until after the backward
//   losses (rows)     each row's loss is written there too; may be NULL
// On a lean tape the backward writes the gradient of logits of OP_LARGE_ROW or more over them; what
// computed them must not read them again going back.
enum { OP_LARGE_ROW = 4096 };
int op_cross_entropy(struct tape *t, int x, const int32_t *target, float *losses);

// op_cross_entropy_shares: the same, but what goes back through row n is share[n] times its
// gradient; a share of 0 stops it.
//   losses (rows)     each row's loss, as above; not NULL
//   share (rows)      read by the backward: the caller fills it until then, from the losses if it
//                     likes
int op_cross_entropy_shares(struct tape *t, int x, const int32_t *target, float *losses,
                            const float *share);

// op_loss: the sum over rows of any loss of kernels/losses; result of rank 0.
//   x (…, V) logits   target (rows), as above
//   teacher (rows, V) probabilities, for a loss that needs them; else NULL
int op_loss(struct tape *t, int x, const struct loss_kind *kind, float weight,
            const int32_t *target, const float *teacher);

#endif
