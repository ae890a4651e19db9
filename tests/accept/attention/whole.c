// Whole rows: what is masked gets a score so low that its exp is 0, and sums go over all T.  The
// backward goes from query to query and sends on what each of them owes.
#include "attention.h"

#include <math.h>
#include <stdlib.h>

#include "error.h"
#include "loss.h"

static float *zeros(size_t n)
{
    float *x = calloc(n, sizeof *x);
    if (!x) die("out of memory: %zu floats", n);
    return x;
}

static float dot(int D, const float *a, const float *b)
{
    double sum = 0;
    while (D-- > 0) sum += (double)*a++ * (double)*b++;
    return (float)sum;
}

void attention_map(int T, int D, const float *q, const float *k, ptrdiff_t stride, float *p)
{
    const float *query = q;
    for (int i = 0; i < T * T; i++) {
        int t = i / T, s = i % T;
        query = q + t * stride;
        p[i] = s > t ? -1e9f : dot(D, query, k + s * stride) / sqrtf((float)D);
    }
    softmax_forward(T, T, p, p);
}

void attention_mix(int T, int D, const float *map, const float *x, ptrdiff_t x_stride, float *y,
                   ptrdiff_t y_stride)
{
    float *sum = zeros((size_t)D);
    for (int t = 0; t < T; t++) {
        for (int d = 0; d < D; d++) sum[d] = 0;
        for (int s = 0; s < T; s++) {
            for (int d = 0; d < D; d++) sum[d] += map[t * T + s] * x[s * x_stride + d];
        }
        for (int d = 0; d < D; d++) y[t * y_stride + d] += sum[d];
    }
    free(sum);
}

// Without the two above: position by position, all heads of it.
void attention_forward(int B, int T, int H, int G, int D, const float *qkv, float *p, float *out)
{
    int W = (H + 2 * G) * D, share = H / G;
    for (int b = 0; b < B; b++, qkv += T * W, p += H * T * T) {
        for (int t = 0; t < T; t++) {
            for (int h = 0; h < H; h++, out += D) {
                float *row = p + (h * T + t) * T;
                const float *k = qkv + (H + h / share) * D, *v = k + G * D;
                for (int s = 0; s < T; s++)
                    row[s] = s > t ? -INFINITY
                                   : dot(D, qkv + t * W + h * D, k + s * W) / sqrtf((float)D);
                softmax_forward(1, T, row, row);
                for (int d = 0; d < D; d++) {
                    out[d] = 0;
                    for (int s = 0; s <= t; s++) out[d] += row[s] * v[s * W + d];
                }
            }
        }
    }
}

void attention_map_backward(int T, int D, const float *p, const float *dy, ptrdiff_t dy_stride,
                            const float *v, ptrdiff_t v_stride, float *ds)
{
    float *dp = zeros((size_t)T * (size_t)T);
    for (int i = 0; i < T * T; i++) {
        ds[i] = 0;
        dp[i] = dot(D, dy + i / T * dy_stride, v + i % T * v_stride) / sqrtf((float)D);
    }
    softmax_backward(T, T, p, dp, ds);
    free(dp);
}

void attention_spread(int T, int D, int heads, const float *map, const float *x, ptrdiff_t x_stride,
                      float *y, ptrdiff_t y_stride)
{
    float *sum = zeros((size_t)(T * D));
    for (int t = 0; t < T; t++) {
        for (int h = 0; h < heads; h++) {
            for (int s = 0; s <= t; s++) {
                for (int d = 0; d < D; d++)
                    sum[s * D + d] += map[h * T * T + t * T + s] * x[t * x_stride + h * D + d];
            }
        }
    }
    for (int i = 0; i < T * D; i++) y[i / D * y_stride + i % D] += sum[i];
    free(sum);
}

void attention_backward(int B, int T, int H, int G, int D, const float *qkv, const float *p,
                        const float *dout, float *dp, float *dqkv)
{
    int W = (H + 2 * G) * D, share = H / G;
    float *sum = zeros((size_t)(B * T * W));
    for (int i = 0; i < B * T * H; i++) {  // a query
        int b = i / (T * H), t = i / H % T, h = i % H, g = h / share;
        const float *k = qkv + b * T * W + (H + g) * D, *v = k + G * D, *dy = dout + i * D;
        const float *q = qkv + (b * T + t) * W + h * D, *row = p + ((b * H + h) * T + t) * T;
        float *dq = sum + (q - qkv), *dk = sum + (k - qkv), *dv = sum + (v - qkv), mean = 0;
        for (int s = 0; s <= t; s++) mean += row[s] * (dp[s] = dot(D, dy, v + s * W));
        for (int s = 0; s <= t; s++) {
            float ds = row[s] * (dp[s] - mean) / sqrtf((float)D);
            for (int d = 0; d < D; d++) {
                dq[d] += ds * k[s * W + d];
                dk[s * W + d] += ds * q[d];
                dv[s * W + d] += row[s] * dy[d];
            }
        }
    }
    for (int i = 0; i < B * T * W; i++) dqkv[i] += sum[i];
    free(sum);
}
