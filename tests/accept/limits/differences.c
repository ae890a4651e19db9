// Another way: counts of above and below; only what an exchange touches is summed anew.
#include "limits.h"

#include <stdlib.h>
#include <string.h>

double limits_drop(size_t n, const float *g, double rate, double before, double after)
{
    double length = 0;
    for (size_t i = 0; i < n; i++) {
        double slope = (double)g[i];
        length += slope * slope;
    }
    double promised = rate * length, got = before - after;
    return got / promised;
}

double limits_area(size_t n, const double *a, size_t m, const double *b)
{
    long above = 0, below = 0;
    for (size_t j = 0; j < m; j++) {
        for (size_t i = 0; i < n; i++) {
            above += a[i] > b[j];
            below += a[i] < b[j];
        }
    }
    return 0.5 + 0.5 * (double)(above - below) / ((double)n * (double)m);
}

void limits_rename(int V, struct random *r, int32_t *name)
{
    int32_t c = 0;
    for (; c < V; c++) name[c] = c;
    while (--c > 0) {
        int32_t j = (int32_t)random_below(r, (uint32_t)(c + 1));
        if (j == c) continue;
        name[c] ^= name[j], name[j] ^= name[c], name[c] ^= name[j];
    }
}

static double one(int V, const float *bits, const int32_t *ids, const int32_t *back)
{
    return (double)bits[((long)back[ids[0]] * V + back[ids[1]]) * V + back[ids[2]]];
}

double limits_surprise(int V, const float *bits, size_t n, const int32_t *ids, const int32_t *back)
{
    double mean = 0;
    for (size_t t = 0; t + 2 < n; t++) mean += one(V, bits, ids + t, back) / (double)(n - 2);
    return mean;
}

// touched sums the rows of three in which a or b stands.
static double touched(int V, const float *bits, size_t n, const int32_t *ids, const int32_t *back,
                      int32_t a, int32_t b)
{
    double sum = 0;
    for (size_t t = 0; t + 2 < n; t++) {
        int in = 0;
        for (int k = 0; k < 3; k++) in |= ids[t + (size_t)k] == a || ids[t + (size_t)k] == b;
        if (in) sum += one(V, bits, ids + t, back);
    }
    return sum;
}

static void swap(int32_t *x, int32_t *y)
{
    int32_t was = *x;
    *x = *y;
    *y = was;
}

// round tries each pair once and returns how many exchanges it kept.
static int once_through(int V, const float *bits, size_t n, const int32_t *ids, int32_t *back)
{
    int kept = 0;
    for (int32_t a = 0; a < V; a++) {
        for (int32_t b = a + 1; b < V; b++) {
            double before = touched(V, bits, n, ids, back, a, b);
            swap(back + a, back + b);
            if (touched(V, bits, n, ids, back, a, b) < before)
                kept++;
            else
                swap(back + a, back + b);
        }
    }
    return kept;
}

double limits_climb(int V, const float *bits, size_t n, const int32_t *ids, int32_t *back)
{
    while (once_through(V, bits, n, ids, back) > 0) continue;
    return limits_surprise(V, bits, n, ids, back);
}

double limits_bind(int V, const float *bits, size_t n, const int32_t *ids, int tries,
                   struct random *r, int32_t *back)
{
    size_t size = (size_t)V * sizeof *back;
    int32_t *best = malloc(size);
    double least = limits_climb(V, bits, n, ids, back);
    memcpy(best, back, size);
    for (int i = 0; i < tries; i++) {
        for (int k = 0; k < LIMITS_SHAKEN; k++) {
            int32_t *first = back + random_below(r, (uint32_t)V);
            swap(first, back + random_below(r, (uint32_t)V));
        }
        double surprise = limits_climb(V, bits, n, ids, back);
        if (surprise < least) least = surprise, memcpy(best, back, size);
        memcpy(back, best, size);
    }
    free(best);
    return least;
}
