// loss: each function on rows that a person can redo, against the formulas in double precision on
// random rows, and at the ends of what the contract allows.
//
// Arrays stand between cells that hold 7: who reads beyond an end always finds the same, and who
// writes there is told so.  loss_own is of the learner's own design, so its tests ask questions
// with yes or no for an answer, and show the numbers in given().
#include "loss.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "guard.h"
#include "lesson.h"
#include "oracle.h"
#include "random.h"
#include "ref_loss.h"

FUNCTION(log_sum_exp, 2);
FUNCTION(softmax_forward, 2);
FUNCTION(softmax_backward, 2);
FUNCTION(cross_entropy_forward, 2);
FUNCTION(cross_entropy_backward, 2);
FUNCTION(loss_smooth, 2);
FUNCTION(loss_own, 4);

enum { BETWEEN = 16, MOST = 16, SHOWN = 6 };
static const float SEVEN = 7;

// {N, V}
static const int SHAPES[][2] = {{1, 1},  {1, 2},  {5, 3},  {4, 15},
                                {3, 16}, {2, 17}, {9, 33}, {3, 257}};
enum { SHAPE_COUNT = sizeof SHAPES / sizeof *SHAPES };
static const float SCALES[] = {1, 80, 1e4f};

// --- arrays ----------------------------------------------------------------------------------

// cells returns n floats between cells of 7: a copy, or NaN.  They live as long as the test.
static float *cells(size_t n, const float *from)
{
    static struct room {
        struct room *before;  // what something points at is no leak
        float cells[];
    } * last;
    size_t behind = GUARD_SANITIZED ? 0 : BETWEEN;  // with sanitizers the end is the end
    struct room *room = malloc(sizeof *room + (BETWEEN + n + behind) * sizeof *room->cells);
    if (!room) die("out of memory: %zu floats", n);
    room->before = last, last = room;
    for (size_t i = 0; i < BETWEEN + n + behind; i++) room->cells[i] = SEVEN;
    for (size_t i = 0; i < n; i++) room->cells[BETWEEN + i] = from ? from[i] : NAN;
    return room->cells + BETWEEN;
}

// expect_cells looks at the cells before and behind an array.
static void expect_cells(const char *what, size_t n, const float *x)
{
    int whole = 1;
    for (int i = 1; i <= BETWEEN; i++) whole &= x[-i] == SEVEN;
    for (int i = 0; !GUARD_SANITIZED && i < BETWEEN; i++) whole &= x[n + (size_t)i] == SEVEN;
    expect_true(what, whole);
}

static double *widen(size_t n, const float *x)
{
    double *y = malloc(n * sizeof *y);
    if (!y) die("out of memory: %zu doubles", n);
    for (size_t i = 0; i < n; i++) y[i] = (double)x[i];
    return y;
}

// extremes turns numbers into -scale and +scale, with rows of one value among them.
static void extremes(int N, int V, float scale, float *x)
{
    for (int i = 0; i < N * V; i++) x[i] = i / V % 4 == 3 || x[i] > 0 ? scale : -scale;
}

// shown returns the first numbers of a row as text; four texts live at a time.
static const char *shown(int n, const float *x)
{
    static char texts[4][SHOWN * 16];
    static int next;
    char *text = texts[next++ % 4];
    int size = 0;
    for (int i = 0; i < n && i < SHOWN - (n > SHOWN) * 2; i++)
        size += snprintf(text + size, sizeof *texts - (size_t)size, "%s%g", i ? ", " : "",
                         isnan(x[i]) ? (double)NAN : (double)x[i]);  // without a sign
    if (n > SHOWN) snprintf(text + size, sizeof *texts - (size_t)size, ", ...");
    return text;
}

static const char *shown_ids(int n, const int32_t *id)
{
    float x[MOST];
    for (int i = 0; i < n; i++) x[i] = (float)id[i];
    return shown(n, x);
}

// error_of returns how far off a row's lse may be: a sum of V terms, exp and log of a few units,
// and a rounding each of x - max, of the sum with max, and of the result.
static double error_of(int V, const double *x)
{
    return CHECK_U * (V + 12 + 4 * (check_largest((size_t)V, x) + log(V)));
}

// --- log_sum_exp -----------------------------------------------------------------------------

static void try_lse(int V, const float *x)
{
    double *wide = widen((size_t)V, x);
    given("V = %d, x = %s", V, shown(V, x));
    expect_double("log_sum_exp", (double)log_sum_exp(V, cells((size_t)V, x)), oracle_lse(V, wide),
                  error_of(V, wide));
    free(wide);
}

TEST(log_sum_exp, small_rows)
{
    try_lse(1, (float[]){2});
    try_lse(2, (float[]){0, 0});
    try_lse(2, (float[]){1, 2});
    try_lse(3, (float[]){-1, 0.5f, -2});
}

TEST(log_sum_exp, large_logits)
{
    try_lse(1, (float[]){1000});
    try_lse(2, (float[]){1000, 1000});
    try_lse(2, (float[]){-1000, 1000});
    try_lse(3, (float[]){1, 1e4f, 2});
}

TEST(log_sum_exp, far_below_zero)
{
    try_lse(1, (float[]){-1000});
    try_lse(2, (float[]){-1000, -1001});
    try_lse(3, (float[]){-1e4f, -1e4f, -1e4f});
}

TEST(log_sum_exp, one_far_below_the_other)
{
    try_lse(2, (float[]){0, -200});
    try_lse(3, (float[]){-300, 5, -1e4f});
}

TEST(log_sum_exp, equal_logits)
{
    for (int V = 1; V < 200; V += 7) {
        float x[200];
        for (int v = 0; v < V; v++) x[v] = -2.5f;
        given("V = %d, all x = -2.5", V);
        expect_double("log_sum_exp", (double)log_sum_exp(V, cells((size_t)V, x)), log(V) - 2.5,
                      CHECK_U * (V + 40));
    }
}

TEST(log_sum_exp, random_rows)
{
    struct check *c = check_begin(1);
    for (int i = 0; i < SHAPE_COUNT; i++) {
        for (int s = 0; s < 3; s++) {
            float *x = check_normals(c, (size_t)SHAPES[i][1], SCALES[s]);
            try_lse(SHAPES[i][1], x);
            extremes(1, SHAPES[i][1], SCALES[s], x);
            try_lse(SHAPES[i][1], x);
        }
    }
}

// --- softmax_forward -------------------------------------------------------------------------

static void expect_softmax(int N, int V, const float *x, const float *got)
{
    size_t size = (size_t)(N * V);
    double *want = widen(size, x), most = 0;
    for (int n = 0; n < N; n++) {
        double error = error_of(V, want + n * V);
        most = error > most ? error : most;
        oracle_softmax(V, want + n * V);
    }
    expect_floats("p", size, got, want, most);
    expect_cells("nothing is written before p or behind it", size, got);
    free(want);
}

static void try_softmax(int N, int V, const float *x)
{
    float *p = cells((size_t)(N * V), NULL);
    given("N = %d, V = %d, x = %s", N, V, shown(N * V, x));
    softmax_forward(N, V, cells((size_t)(N * V), x), p);
    expect_softmax(N, V, x, p);
}

TEST(softmax_forward, small_rows)
{
    try_softmax(1, 1, (float[]){2});
    try_softmax(1, 2, (float[]){0, 0});
    try_softmax(1, 2, (float[]){1, 0});
    try_softmax(1, 3, (float[]){-1, 0.5f, -2});
}

TEST(softmax_forward, large_logits)
{
    try_softmax(1, 1, (float[]){1000});
    try_softmax(1, 2, (float[]){1000, 1000});
    try_softmax(1, 2, (float[]){-1000, -1001});
    try_softmax(1, 3, (float[]){1, 1e4f, 2});
}

TEST(softmax_forward, minus_infinity_has_no_probability)
{
    try_softmax(1, 2, (float[]){0, -INFINITY});
    try_softmax(1, 3, (float[]){-INFINITY, -5, -5});
}

TEST(softmax_forward, every_row_for_itself)
{
    try_softmax(2, 1, (float[]){1, 2});
    try_softmax(2, 2, (float[]){0, 0, 1, 0});
    try_softmax(3, 2, (float[]){0, 1, 1000, 1001, -1000, -1002});
}

TEST(softmax_forward, where_x_stands)
{
    const float x[6] = {1, 0, -1, 2, 2, 0};
    float *p = cells(6, x);
    given("N = 1, V = 2, p is x itself, x = %s", shown(2, x));
    softmax_forward(1, 2, p, p);
    double want[6] = {1, 0, -1, 2, 2, 0};
    oracle_softmax(2, want);
    if (!expect_floats("p", 2, p, want, 1e-6)) return;
    given("N = 3, V = 2, p is x itself, x = %s", shown(6, x));
    memcpy(p, x, sizeof x);
    softmax_forward(3, 2, p, p);
    expect_softmax(3, 2, x, p);
}

TEST(softmax_forward, random_rows)
{
    struct check *c = check_begin(2);
    for (int i = 0; i < SHAPE_COUNT; i++) {
        for (int s = 0; s < 3; s++) {
            int N = SHAPES[i][0], V = SHAPES[i][1];
            try_softmax(N, V, check_normals(c, (size_t)(N * V), SCALES[s]));
        }
    }
}

// --- softmax_backward ------------------------------------------------------------------------

static void try_softmax_backward(int N, int V, const float *p, const float *dp, const float *before)
{
    size_t size = (size_t)(N * V);
    double *want = widen(size, before), most = 0;
    for (int n = 0; n < N; n++) {
        double mean = 0, sum = 0;
        for (int v = n * V; v < n * V + V; v++) {
            mean += (double)p[v] * (double)dp[v];
            sum += (double)p[v] * fabs((double)dp[v]);
        }
        for (int v = n * V; v < n * V + V; v++) {
            want[v] += (double)p[v] * ((double)dp[v] - mean);
            most = fmax(most, fabs(want[v]) + sum * V + fabs((double)dp[v]));
        }
    }
    float *dx = cells(size, before);
    if (N == 1)
        given("p = %s, dp = %s, dx before = %s", shown(V, p), shown(V, dp), shown(V, before));
    else
        given("N = %d, V = %d, p = %s,\ndp = %s, dx before = %s", N, V, shown(N * V, p),
              shown(N * V, dp), shown(N * V, before));
    softmax_backward(N, V, cells(size, p), cells(size, dp), dx);
    expect_floats("dx", size, dx, want, CHECK_U * 8 * most);
    expect_cells("nothing is written before dx or behind it", size, dx);
    free(want);
}

TEST(softmax_backward, small_rows)
{
    try_softmax_backward(1, 1, (float[]){1}, (float[]){3}, (float[]){0});
    try_softmax_backward(1, 2, (float[]){0.5f, 0.5f}, (float[]){1, 0}, (float[]){0, 0});
    try_softmax_backward(1, 2, (float[]){0.75f, 0.25f}, (float[]){4, -4}, (float[]){0, 0});
    try_softmax_backward(1, 3, (float[]){0.5f, 0.25f, 0.25f}, (float[]){1, -2, 4},
                         (float[]){0, 0, 0});
}

TEST(softmax_backward, adds)
{
    try_softmax_backward(1, 2, (float[]){0.5f, 0.5f}, (float[]){1, 0}, (float[]){10, 20});
}

TEST(softmax_backward, every_row_for_itself)
{
    try_softmax_backward(2, 1, (float[]){1, 1}, (float[]){3, 5}, (float[]){0, 1});
    try_softmax_backward(2, 2, (float[]){0.5f, 0.5f, 0.75f, 0.25f}, (float[]){1, 0, 4, -4},
                         (float[]){0, 0, 1, 2});
}

TEST(softmax_backward, random_rows)
{
    struct check *c = check_begin(3);
    for (int i = 0; i < SHAPE_COUNT; i++) {
        int N = SHAPES[i][0], V = SHAPES[i][1];
        size_t size = (size_t)(N * V);
        float *p = check_normals(c, size, 3);
        ref_softmax_forward(N, V, p, p);
        try_softmax_backward(N, V, p, check_normals(c, size, 2), check_normals(c, size, 5));
    }
}

// --- cross_entropy_forward -------------------------------------------------------------------

static void try_forward(int N, int V, const float *x, const int32_t *target)
{
    size_t size = (size_t)(N * V);
    double *wide = widen(size, x), lse64[MOST], loss64[MOST], most = 0;
    oracle_cross_entropy(N, V, wide, target, loss64);
    for (int n = 0; n < N; n++) {
        lse64[n] = oracle_lse(V, wide + n * V);
        most = fmax(most, error_of(V, wide + n * V) + CHECK_U * fabs(loss64[n]));
    }
    float *lse = cells((size_t)N, NULL), *loss = cells((size_t)N, NULL);
    if (N == 1)
        given("target %d, x = %s", target[0], shown(V, x));
    else
        given("N = %d, V = %d, targets %s, x = %s", N, V, shown_ids(N, target), shown(N * V, x));
    cross_entropy_forward(N, V, cells(size, x), target, lse, loss);
    expect_floats("loss", (size_t)N, loss, loss64, most);
    expect_floats("lse", (size_t)N, lse, lse64, most);
    expect_cells("nothing is written before loss or behind it", (size_t)N, loss);
    expect_cells("nothing is written before lse or behind it", (size_t)N, lse);
    free(wide);
}

TEST(cross_entropy_forward, small_rows)
{
    try_forward(1, 1, (float[]){2}, (int32_t[]){0});
    try_forward(1, 2, (float[]){0, 0}, (int32_t[]){0});
    try_forward(1, 2, (float[]){1, 0}, (int32_t[]){0});
    try_forward(1, 2, (float[]){1, 0}, (int32_t[]){1});
    try_forward(1, 3, (float[]){-1, 0.5f, -2}, (int32_t[]){2});
}

TEST(cross_entropy_forward, surely_wrong)
{
    try_forward(1, 2, (float[]){0, 200}, (int32_t[]){0});
    try_forward(1, 2, (float[]){1000, 1000}, (int32_t[]){1});
    try_forward(1, 3, (float[]){-1e4f, 1e4f, 0}, (int32_t[]){0});
}

TEST(cross_entropy_forward, every_row_for_itself)
{
    try_forward(2, 2, (float[]){0, 0, 1, 0}, (int32_t[]){0, 1});
    try_forward(3, 2, (float[]){0, 1, 3, -1, 2, 2}, (int32_t[]){1, 0, 1});
}

TEST(cross_entropy_forward, a_row_without_target_costs_nothing)
{
    try_forward(1, 2, (float[]){1, 0}, (int32_t[]){-1});
    try_forward(3, 2, (float[]){0, 1, 3, -1, 2, 2}, (int32_t[]){1, -1, 0});
}

// random_rows tries rows of every shape: normal logits, and logits of two values.
static void random_rows(void (*try)(int N, int V, const float *x, const int32_t *target))
{
    for (int i = 0; i < SHAPE_COUNT; i++) {
        for (int s = 0; s < 3; s++) {
            struct check *c = check_begin((uint64_t)(3 * i + s));
            int N = SHAPES[i][0], V = SHAPES[i][1];
            float *x = check_normals(c, (size_t)(N * V), SCALES[s]);
            int32_t *target = check_ids(c, (size_t)N, V);
            for (int n = 2; n < N; n += 3) target[n] = -1;
            try(N, V, x, target);
            extremes(N, V, SCALES[s], x);
            try(N, V, x, target);
            check_end(c);
        }
    }
}

TEST(cross_entropy_forward, random_rows)
{
    random_rows(try_forward);
}

// --- cross_entropy_backward ------------------------------------------------------------------

// try_upstream calls the backward with a correct lse, on gradients that hold something already.
static void try_upstream(int N, int V, const float *x, const int32_t *target, float dloss,
                         const float *before)
{
    size_t size = (size_t)(N * V);
    double *wide = widen(size, x), *want = widen(size, before), most = 0;
    float *lse = cells((size_t)N, NULL), *dx = cells(size, before);
    for (int n = 0; n < N; n++) {
        double row = oracle_lse(V, wide + n * V);
        lse[n] = (float)row;
        for (int v = 0; v < V && target[n] >= 0; v++) {
            double p = exp(wide[n * V + v] - row) - (v == target[n]);
            want[n * V + v] += (double)dloss * p;
        }
        // exp makes the error of lse, and of x - lse, a relative one.
        double error = error_of(V, wide + n * V) + CHECK_U * 8;
        most = fmax(most, fabs((double)dloss) * error);
    }
    for (size_t i = 0; i < size; i++) most = fmax(most, CHECK_U * 2 * fabs((double)before[i]));
    if (N == 1)
        given("dloss %g, target %d, x = %s, dx before = %s", (double)dloss, target[0], shown(V, x),
              shown(V, before));
    else
        given("N = %d, V = %d, dloss %g, targets %s,\nx = %s, dx before = %s", N, V, (double)dloss,
              shown_ids(N, target), shown(N * V, x), shown(N * V, before));
    cross_entropy_backward(N, V, cells(size, x), target, lse, dloss, dx);
    expect_floats("dx", size, dx, want, most);
    expect_cells("nothing is written before dx or behind it", size, dx);
    free(wide);
    free(want);
}

TEST(cross_entropy_backward, small_rows)
{
    const float zero[3] = {0, 0, 0};
    try_upstream(1, 1, (float[]){2}, (int32_t[]){0}, 1, zero);
    try_upstream(1, 2, (float[]){0, 0}, (int32_t[]){0}, 1, zero);
    try_upstream(1, 2, (float[]){1, 0}, (int32_t[]){1}, 1, zero);
    try_upstream(1, 3, (float[]){-1, 0.5f, -2}, (int32_t[]){2}, 1, zero);
}

TEST(cross_entropy_backward, of_a_part_of_the_sum)
{
    try_upstream(1, 2, (float[]){0, 0}, (int32_t[]){0}, 0.5f, (float[]){0, 0});
    try_upstream(1, 2, (float[]){1, 0}, (int32_t[]){0}, -2, (float[]){0, 0});
}

TEST(cross_entropy_backward, adds)
{
    try_upstream(1, 2, (float[]){0, 0}, (int32_t[]){0}, 1, (float[]){10, 20});
}

TEST(cross_entropy_backward, large_logits)
{
    try_upstream(1, 2, (float[]){1000, 1000}, (int32_t[]){0}, 1, (float[]){0, 0});
    try_upstream(1, 2, (float[]){0, 200}, (int32_t[]){0}, 1, (float[]){0, 0});
}

TEST(cross_entropy_backward, every_row_for_itself)
{
    try_upstream(2, 1, (float[]){0, 1}, (int32_t[]){0, 0}, 1, (float[]){0, 0});
    try_upstream(2, 2, (float[]){0, 0, 1, 0}, (int32_t[]){0, 1}, 1, (float[]){0, 0, 0, 0});
}

TEST(cross_entropy_backward, a_row_without_target_adds_nothing)
{
    try_upstream(1, 2, (float[]){1, 0}, (int32_t[]){-1}, 1, (float[]){3, 4});
    try_upstream(3, 2, (float[]){0, 1, 3, -1, 2, 2}, (int32_t[]){1, -1, 0}, 0.5f,
                 (float[]){0, 1, 2, 3, 4, 5});
}

static void try_backward(int N, int V, const float *x, const int32_t *target)
{
    struct check *c = check_begin((uint64_t)V);
    try_upstream(N, V, x, target, -0.375f, check_normals(c, (size_t)(N * V), 5));
    check_end(c);
}

TEST(cross_entropy_backward, random_rows)
{
    random_rows(try_backward);
}

TEST(cross_entropy_backward, as_many_threads_as_one_likes)
{
    enum { N = 53, V = 301 };
    static const int threads[] = {1, 2, 3};
    struct check *c = check_begin(61);
    const float *x = check_normals(c, N * V, 4);
    const int32_t *target = check_ids(c, N, V);
    float *first = NULL;
    for (int i = 0; i < 3; i++) {
        float *lse = cells(N, NULL), *loss = cells(N, NULL), *dx = check_zeros(c, N * V);
        check_set_threads(threads[i]);
        given("%d threads, N = %d, V = %d", threads[i], N, V);
        cross_entropy_forward(N, V, x, target, lse, loss);
        cross_entropy_backward(N, V, x, target, lse, 0.375f, dx);
        if (!first) first = dx;
        expect_true("dx has the bits that one thread gives",
                    memcmp(first, dx, N * V * sizeof *dx) == 0);
    }
}

// --- loss_smooth -----------------------------------------------------------------------------

static void try_smooth(int V, const float *x, int32_t target, float weight)
{
    double *wide = widen((size_t)V, x), *want = widen((size_t)V, x), lse = oracle_lse(V, wide);
    double value = 0, error = 2 * error_of(V, wide) + CHECK_U * 8;
    for (int v = 0; v < V; v++) {
        double q = (double)weight / V + (v == target) * (1 - (double)weight);
        value += q * (lse - wide[v]);
        want[v] = exp(wide[v] - lse) - q;
    }
    float *slope = cells((size_t)V, NULL);
    given("weight %g, target %d, V = %d, x = %s", (double)weight, target, V, shown(V, x));
    float loss = loss_smooth(V, cells((size_t)V, x), target, weight, slope);
    expect_double("the loss", (double)loss, value, error + CHECK_U * V * fabs(value));
    expect_floats("slope", (size_t)V, slope, want, error);
    expect_cells("nothing is written before slope or behind it", (size_t)V, slope);
    free(wide);
    free(want);
}

TEST(loss_smooth, without_weight_it_is_cross_entropy)
{
    try_smooth(2, (float[]){0, 0}, 0, 0);
    try_smooth(2, (float[]){1, 0}, 1, 0);
}

TEST(loss_smooth, small_rows)
{
    try_smooth(2, (float[]){0, 0}, 0, 0.5f);
    try_smooth(1, (float[]){2}, 0, 0.5f);
    try_smooth(2, (float[]){1, 0}, 0, 0.5f);
    try_smooth(2, (float[]){1, 0}, 1, 0.25f);
    try_smooth(3, (float[]){-1, 0.5f, -2}, 2, 0.25f);
}

TEST(loss_smooth, all_of_the_weight)
{
    try_smooth(2, (float[]){0, 0}, 0, 1);
    try_smooth(3, (float[]){-1, 0.5f, -2}, 1, 1);
}

TEST(loss_smooth, large_logits)
{
    try_smooth(2, (float[]){1000, 1000}, 0, 0.5f);
    try_smooth(3, (float[]){-1e4f, 1e4f, 0}, 0, 0.5f);
}

TEST(loss_smooth, random_rows)
{
    for (int i = 0; i < SHAPE_COUNT; i++) {
        struct check *c = check_begin((uint64_t)i);
        int V = SHAPES[i][1];
        try_smooth(V, check_normals(c, (size_t)V, 3), V / 2, 0.1f);
        check_end(c);
    }
}

// --- loss_own --------------------------------------------------------------------------------

// own calls the learner's, with fresh room for the slopes.
static double own(int V, const float *x, int32_t target, float *slope)
{
    for (int v = 0; v < V; v++) slope[v] = NAN;
    return (double)loss_own(V, x, target, slope);
}

// try_finite returns 0 at a number that is not finite.  The tests of loss_own end with their first
// failure: what comes after it depends on which loss it is, and the same mistake in another loss
// is to be known too.
static int try_finite(int V, const float *x, int32_t target)
{
    float *slope = cells((size_t)V, NULL);
    double loss = own(V, cells((size_t)V, x), target, slope);
    int finite = 1;
    for (int v = 0; v < V; v++) finite &= isfinite(slope[v]) != 0;
    given("target %d, x = %s:\nloss %g, slopes %s", target, shown(V, x), loss, shown(V, slope));
    if (!expect_true("the loss is a finite number", isfinite(loss)) ||
        !expect_true("every slope is a finite number", finite))
        return 0;
    expect_cells("nothing is written before slope or behind it", (size_t)V, slope);
    return 1;
}

TEST(loss_own, finite)
{
    if (!try_finite(2, (float[]){0, 0}, 0) || !try_finite(2, (float[]){1, 0}, 1) ||
        !try_finite(2, (float[]){1000, 1000}, 0) || !try_finite(2, (float[]){0, 200}, 0) ||
        !try_finite(3, (float[]){-1e4f, 1e4f, 0}, 0) ||
        !try_finite(3, (float[]){-1e4f, 1e4f, 0}, 1))
        return;
    struct check *c = check_begin(7);
    for (int s = 0; s < 3; s++)
        if (!try_finite(65, check_normals(c, 65, SCALES[s] / 4), 64)) return;
}

// measured returns the loss's slope in x[v] by differences; rows are multiples of 1/256, so that
// x + h is exact.  The error is about h^4 times the loss's bends, and its rounding divided by h.
static double measured(int V, float *x, int32_t target, int v, float h, float *scratch)
{
    float was = x[v];
    double f[5];
    for (int i = -2; i <= 2; i++) {
        x[v] = was + (float)i * h;
        f[i + 2] = own(V, x, target, scratch);
    }
    x[v] = was;
    return (8 * (f[3] - f[1]) - (f[4] - f[0])) / (12 * (double)h);
}

static int near_enough(double claimed, double found)
{
    return fabs(claimed - found) <= 2e-3 * (1 + fabs(found));
}

// What is wrong with slopes, seen without knowing the loss.
enum sort { OTHER, OPPOSITE, MULTIPLE, TARGET_ONLY, OF_CROSS_ENTROPY, IN_P };

static enum sort sort_of(int V, const float *x, int32_t target, const float *slope,
                         const double *found)
{
    double *p = widen((size_t)V, x), mean = 0, most = 1e-6, factor = 0;
    oracle_softmax(V, p);
    int opposite = 1, multiple = 1, alone = 1, cross_entropy = 1, in_p = 1;
    for (int v = 0; v < V; v++) mean += p[v] * (double)slope[v];
    for (int v = 0; v < V; v++) most = fmax(most, fabs(found[v]));
    for (int v = 0; v < V; v++)
        if (fabs(found[v]) == most) factor = (double)slope[v] / found[v];
    for (int v = 0; v < V; v++) {
        double claimed = (double)slope[v];
        opposite &= near_enough(claimed, -found[v]);
        multiple &= near_enough(claimed, factor * found[v]);
        alone &= near_enough(claimed, v == target ? found[v] : 0);
        cross_entropy &= near_enough(claimed, p[v] - (v == target));
        in_p &= near_enough(p[v] * (claimed - mean), found[v]);
    }
    free(p);
    if (opposite) return OPPOSITE;
    if (alone) return TARGET_ONLY;
    if (cross_entropy) return OF_CROSS_ENTROPY;
    if (multiple && factor > 0) return MULTIPLE;
    return in_p ? IN_P : OTHER;
}

// try_slopes compares the slopes with differences of the loss, at two distances: a loss whose
// bend jumps somewhere needs a small one, one of large numbers a large one.  Returns 0 at a slope
// that is none.
static int try_slopes(int V, const float *from, int32_t target)
{
    float *x = cells((size_t)V, from), *slope = cells((size_t)V, NULL),
          *scratch = cells((size_t)V, NULL);
    double loss = own(V, x, target, slope), far[MOST];
    for (int v = 0; v < V; v++) far[v] = measured(V, x, target, v, 0x1p-4f, scratch);
    for (int v = 0; v < V; v++) {
        double claimed = (double)slope[v], close = measured(V, x, target, v, 0x1p-7f, scratch);
        given("target %d, x = %s, loss %.4g\nslope[%d] = %.4g, by differences of the loss %.4g",
              target, shown(V, x), loss, v, claimed, far[v]);
        if (expect_true("slope is the slope of the loss",
                        near_enough(claimed, far[v]) || near_enough(claimed, close)))
            continue;
        // Into the trace, for the likely cause.  Of two slopes one cannot tell.
        int sort = V > 2 ? (int)sort_of(V, x, target, slope, far) : 0;
        expect_int("the sort of mistake", sort, sort);
        return 0;
    }
    float *again = cells((size_t)V, NULL);
    given("target %d, x = %s", target, shown(V, x));
    return expect_true("asked again, the loss is the same", own(V, x, target, again) == loss);
}

// steps_of turns random numbers into multiples of 1/256.
static float *steps_of(struct check *c, int V, float deviation)
{
    float *x = check_normals(c, (size_t)V, deviation);
    for (int v = 0; v < V; v++) x[v] = rintf(256 * x[v]) / 256;
    return x;
}

TEST(loss_own, slopes_of_two)
{
    if (!try_slopes(2, (float[]){0, 0}, 0) || !try_slopes(2, (float[]){0.5f, 0}, 0)) return;
    try_slopes(2, (float[]){0.5f, 0}, 1);
}

TEST(loss_own, slopes_of_random_rows)
{
    struct check *c = check_begin(8);
    for (int i = 0; i < 6; i++) {
        int V = 3 + 2 * i;
        if (!try_slopes(V, steps_of(c, V, 1 + 0.25f * (float)i), i % V)) return;
    }
}

TEST(loss_own, falls_as_the_target_rises)
{
    struct check *c = check_begin(9);
    for (int i = 0; i < 12; i++) {
        int V = 2 + i, target = i % 2;
        float *x = i ? steps_of(c, V, 1.5f) : cells(2, (float[]){0, 0.5f});
        float *slope = cells((size_t)V, NULL);
        float most = -INFINITY;
        for (int v = 0; v < V; v++)
            if (v != target) most = fmaxf(most, x[v]);
        if (x[target] + 0.125f >= most) continue;
        double before = own(V, x, target, slope), falls = (double)slope[target];
        given("target %d, x = %s\nslope[%d] = %g", target, shown(V, x), target, falls);
        if (!expect_true("the target's slope is below 0", falls < 0)) return;
        x[target] += 0.125f;
        double after = own(V, x, target, slope);
        given("target %d, x = %s\nloss %.9g; before x[%d] rose by 0.125: %.9g", target, shown(V, x),
              after, target, before);
        if (!expect_true("the loss falls as the target's logit rises", after < before)) return;
    }
}

TEST(loss_own, small_when_certain)
{
    static const int sizes[] = {2, 5, 56};
    for (int i = 0; i < 3; i++) {
        int V = sizes[i], target = V - 1;
        float *x = cells((size_t)V, NULL), *slope = cells((size_t)V, NULL);
        for (int v = 0; v < V; v++) x[v] = 0;
        double equal = own(V, x, target, slope);
        x[target] = 8;
        double sure = own(V, x, target, slope);
        x[target] = -8;
        double wrong = own(V, x, target, slope);
        given("V = %d, the target's logit 8, 0, -8, the others 0:\nlosses %.9g, %.9g, %.9g", V,
              sure, equal, wrong);
        if (!expect_true("less when it is certain than when all are alike", sure < equal) ||
            !expect_true("less when all are alike than when it is surely wrong", equal < wrong))
            return;
    }
}

// take_out takes that multiple of a from b that leaves the smallest squares.
static void take_out(int n, const double *a, double *b)
{
    double aa = 0, ab = 0;
    for (int i = 0; i < n; i++) aa += a[i] * a[i], ab += a[i] * b[i];
    for (int i = 0; i < n; i++) b[i] -= aa > 0 ? ab / aa * a[i] : 0;
}

TEST(loss_own, not_one_that_has_a_name)
{
    // cross-entropy + w (its mean over all targets - itself) is loss_smooth of weight w.  What is
    // left of the answers without every multiple of the two, and of a constant?
    enum { ROWS = 16 };
    struct check *c = check_begin(10);
    double one[ROWS], surprise[ROWS], mean[ROWS] = {0}, got[ROWS], left = 0, most = 0;
    for (int i = 0; i < ROWS; i++) {
        float *x = steps_of(c, 4, 1), slope[4];
        double *wide = widen(4, x), lse = oracle_lse(4, wide);
        for (int v = 0; v < 4; v++) mean[i] += (lse - wide[v]) / 4;
        one[i] = 1, surprise[i] = lse - wide[1], got[i] = own(4, x, 1, slope);
        free(wide);
    }
    take_out(ROWS, one, surprise), take_out(ROWS, one, mean), take_out(ROWS, one, got);
    take_out(ROWS, surprise, mean);
    for (int i = 0; i < ROWS; i++) most = fmax(most, fabs(got[i]));
    take_out(ROWS, surprise, got);
    double plain = 0;
    for (int i = 0; i < ROWS; i++) plain = fmax(plain, fabs(got[i]));
    take_out(ROWS, mean, got);
    for (int i = 0; i < ROWS; i++) left = fmax(left, fabs(got[i]));
    given("%d rows of 4 logits, target 1: always %s,\nor a multiple of it", ROWS,
          plain < 1e-4 * most ? "cross-entropy" : "loss_smooth");
    expect_true("it is another loss than cross_entropy and loss_smooth", !(left < 1e-5 * most));
}

// --- loss_own trains a bigram ----------------------------------------------------------------

enum { LETTERS = 4 };
// How often a letter of a, b, c, d comes after another.
static const int PAIRS[LETTERS][LETTERS] = {
    {1, 9, 2, 0}, {0, 1, 3, 8}, {10, 1, 1, 2}, {2, 3, 12, 1}};

// whole returns the mean loss over all pairs: the learner's, and its slopes; or cross-entropy.
static double whole(const float *logits, float *gradient)
{
    double sum = 0, total = 0;
    for (int i = 0; i < LETTERS * LETTERS; i++) total += PAIRS[i / LETTERS][i % LETTERS];
    for (int a = 0; a < LETTERS; a++) {
        const float *x = logits + a * LETTERS;
        double *wide = widen(LETTERS, x), lse = oracle_lse(LETTERS, wide);
        for (int b = 0; b < LETTERS; b++) {
            float slope[LETTERS];
            double share = PAIRS[a][b] / total;
            sum += share * (gradient ? own(LETTERS, x, b, slope) : lse - wide[b]);
            for (int v = 0; gradient && v < LETTERS; v++)
                gradient[a * LETTERS + v] += (float)share * slope[v];
        }
        free(wide);
    }
    return sum;
}

TEST(loss_own, trains_a_bigram)
{
    enum { STEPS = 300 };
    float logits[LETTERS * LETTERS] = {0};
    double first = 0, last = 0, before = whole(logits, NULL);
    // Steps of a given length: whatever the loss's unit is, the same rate will do.
    for (int i = 0; i <= STEPS; i++) {
        float gradient[LETTERS * LETTERS] = {0}, norm = 0;
        last = whole(logits, gradient);
        if (i == 0) first = last;
        for (int k = 0; k < LETTERS * LETTERS; k++) norm += gradient[k] * gradient[k];
        float rate = 0.15f * (1 - (float)i / STEPS) / (sqrtf(norm) + 1e-12f);
        for (int k = 0; k < LETTERS * LETTERS; k++) logits[k] -= rate * gradient[k];
    }
    double after = whole(logits, NULL);
    given("%d steps on 56 pairs of letters, from logits of 0:\nyour loss from %.4f to %.4f, "
          "cross-entropy from %.4f to %.4f",
          STEPS, first, last, before, after);
    if (!expect_true("your loss has fallen", last < first)) return;
    for (int a = 0; a < LETTERS; a++) {
        const float *x = logits + a * LETTERS;
        int best = 0, most = 0;
        for (int v = 1; v < LETTERS; v++) {
            if (x[v] > x[best]) best = v;
            if (PAIRS[a][v] > PAIRS[a][most]) most = v;
        }
        given("after %c the most frequent letter is %c; logits of a, b, c, d: %s", 'a' + a,
              'a' + most, shown(LETTERS, x));
        if (!expect_true("the most frequent letter has the highest logit", best == most)) return;
    }
}
