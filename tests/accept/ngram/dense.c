// Tables with a cell for every row there could be, V^length of them, and nothing hashed.
#include "ngram.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"

struct ngram {
    int order, V;
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

struct ngram *ngram_count(int order, int V, size_t n, const int32_t *ids)
{
    struct ngram *m = malloc(sizeof *m);
    if (!m) die("out of memory");
    m->order = order, m->V = V;
    m->times = malloc((size_t)order * sizeof *m->times);
    if (!m->times) die("out of memory");
    for (size_t length = 1; length <= (size_t)order; length++) {
        int32_t *times = calloc(power(V, length), sizeof *times);
        if (!times) die("out of memory");
        for (size_t end = length; end <= n; end++) times[number(m, length, ids + end - length)]++;
        m->times[length - 1] = times;
    }
    return m;
}

void ngram_free(struct ngram *m)
{
    if (!m) return;
    for (int i = 0; i < m->order; i++) free(m->times[i]);
    free(m->times);
    free(m);
}

int ngram_order(const struct ngram *m)
{
    return m->order;
}

int ngram_vocab(const struct ngram *m)
{
    return m->V;
}

// cells returns the V counts behind a context.
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

size_t ngram_rows(const struct ngram *m, int length)
{
    size_t rows = 0;
    for (size_t i = 0; length && i < power(m->V, (size_t)length); i++)
        rows += m->times[length - 1][i] != 0;
    return length ? rows : 1;
}

// The formula as it stands: a function that calls itself with the shorter context.
static double behind(const struct ngram *m, size_t n, const int32_t *context, int32_t id)
{
    double shorter = n ? behind(m, n - 1, context + 1, id) : 1.0 / m->V;
    int32_t after = ngram_after(m, n, context), kinds = ngram_kinds(m, n, context);
    if (!after) return shorter;
    return (ngram_times(m, n, context, id) + kinds * shorter) / (after + kinds);
}

double ngram_probability(const struct ngram *m, size_t n, const int32_t *context, int32_t id)
{
    size_t most = (size_t)m->order - 1;
    return n > most ? behind(m, most, context + (n - most), id) : behind(m, n, context, id);
}

double ngram_bits(const struct ngram *m, int order, size_t n, const int32_t *ids)
{
    double nats = 0;
    for (size_t i = 0; i < n; i++) {
        size_t begin = i + 1 < (size_t)order ? 0 : i + 1 - (size_t)order;
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
