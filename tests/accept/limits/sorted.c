// Another way: ranks in place of pairs; exchanges undone by a copy; sums kept, not means.
#include "limits.h"

#include <stdlib.h>
#include <string.h>

double limits_drop(size_t n, const float *g, double rate, double before, double after)
{
    long double promised = 0;
    for (size_t i = n; i-- > 0;)
        promised += (long double)rate * (long double)g[i] * (long double)g[i];
    return (double)((long double)(before - after) / promised);
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

// upto returns how many of sorted numbers are below x, or also those that are x.
static size_t upto(size_t m, const double *sorted, double x, int also)
{
    size_t lo = 0, hi = m;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (sorted[mid] < x || (also && !(sorted[mid] > x)))
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

double limits_area(size_t n, const double *a, size_t m, const double *b)
{
    double *sorted = malloc(m * sizeof *sorted), area = 0;
    memcpy(sorted, b, m * sizeof *sorted);
    qsort(sorted, m, sizeof *sorted, ascending);
    for (size_t i = 0; i < n; i++)
        area += 0.5 * (double)(upto(m, sorted, a[i], 0) + upto(m, sorted, a[i], 1));
    free(sorted);
    return area / (double)(n * m);
}

void limits_rename(int V, struct random *r, int32_t *name)
{
    for (int32_t c = 0; c < V; c++) name[c] = c;
    int left = V;
    while (left > 1) {
        int32_t *other = name + random_below(r, (uint32_t)left), was = *other;
        left--;
        *other = name[left];
        name[left] = was;
    }
}

// total returns what a text costs, all its characters together.
static double total(int V, const float *bits, size_t n, const int32_t *ids, const int32_t *back)
{
    double sum = 0;
    size_t x = (size_t)back[ids[0]], y = (size_t)back[ids[1]], v = (size_t)V;
    for (size_t t = 2; t < n; t++) {
        size_t z = (size_t)back[ids[t]];
        sum += (double)bits[z + v * (y + v * x)];
        x = y;
        y = z;
    }
    return sum;
}

double limits_surprise(int V, const float *bits, size_t n, const int32_t *ids, const int32_t *back)
{
    return total(V, bits, n, ids, back) / (double)(n - 2);
}

double limits_climb(int V, const float *bits, size_t n, const int32_t *ids, int32_t *back)
{
    size_t size = (size_t)V * sizeof *back;
    int32_t *now = malloc(size);
    double best = total(V, bits, n, ids, back);
    int kept;
    do {
        kept = 0;
        for (int a = 0; a + 1 < V; a++) {
            for (int b = a + 1; b < V; b++) {
                memcpy(now, back, size);
                now[a] = back[b];
                now[b] = back[a];
                double sum = total(V, bits, n, ids, now);
                if (sum >= best) continue;
                best = sum;
                kept++;
                memcpy(back, now, size);
            }
        }
    } while (kept > 0);
    free(now);
    return best / (double)(n - 2);
}

double limits_bind(int V, const float *bits, size_t n, const int32_t *ids, int tries,
                   struct random *r, int32_t *back)
{
    size_t size = (size_t)V * sizeof *back;
    int32_t *other = malloc(size);
    double best = limits_climb(V, bits, n, ids, back);
    while (tries-- > 0) {
        memcpy(other, back, size);
        for (int k = LIMITS_SHAKEN; k > 0; k--) {
            uint32_t a = random_below(r, (uint32_t)V), b = random_below(r, (uint32_t)V);
            int32_t was = other[b];
            other[b] = other[a];
            other[a] = was;
        }
        double sum = limits_climb(V, bits, n, ids, other);
        if (!(sum < best)) continue;
        best = sum;
        memcpy(back, other, size);
    }
    free(other);
    return best;
}
