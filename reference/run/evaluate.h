// evaluate: the loss on text the model was not trained on.
#ifndef GPT_EVALUATE_H
#define GPT_EVALUATE_H

#include <stddef.h>
#include <stdint.h>

#include "gpt.h"
#include "tape.h"

// evaluate_loss returns the mean cross-entropy, in nats per token, over ids[1 … n-1].  The text
// is cut into windows of the model's context that do not overlap, so every token is predicted
// once, from what stands before it in its window.
//   n     at least 2
//   most  windows to use, spread evenly over the text; 0 for all
//   t     an empty tape for scratch; it is reset
double evaluate_loss(const struct gpt *m, struct tape *t, size_t n, const int32_t *ids,
                     size_t most);

// bits_per_byte converts a loss in nats per token on a text of `bytes` bytes in n tokens.
double bits_per_byte(double nats, size_t n, size_t bytes);

#endif
