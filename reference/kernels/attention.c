#include "attention.h"

#include <math.h>
#include <stddef.h>

#include "error.h"
#include "loss.h"
#include "vec.h"

enum { BLOCK = 64 };  // channels of a head whose sums are kept together

// struct rows: one head's rows of an array, for one sequence: row t is at data + t * stride.
struct rows {
    const float *data;
    ptrdiff_t stride;
};

static const float *row(struct rows x, int t)
{
    return x.data + t * x.stride;
}

static void check(int B, int T, int H, int G, int D)
{
    CHECK(B > 0 && T > 0 && G > 0 && H % G == 0 && D > 0, "B=%d T=%d H=%d G=%d D=%d", B, T, H, G,
          D);
}

// whole rounds n up to whole vectors, as far as T allows.  What is masked adds nothing, and a
// vector of it is cheaper than single numbers.
static int whole(int n, int T)
{
    int up = (n + VEC_LANES - 1) / VEC_LANES * VEC_LANES;
    return up < T ? up : T;
}

// head_forward computes one head of one sequence.
static void head_forward(int T, int D, struct rows q, struct rows k, struct rows v, float *p,
                         float *out, ptrdiff_t out_stride)
{
    float scale = 1 / sqrtf((float)D);
    for (int t = 0; t < T; t++, p += T, out += out_stride) {
        for (int s = 0; s <= t; s++) p[s] = scale * vec_dot(D, row(q, t), row(k, s));
        int n = whole(t + 1, T);
        for (int s = t + 1; s < n; s++) p[s] = -INFINITY;
        softmax_forward(1, n, p, p);
        for (int s = n; s < T; s++) p[s] = 0;
        for (int d = 0; d < D; d++) out[d] = 0;
        vec_combine(t + 1, D, p, 1, v.data, v.stride, out);
    }
}

void attention_forward(int B, int T, int H, int G, int D, const float *qkv, float *p, float *out)
{
    check(B, T, H, G, D);
    ptrdiff_t W = (ptrdiff_t)(H + 2 * G) * D;
#pragma omp parallel for collapse(2)
    for (int b = 0; b < B; b++) {
        for (int h = 0; h < H; h++) {
            const float *first = qkv + b * T * W;
            int g = h * G / H;
            struct rows q = {first + h * D, W}, k = {first + (H + g) * D, W};
            struct rows v = {first + (H + G + g) * D, W};
            head_forward(T, D, q, k, v, p + ((ptrdiff_t)b * H + h) * T * T,
                         out + ((ptrdiff_t)b * T * H + h) * D, (ptrdiff_t)H * D);
        }
    }
}

// scores_backward: from dout to the gradient of the scaled scores, in dp, and dq.
static void scores_backward(int T, int D, struct rows dout, struct rows k, struct rows v,
                            const float *p, float *dp, float *dq, ptrdiff_t stride)
{
    float scale = 1 / sqrtf((float)D);
    for (int t = 0; t < T; t++, p += T, dp += T, dq += stride) {
        for (int s = 0; s <= t; s++) dp[s] = vec_dot(D, row(dout, t), row(v, s));
        float mean = vec_dot(t + 1, p, dp);
        for (int s = 0; s <= t; s++) dp[s] = scale * p[s] * (dp[s] - mean);
        vec_combine(t + 1, D, dp, 1, k.data, k.stride, dq);
    }
}

// spread_backward adds to each row s of dx what the heads of a group send back to it: the sum over
// h and t >= s of weight[h,t,s] * y[h,t].  With p and dout it gives dv, with dp and q it gives dk.
static void spread_backward(int T, int D, int heads, const float *weight, struct rows y, float *dx,
                            ptrdiff_t stride)
{
    for (int s = 0; s < T; s++, dx += stride) {
        for (int d = 0; d < D; d += BLOCK) {
            int width = vec_left(D, d, BLOCK);
            float sum[BLOCK] = {0};
            for (int h = 0; h < heads; h++) {
                vec_combine(T - s, width, weight + ((ptrdiff_t)h * T + s) * T + s, T,
                            row(y, s) + h * D + d, y.stride, sum);
            }
            vec_add(width, sum, dx + d);
        }
    }
}

void attention_backward(int B, int T, int H, int G, int D, const float *qkv, const float *p,
                        const float *dout, float *dp, float *dqkv)
{
    check(B, T, H, G, D);
    ptrdiff_t W = (ptrdiff_t)(H + 2 * G) * D;
    int heads = H / G;
    // The heads of a group share their keys and values, whose gradients must have one owner: so a
    // thread takes a whole group.
#pragma omp parallel for collapse(2)
    for (int b = 0; b < B; b++) {
        for (int g = 0; g < G; g++) {
            const float *first = qkv + b * T * W;
            float *dfirst = dqkv + b * T * W;
            ptrdiff_t h0 = g * heads, map0 = ((ptrdiff_t)b * H + h0) * T * T;
            struct rows q = {first + h0 * D, W}, k = {first + (H + g) * D, W};
            struct rows v = {first + (H + G + g) * D, W};
            struct rows dy = {dout + ((ptrdiff_t)b * T * H + h0) * D, (ptrdiff_t)H * D};
            for (int h = 0; h < heads; h++) {
                struct rows dy_h = {dy.data + h * D, dy.stride};
                ptrdiff_t map = map0 + (ptrdiff_t)h * T * T;
                scores_backward(T, D, dy_h, k, v, p + map, dp + map, dfirst + (h0 + h) * D, W);
            }
            spread_backward(T, D, heads, dp + map0, q, dfirst + (H + g) * D, W);
            spread_backward(T, D, heads, p + map0, dy, dfirst + (H + G + g) * D, W);
        }
    }
}
