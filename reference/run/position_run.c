#include "position_run.h"

#include <math.h>

#include "arena.h"
#include "error.h"
#include "position.h"
#include "random.h"
#include "vec.h"

// struct placed: q and k at all places, and the table that was added.
struct placed {
    float *q, *k;  // (places, width)
    float *table;  // (places, width); NULL if nothing was added
};

// repeat returns x once for each place.
static float *repeat(struct arena *a, const struct placing *p, const float *x)
{
    float *y = arena_floats(a, (size_t)p->places * (size_t)p->width);
    for (int i = 0; i < p->places * p->width; i++) y[i] = x[i % p->width];
    return y;
}

// table_of returns what is added to the vectors.
static float *table_of(struct arena *a, const struct placing *p)
{
    size_t n = (size_t)p->places * (size_t)p->width;
    float *table = arena_floats(a, n);
    struct random r = random_start(p->seed, RANDOM_INIT);
    if (p->kind == POSITION_WAVES)
        position_waves(p->places, p->width, table);
    else
        for (size_t i = 0; i < n; i++) table[i] = random_normal(&r);
    return table;
}

static float *added(struct arena *a, const struct placing *p, const float *x, const float *table)
{
    float *y = arena_floats(a, (size_t)p->places * (size_t)p->width);
    position_forward(1, p->places, p->width, x, table, y);
    return y;
}

static float *turned(struct arena *a, const struct placing *p, const float *x)
{
    size_t n = (size_t)p->places * (size_t)p->width;
    float *y = arena_floats(a, n), *cosine = arena_floats(a, n / 2), *sine = arena_floats(a, n / 2);
    rotary_angles(p->places, p->width, p->base, cosine, sine);
    rotary_forward(1, p->places, p->width, 1, p->width, cosine, sine, x, y);
    return y;
}

static struct placed place(struct arena *a, const struct placing *p)
{
    CHECK(p->places > 0 && p->width > 0, "places=%d width=%d", p->places, p->width);
    struct placed at = {repeat(a, p, p->q), repeat(a, p, p->k), NULL};
    if (p->kind == POSITION_NONE) return at;
    if (p->kind == POSITION_ROTARY)
        return (struct placed){turned(a, p, at.q), turned(a, p, at.k), NULL};
    at.table = table_of(a, p);
    return (struct placed){added(a, p, at.q, at.table), added(a, p, at.k, at.table), at.table};
}

static void print_row(int n, const float *x, FILE *out)
{
    for (int i = 0; i < n; i++) fprintf(out, "%9.4f", (double)x[i]);
}

void position_run_table(const struct placing *p, FILE *out)
{
    struct arena *a = arena_new();
    struct placed at = place(a, p);
    for (int t = 0; t < p->places; t++) {
        ptrdiff_t row = (ptrdiff_t)t * p->width;
        fprintf(out, "%5d", t);
        if (at.table) print_row(p->width, at.table + row, out);
        if (p->kind == POSITION_ROTARY) {
            print_row(p->width, at.q + row, out);
            fputs("   ", out);
            print_row(p->width, at.k + row, out);
        }
        fputc('\n', out);
    }
    arena_free(a);
}

void position_run_scores(const struct placing *p, FILE *out)
{
    struct arena *a = arena_new();
    struct placed at = place(a, p);
    fprintf(out, "  t\\s");
    for (int s = 0; s < p->places; s++) fprintf(out, "%9d", s);
    fputc('\n', out);
    for (int t = 0; t < p->places; t++) {
        fprintf(out, "%5d", t);
        for (int s = 0; s < p->places; s++) {
            float score =
                vec_dot(p->width, at.q + (ptrdiff_t)t * p->width, at.k + (ptrdiff_t)s * p->width);
            fprintf(out, "%9.4f", (double)score);
        }
        fputc('\n', out);
    }
    arena_free(a);
}
