// No tables: the model is the text, and every question reads it through.
#include "ngram.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"

struct ngram {
    size_t order;
    int V;
    size_t n;
    int32_t ids[];
};

struct ngram *ngram_count(size_t order, int V, size_t n, const int32_t *ids)
{
    struct ngram *m = malloc(sizeof *m + n * sizeof *m->ids);
    if (!m) die("out of memory");
    m->order = order;
    m->V = V;
    m->n = n;
    if (n) memcpy(m->ids, ids, n * sizeof *ids);
    return m;
}

void ngram_free(struct ngram *m)
{
    free(m);
}

size_t ngram_order(const struct ngram *m)
{
    return m->order;
}

int ngram_vocab(const struct ngram *m)
{
    return m->V;
}

// stands says whether the n ids before place i are the context.
static int stands(const struct ngram *m, size_t i, size_t n, const int32_t *context)
{
    return i >= n && (n == 0 || memcmp(m->ids + i - n, context, n * sizeof *context) == 0);
}

int32_t ngram_times(const struct ngram *m, size_t n, const int32_t *context, int32_t id)
{
    int32_t times = 0;
    for (size_t i = 0; i < m->n; i++) times += m->ids[i] == id && stands(m, i, n, context);
    return times;
}

int32_t ngram_after(const struct ngram *m, size_t n, const int32_t *context)
{
    int32_t after = 0;
    for (size_t i = 0; i < m->n; i++) after += stands(m, i, n, context);
    return after;
}

int32_t ngram_kinds(const struct ngram *m, size_t n, const int32_t *context)
{
    int32_t kinds = 0;
    char *seen = calloc((size_t)m->V, 1);
    if (!seen) die("out of memory");
    for (size_t i = 0; i < m->n; i++) {
        if (!stands(m, i, n, context) || seen[m->ids[i]]) continue;
        seen[m->ids[i]] = 1;
        kinds++;
    }
    free(seen);
    return kinds;
}

size_t ngram_rows(const struct ngram *m, size_t length)
{
    size_t rows = 0;
    if (length == 0 || length > m->order) return length == 0;
    for (size_t i = 0; i + length <= m->n; i++) {
        size_t before = 0;
        while (before < i && memcmp(m->ids + before, m->ids + i, length * sizeof *m->ids)) before++;
        rows += before == i;
    }
    return rows;
}

double ngram_probability(const struct ngram *m, size_t n, const int32_t *context, int32_t id)
{
    const int32_t *end = context + n;
    if (n >= m->order) n = m->order - 1;
    double p = 1 / (double)m->V;
    for (size_t k = 0; k <= n; k++) {
        double after = ngram_after(m, k, end - k), kinds = ngram_kinds(m, k, end - k);
        if (after == 0) return p;
        // The share of the votes that the shorter context has.
        double share = kinds / (after + kinds);
        p = share * p + (1 - share) * (ngram_times(m, k, end - k, id) / after);
    }
    return p;
}

double ngram_bits(const struct ngram *m, size_t order, size_t n, const int32_t *ids)
{
    if (n == 0) return 0;
    // The last id's surprise, and that of the text without it.
    double bits = 0;
    while (n-- > 0) {
        size_t length = n < order ? n : order - 1;
        bits += log2(1 / ngram_probability(m, length, ids + (n - length), ids[n]));
    }
    return bits;
}

int32_t ngram_sample(const struct ngram *m, size_t n, const int32_t *context, double point)
{
    double below = 0;
    for (int32_t id = 0; id + 1 < m->V; id++) {
        below += ngram_probability(m, n, context, id);
        if (below > point) return id;
    }
    return m->V - 1;
}
