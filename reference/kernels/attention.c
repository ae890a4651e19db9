#include "attention.h"

#include <math.h>

#include "error.h"
#include "loss.h"
#include "vec.h"

// SOLUTION BEGIN
// whole rounds n up to whole vectors, as far as T allows.  What is masked adds nothing, and a
// vector of it is cheaper than single numbers.
static int whole(int n, int T)
{
    int up = (n + VEC_LANES - 1) / VEC_LANES * VEC_LANES;
    return up < T ? up : T;
}
// SOLUTION END

static void check(int B, int T, int H, int G, int D)
{
    CHECK(B > 0 && T > 0 && G > 0 && H > 0 && H % G == 0 && D > 0, "B=%d T=%d H=%d G=%d D=%d", B, T,
          H, G, D);
}

void attention_map(int T, int D, const float *q, const float *k, ptrdiff_t stride, float *p)
{
    // vec_dot is the dot product, softmax_forward lesson 05's: both are declared above.
    // SOLUTION BEGIN
    float scale = 1 / sqrtf((float)D);
    for (int t = 0; t < T; t++, p += T) {
        for (int s = 0; s <= t; s++) p[s] = scale * vec_dot(D, q + t * stride, k + s * stride);
        int n = whole(t + 1, T);
        for (int s = t + 1; s < n; s++) p[s] = -INFINITY;
        softmax_forward(1, n, p, p);
        for (int s = n; s < T; s++) p[s] = 0;
    }
    // SOLUTION END
}

void attention_mix(int T, int D, const float *map, const float *x, ptrdiff_t x_stride, float *y,
                   ptrdiff_t y_stride)
{
    // SOLUTION BEGIN
    for (int t = 0; t < T; t++)
        vec_combine(t + 1, D, map + (ptrdiff_t)t * T, 1, x, x_stride, y + t * y_stride);
    // SOLUTION END
}

void attention_forward(int B, int T, int H, int G, int D, const float *qkv, float *p, float *out)
{
    check(B, T, H, G, D);
    // W: from one row of qkv to the next.
    ptrdiff_t W = (ptrdiff_t)(H + 2 * G) * D;
    // SOLUTION BEGIN
#pragma omp parallel for collapse(2)
    for (int b = 0; b < B; b++) {
        for (int h = 0; h < H; h++) {
            const float *first = qkv + b * T * W;
            int g = h * G / H;
            const float *k = first + (H + g) * D, *v = first + (H + G + g) * D;
            float *map = p + ((ptrdiff_t)b * H + h) * T * T;
            float *y = out + ((ptrdiff_t)b * T * H + h) * D;
            attention_map(T, D, first + h * D, k, W, map);
            for (int t = 0; t < T; t++)
                for (int d = 0; d < D; d++) y[(ptrdiff_t)t * H * D + d] = 0;
            attention_mix(T, D, map, v, W, y, (ptrdiff_t)H * D);
        }
    }
    // SOLUTION END
}

void attention_map_backward(int T, int D, const float *p, const float *dy, ptrdiff_t dy_stride,
                            const float *v, ptrdiff_t v_stride, float *ds)
{
    // SOLUTION BEGIN
    float scale = 1 / sqrtf((float)D);
    for (int t = 0; t < T; t++, p += T, ds += T) {
        for (int s = 0; s <= t; s++) ds[s] = vec_dot(D, dy + t * dy_stride, v + s * v_stride);
        float mean = vec_dot(t + 1, p, ds);
        for (int s = 0; s <= t; s++) ds[s] = scale * p[s] * (ds[s] - mean);
        for (int s = t + 1; s < T; s++) ds[s] = 0;
    }
    // SOLUTION END
}

void attention_spread(int T, int D, int heads, const float *map, const float *x, ptrdiff_t x_stride,
                      float *y, ptrdiff_t y_stride)
{
    // SOLUTION BEGIN
    enum { BLOCK = 64 };  // columns whose sums are kept together
    for (int s = 0; s < T; s++, y += y_stride) {
        for (int d = 0; d < D; d += BLOCK) {
            int width = vec_left(D, d, BLOCK);
            float sum[BLOCK] = {0};
            for (int h = 0; h < heads; h++) {
                vec_combine(T - s, width, map + ((ptrdiff_t)h * T + s) * T + s, T,
                            x + s * x_stride + h * D + d, x_stride, sum);
            }
            vec_add(width, sum, y + d);
        }
    }
    // SOLUTION END
}

void attention_backward(int B, int T, int H, int G, int D, const float *qkv, const float *p,
                        const float *dout, float *dp, float *dqkv)
{
    check(B, T, H, G, D);
    // W: from one row of qkv to the next.
    ptrdiff_t W = (ptrdiff_t)(H + 2 * G) * D;
    // SOLUTION BEGIN
    int heads = H / G;
    // The heads of a group share their keys and values, whose gradients must have one owner: so a
    // thread takes a whole group.
#pragma omp parallel for collapse(2)
    for (int b = 0; b < B; b++) {
        for (int g = 0; g < G; g++) {
            int h0 = g * heads;
            const float *first = qkv + b * T * W, *k = first + (H + g) * D;
            const float *dy = dout + ((ptrdiff_t)b * T * H + h0) * D;
            const float *map = p + ((ptrdiff_t)b * H + h0) * T * T;
            float *ds = dp + (map - p), *dfirst = dqkv + b * T * W;
            for (int h = 0; h < heads; h++) {
                ptrdiff_t at = (ptrdiff_t)h * T * T;
                attention_map_backward(T, D, map + at, dy + h * D, (ptrdiff_t)H * D, k + G * D, W,
                                       ds + at);
                attention_mix(T, D, ds + at, k, W, dfirst + (h0 + h) * D, W);
            }
            attention_spread(T, D, heads, ds, first + h0 * D, W, dfirst + (H + g) * D, W);
            attention_spread(T, D, heads, map, dy, (ptrdiff_t)H * D, dfirst + (H + G + g) * D, W);
        }
    }
    // SOLUTION END
}
