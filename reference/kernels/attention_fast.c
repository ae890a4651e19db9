#include "attention_fast.h"

#include <math.h>
#include <stddef.h>

#include "attention.h"
#include "attention_fast_rows.h"
#include "attention_sizes.h"
#include "threads.h"

static int min(int a, int b)
{
    return a < b ? a : b;
}

static int is_fast(int D)
{
    return D % VEC_LANES == 0 && D <= ATTENTION_FAST_DEEP;
}

// band returns how many of T rows, whole ATTENTION_FAST_KEYS, are one piece of work where there are
// `pieces` heads or groups for the threads: all of them, if that is enough.
static int band(int T, int pieces)
{
    int bands = (threads_max() + pieces - 1) / pieces, rows = (T + bands - 1) / bands;
    return (rows + ATTENTION_FAST_KEYS - 1) / ATTENTION_FAST_KEYS * ATTENTION_FAST_KEYS;
}

// forward: rows [from, to) of head n = b H + h.
static void forward(int from, int to, int n, const struct attention_sizes *z, const float *qkv,
                    float *p, float *out)
{
    int b = n / z->H, h = n % z->H, g = h / z->heads, T = z->T, D = z->D;
    const float *first = qkv + b * T * z->W;
    struct rows q = {first + h * D, z->W}, k = {first + (z->H + g) * D, z->W};
    struct rows v = {k.data + z->G * D, z->W};
    p += (ptrdiff_t)n * T * T;
    rows_products(from, to, T, D, q, k, z->scale, -INFINITY, p);
    rows_softmax(from, to, T, p);
    rows_mix(from, to, T, D, p, v, out + ((ptrdiff_t)b * T * z->H + h) * D, (ptrdiff_t)z->H * D, 0);
}

void attention_fast_forward(int B, int T, int H, int G, int D, const float *qkv, float *p,
                            float *out)
{
    struct attention_sizes z = attention_sizes_of(B, T, H, G, D);
    if (!is_fast(D)) {
        attention_forward(B, T, H, G, D, qkv, p, out);
        return;
    }
    int n = B * H, rows = band(T, n);
#pragma omp parallel for collapse(2) schedule(dynamic)
    for (int i = 0; i < n; i++)
        for (int t = 0; t < T; t += rows) forward(t, min(t + rows, T), i, &z, qkv, p, out);
}

// struct group: the heads of one sequence that share keys and values, and their gradients.
struct group {
    struct rows q, k, v, dy;  // q, dy: of the first head
    const float *p;
    float *dq, *dk, *dv;  // rows as far apart as q's
};

static struct group group_of(int n, const struct attention_sizes *z, const float *qkv,
                             const float *p, const float *dout, float *dqkv)
{
    ptrdiff_t b = n / z->G, g = n % z->G, h = g * z->heads, D = z->D, W = z->W;
    const float *q = qkv + b * z->T * W + h * D, *k = qkv + b * z->T * W + (z->H + g) * D;
    float *dk = dqkv + (k - qkv);
    return (struct group){.q = {q, W},
                          .k = {k, W},
                          .v = {k + z->G * D, W},
                          .dy = {dout + (b * z->T * z->H + h) * D, z->H * D},
                          .p = p + (b * z->H + h) * z->T * z->T,
                          .dq = dqkv + (q - qkv),
                          .dk = dk,
                          .dv = dk + z->G * D};
}

// to_queries: rows [from, to) of ds and dq, of head h of a group.
static void to_queries(int from, int to, int h, const struct attention_sizes *z,
                       const struct group *g, float *ds)
{
    int T = z->T, D = z->D;
    ptrdiff_t at = (ptrdiff_t)h * T * T;
    struct rows dy = {g->dy.data + h * D, g->dy.stride};
    rows_products(from, to, T, D, dy, g->v, 1, 0, ds + at);
    rows_slopes(from, to, T, z->scale, g->p + at, ds + at);
    rows_mix(from, to, T, D, ds + at, g->k, g->dq + h * D, z->W, 1);
}

// to_keys: rows [from, to) of dk and dv.
static void to_keys(int from, int to, const struct attention_sizes *z, const struct group *g,
                    const float *ds)
{
    rows_spread(from, to, z->T, z->D, z->heads, ds, g->q, g->dk, z->W);
    rows_spread(from, to, z->T, z->D, z->heads, g->p, g->dy, g->dv, z->W);
}

size_t attention_fast_work(int B, int T, int H, int G, int D)
{
    int groups = B * G, parts = is_fast(D) ? min(groups, threads_max()) : groups;
    return (size_t)parts * (size_t)(H / G) * (size_t)T * (size_t)T;
}

void attention_fast_backward(int B, int T, int H, int G, int D, const float *qkv, const float *p,
                             const float *dout, float *dp, float *dqkv)
{
    struct attention_sizes z = attention_sizes_of(B, T, H, G, D);
    if (!is_fast(D)) {
        attention_backward(B, T, H, G, D, qkv, p, dout, dp, dqkv);
        return;
    }
    int groups = B * G, workers = threads_max(), rows = band(T, groups);
    ptrdiff_t maps = (ptrdiff_t)z.heads * T * T;  // floats of a group's
    if (groups >= workers) {
        // A thread uses one part of dp again and again: it stays in its cache.
#pragma omp parallel for
        for (int w = 0; w < workers; w++) {
            int end = (int)((ptrdiff_t)groups * (w + 1) / workers);
            for (int i = (int)((ptrdiff_t)groups * w / workers); i < end; i++) {
                struct group g = group_of(i, &z, qkv, p, dout, dqkv);
                for (int h = 0; h < z.heads; h++) to_queries(0, T, h, &z, &g, dp + w * maps);
                to_keys(0, T, &z, &g, dp + w * maps);
            }
        }
        return;
    }
#pragma omp parallel
    {
#pragma omp for collapse(2) schedule(dynamic)
        for (int i = 0; i < B * H; i++) {
            for (int t = 0; t < T; t += rows) {
                struct group g = group_of(i / z.heads, &z, qkv, p, dout, dqkv);
                to_queries(t, min(t + rows, T), i % z.heads, &z, &g, dp + i / z.heads * maps);
            }
        }
        // The heads of a group share keys and values, whose gradients have one owner.
#pragma omp for collapse(2) schedule(dynamic)
        for (int i = 0; i < groups; i++) {
            for (int t = 0; t < T; t += rows) {
                struct group g = group_of(i, &z, qkv, p, dout, dqkv);
                to_keys(t, min(t + rows, T), &z, &g, dp + i * maps);
            }
        }
    }
}
