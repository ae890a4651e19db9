// flash: each function on one to three keys that a person can redo, then on odd sizes against the
// formulas in double; the backward against differences too; both against lesson 12.  What may be
// held in memory is counted.
//
// Rows lie in larger arrays, between cells that hold 77; behind the keys that a query may look at
// stand two of the future, with values of 900.  Outputs hold NaN before, unless they are added to.
#include "flash.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "attention.h"
#include "check.h"
#include "flash_heads.h"
#include "guard.h"
#include "lesson.h"
#include "oracle.h"

FUNCTION(flash_update, 4);
FUNCTION(flash_merge, 3);
FUNCTION(flash_query, 5);
FUNCTION(flash_slopes, 4);
FUNCTION(flash_query_backward, 5);

enum { BETWEEN = 256, FUTURE = 2, SHOWN = 6 };
static const float BESIDE = 77, LATER = 900;

// --- rows ------------------------------------------------------------------------------------

// struct rows: n rows of D floats, row s at data + s * stride, and FUTURE rows behind them.
struct rows {
    int n, D;
    ptrdiff_t stride;
    float *data;
};

// rows_of returns a copy of from (n, D), or NaN, with `apart` cells between two rows.
static struct rows rows_of(struct check *c, int n, int D, int apart, const float *from)
{
    struct rows r = {n, D, D + apart, NULL};
    ptrdiff_t size = (n + FUTURE) * r.stride;
    float *cells = check_nans(c, (size_t)(size + 2 * BETWEEN));
    for (ptrdiff_t i = 0; i < size + 2 * BETWEEN; i++) cells[i] = BESIDE;
    r.data = cells + BETWEEN;
    for (int i = 0; i < (n + FUTURE) * D; i++)
        r.data[i / D * r.stride + i % D] = i >= n * D ? LATER : from ? from[i] : NAN;
    return r;
}

static void expect_beside(struct rows r)
{
    ptrdiff_t size = (r.n + FUTURE) * r.stride;
    int whole = 1, later = 1;
    for (ptrdiff_t i = -BETWEEN; i < size + BETWEEN; i++) {
        if (i < 0 || i >= size || i % r.stride >= r.D)
            whole &= r.data[i] == BESIDE;
        else if (i >= r.n * r.stride)
            later &= r.data[i] == LATER;
    }
    expect_true("only the rows themselves are written, nothing beside them", whole);
    expect_true("rows behind the n-th, which are the future, are left alone", later);
}

// expect_rows compares rows with want (n, D), and looks at what stands beside them.
static void expect_rows(struct check *c, const char *what, struct rows got, const double *want,
                        double tolerance)
{
    size_t n = (size_t)(got.n * got.D);
    float *dense = check_nans(c, n);
    for (int i = 0; i < got.n * got.D; i++) dense[i] = got.data[i / got.D * got.stride + i % got.D];
    expect_floats(what, n, dense, want, tolerance);
    expect_beside(got);
}

// shown returns the first numbers of an array as text; eight texts live at a time.
static const char *shown(int n, const float *x)
{
    static char texts[8][SHOWN * 14];
    static int next;
    char *text = texts[next++ % 8];
    int size = 0, most = n > SHOWN ? SHOWN - 2 : n;
    *text = 0;
    for (int i = 0; i < most; i++)
        size +=
            snprintf(text + size, sizeof *texts - (size_t)size, "%s%g", i ? " " : "", (double)x[i]);
    if (n > SHOWN) snprintf(text + size, sizeof *texts - (size_t)size, " ...");
    return text;
}

static float *narrow(struct check *c, size_t n, const double *x)
{
    float *y = check_nans(c, n);
    for (size_t i = 0; i < n; i++) y[i] = (float)x[i];
    return y;
}

// --- flash_update ------------------------------------------------------------------------------

// seen_of is a struct flash_row in double: of n scores and values.
static void seen_of(int n, int D, const float *z, const float *v, double *max, double *sum,
                    double *mix)
{
    *max = -HUGE_VAL, *sum = 0;
    for (int d = 0; d < D; d++) mix[d] = 0;
    for (int s = 0; s < n; s++) *max = fmax(*max, (double)z[s]);
    for (int s = 0; s < n; s++) {
        double w = exp((double)z[s] - *max);
        *sum += w;
        for (int d = 0; d < D; d++) mix[d] += w * (double)v[s * D + d];
    }
}

// row_error is how far off, relative to a sum of weights up to 1, a row may be that has looked at n
// keys in `blocks` blocks: for each block a rescaling, whose exp makes relative the rounding of a
// difference of scores.
static double row_error(int n, int blocks, double largest)
{
    return CHECK_U * ((blocks + 1) * (2 * largest + 12) + 2 * n);
}

static double largest_of(int n, const float *x)
{
    double most = 0;
    for (int i = 0; i < n; i++) most = fmax(most, fabs((double)x[i]));
    return most;
}

static void expect_row(const struct flash_row *row, int n, int D, int blocks, const float *z,
                       const float *v, const float *mix)
{
    struct check *c = check_begin(0);
    double max, sum, *want = check_doubles(c, (size_t)D);
    seen_of(n, D, z, v, &max, &sum, want);
    double error = row_error(n, blocks, largest_of(n, z));
    expect_double("max", (double)row->max, max, 0);
    expect_double("sum", (double)row->sum, sum, error * n);
    expect_true("row->mix points to where it did", row->mix == mix);
    expect_floats("mix", (size_t)D, mix, want, error * n * fmax(1, largest_of(n * D, v)));
    check_end(c);
}

// try_update shows a row n keys, `block` of them at a time.
static void try_update(int n, int D, int block, int apart, const float *z, const float *v)
{
    struct check *c = check_begin(0);
    struct rows values = rows_of(c, n, D, apart, v), mix = rows_of(c, 1, D, 0, NULL);
    for (int d = 0; d < D; d++) mix.data[d] = 0;
    struct flash_row row = {-INFINITY, 0, mix.data};
    for (int s = 0, blocks = 1; s < n; s += block, blocks++) {
        int there = n - s < block ? n - s : block;
        struct rows scores = rows_of(c, 1, there, 0, z + s);
        given("scores %s, %d at a time%s; D = %d, values %s, stride %d", shown(n, z), block,
              s ? "; the last call had row with what came before" : "", D, shown(n * D, v),
              (int)values.stride);
        flash_update(there, D, scores.data, values.data + s * values.stride, values.stride, &row);
        expect_row(&row, s + there, D, blocks, z, v, mix.data);
        expect_beside(scores);
    }
    expect_beside(values);
    expect_beside(mix);
    check_end(c);
}

TEST(flash_update, the_first_key)
{
    try_update(1, 1, 1, 0, (float[]){2}, (float[]){3});
    try_update(1, 2, 1, 0, (float[]){-2}, (float[]){3, -1});
}

TEST(flash_update, the_first_block)
{
    try_update(2, 1, 2, 0, (float[]){2, 1}, (float[]){3, -1});
    try_update(3, 2, 3, 0, (float[]){-2, -1, -2}, (float[]){1, 2, 3, 4, 5, 6});
}

TEST(flash_update, a_smaller_score_after_a_larger)
{
    try_update(2, 1, 1, 0, (float[]){2, 1}, (float[]){3, -1});
}

TEST(flash_update, a_larger_score_after_a_smaller)
{
    try_update(2, 1, 1, 0, (float[]){1, 2}, (float[]){-1, 3});
    try_update(2, 1, 1, 0, (float[]){-1, 3}, (float[]){0, 5});
}

TEST(flash_update, example_of_the_text)
{
    try_update(4, 1, 2, 0, (float[]){1, 0, 3, 2}, (float[]){4, 8, -2, 6});
}

TEST(flash_update, alike_are_equal_shares)
{
    try_update(4, 1, 2, 0, (float[]){5, 5, 5, 5}, (float[]){1, 2, 3, 6});
}

TEST(flash_update, scores_of_ten_thousand)
{
    try_update(4, 1, 2, 0, (float[]){9999, 9998, 10000, 9999.5f}, (float[]){1, 2, 3, 4});
    try_update(4, 1, 2, 0, (float[]){-10000, -9999, -9998.5f, -10001}, (float[]){1, 2, 3, 4});
    try_update(3, 1, 1, 0, (float[]){-10000, 10000, 0}, (float[]){1, 2, 3});
}

TEST(flash_update, rows_in_larger_arrays)
{
    try_update(2, 1, 2, 1, (float[]){1, 2}, (float[]){3, -1});
    try_update(4, 2, 2, 3, (float[]){1, 2, 0, 1}, (float[]){1, 2, 3, 4, 5, 6, 7, 8});
}

TEST(flash_update, random_scores_in_blocks_of_every_size)
{
    struct check *c = check_begin(1);
    enum { N = 40 };
    for (int block = 1; block <= N; block += block < 4 ? 1 : 5)
        for (int D = 1; D < 20; D += 16)
            try_update(N, D, block, block % 3, check_normals(c, N, 4),
                       check_normals(c, (size_t)(N * D), 1));
    check_end(c);
}

// --- flash_merge -------------------------------------------------------------------------------

// try_merge gives n keys to one row and m to another; then one has both.
static void try_merge(int n, int m, int D, const float *z, const float *v)
{
    struct check *c = check_begin(0);
    float *mix[2] = {check_nans(c, (size_t)D), check_nans(c, (size_t)D)};
    float *before = check_nans(c, (size_t)D);
    double max[2], sum[2], *want = check_doubles(c, (size_t)D);
    for (int i = 0; i < 2; i++) {
        int from = i ? n : 0;
        seen_of(i ? m : n, D, z + from, v + from * D, &max[i], &sum[i], want);
        for (int d = 0; d < D; d++) mix[i][d] = (float)want[d];
    }
    memcpy(before, mix[1], sizeof *before * (size_t)D);
    struct flash_row row = {(float)max[0], (float)sum[0], mix[0]};
    struct flash_row other = {(float)max[1], (float)sum[1], mix[1]};
    given("D = %d; row has looked at scores %s, other at %s; values %s", D,
          n ? shown(n, z) : "none", m ? shown(m, z + n) : "none", shown((n + m) * D, v));
    flash_merge(D, &other, &row);
    expect_row(&row, n + m, D, 2, z, v, mix[0]);
    expect_true("other is as before", memcmp(before, mix[1], sizeof *before * (size_t)D) == 0 &&
                                          other.max == (float)max[1] && other.sum == (float)sum[1]);
    check_end(c);
}

TEST(flash_merge, two_that_are_alike)
{
    try_merge(1, 1, 1, (float[]){2, 2}, (float[]){3, -1});
    try_merge(2, 1, 2, (float[]){2, 2, 2}, (float[]){3, -1, 1, 1, 4, 2});
}

TEST(flash_merge, other_has_the_largest_score)
{
    try_merge(1, 1, 1, (float[]){1, 2}, (float[]){-1, 3});
}

TEST(flash_merge, row_has_the_largest_score)
{
    try_merge(1, 1, 1, (float[]){2, 1}, (float[]){3, -1});
}

TEST(flash_merge, example_of_the_text)
{
    try_merge(2, 2, 1, (float[]){1, 0, 3, 2}, (float[]){4, 8, -2, 6});
}

TEST(flash_merge, one_has_looked_at_nothing)
{
    try_merge(0, 2, 1, (float[]){1, 2}, (float[]){-1, 3});
    try_merge(2, 0, 1, (float[]){1, 2}, (float[]){-1, 3});
}

TEST(flash_merge, scores_of_ten_thousand)
{
    try_merge(1, 1, 1, (float[]){10000, 9999}, (float[]){-1, 3});
    try_merge(1, 1, 1, (float[]){-10000, -9999}, (float[]){-1, 3});
    try_merge(1, 1, 1, (float[]){-10000, 10000}, (float[]){-1, 3});
}

TEST(flash_merge, random_parts)
{
    struct check *c = check_begin(2);
    for (int n = 1; n < 30; n += 7)
        for (int D = 1; D < 20; D += 9)
            try_merge(n, 30 - n, D, check_normals(c, 30, 4), check_normals(c, (size_t)(30 * D), 1));
    check_end(c);
}

// --- flash_query -------------------------------------------------------------------------------

// struct problem: a query and its keys and values, as floats and in double, and what the formulas
// make of them.
struct problem {
    struct check *c;
    int n, D;
    const float *q, *k, *v, *dy;
    double *q64, *k64, *v64, *dy64;
    double *z, *p, *y, lse, mean;
    double score;  // how far off a score may be
};

// forward is the formulas in double, from q64, k64, v64.
static void forward(struct problem *x)
{
    for (int s = 0; s < x->n; s++)
        x->p[s] = x->z[s] = oracle_dot(x->D, x->q64, x->k64 + s * x->D) / sqrt(x->D);
    oracle_softmax(x->n, x->p);
    x->lse = oracle_lse(x->n, x->z);
    x->mean = 0;
    for (int d = 0; d < x->D; d++) {
        x->y[d] = 0;
        for (int s = 0; s < x->n; s++) x->y[d] += x->p[s] * x->v64[s * x->D + d];
        x->mean += x->y[d] * x->dy64[d];
    }
}

static struct problem problem_of(struct check *c, int n, int D, const float *q, const float *k,
                                 const float *v, const float *dy)
{
    size_t deep = (size_t)D, rows = (size_t)n, all = rows * deep;
    struct problem x = {.c = c, .n = n, .D = D, .q = q, .k = k, .v = v};
    x.dy = dy ? dy : check_normals(c, deep, 2);
    x.q64 = check_widen(c, deep, q), x.k64 = check_widen(c, all, k);
    x.v64 = check_widen(c, all, v), x.dy64 = check_widen(c, deep, x.dy);
    x.z = check_doubles(c, rows), x.p = check_doubles(c, rows), x.y = check_doubles(c, deep);
    forward(&x);
    double dot = sqrt(D) * check_largest(deep, x.q64) * check_largest(all, x.k64);
    x.score = CHECK_U * (D + 3) * dot;
    return x;
}

static void expect_query(const struct problem *x, int block, int apart)
{
    int n = x->n, D = x->D;
    struct rows k = rows_of(x->c, n, D, apart, x->k), v = rows_of(x->c, n, D, apart, x->v);
    struct rows y = rows_of(x->c, 1, D, 0, NULL), q = rows_of(x->c, 1, D, 0, x->q);
    given("n = %d keys, D = %d, %d at a time; q %s; k %s; v %s; stride %d", n, D, block,
          shown(D, x->q), shown(n * D, x->k), shown(n * D, x->v), (int)k.stride);
    float lse = flash_query(n, D, block, q.data, k.data, v.data, k.stride, y.data);
    double largest = check_largest((size_t)n, x->z);
    double error = 2 * x->score + row_error(n, (n + block - 1) / block, largest);
    expect_rows(x->c, "y", y, x->y, error * fmax(1, check_largest((size_t)(n * D), x->v64)));
    expect_double("lse, which is returned", (double)lse, x->lse, error + 4 * CHECK_U * largest);
    expect_beside(k);
    expect_beside(v);
}

static void try_query(int n, int D, int block, int apart, const float *q, const float *k,
                      const float *v)
{
    struct check *c = check_begin(3);
    struct problem x = problem_of(c, n, D, q, k, v, NULL);
    expect_query(&x, block, apart);
    check_end(c);
}

TEST(flash_query, one_key)
{
    try_query(1, 1, 1, 0, (float[]){3}, (float[]){2}, (float[]){5});
    try_query(1, 2, 1, 0, (float[]){3, 1}, (float[]){2, -2}, (float[]){5, -6});
}

TEST(flash_query, one_block)
{
    try_query(2, 1, 2, 0, (float[]){2}, (float[]){1, 0.5f}, (float[]){3, -1});
    try_query(2, 1, 4, 0, (float[]){2}, (float[]){1, 0.5f}, (float[]){3, -1});
}

TEST(flash_query, example_of_the_text)
{
    try_query(4, 1, 2, 0, (float[]){1}, (float[]){1, 0, 3, 2}, (float[]){4, 8, -2, 6});
}

TEST(flash_query, scores_are_divided_by_the_root)
{
    try_query(2, 4, 2, 0, (float[]){1, 1, 1, 1}, (float[]){1, 1, 1, 1, 0, 0, 0, 0},
              (float[]){1, 2, 3, 4, 5, 6, 7, 80});
    try_query(2, 2, 1, 0, (float[]){0, 3}, (float[]){1, 0, 0, 1}, (float[]){1, 2, 3, 4});
}

TEST(flash_query, a_last_block_that_is_shorter)
{
    try_query(3, 1, 2, 0, (float[]){1}, (float[]){0, 0, 0}, (float[]){3, 6, 12});
    try_query(5, 1, 3, 0, (float[]){1}, (float[]){1, 2, 3, 4, 5}, (float[]){3, 6, 12, 0, 1});
}

TEST(flash_query, scores_of_ten_thousand)
{
    try_query(4, 1, 2, 0, (float[]){100}, (float[]){99, 100, 99.99f, 0}, (float[]){1, 2, 3, 4});
    try_query(4, 1, 2, 0, (float[]){-100}, (float[]){99, 100, 99.99f, 101}, (float[]){1, 2, 3, 4});
}

TEST(flash_query, rows_in_larger_arrays)
{
    try_query(2, 1, 1, 1, (float[]){2}, (float[]){1, 0.5f}, (float[]){3, -1});
    try_query(3, 2, 2, 3, (float[]){1, 2}, (float[]){1, 0.5f, 0, -1, 0, 1},
              (float[]){1, 2, 3, 4, 5, 6});
}

TEST(flash_query, blocks_of_every_size)
{
    enum { N = 37, D = 5 };
    struct check *c = check_begin(4);
    struct problem x = problem_of(c, N, D, check_normals(c, D, 3), check_normals(c, N * D, 1),
                                  check_normals(c, N * D, 1), NULL);
    for (int block = 1; block <= N; block++) expect_query(&x, block, block % 2);
    check_end(c);
}

TEST(flash_query, random_sizes)
{
    static const int SIZES[][2] = {{1, 3}, {2, 17}, {9, 1}, {64, 2}, {65, 16}, {130, 70}};
    struct check *c = check_begin(5);
    for (int i = 0; i < 6; i++) {
        int n = SIZES[i][0], D = SIZES[i][1];
        size_t all = (size_t)(n * D);
        struct problem x = problem_of(c, n, D, check_normals(c, (size_t)D, 2),
                                      check_normals(c, all, 1), check_normals(c, all, 1), NULL);
        expect_query(&x, FLASH_BLOCK, 0);
        expect_query(&x, 7, 2);
    }
    check_end(c);
}

// cramped leaves the learner's code little memory beside what is held already: 64 KB to ask for,
// and a stack that a row of all scores does not fit in.
static void cramped(void)
{
    struct rlimit stack;
    guard_memory();
    lesson_budget(1 << 16);
    if (GUARD_SANITIZED || getrlimit(RLIMIT_STACK, &stack)) return;
    stack.rlim_cur = 1 << 20;
    setrlimit(RLIMIT_STACK, &stack);
}

// A row of its scores would be 2 MB.
TEST(flash_query, half_a_million_keys_in_a_few_kilobytes)
{
    enum { N = 1 << 19, BLOCK = 32 };
    struct check *c = check_begin(6);
    float q = 2, y = NAN, *k = check_nans(c, N), *v = check_nans(c, N);
    double sum = 0, mix = 0;
    for (int s = 0; s < N; s++) {
        k[s] = (float)(s % 8) / 4, v[s] = (float)(s % 3);
        double w = exp(2 * (double)k[s]);
        sum += w, mix += w * (double)v[s];
    }
    given("n = %d keys, D = 1, %d at a time; 64 KB to ask for, and a stack of 1 MB", N, BLOCK);
    cramped();
    float lse = flash_query(N, 1, BLOCK, &q, k, v, 1, &y);
    // 16384 blocks, whose sums are rounded alike.
    expect_double("y", (double)y, mix / sum, 2e-3);
    expect_double("lse, which is returned", (double)lse, log(sum), 2e-3);
    check_end(c);
}

// --- flash_slopes ------------------------------------------------------------------------------

// try_slopes asks for the keys [from, from + n) of a query's.
static void try_slopes(const struct problem *x, int from, int n, int apart)
{
    struct check *c = x->c;
    int D = x->D;
    struct rows k = rows_of(c, n, D, apart, x->k + from * D);
    struct rows v = rows_of(c, n, D, apart, x->v + from * D);
    struct rows p = rows_of(c, 1, n, 0, NULL), ds = rows_of(c, 1, n, 0, NULL);
    float lse = (float)x->lse, mean = (float)x->mean;
    double *want = check_doubles(c, (size_t)n);
    for (int s = 0; s < n; s++) {
        double dp = oracle_dot(D, x->dy64, x->v64 + (from + s) * D);
        want[s] = x->p[from + s] * (dp - x->mean) / sqrt(D);
    }
    given("D = %d; q %s; %d of its %d keys, k %s; v %s; stride %d; dy %s; lse %g, mean %g", D,
          shown(D, x->q), n, x->n, shown(n * D, x->k + from * D), shown(n * D, x->v + from * D),
          (int)k.stride, shown(D, x->dy), (double)lse, (double)mean);
    flash_slopes(n, D, x->q, k.data, v.data, k.stride, lse, x->dy, mean, p.data, ds.data);
    // Of p: the score's and lse's error, made relative by exp; of ds: that of dp and the mean too.
    double largest = fmax(fabs(x->lse), check_largest((size_t)x->n, x->z));
    double error = x->score + CHECK_U * (4 * largest + 8),
           dot = D * check_largest((size_t)D, x->dy64);
    dot *= check_largest((size_t)(x->n * D), x->v64);
    expect_rows(c, "p", p, x->p + from, error);
    expect_rows(c, "ds", ds, want, 2 * dot * (error + CHECK_U * (D + 8)));
    expect_beside(k);
    expect_beside(v);
}

static void slopes_of(int n, int D, const float *q, const float *k, const float *v, const float *dy)
{
    struct check *c = check_begin(7);
    struct problem x = problem_of(c, n, D, q, k, v, dy);
    try_slopes(&x, 0, n, 0);
    try_slopes(&x, n - 1, 1, 0);
    check_end(c);
}

TEST(flash_slopes, one_key_has_no_choice)
{
    slopes_of(1, 1, (float[]){3}, (float[]){2}, (float[]){5}, (float[]){7});
    slopes_of(1, 2, (float[]){3, 1}, (float[]){2, -2}, (float[]){5, -6}, (float[]){1, 2});
}

TEST(flash_slopes, example_of_lesson_12)
{
    slopes_of(2, 1, (float[]){2}, (float[]){1, 0.5f}, (float[]){3, -1}, (float[]){1});
}

TEST(flash_slopes, example_of_the_text)
{
    slopes_of(4, 1, (float[]){1}, (float[]){1, 0, 3, 2}, (float[]){4, 8, -2, 6}, (float[]){1});
}

TEST(flash_slopes, both_are_divided_by_the_root)
{
    slopes_of(2, 4, (float[]){1, 1, 1, 1}, (float[]){1, 1, 1, 1, 0, 0, 0, 0},
              (float[]){1, 2, 3, 4, 0, 0, 0, 0}, (float[]){1, 1, 1, 1});
    slopes_of(2, 2, (float[]){0, 3}, (float[]){1, 0, 0, 1}, (float[]){3, -1, 1, 1},
              (float[]){1, 2});
}

TEST(flash_slopes, scores_of_ten_thousand)
{
    slopes_of(3, 1, (float[]){100}, (float[]){100, 99.99f, 0}, (float[]){1, 2, 3}, (float[]){1});
    slopes_of(3, 1, (float[]){-100}, (float[]){100, 99.99f, 101}, (float[]){1, 2, 3}, (float[]){1});
}

TEST(flash_slopes, random_parts_of_random_rows)
{
    static const int SIZES[][2] = {{2, 3}, {9, 1}, {20, 16}, {33, 37}};
    struct check *c = check_begin(8);
    for (int i = 0; i < 4; i++) {
        int n = SIZES[i][0], D = SIZES[i][1];
        size_t all = (size_t)(n * D);
        struct problem x = problem_of(c, n, D, check_normals(c, (size_t)D, 2),
                                      check_normals(c, all, 1), check_normals(c, all, 1), NULL);
        try_slopes(&x, 0, n, i);
        try_slopes(&x, n / 2, n - n / 2, 0);
    }
    check_end(c);
}

// --- flash_query_backward ----------------------------------------------------------------------

static double objective(const void *context)
{
    struct problem x = *(const struct problem *)context;
    forward(&x);
    return x.mean;  // dy . y
}

// added writes `before` plus the slopes of n numbers.
static double *added(const struct problem *x, int n, double *at, float before)
{
    double *want = check_doubles(x->c, (size_t)n);
    check_slopes((size_t)n, at, objective, x, want);
    for (int i = 0; i < n; i++) want[i] += (double)before;
    return want;
}

static struct rows filled(const struct problem *x, int n, int apart, float before)
{
    float *from = check_zeros(x->c, (size_t)(n * x->D));
    for (int i = 0; i < n * x->D; i++) from[i] = before;
    return rows_of(x->c, n, x->D, apart, from);
}

static void expect_backward(const struct problem *x, int block, int apart, float before)
{
    struct check *c = x->c;
    int n = x->n, D = x->D;
    struct rows k = rows_of(c, n, D, apart, x->k), v = rows_of(c, n, D, apart, x->v);
    struct rows dq = filled(x, 1, 0, before), dk = filled(x, n, apart, before);
    struct rows dv = filled(x, n, apart, before);
    given("n = %d keys, D = %d, %d at a time; q %s; k %s; v %s; stride %d; dy %s; dq, dk, dv were "
          "%g",
          n, D, block, shown(D, x->q), shown(n * D, x->k), shown(n * D, x->v), (int)k.stride,
          shown(D, x->dy), (double)before);
    flash_query_backward(n, D, block, x->q, k.data, v.data, k.stride, (float)x->lse,
                         narrow(c, (size_t)D, x->y), x->dy, dq.data, dk.data, dv.data);
    double most = fmax(fabs(x->lse), check_largest((size_t)n, x->z));
    double error = x->score + CHECK_U * (4 * most + 2 * D + 2 * n + 16);
    double dy = check_largest((size_t)D, x->dy64), value = check_largest((size_t)(n * D), x->v64);
    double other = fmax(check_largest((size_t)D, x->q64), check_largest((size_t)(n * D), x->k64));
    double score = 2 * sqrt(D) * dy * value * other, rest = 1e-9;
    // What was there is rounded once for each block; of x and y the rounding to float comes too.
    rest += CHECK_U * (n + 2) * fabs((double)before);
    expect_rows(c, "dq", dq, added(x, D, x->q64, before), error * score + rest);
    expect_rows(c, "dk", dk, added(x, n * D, x->k64, before), error * score + rest);
    expect_rows(c, "dv", dv, added(x, n * D, x->v64, before), error * dy + rest);
}

static void try_backward(int n, int D, int block, int apart, const float *q, const float *k,
                         const float *v, const float *dy, float before)
{
    struct check *c = check_begin(9);
    struct problem x = problem_of(c, n, D, q, k, v, dy);
    expect_backward(&x, block, apart, before);
    check_end(c);
}

TEST(flash_query_backward, one_key_sends_all_to_its_value)
{
    try_backward(1, 1, 1, 0, (float[]){3}, (float[]){2}, (float[]){5}, (float[]){7}, 0);
    try_backward(1, 2, 1, 0, (float[]){3, 1}, (float[]){2, -2}, (float[]){5, -6}, (float[]){1, 2},
                 0);
}

TEST(flash_query_backward, example_of_lesson_12)
{
    try_backward(2, 1, 2, 0, (float[]){2}, (float[]){1, 0.5f}, (float[]){3, -1}, (float[]){1}, 0);
}

TEST(flash_query_backward, the_same_in_two_blocks)
{
    try_backward(2, 1, 1, 0, (float[]){2}, (float[]){1, 0.5f}, (float[]){3, -1}, (float[]){1}, 0);
}

TEST(flash_query_backward, example_of_the_text)
{
    try_backward(4, 1, 2, 0, (float[]){1}, (float[]){1, 0, 3, 2}, (float[]){4, 8, -2, 6},
                 (float[]){1}, 0);
}

TEST(flash_query_backward, adds_to_what_is_there)
{
    try_backward(1, 1, 1, 0, (float[]){3}, (float[]){2}, (float[]){5}, (float[]){7}, 100);
    try_backward(3, 1, 2, 0, (float[]){2}, (float[]){1, 0.5f, 1}, (float[]){3, -1, 0}, (float[]){1},
                 10);
}

TEST(flash_query_backward, a_last_block_that_is_shorter)
{
    try_backward(5, 1, 3, 0, (float[]){1}, (float[]){1, 2, 0, 1, 2}, (float[]){3, 6, 1, 0, 1},
                 (float[]){2}, 0);
}

TEST(flash_query_backward, rows_in_larger_arrays)
{
    try_backward(2, 1, 1, 1, (float[]){2}, (float[]){1, 0.5f}, (float[]){3, -1}, (float[]){1}, 0);
    try_backward(3, 2, 2, 3, (float[]){1, 2}, (float[]){1, 0.5f, 0, -1, 0, 1},
                 (float[]){1, 2, 3, 4, 5, 6}, (float[]){1, -1}, 0);
}

TEST(flash_query_backward, blocks_of_every_size)
{
    enum { N = 11, D = 3 };
    struct check *c = check_begin(10);
    struct problem x = problem_of(c, N, D, check_normals(c, D, 2), check_normals(c, N * D, 1),
                                  check_normals(c, N * D, 1), NULL);
    for (int block = 1; block <= N; block++) expect_backward(&x, block, block % 2, 0);
    check_end(c);
}

TEST(flash_query_backward, random_sizes)
{
    static const int SIZES[][2] = {{1, 3}, {2, 17}, {9, 1}, {66, 2}};
    struct check *c = check_begin(11);
    for (int i = 0; i < 4; i++) {
        int n = SIZES[i][0], D = SIZES[i][1];
        size_t all = (size_t)(n * D);
        struct problem x = problem_of(c, n, D, check_normals(c, (size_t)D, 2),
                                      check_normals(c, all, 1), check_normals(c, all, 1), NULL);
        expect_backward(&x, i % 2 ? 5 : FLASH_BLOCK, 0, i % 2 ? -3 : 0);
    }
    check_end(c);
}

// A row of p would be 1 MB.
TEST(flash_query_backward, a_quarter_of_a_million_keys_in_a_few_kilobytes)
{
    enum { N = 1 << 18, BLOCK = 32 };
    struct check *c = check_begin(12);
    float q = 0, dy = 3, y = 1, dq = 0, *k = check_nans(c, N), *v = check_nans(c, N);
    float *dk = check_zeros(c, N), *dv = check_zeros(c, N);
    for (int s = 0; s < N; s++) k[s] = (float)(s % 2 * 2), v[s] = (float)(s % 2 * 2);
    given("n = %d keys, D = 1, %d at a time; 64 KB to ask for, and a stack of 1 MB", N, BLOCK);
    cramped();
    flash_query_backward(N, 1, BLOCK, &q, k, v, 1, 12.476649f, &y, &dy, &dq, dk, dv);
    // All scores are 0, all p 1 / N; half of the values are 1 above the mean, and their keys 2.
    expect_double("dq", (double)dq, 3, 1e-3);
    expect_double("dv[0]", (double)dv[0] * N, 3, 1e-4);
    expect_double("dv[n - 1]", (double)dv[N - 1] * N, 3, 1e-4);
    check_end(c);
}

// --- all heads, by lesson 12 ---------------------------------------------------------------------

struct heads {
    int B, T, H, G, D, W;
    size_t wide, outs, maps, queries;
    float *qkv, *dout, *lse, *out, *dqkv;  // by the learner's functions
    float *map, *dmap, *want, *dwant;      // by lesson 12
};

static struct heads heads_of(struct check *c, int B, int T, int H, int G, int D)
{
    struct heads x = {.B = B, .T = T, .H = H, .G = G, .D = D, .W = (H + 2 * G) * D};
    x.wide = (size_t)(B * T * x.W), x.outs = (size_t)(B * T * H * D);
    x.maps = (size_t)(B * H * T * T), x.queries = (size_t)(B * H * T);
    x.qkv = check_normals(c, x.wide, 1), x.dout = check_normals(c, x.outs, 1);
    x.lse = check_nans(c, x.queries), x.out = check_nans(c, x.outs);
    x.map = check_nans(c, x.maps), x.dmap = check_nans(c, x.maps), x.want = check_nans(c, x.outs);
    x.dqkv = check_zeros(c, x.wide), x.dwant = check_zeros(c, x.wide);
    given("flash_heads, which calls yours for every query: B = %d, T = %d, H = %d, G = %d, D = %d",
          B, T, H, G, D);
    return x;
}

static void forward_of(struct heads *x)
{
    flash_heads_forward(x->B, x->T, x->H, x->G, x->D, x->qkv, x->lse, x->out);
}

static void backward_of(struct heads *x)
{
    flash_heads_backward(x->B, x->T, x->H, x->G, x->D, x->qkv, x->lse, x->out, x->dout, x->dqkv);
}

TEST(flash_query, equals_lesson_12)
{
    struct check *c = check_begin(13);
    struct heads x = heads_of(c, 2, 70, 4, 2, 6);
    attention_forward(x.B, x.T, x.H, x.G, x.D, x.qkv, x.map, x.want);
    forward_of(&x);
    expect_floats("out", x.outs, x.out, check_widen(c, x.outs, x.want), 2e-6);
    check_end(c);
}

TEST(flash_query_backward, equals_lesson_12)
{
    struct check *c = check_begin(14);
    struct heads x = heads_of(c, 2, 70, 4, 2, 6);
    attention_forward(x.B, x.T, x.H, x.G, x.D, x.qkv, x.map, x.want);
    attention_backward(x.B, x.T, x.H, x.G, x.D, x.qkv, x.map, x.dout, x.dmap, x.dwant);
    forward_of(&x);
    backward_of(&x);
    expect_floats("dqkv", x.wide, x.dqkv, check_widen(c, x.wide, x.dwant), 2e-5);
    check_end(c);
}

// Only the output at t has a gradient: then the rows after t have none, to the last bit.
TEST(flash_query_backward, the_future_has_exactly_zero_gradient)
{
    struct check *c = check_begin(15);
    struct heads x = heads_of(c, 1, 9, 2, 1, 3);
    double *zeros = check_doubles(c, x.wide);
    float *dout = x.dout;
    forward_of(&x);
    for (int t = 0; t < x.T; t++) {
        x.dout = check_zeros(c, x.outs), x.dqkv = check_zeros(c, x.wide);
        memcpy(x.dout + t * x.H * x.D, dout + t * x.H * x.D, sizeof *dout * (size_t)(x.H * x.D));
        given("flash_heads; T = %d; only the output at t = %d has a gradient", x.T, t);
        backward_of(&x);
        expect_floats("dqkv of the rows after it", (size_t)((x.T - 1 - t) * x.W),
                      x.dqkv + (t + 1) * x.W, zeros, 0);
        expect_true("its own value has a gradient", x.dqkv[(t + 1) * x.W - 1] != 0);
    }
    check_end(c);
}
