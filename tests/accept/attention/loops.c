// As the hints have it: plain loops, one sum at a time.
#include "attention.h"

#include <math.h>

#include "loss.h"

void attention_map(int T, int D, const float *q, const float *k, ptrdiff_t stride, float *p)
{
    for (int t = 0; t < T; t++) {
        for (int s = 0; s <= t; s++) {
            float dot = 0;
            for (int d = 0; d < D; d++) dot += q[t * stride + d] * k[s * stride + d];
            p[t * T + s] = dot / sqrtf((float)D);
        }
        softmax_forward(1, t + 1, p + t * T, p + t * T);
        for (int s = t + 1; s < T; s++) p[t * T + s] = 0;
    }
}

void attention_mix(int T, int D, const float *map, const float *x, ptrdiff_t x_stride, float *y,
                   ptrdiff_t y_stride)
{
    for (int t = 0; t < T; t++) {
        for (int d = 0; d < D; d++) {
            float sum = 0;
            for (int s = 0; s <= t; s++) sum += map[t * T + s] * x[s * x_stride + d];
            y[t * y_stride + d] += sum;
        }
    }
}

void attention_forward(int B, int T, int H, int G, int D, const float *qkv, float *p, float *out)
{
    ptrdiff_t W = (ptrdiff_t)(H + 2 * G) * D;
    for (int b = 0; b < B; b++) {
        for (int h = 0; h < H; h++) {
            int g = h * G / H;
            const float *first = qkv + b * T * W;
            const float *q = first + h * D, *k = first + (H + g) * D, *v = first + (H + G + g) * D;
            float *map = p + (b * H + h) * T * T, *y = out + b * T * H * D + h * D;
            attention_map(T, D, q, k, W, map);
            for (int t = 0; t < T; t++) {
                for (int d = 0; d < D; d++) y[t * H * D + d] = 0;
            }
            attention_mix(T, D, map, v, W, y, H * D);
        }
    }
}

void attention_map_backward(int T, int D, const float *p, const float *dy, ptrdiff_t dy_stride,
                            const float *v, ptrdiff_t v_stride, float *ds)
{
    for (int t = 0; t < T; t++) {
        float mean = 0;
        for (int s = 0; s <= t; s++) {
            float dp = 0;
            for (int d = 0; d < D; d++) dp += dy[t * dy_stride + d] * v[s * v_stride + d];
            ds[t * T + s] = dp;
            mean += p[t * T + s] * dp;
        }
        for (int s = 0; s <= t; s++)
            ds[t * T + s] = p[t * T + s] * (ds[t * T + s] - mean) / sqrtf((float)D);
        for (int s = t + 1; s < T; s++) ds[t * T + s] = 0;
    }
}

void attention_spread(int T, int D, int heads, const float *map, const float *x, ptrdiff_t x_stride,
                      float *y, ptrdiff_t y_stride)
{
    for (int s = 0; s < T; s++) {
        for (int d = 0; d < D; d++) {
            float sum = 0;
            for (int h = 0; h < heads; h++) {
                for (int t = s; t < T; t++)
                    sum += map[(h * T + t) * T + s] * x[t * x_stride + h * D + d];
            }
            y[s * y_stride + d] += sum;
        }
    }
}

void attention_backward(int B, int T, int H, int G, int D, const float *qkv, const float *p,
                        const float *dout, float *dp, float *dqkv)
{
    ptrdiff_t W = (ptrdiff_t)(H + 2 * G) * D;
    int heads = H / G;
    for (int b = 0; b < B; b++) {
        for (int g = 0; g < G; g++) {
            int h0 = g * heads;
            const float *first = qkv + b * T * W;
            float *dfirst = dqkv + b * T * W;
            const float *q = first + h0 * D, *k = first + (H + g) * D, *v = k + G * D;
            float *dq = dfirst + h0 * D, *dk = dfirst + (H + g) * D, *dv = dk + G * D;
            const float *dy = dout + b * T * H * D + h0 * D;
            const float *map = p + (b * H + h0) * T * T;
            float *ds = dp + (b * H + h0) * T * T;
            for (int h = 0; h < heads; h++) {
                attention_map_backward(T, D, map + h * T * T, dy + h * D, H * D, v, W,
                                       ds + h * T * T);
                attention_mix(T, D, ds + h * T * T, k, W, dq + h * D, W);
            }
            attention_spread(T, D, heads, ds, q, W, dk, W);
            attention_spread(T, D, heads, map, dy, H * D, dv, W);
        }
    }
}
