// Other ways: sums in double, weights of all stop texts forwards, softmax by hand, insertion sort.
#include "generate.h"

#include <math.h>
#include <string.h>

#include "vec.h"

void generate_penalize(int V, const float *logits, int n, const int32_t *ids, float penalty,
                       float *out)
{
    for (int v = 0; v < V; v++) {
        int used = 0;
        for (int i = 0; i < n && !used; i++) used = ids[i] == v;
        float by = logits[v] > 0 ? 1 / penalty : penalty;
        out[v] = used ? logits[v] * by : logits[v];
    }
}

void generate_weigh(int V, const float *logits, float temperature, struct candidate *c)
{
    double max = -(double)INFINITY;
    for (int v = 0; v < V; v++) max = fmax(max, (double)logits[v]);
    for (int v = 0; v < V; v++)
        c[v] = (struct candidate){(float)exp(((double)logits[v] - max) / (double)temperature), v};
}

int generate_top_k(int n, struct candidate *c, int k)
{
    for (int i = 1; i < n; i++) {
        struct candidate x = c[i];
        int at = i;
        while (at > 0 && (c[at - 1].p < x.p || (c[at - 1].p == x.p && c[at - 1].id > x.id))) {
            c[at] = c[at - 1];
            at--;
        }
        c[at] = x;
    }
    return k > 0 && k < n ? k : n;
}

static double sum_of(int n, const struct candidate *c)
{
    double sum = 0;
    for (int i = 0; i < n; i++) sum += (double)c[i].p;
    return sum;
}

int generate_top_p(int n, const struct candidate *c, float p)
{
    double left = (double)p * sum_of(n, c);
    int count = 1;
    for (left -= (double)c[0].p; left > 0 && count < n; count++) left -= (double)c[count].p;
    return count;
}

int generate_min_p(int n, const struct candidate *c, float p)
{
    while (n > 1 && c[n - 1].p < p * c[0].p) n--;
    return n;
}

int32_t generate_draw(int n, const struct candidate *c, float point)
{
    double at = (double)point * sum_of(n, c), sum = 0;
    int32_t id = -1;
    for (int i = 0; i < n; i++) {
        if (c[i].p <= 0) continue;
        id = c[i].id;
        sum += (double)c[i].p;
        if (at < sum) break;
    }
    return id;
}

size_t generate_stop(size_t size, const char *bytes, int stops, const char *const *stop,
                     int *stopped)
{
    size_t end = size + 1, begin = size, safe = size;
    for (int i = 0; i < stops; i++) {
        size_t n = strlen(stop[i]);
        for (size_t at = 0; n && at < size; at++) {
            size_t same = 0;
            while (same < n && at + same < size && bytes[at + same] == stop[i][same]) same++;
            if (same == n) {
                if (at + n < end || (at + n == end && at < begin)) end = at + n, begin = at;
            } else if (at + same == size && at < safe) {
                safe = at;
            }
        }
    }
    *stopped = end <= size;
    return *stopped ? begin : safe;
}

void generate_attend(int S, int H, int G, int D, const float *q, const float *keys,
                     const float *values, float *p, float *out)
{
    (void)p;
    for (int h = 0; h < H; h++, q += D, out += D) {
        const float *k = keys + h / (H / G) * D, *v = values + h / (H / G) * D;
        // One pass: when a larger score comes, what was summed shrinks.
        float max = -INFINITY, sum = 0;
        for (int d = 0; d < D; d++) out[d] = 0;
        for (int s = 0; s < S; s++, k += G * D, v += G * D) {
            float score = vec_dot(D, q, k) / sqrtf((float)D);
            float most = score > max ? score : max, shrink = expf(max - most);
            float e = expf(score - most);
            sum = sum * shrink + e;
            for (int d = 0; d < D; d++) out[d] = out[d] * shrink + e * v[d];
            max = most;
        }
        for (int d = 0; d < D; d++) out[d] /= sum;
    }
}
