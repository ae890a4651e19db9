#include "ngram.h"

#include "todo.h"

#include <math.h>
#include <stdlib.h>

#include "counts.h"
#include "error.h"

struct ngram {
    size_t order;
    int V;
    struct counts *counts;  // a record for every row of up to `order` ids
};

// find returns the number of the row ids[0..n), or COUNTS_NONE if it does not stand in the text.
static int32_t find(const struct ngram *m, size_t n, const int32_t *ids)
{
    int32_t row = COUNTS_EMPTY;
    for (size_t i = 0; i < n; i++) row = counts_find(m->counts, row, ids[i]);
    return row;
}

void ngram_free(struct ngram *m)
{
    if (!m) return;
    counts_free(m->counts);
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

int32_t ngram_times(const struct ngram *m, size_t n, const int32_t *context, int32_t id)
{
    CHECK(n < m->order, "n=%zu order=%zu", n, m->order);
    int32_t row = counts_find(m->counts, find(m, n, context), id);
    return row == COUNTS_NONE ? 0 : counts_at(m->counts, row)->times;
}

int32_t ngram_after(const struct ngram *m, size_t n, const int32_t *context)
{
    CHECK(n < m->order, "n=%zu order=%zu", n, m->order);
    int32_t row = find(m, n, context);
    return row == COUNTS_NONE ? 0 : counts_at(m->counts, row)->after;
}

int32_t ngram_kinds(const struct ngram *m, size_t n, const int32_t *context)
{
    CHECK(n < m->order, "n=%zu order=%zu", n, m->order);
    int32_t row = find(m, n, context);
    return row == COUNTS_NONE ? 0 : counts_at(m->counts, row)->kinds;
}

size_t ngram_rows(const struct ngram *m, size_t length)
{
    return counts_rows(m->counts, length);
}

struct ngram *ngram_count(size_t order, int V, size_t n, const int32_t *ids)
{
    CHECK(order >= 1 && V >= 1 && n <= INT32_MAX, "order=%zu V=%d n=%zu", order, V, n);
    for (size_t i = 0; i < n; i++)
        CHECK(ids[i] >= 0 && ids[i] < V, "ids[%zu]=%d V=%d", i, ids[i], V);
    struct ngram *m = malloc(sizeof *m);
    if (!m) die("out of memory: an n-gram model");
    *m = (struct ngram){.order = order, .V = V, .counts = counts_new()};
    // Every place in the text is the beginning of a row of 1, of 2, … of `order` ids.
    TODO();
    return m;
}

double ngram_probability(const struct ngram *m, size_t n, const int32_t *context, int32_t id)
{
    CHECK(id >= 0 && id < m->V, "id=%d V=%d", id, m->V);
    TODO();
}

double ngram_bits(const struct ngram *m, size_t order, size_t n, const int32_t *ids)
{
    CHECK(order >= 1 && order <= m->order, "order=%zu of %zu", order, m->order);
    TODO();
}

int32_t ngram_sample(const struct ngram *m, size_t n, const int32_t *context, double point)
{
    CHECK(point >= 0 && point < 1, "point=%g", point);
    TODO();
}
