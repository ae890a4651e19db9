#include "generate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "loss.h"
#include "mathf.h"
#include "vec.h"

void generate_penalize(int V, const float *logits, int n, const int32_t *ids, float penalty,
                       float *out)
{
    // SOLUTION BEGIN
    memcpy(out, logits, sizeof *out * (size_t)V);
    // From logits, and not from out: the second time gives the same again.
    for (int i = 0; i < n; i++) {
        float x = logits[ids[i]];
        out[ids[i]] = x > 0 ? x / penalty : x * penalty;
    }
    // SOLUTION END
}

void generate_weigh(int V, const float *logits, float temperature, struct candidate *c)
{
    // SOLUTION BEGIN
    float max = vec_max(V, logits);
    for (int v = 0; v < V; v++) {
        c[v] = (struct candidate){mathf_exp((logits[v] - max) / temperature), v};
    }
    // SOLUTION END
}

// SOLUTION BEGIN
// larger_first orders candidates for qsort: a total order, so every qsort gives the same.
static int larger_first(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    if (x->p != y->p) return x->p > y->p ? -1 : 1;
    return (x->id > y->id) - (x->id < y->id);
}
// SOLUTION END

int generate_top_k(int n, struct candidate *c, int k)
{
    // SOLUTION BEGIN
    qsort(c, (size_t)n, sizeof *c, larger_first);
    return k == 0 || k > n ? n : k;
    // SOLUTION END
}

int generate_top_p(int n, const struct candidate *c, float p)
{
    // SOLUTION BEGIN
    float total = 0, sum = 0;
    for (int i = 0; i < n; i++) total += c[i].p;
    int count = 0;
    while (count < n && (count == 0 || sum < p * total)) sum += c[count++].p;
    return count;
    // SOLUTION END
}

int generate_min_p(int n, const struct candidate *c, float p)
{
    // SOLUTION BEGIN
    int count = 1;
    while (count < n && c[count].p >= p * c[0].p) count++;
    return count;
    // SOLUTION END
}

int32_t generate_draw(int n, const struct candidate *c, float point)
{
    // SOLUTION BEGIN
    float total = 0;
    for (int i = 0; i < n; i++) total += c[i].p;
    point *= total;
    for (int i = 0; i < n - 1; i++) {
        if (point < c[i].p) return c[i].id;
        point -= c[i].p;
    }
    // Rounding may leave a little of `point`; then the last one with any weight is meant.
    while (n > 1 && c[n - 1].p <= 0) n--;
    return c[n - 1].id;
    // SOLUTION END
}

size_t generate_stop(size_t size, const char *bytes, int stops, const char *const *stop,
                     int *stopped)
{
    *stopped = 0;
    // SOLUTION BEGIN
    // Byte by byte, as they come: does a stop text end here?
    for (size_t end = 1; end <= size; end++) {
        size_t longest = 0;
        for (int i = 0; i < stops; i++) {
            size_t n = strlen(stop[i]);
            if (n > longest && n <= end && memcmp(bytes + end - n, stop[i], n) == 0) longest = n;
        }
        *stopped = longest > 0;
        if (longest) return end - longest;
    }
    // Does one begin in what is there, and go on behind it?
    for (size_t begin = 0; begin < size; begin++) {
        for (int i = 0; i < stops; i++) {
            size_t n = size - begin;
            if (n < strlen(stop[i]) && memcmp(bytes + begin, stop[i], n) == 0) return begin;
        }
    }
    return size;
    // SOLUTION END
}

void generate_attend(int S, int H, int G, int D, const float *q, const float *keys,
                     const float *values, float *p, float *out)
{
    CHECK(S > 0 && G > 0 && H % G == 0 && D > 0, "S=%d H=%d G=%d D=%d", S, H, G, D);
    // SOLUTION BEGIN
    ptrdiff_t step = (ptrdiff_t)G * D;
    float scale = 1 / sqrtf((float)D);
    // Each head by itself; the sums are in attention_forward's order.  To wake the other threads
    // takes longer than a short text.
#pragma omp parallel for if ((ptrdiff_t)S * H * D > 1 << 14)
    for (int h = 0; h < H; h++) {
        const float *k = keys + h * G / H * D, *v = values + h * G / H * D;
        float *p_h = p + (ptrdiff_t)h * S, *out_h = out + (ptrdiff_t)h * D;
        for (int s = 0; s < S; s++) p_h[s] = scale * vec_dot(D, q + h * D, k + s * step);
        softmax_forward(1, S, p_h, p_h);
        for (int d = 0; d < D; d++) out_h[d] = 0;
        vec_combine(S, D, p_h, 1, v, step, out_h);
    }
    // SOLUTION END
}
