// attention_sizes: the sizes of attention, and what follows from them, for the fast kernels that go
// through qkv themselves (attention.h has its layout).
#ifndef GPT_ATTENTION_SIZES_H
#define GPT_ATTENTION_SIZES_H

#include <math.h>
#include <stddef.h>

#include "error.h"

struct attention_sizes {
    int B, T, H, G, D;
    int heads;        // of a group
    ptrdiff_t W, HD;  // from one row of qkv to the next, and of out
    float scale;      // of a score
};

// attention_sizes_of returns them.  Sizes that make no sense are the caller's bug (CHECK).
static inline struct attention_sizes attention_sizes_of(int B, int T, int H, int G, int D)
{
    CHECK(B > 0 && T > 0 && G > 0 && H > 0 && H % G == 0 && D > 0, "B=%d T=%d H=%d G=%d D=%d", B, T,
          H, G, D);
    return (struct attention_sizes){.B = B,
                                    .T = T,
                                    .H = H,
                                    .G = G,
                                    .D = D,
                                    .heads = H / G,
                                    .W = (ptrdiff_t)(H + 2 * G) * D,
                                    .HD = (ptrdiff_t)H * D,
                                    .scale = 1 / sqrtf((float)D)};
}

#endif
