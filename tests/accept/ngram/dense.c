// Tables with a cell for every row there could be, V^length of them, and nothing hashed.
#include "ngram.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"

struct ngram {
    size_t order;
    int V;
    int32_t **times;  // times[length - 1][row], a row being a number with digits in base V
};

static size_t power(int V, size_t length)
{
    size_t cells = 1;
    while (length--) cells *= (size_t)V;
    return cells;
}

static size_t number(const struct ngram *m, size_t n, const int32_t *ids)
{
    size_t row = 0;
    for (size_t i = 0; i < n; i++) row = row * (size_t)m->V + (size_t)ids[i];
    return row;
}

struct ngram *ngram_count(size_t order, int V, size_t n, const int32_t *ids)
{
    struct ngram *m = malloc(sizeof *m);
    if (!m) die("out of memory");
    m->order = order, m->V = V;
    m->times = malloc(order * sizeof *m->times);
    if (!m->times) die("out of memory");
    for (size_t length = 1; length <= order; length++) {
        m->times[length - 1] = calloc(power(V, length), sizeof **m->times);
        if (!m->times[length - 1]) die("out of memory");
    }
    for (size_t begin = 0; begin < n; begin++) {
        size_t row = 0, most = n - begin < order ? n - begin : order;
        for (size_t i = 0; i < most; i++) {
            row = row * (size_t)V + (size_t)ids[begin + i];
            m->times[i][row]++;
        }
    }
    return m;
}

void ngram_free(struct ngram *m)
{
    if (!m) return;
    for (size_t i = 0; i < m->order; i++) free(m->times[i]);
    free(m->times);
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

// cells returns the V counts of what comes after a context.
static const int32_t *cells(const struct ngram *m, size_t n, const int32_t *context)
{
    return m->times[n] + number(m, n, context) * (size_t)m->V;
}

int32_t ngram_times(const struct ngram *m, size_t n, const int32_t *context, int32_t id)
{
    return cells(m, n, context)[id];
}

int32_t ngram_after(const struct ngram *m, size_t n, const int32_t *context)
{
    int32_t sum = 0;
    for (int id = 0; id < m->V; id++) sum += cells(m, n, context)[id];
    return sum;
}

int32_t ngram_kinds(const struct ngram *m, size_t n, const int32_t *context)
{
    int32_t sum = 0;
    for (int id = 0; id < m->V; id++) sum += cells(m, n, context)[id] != 0;
    return sum;
}

size_t ngram_rows(const struct ngram *m, size_t length)
{
    size_t rows = 0;
    if (length == 0) return 1;
    for (size_t i = 0; length <= m->order && i < power(m->V, length); i++)
        rows += m->times[length - 1][i] != 0;
    return rows;
}

// The formula as it stands: a function that calls itself with the shorter context.
static double guess(const struct ngram *m, size_t n, const int32_t *context, int32_t id)
{
    double shorter = n ? guess(m, n - 1, context + 1, id) : 1.0 / m->V;
    int32_t after = ngram_after(m, n, context), kinds = ngram_kinds(m, n, context);
    if (!after) return shorter;
    return (ngram_times(m, n, context, id) + kinds * shorter) / (after + kinds);
}

double ngram_probability(const struct ngram *m, size_t n, const int32_t *context, int32_t id)
{
    size_t most = m->order - 1;
    return n > most ? guess(m, most, context + (n - most), id) : guess(m, n, context, id);
}

double ngram_bits(const struct ngram *m, size_t order, size_t n, const int32_t *ids)
{
    double nats = 0;
    for (size_t i = 0; i < n; i++) {
        size_t begin = i + 1 < order ? 0 : i + 1 - order;
        nats += log(ngram_probability(m, i - begin, ids + begin, ids[i]));
    }
    return -nats / log(2);
}

int32_t ngram_sample(const struct ngram *m, size_t n, const int32_t *context, double point)
{
    int32_t id = 0;
    while (id < m->V - 1) {
        double p = ngram_probability(m, n, context, id);
        if (point < p) break;
        point -= p;
        id++;
    }
    return id;
}
