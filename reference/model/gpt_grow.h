// gpt_grow: a wider and deeper model that computes what a smaller one does, to be trained on.
//
// More channels.  What writes to the residual stream gives every new channel the mean of the old
// ones, where the norms are layernorms: then a row's mean stays, and its new channels come out of
// every norm as 0.  Where they are rmsnorms, new channels are 0.  Either way the row's variance, or
// mean square, shrinks from C to C' channels by C / C'; so do epsilon, and with the root of it all
// gains, and what a norm gives the old channels is what it was.  Matrices that read the stream have
// first weights at the new channels, which meet zeros.
//
// More heads (of the size they had) and a wider network have first weights where they read, and
// zeros where they write.  A new layer stands behind the old ones, and writes zeros.
//
// So nothing changes but for rounding; and every new weight has a slope, or will have one after a
// step: no two are alike.
// Sources: Chen, Goodfellow & Shlens 2015, "Net2Net: accelerating learning via knowledge transfer",
// for the principle; Wang et al. 2024, "LEMON: lossless model expansion", for norms.
#ifndef GPT_GPT_GROW_H
#define GPT_GPT_GROW_H

#include <stdint.h>

#include "error.h"
#include "gpt.h"

// struct gpt_growth: sizes that are wanted; 0: what it takes to go with the others, or none.
struct gpt_growth {
    int layers, channels, hidden;
};

// gpt_grown returns the shape that a model of shape c grows into.  The size of a head stays, and so
// does the number of heads that share keys and values.  Without g->hidden the network's width grows
// with the channels.
//   ERR_VALUE  a size is smaller than it was; the channels are no whole number of heads and groups;
//              positions are waves, whose table belongs to a number of channels
enum err gpt_grown(const struct gpt_config *c, const struct gpt_growth *g, struct gpt_config *out,
                   struct error *e);

// gpt_grow returns a model of shape c, which gpt_grown gave for m's.
//   seed  of the first weights, as in gpt_init
struct gpt *gpt_grow(const struct gpt *m, const struct gpt_config *c, uint64_t seed);

#endif
