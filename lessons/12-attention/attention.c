#include "attention.h"

#include "todo.h"

#include <math.h>

#include "error.h"
#include "loss.h"
#include "vec.h"

static void check(int B, int T, int H, int G, int D)
{
    CHECK(B > 0 && T > 0 && G > 0 && H > 0 && H % G == 0 && D > 0, "B=%d T=%d H=%d G=%d D=%d", B, T,
          H, G, D);
}

void attention_map(int T, int D, const float *q, const float *k, ptrdiff_t stride, float *p)
{
    // vec_dot is the dot product, softmax_forward lesson 05's: both are declared above.
    TODO();
}

void attention_mix(int T, int D, const float *map, const float *x, ptrdiff_t x_stride, float *y,
                   ptrdiff_t y_stride)
{
    TODO();
}

void attention_forward(int B, int T, int H, int G, int D, const float *qkv, float *p, float *out)
{
    check(B, T, H, G, D);
    // W: from one row of qkv to the next.
    ptrdiff_t W = (ptrdiff_t)(H + 2 * G) * D;
    TODO();
}

void attention_map_backward(int T, int D, const float *p, const float *dy, ptrdiff_t dy_stride,
                            const float *v, ptrdiff_t v_stride, float *ds)
{
    TODO();
}

void attention_spread(int T, int D, int heads, const float *map, const float *x, ptrdiff_t x_stride,
                      float *y, ptrdiff_t y_stride)
{
    TODO();
}

void attention_backward(int B, int T, int H, int G, int D, const float *qkv, const float *p,
                        const float *dout, float *dp, float *dqkv)
{
    check(B, T, H, G, D);
    // W: from one row of qkv to the next.
    ptrdiff_t W = (ptrdiff_t)(H + 2 * G) * D;
    TODO();
}
