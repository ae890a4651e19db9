#include "limits.h"

#include <stdlib.h>
#include <string.h>

#include "error.h"

double limits_drop(size_t n, const float *g, double rate, double before, double after)
{
    // SOLUTION BEGIN
    double squares = 0;
    for (size_t i = 0; i < n; i++) squares += (double)g[i] * (double)g[i];
    return (before - after) / (rate * squares);
    // SOLUTION END
}

double limits_area(size_t n, const double *a, size_t m, const double *b)
{
    CHECK(n >= 1 && m >= 1, "n=%zu m=%zu", n, m);
    // SOLUTION BEGIN
    double above = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < m; j++) above += a[i] > b[j] ? 1 : a[i] == b[j] ? 0.5 : 0;
    return above / ((double)n * (double)m);
    // SOLUTION END
}

// SOLUTION BEGIN
static void exchange(int32_t *x, int a, int b)
{
    int32_t was = x[a];
    x[a] = x[b], x[b] = was;
}
// SOLUTION END

void limits_rename(int V, struct random *r, int32_t *name)
{
    // SOLUTION BEGIN
    for (int c = 0; c < V; c++) name[c] = c;
    for (int c = V - 1; c > 0; c--) exchange(name, c, (int)random_below(r, (uint32_t)c + 1));
    // SOLUTION END
}

double limits_surprise(int V, const float *bits, size_t n, const int32_t *ids, const int32_t *back)
{
    CHECK(n >= 3, "n=%zu", n);
    // SOLUTION BEGIN
    double sum = 0;
    for (size_t t = 2; t < n; t++) {
        size_t x = (size_t)back[ids[t - 2]], y = (size_t)back[ids[t - 1]], z = (size_t)back[ids[t]];
        sum += (double)bits[(x * (size_t)V + y) * (size_t)V + z];
    }
    return sum / (double)(n - 2);
    // SOLUTION END
}

double limits_climb(int V, const float *bits, size_t n, const int32_t *ids, int32_t *back)
{
    // SOLUTION BEGIN
    double best = limits_surprise(V, bits, n, ids, back);
    for (int kept = 1; kept;) {
        kept = 0;
        for (int a = 0; a < V; a++) {
            for (int b = a + 1; b < V; b++) {
                exchange(back, a, b);
                double now = limits_surprise(V, bits, n, ids, back);
                if (now < best)
                    best = now, kept = 1;
                else
                    exchange(back, a, b);
            }
        }
    }
    return best;
    // SOLUTION END
}

double limits_bind(int V, const float *bits, size_t n, const int32_t *ids, int tries,
                   struct random *r, int32_t *back)
{
    // SOLUTION BEGIN
    size_t size = (size_t)V * sizeof *back;
    int32_t *now = malloc(size);
    if (!now) die("out of memory: %d characters", V);
    double best = limits_climb(V, bits, n, ids, back);
    for (int i = 0; i < tries; i++) {
        memcpy(now, back, size);
        for (int k = 0; k < LIMITS_SHAKEN; k++) {
            int a = (int)random_below(r, (uint32_t)V);
            exchange(now, a, (int)random_below(r, (uint32_t)V));
        }
        double surprise = limits_climb(V, bits, n, ids, now);
        if (surprise < best) {
            best = surprise;
            memcpy(back, now, size);
        }
    }
    free(now);
    return best;
    // SOLUTION END
}
