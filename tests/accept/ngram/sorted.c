// The places of the text, sorted by what stands there.  All places where a row stands are then
// neighbours, and binary search finds the first and the last.
#include "ngram.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"

struct place {
    const int32_t *at;
    size_t left;  // ids from here to the end of the text, `order` at most
};

struct ngram {
    size_t order;
    int V;
    size_t n;
    int32_t *ids;
    struct place *sorted;  // (n)
};

// compare orders two places by their first `most` ids; where a text ends comes first.
static int compare(const struct place *a, const struct place *b, size_t most)
{
    for (size_t i = 0; i < most; i++) {
        if (i == a->left || i == b->left) return (a->left > i) - (b->left > i);
        if (a->at[i] != b->at[i]) return a->at[i] < b->at[i] ? -1 : 1;
    }
    return 0;
}

static int by_all(const void *a, const void *b)
{
    return compare(a, b, SIZE_MAX);
}

struct ngram *ngram_count(size_t order, int V, size_t n, const int32_t *ids)
{
    struct ngram *m = malloc(sizeof *m);
    int32_t *copy = malloc((n + 1) * sizeof *copy);
    struct place *sorted = malloc((n + 1) * sizeof *sorted);
    if (!m || !copy || !sorted) die("out of memory");
    for (size_t i = 0; i < n; i++) {
        copy[i] = ids[i];
        sorted[i] = (struct place){copy + i, n - i < order ? n - i : order};
    }
    qsort(sorted, n, sizeof *sorted, by_all);
    *m = (struct ngram){order, V, n, copy, sorted};
    return m;
}

void ngram_free(struct ngram *m)
{
    if (!m) return;
    free(m->ids);
    free(m->sorted);
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

// first returns the first place that is not before the row; with `past`, the first after it.
static size_t first(const struct ngram *m, size_t n, const int32_t *row, int past)
{
    const struct place wanted = {row, n};
    size_t low = 0, high = m->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare(&m->sorted[middle], &wanted, n) < past)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct seen {
    int32_t times, after, kinds;
};

// look walks over the places where the context stands.
static struct seen look(const struct ngram *m, size_t n, const int32_t *context, int32_t id)
{
    struct seen s = {0};
    int32_t last = -1;
    size_t end = first(m, n, context, 1);
    for (size_t i = first(m, n, context, 0); i < end; i++) {
        if (m->sorted[i].left == n) continue;
        int32_t next = m->sorted[i].at[n];
        s.after++;
        s.times += next == id;
        s.kinds += next != last;
        last = next;
    }
    return s;
}

int32_t ngram_times(const struct ngram *m, size_t n, const int32_t *context, int32_t id)
{
    return look(m, n, context, id).times;
}

int32_t ngram_after(const struct ngram *m, size_t n, const int32_t *context)
{
    return look(m, n, context, 0).after;
}

int32_t ngram_kinds(const struct ngram *m, size_t n, const int32_t *context)
{
    return look(m, n, context, 0).kinds;
}

size_t ngram_rows(const struct ngram *m, size_t length)
{
    size_t rows = 0;
    const struct place *last = NULL;
    for (size_t i = 0; i < m->n; i++) {
        if (m->sorted[i].left < length) continue;
        rows += !last || compare(last, &m->sorted[i], length) != 0;
        last = &m->sorted[i];
    }
    return length ? rows : 1;
}

// From the longest context down: what a context leaves over goes to the next shorter one.
double ngram_probability(const struct ngram *m, size_t n, const int32_t *context, int32_t id)
{
    size_t most = m->order - 1;
    if (n > most) context += n - most, n = most;
    double p = 0, rest = 1;
    for (;; context++, n--) {
        struct seen s = look(m, n, context, id);
        if (s.after) {
            p += rest * s.times / (s.after + s.kinds);
            rest = rest * s.kinds / (s.after + s.kinds);
        }
        if (n == 0) return p + rest / m->V;
    }
}

double ngram_bits(const struct ngram *m, size_t order, size_t n, const int32_t *ids)
{
    // A product of probabilities, halved to stay in range: each halving is one bit.
    double product = 1, bits = 0;
    for (size_t end = 0; end < n; end++) {
        size_t length = end;
        if (length > order - 1) length = order - 1;
        product *= ngram_probability(m, length, &ids[end - length], ids[end]);
        int exponent;
        product = frexp(product, &exponent);
        bits -= exponent;
    }
    return bits - log2(product);
}

int32_t ngram_sample(const struct ngram *m, size_t n, const int32_t *context, double point)
{
    double *upto = malloc((size_t)m->V * sizeof *upto), sum = 0;
    if (!upto) die("out of memory");
    for (int32_t id = 0; id < m->V; id++) upto[id] = sum += ngram_probability(m, n, context, id);
    int32_t low = 0, high = m->V - 1;
    while (low < high) {
        int32_t middle = (low + high) / 2;
        if (upto[middle] > point)
            high = middle;
        else
            low = middle + 1;
    }
    free(upto);
    return low;
}
