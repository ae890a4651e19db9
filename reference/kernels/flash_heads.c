#include "flash_heads.h"

#include "error.h"
#include "flash.h"

// struct head: where one head of one sequence has its rows; queries, keys and values W apart,
// those of out `out_stride`.
struct head {
    ptrdiff_t q, k, v, W;  // from the beginning of qkv
    ptrdiff_t out, out_stride, lse;
};

static struct head head_of(int b, int h, int T, int H, int G, int D)
{
    ptrdiff_t W = (ptrdiff_t)(H + 2 * G) * D, first = b * T * W, g = h / (H / G);
    return (struct head){.q = first + h * D,
                         .k = first + (H + g) * D,
                         .v = first + (H + G + g) * D,
                         .W = W,
                         .out = ((ptrdiff_t)b * T * H + h) * D,
                         .out_stride = (ptrdiff_t)H * D,
                         .lse = ((ptrdiff_t)b * H + h) * T};
}

static void check(int B, int T, int H, int G, int D)
{
    CHECK(B > 0 && T > 0 && G > 0 && H > 0 && H % G == 0 && D > 0, "B=%d T=%d H=%d G=%d D=%d", B, T,
          H, G, D);
}

void flash_heads_forward(int B, int T, int H, int G, int D, const float *qkv, float *lse,
                         float *out)
{
    check(B, T, H, G, D);
#pragma omp parallel for collapse(3) schedule(static, 16)
    for (int b = 0; b < B; b++) {
        for (int h = 0; h < H; h++) {
            for (int t = 0; t < T; t++) {
                struct head a = head_of(b, h, T, H, G, D);
                lse[a.lse + t] = flash_query(t + 1, D, FLASH_BLOCK, qkv + a.q + t * a.W, qkv + a.k,
                                             qkv + a.v, a.W, out + a.out + t * a.out_stride);
            }
        }
    }
}

void flash_heads_backward(int B, int T, int H, int G, int D, const float *qkv, const float *lse,
                          const float *out, const float *dout, float *dqkv)
{
    check(B, T, H, G, D);
    int heads = H / G;
    // The heads of a group share keys and values, whose gradients must have one owner.
#pragma omp parallel for collapse(2)
    for (int b = 0; b < B; b++) {
        for (int g = 0; g < G; g++) {
            for (int i = 0; i < heads * T; i++) {
                struct head a = head_of(b, g * heads + i / T, T, H, G, D);
                ptrdiff_t t = i % T, q = a.q + t * a.W, y = a.out + t * a.out_stride;
                flash_query_backward((int)t + 1, D, FLASH_BLOCK, qkv + q, qkv + a.k, qkv + a.v, a.W,
                                     lse[a.lse + t], out + y, dout + y, dqkv + q, dqkv + a.k,
                                     dqkv + a.v);
            }
        }
    }
}
