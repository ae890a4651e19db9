// shape: the five sizes of a struct gpt_config, in the short form that suites like.
#ifndef GPT_SHAPE_H
#define GPT_SHAPE_H

#include "gpt.h"

#define SIZES(V, T, L, H, C) \
    .vocab = (V), .context = (T), .layers = (L), .heads = (H), .channels = (C)

#endif
