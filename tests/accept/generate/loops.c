// As the hints have it: plain loops, sorting by exchange.
#include "generate.h"

#include <math.h>
#include <string.h>

#include "loss.h"

void generate_penalize(int V, const float *logits, int n, const int32_t *ids, float penalty,
                       float *out)
{
    for (int v = 0; v < V; v++) out[v] = logits[v];
    for (int i = 0; i < n; i++) {
        int v = ids[i];
        if (logits[v] > 0)
            out[v] = logits[v] / penalty;
        else
            out[v] = logits[v] * penalty;
    }
}

void generate_weigh(int V, const float *logits, float temperature, struct candidate *c)
{
    float max = logits[0];
    for (int v = 1; v < V; v++)
        if (logits[v] > max) max = logits[v];
    for (int v = 0; v < V; v++) {
        c[v].p = expf((logits[v] - max) / temperature);
        c[v].id = v;
    }
}

int generate_top_k(int n, struct candidate *c, int k)
{
    if (k == 0 || k > n) k = n;
    for (int i = 0; i < k; i++) {
        int best = i;
        for (int j = i + 1; j < n; j++) {
            if (c[j].p > c[best].p || (c[j].p == c[best].p && c[j].id < c[best].id)) best = j;
        }
        struct candidate x = c[i];
        c[i] = c[best];
        c[best] = x;
    }
    return k;
}

int generate_top_p(int n, const struct candidate *c, float p)
{
    float total = 0;
    for (int i = 0; i < n; i++) total += c[i].p;
    float sum = 0;
    for (int i = 0; i < n; i++) {
        sum += c[i].p;
        if (sum >= p * total) return i + 1;
    }
    return n;
}

int generate_min_p(int n, const struct candidate *c, float p)
{
    for (int i = 1; i < n; i++)
        if (c[i].p < p * c[0].p) return i;
    return n;
}

int32_t generate_draw(int n, const struct candidate *c, float point)
{
    float total = 0, sum = 0;
    for (int i = 0; i < n; i++) total += c[i].p;
    for (int i = 0; i < n; i++) {
        sum += c[i].p;
        if (point * total < sum) return c[i].id;
    }
    int last = n - 1;
    while (c[last].p == 0) last--;
    return c[last].id;
}

size_t generate_stop(size_t size, const char *bytes, int stops, const char *const *stop,
                     int *stopped)
{
    *stopped = 0;
    for (size_t end = 1; end <= size; end++) {
        size_t longest = 0;
        for (int i = 0; i < stops; i++) {
            size_t n = strlen(stop[i]);
            if (n > longest && n <= end && memcmp(bytes + end - n, stop[i], n) == 0) longest = n;
        }
        if (longest > 0) {
            *stopped = 1;
            return end - longest;
        }
    }
    for (size_t begin = 0; begin < size; begin++) {
        size_t left = size - begin;
        for (int i = 0; i < stops; i++) {
            if (left < strlen(stop[i]) && memcmp(bytes + begin, stop[i], left) == 0) return begin;
        }
    }
    return size;
}

void generate_attend(int S, int H, int G, int D, const float *q, const float *keys,
                     const float *values, float *p, float *out)
{
    for (int h = 0; h < H; h++) {
        int g = h * G / H;
        for (int s = 0; s < S; s++) {
            float dot = 0;
            for (int d = 0; d < D; d++) dot += q[h * D + d] * keys[(s * G + g) * D + d];
            p[h * S + s] = dot / sqrtf((float)D);
        }
        softmax_forward(1, S, p + h * S, p + h * S);
        for (int d = 0; d < D; d++) {
            float sum = 0;
            for (int s = 0; s < S; s++) sum += p[h * S + s] * values[(s * G + g) * D + d];
            out[h * D + d] = sum;
        }
    }
}
