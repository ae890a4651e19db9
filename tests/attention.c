// attention: each function on one and two positions that a person can redo, then on odd sizes
// against the formulas in double; backwards against differences too.
//
// Rows lie in larger arrays, between cells that hold 77: who reads beside a row always finds the
// same, and who writes there is told so.  Outputs hold NaN before, unless they are added to.
#include "attention.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "guard.h"
#include "lesson.h"
#include "oracle.h"
#include "rows.h"

FUNCTION(attention_map, 4);
FUNCTION(attention_mix, 2);
FUNCTION(attention_forward, 3);
FUNCTION(attention_map_backward, 4);
FUNCTION(attention_spread, 3);
FUNCTION(attention_backward, 4);

static float *copy(struct check *c, size_t n, const double *x)
{
    float *y = check_nans(c, n);
    for (size_t i = 0; i < n; i++) y[i] = (float)x[i];
    return y;
}

// {T, D}; rows longer than 16, and longer than 64.
static const int SIZES[][2] = {{1, 1}, {2, 1}, {3, 2}, {5, 4}, {4, 17}, {9, 3}, {19, 5}, {3, 70}};
enum { SIZE_COUNT = sizeof SIZES / sizeof *SIZES };

// --- attention_map ---------------------------------------------------------------------------

// map_error is how far off a probability may be: a score, D + 3 roundings of q . k / sqrt(D) and of
// the maximum, twice, which exp makes relative; its own few; the sum of T.
static double map_error(int T, int D, double largest)
{
    return CHECK_U * (2 * (D + 3) * sqrt(D) * largest * largest + T + 12);
}

// map_of is the formula in double.
static void map_of(int T, int D, const double *q, const double *k, double *p)
{
    for (int t = 0; t < T; t++) {
        for (int s = 0; s < T; s++)
            p[t * T + s] = s <= t ? oracle_dot(D, q + t * D, k + s * D) / sqrt(D) : 0;
        oracle_softmax(t + 1, p + t * T);
    }
}

static void try_map(int T, int D, int apart, const float *q, const float *k)
{
    struct check *c = check_begin(0);
    size_t n = (size_t)(T * D), size = (size_t)(T * T);
    double *q64 = check_widen(c, n, q), *k64 = check_widen(c, n, k), *want = check_doubles(c, size);
    map_of(T, D, q64, k64, want);
    double largest = fmax(check_largest(n, q64), check_largest(n, k64));
    struct rows rq = rows_of(T, D, apart, q), rk = rows_of(T, D, apart, k);
    float *p = cells(size, NULL);
    given("T = %d, D = %d, stride %d; q = %s; k = %s", T, D, D + apart, shown(n, q), shown(n, k));
    attention_map(T, D, rq.data, rk.data, rq.stride, p);
    expect_cells("p, row after row", size, p, want, map_error(T, D, largest));
    check_end(c);
}

TEST(attention_map, one_position_looks_at_itself)
{
    try_map(1, 1, 0, (float[]){3}, (float[]){2});
    try_map(1, 1, 0, (float[]){-3}, (float[]){2});
}

TEST(attention_map, alike_are_equal_shares_of_the_past)
{
    try_map(2, 1, 0, (float[]){0, 0}, (float[]){1, 1});
    try_map(3, 1, 0, (float[]){0, 0, 0}, (float[]){1, 2, 3});
    try_map(4, 1, 0, (float[]){1, 2, 3, 4}, (float[]){5, 5, 5, 5});
}

TEST(attention_map, example_of_the_text)
{
    try_map(2, 1, 0, (float[]){1, 2}, (float[]){1, 0.5f});
}

TEST(attention_map, scores_are_divided_by_the_root)
{
    try_map(2, 4, 0, (float[]){1, 1, 1, 1, 1, 1, 1, 1}, (float[]){1, 1, 1, 1, 0, 0, 0, 0});
    try_map(2, 2, 0, (float[]){0, 0, 3, -1}, (float[]){1, 0, 0, 1});
}

TEST(attention_map, a_later_key_of_any_size)
{
    try_map(2, 1, 0, (float[]){1, 1}, (float[]){0, 50});
    try_map(3, 1, 0, (float[]){1, 1, 1}, (float[]){2, 1, 300});
}

TEST(attention_map, large_scores)
{
    try_map(2, 1, 0, (float[]){30, 30}, (float[]){30, 29});
    try_map(2, 1, 0, (float[]){-30, -30}, (float[]){30, 29.5f});
}

TEST(attention_map, rows_in_larger_arrays)
{
    try_map(2, 1, 1, (float[]){1, 2}, (float[]){1, 0.5f});
    try_map(3, 2, 4, (float[]){1, 2, -1, 0, 2, 1}, (float[]){1, 0.5f, 0, -1, 0, 1});
}

TEST(attention_map, random_rows)
{
    struct check *c = check_begin(1);
    for (int i = 0; i < SIZE_COUNT; i++) {
        int T = SIZES[i][0], D = SIZES[i][1];
        for (float scale = 1; scale < 9; scale += 3)
            try_map(T, D, i % 3, check_normals(c, (size_t)(T * D), scale),
                    check_normals(c, (size_t)(T * D), 1));
    }
    check_end(c);
}

// --- attention_mix and attention_spread --------------------------------------------------------

// weights returns maps (heads, T, T) as a backward has them too: below zero, and 0 where s > t.
static float *weights(struct check *c, int heads, int T)
{
    float *map = check_normals(c, (size_t)(heads * T * T), 1);
    for (int i = 0; i < heads * T * T; i++)
        if (i % T > i / T % T) map[i] = 0;
    return map;
}

// sum_error is how far off y + the sum of n products may be.
static double sum_error(int n, double a, double b, double y)
{
    return CHECK_U * ((n + 2) * n * a * b + 2 * y);
}

static void try_mix(int T, int D, int apart, const float *map, const float *x, const float *before)
{
    struct check *c = check_begin(0);
    size_t n = (size_t)(T * D), size = (size_t)(T * T);
    double *m = check_widen(c, size, map), *x64 = check_widen(c, n, x);
    double *want = check_widen(c, n, before), most = check_largest(n, want);
    for (int i = 0; i < T * D; i++)
        for (int s = 0; s <= i / D; s++) want[i] += m[i / D * T + s] * x64[s * D + i % D];
    struct rows rx = rows_of(T, D, 2 * apart, x), ry = rows_of(T, D, apart, before);
    given("T = %d, D = %d, map %s; x %s, stride %d; y %s, stride %d", T, D, shown(size, map),
          shown(n, x), (int)rx.stride, shown(n, before), (int)ry.stride);
    attention_mix(T, D, cells(size, map), rx.data, rx.stride, ry.data, ry.stride);
    expect_rows("y", ry, want, sum_error(T, check_largest(size, m), check_largest(n, x64), most));
    check_end(c);
}

TEST(attention_mix, one_position)
{
    try_mix(1, 1, 0, (float[]){1}, (float[]){3}, (float[]){0});
    try_mix(1, 1, 0, (float[]){0.5f}, (float[]){3}, (float[]){0});
}

TEST(attention_mix, two_positions)
{
    try_mix(2, 1, 0, (float[]){1, 0, 0.25f, 0.75f}, (float[]){3, -1}, (float[]){0, 0});
    try_mix(2, 2, 0, (float[]){1, 0, 0.25f, 0.75f}, (float[]){3, 4, -1, 0}, (float[]){0, 0, 0, 0});
}

TEST(attention_mix, adds_to_what_is_there)
{
    try_mix(1, 1, 0, (float[]){1}, (float[]){3}, (float[]){10});
    try_mix(2, 1, 0, (float[]){1, 0, 0.25f, 0.75f}, (float[]){3, -1}, (float[]){10, 20});
}

TEST(attention_mix, weights_of_any_kind)
{
    try_mix(2, 1, 0, (float[]){-2, 0, 3, -4}, (float[]){1, 2}, (float[]){0, 0});
}

TEST(attention_mix, rows_in_larger_arrays)
{
    try_mix(2, 1, 1, (float[]){1, 0, 0.25f, 0.75f}, (float[]){3, -1}, (float[]){0, 0});
    try_mix(2, 2, 3, (float[]){1, 0, 0.25f, 0.75f}, (float[]){3, 4, -1, 0}, (float[]){0, 0, 0, 0});
}

TEST(attention_mix, random_maps)
{
    struct check *c = check_begin(2);
    for (int i = 0; i < SIZE_COUNT; i++) {
        int T = SIZES[i][0], D = SIZES[i][1];
        try_mix(T, D, i % 3, weights(c, 1, T), check_normals(c, (size_t)(T * D), 1),
                check_normals(c, (size_t)(T * D), 3));
    }
    check_end(c);
}

// x is (T, heads D).
static void try_spread(int T, int D, int heads, int apart, const float *map, const float *x,
                       const float *before)
{
    struct check *c = check_begin(0);
    size_t n = (size_t)(T * D), size = (size_t)(heads * T * T), rows = n * (size_t)heads;
    double *m = check_widen(c, size, map), *x64 = check_widen(c, rows, x);
    double *want = check_widen(c, n, before), most = check_largest(n, want);
    for (int i = 0; i < T * D * heads * T; i++) {
        int s = i % T, t = i / T % T, h = i / (T * T) % heads, d = i / (T * T * heads);
        if (s <= t) want[s * D + d] += m[(h * T + t) * T + s] * x64[(t * heads + h) * D + d];
    }
    struct rows rx = rows_of(T, heads * D, 2 * apart, x), ry = rows_of(T, D, apart, before);
    given("T = %d, D = %d, heads %d, map %s; x %s, stride %d; y %s, stride %d", T, D, heads,
          shown(size, map), shown(rows, x), (int)rx.stride, shown(n, before), (int)ry.stride);
    attention_spread(T, D, heads, cells(size, map), rx.data, rx.stride, ry.data, ry.stride);
    expect_rows("y", ry, want,
                sum_error(heads * T, check_largest(size, m), check_largest(rows, x64), most));
    check_end(c);
}

TEST(attention_spread, one_position)
{
    try_spread(1, 1, 1, 0, (float[]){0.5f}, (float[]){3}, (float[]){0});
}

TEST(attention_spread, two_positions)
{
    try_spread(2, 1, 1, 0, (float[]){1, 0, 0.25f, 0.75f}, (float[]){3, -1}, (float[]){0, 0});
    try_spread(2, 2, 1, 0, (float[]){1, 0, 0.25f, 0.75f}, (float[]){3, 4, -1, 0},
               (float[]){0, 0, 0, 0});
}

TEST(attention_spread, adds_to_what_is_there)
{
    try_spread(1, 1, 1, 0, (float[]){1}, (float[]){3}, (float[]){10});
    try_spread(2, 1, 1, 0, (float[]){1, 0, 0.25f, 0.75f}, (float[]){3, -1}, (float[]){10, 20});
}

TEST(attention_spread, heads_of_a_group)
{
    try_spread(1, 1, 2, 0, (float[]){1, 0.5f}, (float[]){3, 8}, (float[]){0});
    try_spread(2, 1, 2, 0, (float[]){1, 0, 0.25f, 0.75f, 1, 0, 0.5f, 0.5f}, (float[]){1, 2, 3, 4},
               (float[]){0, 0});
    try_spread(1, 2, 2, 0, (float[]){1, 0.5f}, (float[]){1, 2, 30, 40}, (float[]){0, 0});
}

TEST(attention_spread, rows_in_larger_arrays)
{
    try_spread(2, 1, 1, 1, (float[]){1, 0, 0.25f, 0.75f}, (float[]){3, -1}, (float[]){0, 0});
    try_spread(2, 1, 2, 3, (float[]){1, 0, 0.25f, 0.75f, 1, 0, 0.5f, 0.5f}, (float[]){1, 2, 3, 4},
               (float[]){0, 0});
}

TEST(attention_spread, random_maps)
{
    struct check *c = check_begin(3);
    for (int i = 0; i < SIZE_COUNT * 3; i++) {
        int T = SIZES[i / 3][0], D = SIZES[i / 3][1], heads = 1 + i % 3;
        try_spread(T, D, heads, i % 2, weights(c, heads, T),
                   check_normals(c, (size_t)(T * D * heads), 1),
                   check_normals(c, (size_t)(T * D), 3));
    }
    check_end(c);
}

// --- attention_map_backward --------------------------------------------------------------------

// ds_of is the formula in double.
static void ds_of(int T, int D, const double *p, const double *dy, const double *v, double *ds)
{
    for (int t = 0; t < T; t++) {
        double mean = 0;
        for (int s = 0; s <= t; s++) {
            ds[t * T + s] = oracle_dot(D, dy + t * D, v + s * D);
            mean += p[t * T + s] * ds[t * T + s];
        }
        for (int s = 0; s < T; s++)
            ds[t * T + s] = s <= t ? p[t * T + s] * (ds[t * T + s] - mean) / sqrt(D) : 0;
    }
}

static void try_map_backward(int T, int D, int apart, const float *p, const float *dy,
                             const float *v)
{
    struct check *c = check_begin(0);
    size_t n = (size_t)(T * D), size = (size_t)(T * T);
    double *dy64 = check_widen(c, n, dy), *v64 = check_widen(c, n, v);
    double *want = check_doubles(c, size);
    ds_of(T, D, check_widen(c, size, p), dy64, v64, want);
    struct rows rd = rows_of(T, D, apart, dy), rv = rows_of(T, D, 2 * apart, v);
    float *ds = cells(size, NULL);
    given("T = %d, D = %d, p %s; dy %s, stride %d; v %s, stride %d", T, D, shown(size, p),
          shown(n, dy), (int)rd.stride, shown(n, v), (int)rv.stride);
    attention_map_backward(T, D, cells(size, p), rd.data, rd.stride, rv.data, rv.stride, ds);
    double product = D * check_largest(n, dy64) * check_largest(n, v64);
    expect_cells("ds, row after row", size, ds, want, CHECK_U * (2 * D + T + 8) * 2 * product);
    check_end(c);
}

TEST(attention_map_backward, one_position_has_no_choice)
{
    try_map_backward(1, 1, 0, (float[]){1}, (float[]){2}, (float[]){3});
}

TEST(attention_map_backward, two_positions)
{
    try_map_backward(2, 1, 0, (float[]){1, 0, 0.5f, 0.5f}, (float[]){0, 1}, (float[]){3, -1});
    try_map_backward(2, 1, 0, (float[]){1, 0, 0.25f, 0.75f}, (float[]){5, 2}, (float[]){3, -1});
    try_map_backward(2, 1, 0, (float[]){1, 0, 0.7310586f, 0.2689414f}, (float[]){0, 1},
                     (float[]){3, -1});
}

TEST(attention_map_backward, several_channels)
{
    try_map_backward(2, 2, 0, (float[]){1, 0, 0.5f, 0.5f}, (float[]){0, 0, 1, 2},
                     (float[]){3, -1, 1, 1});
    try_map_backward(2, 4, 0, (float[]){1, 0, 0.5f, 0.5f}, (float[]){0, 0, 0, 0, 1, 1, 1, 1},
                     (float[]){1, 2, 3, 4, 0, 0, 0, 0});
}

TEST(attention_map_backward, a_later_value_of_any_size)
{
    try_map_backward(2, 1, 0, (float[]){1, 0, 0.5f, 0.5f}, (float[]){1, 0}, (float[]){1, 900});
    try_map_backward(3, 1, 0, (float[]){1, 0, 0, 0.5f, 0.5f, 0, 0.25f, 0.25f, 0.5f},
                     (float[]){1, 2, 0}, (float[]){1, 2, 900});
}

TEST(attention_map_backward, rows_in_larger_arrays)
{
    try_map_backward(2, 1, 1, (float[]){1, 0, 0.25f, 0.75f}, (float[]){5, 2}, (float[]){3, -1});
    try_map_backward(2, 2, 3, (float[]){1, 0, 0.5f, 0.5f}, (float[]){0, 0, 1, 2},
                     (float[]){3, -1, 1, 1});
}

TEST(attention_map_backward, random_rows)
{
    struct check *c = check_begin(4);
    for (int i = 0; i < SIZE_COUNT; i++) {
        int T = SIZES[i][0], D = SIZES[i][1];
        size_t n = (size_t)(T * D), size = (size_t)(T * T);
        double *p = check_doubles(c, size);
        map_of(T, D, check_widen(c, n, check_normals(c, n, 1)),
               check_widen(c, n, check_normals(c, n, 1)), p);
        try_map_backward(T, D, i % 3, copy(c, size, p), check_normals(c, n, 2),
                         check_normals(c, n, 1));
    }
    check_end(c);
}

// --- attention_forward -------------------------------------------------------------------------

// struct problem: sizes, and arrays in double as the oracle has them.
struct problem {
    struct check *c;
    int B, T, H, G, D, W;
    size_t qkv_size, p_size, out_size;
    const float *qkv, *dout;
    double *qkv64, *dout64, *p64, *out64;
};

static struct problem problem_of(struct check *c, const int *s, const float *qkv, const float *dout)
{
    struct problem p = {.c = c, .B = s[0], .T = s[1], .H = s[2], .G = s[3], .D = s[4]};
    p.W = (p.H + 2 * p.G) * p.D;
    p.qkv_size = (size_t)(p.B * p.T * p.W);
    p.p_size = (size_t)(p.B * p.H * p.T * p.T);
    p.out_size = (size_t)(p.B * p.T * p.H * p.D);
    p.qkv = qkv ? qkv : check_normals(c, p.qkv_size, 1);
    p.dout = dout ? dout : check_normals(c, p.out_size, 2);
    p.qkv64 = check_widen(c, p.qkv_size, p.qkv), p.dout64 = check_widen(c, p.out_size, p.dout);
    p.p64 = check_doubles(c, p.p_size), p.out64 = check_doubles(c, p.out_size);
    oracle_attention(p.B, p.T, p.H, p.G, p.D, p.qkv64, p.p64, p.out64);
    return p;
}

static const char *describe(const struct problem *p)
{
    static char text[64];
    snprintf(text, sizeof text, "B = %d, T = %d, H = %d, G = %d, D = %d", p->B, p->T, p->H, p->G,
             p->D);
    return text;
}

static double error_of(const struct problem *p)
{
    return map_error(p->T, p->D, check_largest(p->qkv_size, p->qkv64));
}

static void expect_forward(const struct problem *p)
{
    float *map = cells(p->p_size, NULL), *out = cells(p->out_size, NULL);
    given("%s; qkv = %s", describe(p), shown(p->qkv_size, p->qkv));
    attention_forward(p->B, p->T, p->H, p->G, p->D, cells(p->qkv_size, p->qkv), map, out);
    double error = error_of(p), most = check_largest(p->qkv_size, p->qkv64);
    expect_cells("p, head after head", p->p_size, map, p->p64, error);
    expect_cells("out", p->out_size, out, p->out64, (error + CHECK_U * p->T) * most);
}

static void try_forward(int B, int T, int H, int G, int D, const float *qkv)
{
    struct check *c = check_begin(5);
    struct problem p = problem_of(c, (int[]){B, T, H, G, D}, qkv, NULL);
    expect_forward(&p);
    check_end(c);
}

// {B, T, H, G, D}: multi-head, multi-query, grouped; rows and texts longer than 16.
static const int SHAPES[][5] = {{2, 1, 3, 3, 4},  {1, 5, 2, 2, 3},  {2, 7, 4, 1, 5},
                                {1, 5, 2, 1, 70}, {1, 6, 4, 2, 2},  {3, 3, 6, 3, 1},
                                {2, 4, 6, 2, 4},  {1, 9, 1, 1, 17}, {1, 19, 2, 1, 4}};
enum { SHAPE_COUNT = sizeof SHAPES / sizeof *SHAPES };

TEST(attention_forward, one_position)
{
    try_forward(1, 1, 1, 1, 1, (float[]){1, 2, 3});
    try_forward(1, 1, 1, 1, 2, (float[]){1, 2, 3, 4, 5, 6});
}

TEST(attention_forward, one_head_is_the_example_of_the_text)
{
    try_forward(1, 2, 1, 1, 1, (float[]){1, 1, 3, 2, 0.5f, -1});
}

TEST(attention_forward, two_heads_side_by_side)
{
    try_forward(1, 1, 2, 2, 1, (float[]){1, 2, 3, 4, 5, 6});
    try_forward(1, 2, 2, 2, 1, (float[]){1, 2, 1, 2, 3, 4, 1, 2, 2, 1, 5, 6});
}

TEST(attention_forward, several_sequences)
{
    try_forward(2, 1, 1, 1, 1, (float[]){1, 2, 3, 4, 5, 6});
    try_forward(2, 2, 1, 1, 1, (float[]){1, 1, 3, 2, 0.5f, -1, 2, 1, 4, 1, 0, 7});
}

TEST(attention_forward, heads_that_share_a_value)
{
    try_forward(1, 1, 2, 1, 1, (float[]){1, 2, 3, 4});
    try_forward(1, 2, 2, 1, 1, (float[]){1, 2, 1, 3, 2, -1, 0.5f, -1});
}

TEST(attention_forward, groups_are_neighbours)
{
    try_forward(1, 1, 4, 2, 1, (float[]){1, 2, 3, 4, 5, 6, 7, 8});
    try_forward(1, 1, 3, 3, 2, (float[]){1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3, 4, 5, 6, 7, 8, 9});
}

TEST(attention_forward, random_shapes)
{
    for (int i = 0; i < SHAPE_COUNT; i++)
        try_forward(SHAPES[i][0], SHAPES[i][1], SHAPES[i][2], SHAPES[i][3], SHAPES[i][4], NULL);
}

// The same run twice, the second time with other rows from a place on: to the last bit.
TEST(attention_forward, a_later_token_changes_nothing_before_it)
{
    enum { T = 6, H = 4, G = 2, D = 3, W = (H + 2 * G) * D };
    struct check *c = check_begin(6);
    struct problem p = problem_of(c, (int[]){1, T, H, G, D}, NULL, NULL);
    float *want = cells(p.out_size, NULL), *got = cells(p.out_size, NULL);
    attention_forward(1, T, H, G, D, cells(p.qkv_size, p.qkv), cells(p.p_size, NULL), want);
    for (int from = 1; from < T; from++) {
        float *other = check_copy(c, p.qkv_size, p.qkv);
        for (int i = from * W; i < T * W; i++) other[i] = 100 - other[i];
        given("%s; twice, with other rows from t = %d on", describe(&p), from);
        attention_forward(1, T, H, G, D, cells(p.qkv_size, other), cells(p.p_size, NULL), got);
        // Counted, since the numbers themselves are rounded as each solution rounds them.
        int changed = 0;
        for (int i = 0; i < from * H * D; i++) changed += got[i] != want[i];
        expect_int("how many numbers of out before that changed", changed, 0);
    }
    check_end(c);
}

// --- attention_backward ------------------------------------------------------------------------

static double objective(const void *context)
{
    const struct problem *p = context;
    oracle_attention(p->B, p->T, p->H, p->G, p->D, p->qkv64, p->p64, p->out64);
    return oracle_dot((int)p->out_size, p->out64, p->dout64);
}

// run_backward adds the learner's gradient to dqkv.
static void run_backward(const struct problem *p, const float *dout, float *dqkv)
{
    struct rows dp = rows_of(1, (int)p->p_size, 0, NULL);
    attention_backward(p->B, p->T, p->H, p->G, p->D, cells(p->qkv_size, p->qkv),
                       cells(p->p_size, copy(p->c, p->p_size, p->p64)), cells(p->out_size, dout),
                       dp.data, dqkv);
    expect_beside(dp);
}

static void expect_backward(const struct problem *p, float before)
{
    float *dqkv = cells(p->qkv_size, NULL);
    for (size_t i = 0; i < p->qkv_size; i++) dqkv[i] = before;
    double *want = check_doubles(p->c, p->qkv_size);
    check_slopes(p->qkv_size, p->qkv64, objective, p, want);
    for (size_t i = 0; i < p->qkv_size; i++) want[i] += (double)before;
    given("%s; qkv %s; dout %s; dqkv was %g", describe(p), shown(p->qkv_size, p->qkv),
          shown(p->out_size, p->dout), (double)before);
    run_backward(p, p->dout, dqkv);
    // The gradient of p is a sum of D products, that of a score T of them; a key or value gathers
    // from `many` queries, of probability 1 at most.  Each passes on the rounding of p.
    int many = p->T * (p->H / p->G);
    double x = check_largest(p->qkv_size, p->qkv64), dy = check_largest(p->out_size, p->dout64);
    double error = CHECK_U * (p->D + p->T + many + 12);
    double value = many * dy, score = many * 2 * sqrt(p->D) * dy * x * x;
    expect_cells("dqkv", p->qkv_size, dqkv, want,
                 error * (value + score) + 4 * CHECK_U * fabs((double)before) + 1e-9);
}

static void try_backward(int B, int T, int H, int G, int D, const float *qkv, const float *dout,
                         float before)
{
    struct check *c = check_begin(7);
    struct problem p = problem_of(c, (int[]){B, T, H, G, D}, qkv, dout);
    expect_backward(&p, before);
    check_end(c);
}

TEST(attention_backward, one_position_sends_all_to_its_value)
{
    try_backward(1, 1, 1, 1, 1, (float[]){1, 2, 3}, (float[]){5}, 0);
    try_backward(1, 1, 1, 1, 2, (float[]){1, 2, 3, 4, 5, 6}, (float[]){7, 8}, 0);
}

TEST(attention_backward, example_of_the_text)
{
    try_backward(1, 2, 1, 1, 1, (float[]){1, 1, 3, 2, 0.5f, -1}, (float[]){0, 1}, 0);
    try_backward(1, 2, 1, 1, 1, (float[]){1, 1, 3, 2, 0.5f, -1}, (float[]){2, 1}, 0);
}

TEST(attention_backward, adds_to_what_is_there)
{
    try_backward(1, 1, 1, 1, 1, (float[]){1, 2, 3}, (float[]){5}, 100);
    try_backward(1, 2, 1, 1, 1, (float[]){1, 1, 3, 2, 0.5f, -1}, (float[]){2, 1}, 100);
}

// The graded moment.  Only the output at t has a gradient: then the rows after t have none, to the
// last bit; and nor have the queries before t.
TEST(attention_backward, the_future_has_exactly_zero_gradient)
{
    enum { T = 6, H = 4, G = 2, D = 3, W = (H + 2 * G) * D };
    struct check *c = check_begin(8);
    struct problem p = problem_of(c, (int[]){1, T, H, G, D}, NULL, NULL);
    double *zeros = check_doubles(c, p.qkv_size);
    for (int t = 0; t < T; t++) {
        float *dout = check_zeros(c, p.out_size);
        float *dqkv = cells(p.qkv_size, check_zeros(c, p.qkv_size));
        memcpy(dout + t * H * D, p.dout + t * H * D, sizeof(float) * H * D);
        given("%s; only the output at t = %d has a gradient", describe(&p), t);
        run_backward(&p, dout, dqkv);
        expect_floats("dqkv of the rows after it", (size_t)((T - 1 - t) * W), dqkv + (t + 1) * W,
                      zeros, 0);
        for (int s = 0; s < t; s++)
            expect_floats("dq of a row before it", (size_t)(H * D), dqkv + s * W, zeros, 0);
        int some = 0;
        for (int i = (t + 1) * W - G * D; i < (t + 1) * W; i++) some |= dqkv[i] != 0;
        expect_true("its own values have a gradient", some);
    }
    check_end(c);
}

TEST(attention_backward, two_heads_side_by_side)
{
    try_backward(1, 1, 2, 2, 1, (float[]){1, 2, 3, 4, 5, 6}, (float[]){7, 8}, 0);
    try_backward(1, 2, 2, 2, 1, (float[]){1, 2, 1, 2, 3, 4, 1, 2, 2, 1, 5, 6},
                 (float[]){1, 2, 3, 4}, 0);
}

TEST(attention_backward, several_sequences)
{
    try_backward(2, 1, 1, 1, 1, (float[]){1, 2, 3, 4, 5, 6}, (float[]){7, 8}, 0);
    try_backward(2, 2, 1, 1, 1, (float[]){1, 1, 3, 2, 0.5f, -1, 2, 1, 4, 1, 0, 7},
                 (float[]){1, 2, 3, 4}, 0);
}

TEST(attention_backward, heads_that_share_a_value)
{
    try_backward(1, 1, 2, 1, 1, (float[]){1, 2, 3, 4}, (float[]){5, 7}, 0);
    try_backward(1, 2, 2, 1, 1, (float[]){1, 2, 1, 3, 2, -1, 0.5f, -1}, (float[]){1, 2, 3, 4}, 0);
}

TEST(attention_backward, groups_are_neighbours)
{
    try_backward(1, 1, 4, 2, 1, (float[]){1, 2, 3, 4, 5, 6, 7, 8}, (float[]){1, 2, 4, 8}, 0);
}

TEST_SLOW(attention_backward, random_shapes, 4)
{
    for (int i = 0; i < SHAPE_COUNT; i++)
        try_backward(SHAPES[i][0], SHAPES[i][1], SHAPES[i][2], SHAPES[i][3], SHAPES[i][4], NULL,
                     NULL, i % 2 ? -3.f : 0);
}
