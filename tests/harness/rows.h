// rows: tables of floats that lie in larger arrays, for lessons' suites.
//
// Before, between and behind the rows stand cells that hold 77: who reads beside a row always finds
// the same, and who writes there is told so.
#ifndef GPT_ROWS_H
#define GPT_ROWS_H

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "guard.h"
#include "lesson.h"

enum { ROWS_BETWEEN = 1024, ROWS_SHOWN = 6 };
#define ROWS_BESIDE 77

// struct rows: T rows of D floats; row t begins at data + t * stride.
struct rows {
    int T, D;
    ptrdiff_t stride;
    float *data;
};

// rows_of returns rows with `apart` cells between two of them: a copy of from (T, D), or NaN.  They
// live as long as the test.
static inline struct rows rows_of(int T, int D, int apart, const float *from)
{
    static struct room {
        struct room *before;  // what something points at is no leak
        float cells[];
    } * last;
    struct rows r = {T, D, D + apart, NULL};
    size_t size = (size_t)(T * r.stride - apart), behind = GUARD_SANITIZED ? 0 : ROWS_BETWEEN;
    struct room *room = malloc(sizeof *room + (ROWS_BETWEEN + size + behind) * sizeof *room->cells);
    if (!room) die("out of memory: %zu floats", size);
    room->before = last, last = room;
    for (size_t i = 0; i < ROWS_BETWEEN + size + behind; i++) room->cells[i] = ROWS_BESIDE;
    r.data = room->cells + ROWS_BETWEEN;
    for (int i = 0; i < T * D; i++) r.data[i / D * r.stride + i % D] = from ? from[i] : NAN;
    return r;
}

static inline float *cells(size_t n, const float *from)
{
    return rows_of(1, (int)n, 0, from).data;
}

// expect_beside looks at what stands before, between and behind rows.
static inline void expect_beside(struct rows r)
{
    ptrdiff_t size = r.T * r.stride - (r.stride - r.D);
    int whole = 1;
    for (ptrdiff_t i = 1; i <= ROWS_BETWEEN; i++) whole &= r.data[-i] == ROWS_BESIDE;
    for (ptrdiff_t i = 0; i < size; i++) whole &= i % r.stride < r.D || r.data[i] == ROWS_BESIDE;
    for (ptrdiff_t i = 0; i < ROWS_BETWEEN && !GUARD_SANITIZED; i++)
        whole &= r.data[size + i] == ROWS_BESIDE;
    expect_true("only the rows themselves are written, nothing beside them", whole);
}

// expect_rows compares rows with want (T, D), and looks at what stands beside them.
static inline void expect_rows(const char *what, struct rows got, const double *want,
                               double tolerance)
{
    float *dense = malloc((size_t)(got.T * got.D) * sizeof *dense);
    if (!dense) die("out of memory: %d rows", got.T);
    for (int i = 0; i < got.T * got.D; i++) dense[i] = got.data[i / got.D * got.stride + i % got.D];
    expect_floats(what, (size_t)(got.T * got.D), dense, want, tolerance);
    expect_beside(got);
    free(dense);
}

static inline void expect_cells(const char *what, size_t n, float *got, const double *want,
                                double tolerance)
{
    expect_rows(what, (struct rows){1, (int)n, (ptrdiff_t)n, got}, want, tolerance);
}

// shown returns the first numbers of an array as text; six texts live at a time.
static inline const char *shown(size_t n, const float *x)
{
    static char texts[6][ROWS_SHOWN * 14];
    static int next;
    char *text = texts[next++ % 6];
    int size = 0, most = n > ROWS_SHOWN ? ROWS_SHOWN - 2 : (int)n;
    for (int i = 0; i < most; i++)
        size +=
            snprintf(text + size, sizeof *texts - (size_t)size, "%s%g", i ? " " : "", (double)x[i]);
    if (n > ROWS_SHOWN) snprintf(text + size, sizeof *texts - (size_t)size, " ...");
    return text;
}

#endif
