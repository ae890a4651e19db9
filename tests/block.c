// block: norms and networks on rows of whole numbers that a person can redo by hand; then on odd
// sizes against the same formulas in double; then the arrangement of a block's parts, and a stack.
//
// Arrays stand between guard cells.  Each backward gets its own mean and rstd: no forward is asked.
// A given() says first what decides, and fits one line.
#include "block.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lesson.h"
#include "ops.h"
#include "position.h"
#include "random.h"
#include "ref_block.h"
#include "tape.h"

FUNCTION(layernorm_forward, 3);
FUNCTION(layernorm_backward, 4);
FUNCTION(rmsnorm_forward, 1);
FUNCTION(rmsnorm_backward, 2);
FUNCTION(gelu_forward, 1);
FUNCTION(gelu_backward, 2);
FUNCTION(swiglu_forward, 2);
FUNCTION(swiglu_backward, 3);
FUNCTION(block_forward, 4);

static const double NEAR = 1e-5;

// --- arrays ----------------------------------------------------------------------------------

enum { GUARD = 8, ARRAYS = 1200 };
static const float ELSEWHERE = 54321;

static struct {
    float *cells[ARRAYS];
    int n[ARRAYS], count;
} made;  // by this test; a test is a process of its own

// cells returns n floats between guards: those of `from`, or NaN.
static float *cells(int n, const float *from)
{
    float *all = malloc(sizeof *all * (size_t)(n + 2 * GUARD));
    CHECK(all && made.count < ARRAYS, "n=%d count=%d", n, made.count);
    for (int i = 0; i < n + 2 * GUARD; i++) all[i] = ELSEWHERE;
    for (int i = 0; i < n; i++) all[GUARD + i] = from ? from[i] : NAN;
    made.cells[made.count] = all;
    made.n[made.count++] = n;
    return all + GUARD;
}

static float *filled(int n, float value)
{
    float *x = cells(n, NULL);
    for (int i = 0; i < n; i++) x[i] = value;
    return x;
}

static float *normals(struct random *r, int n, float deviation)
{
    float *x = cells(n, NULL);
    for (int i = 0; i < n; i++) x[i] = deviation * random_normal(r);
    return x;
}

// finish looks at the guards of all arrays, and gives them back.
static void finish(void)
{
    for (int k = 0; k < made.count; k++) {
        const float *all = made.cells[k];
        int touched = 0;
        for (int i = 0; i < GUARD; i++) {
            touched |= all[i] != ELSEWHERE;
            touched |= all[GUARD + made.n[k] + i] != ELSEWHERE;
        }
        expect_true("nothing is written beside the arrays", !touched);
        free(made.cells[k]);
    }
    made.count = 0;
}

// list writes at most four numbers: "(1, 3)" or "(1, 2, 3, 4 …)".
static const char *list(int n, const float *x)
{
    static char texts[8][160];
    static int turn;
    char *text = texts[turn++ % 8];
    int at = snprintf(text, sizeof *texts, "(");
    for (int i = 0; i < n && i < 8; i++)
        at += snprintf(text + at, sizeof *texts - (size_t)at, "%s%g", i ? ", " : "", (double)x[i]);
    snprintf(text + at, sizeof *texts - (size_t)at, n > 8 ? " …)" : ")");
    return text;
}

// close_to compares with a tolerance that grows with what is wanted.
static void close_to(const char *what, int n, const float *got, const double *want)
{
    double most = 1;
    for (int i = 0; i < n; i++) most = fmax(most, fabs(want[i]));
    expect_floats(what, (size_t)n, got, want, NEAR * most);
}

// --- norms in double ---------------------------------------------------------------------------

// struct normed: a kind of norm, its input, and what comes out, in double.  rms has no mean or
// shift.
struct normed {
    int rms, N, C;
    float epsilon;
    const float *x, *w, *b, *dy;
    double *mean, *rstd, *y, *dx, *dw, *db;
};

static double *doubles(int n)
{
    CHECK(n > 0, "n=%d", n);
    double *x = calloc((size_t)n, sizeof *x);
    if (!x) die("out of memory: %d", n);
    return x;
}

static void solve_row(struct normed *p, int n)
{
    int C = p->C;
    const float *x = p->x + n * C, *dy = p->dy ? p->dy + n * C : NULL;
    double m = 0, square = 0, mean_g = 0, mean_gh = 0;
    for (int c = 0; c < C && !p->rms; c++) m += (double)x[c] / C;
    for (int c = 0; c < C; c++) square += ((double)x[c] - m) * ((double)x[c] - m) / C;
    double r = 1 / sqrt(square + (double)p->epsilon);
    p->mean[n] = m, p->rstd[n] = r;
    for (int c = 0; c < C; c++) {
        double h = ((double)x[c] - m) * r;
        p->y[n * C + c] = h * (double)p->w[c] + (p->b ? (double)p->b[c] : 0);
        if (!dy) continue;
        mean_g += p->rms ? 0 : (double)dy[c] * (double)p->w[c] / C;
        mean_gh += (double)dy[c] * (double)p->w[c] * h / C;
        p->dw[c] += (double)dy[c] * h;
        p->db[c] += (double)dy[c];
    }
    for (int c = 0; c < C && dy; c++) {
        double h = ((double)x[c] - m) * r;
        p->dx[n * C + c] = r * ((double)dy[c] * (double)p->w[c] - mean_g - h * mean_gh);
    }
}

static void solve(struct normed *p)
{
    p->mean = doubles(p->N), p->rstd = doubles(p->N);
    p->y = doubles(p->N * p->C), p->dx = doubles(p->N * p->C);
    p->dw = doubles(p->C), p->db = doubles(p->C);
    for (int n = 0; n < p->N; n++) solve_row(p, n);
}

static void end_norm(struct normed *p)
{
    free(p->mean), free(p->rstd), free(p->y), free(p->dx), free(p->dw), free(p->db);
    finish();
}

static const float ONES[64] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
                               1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
                               1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
static const float ZEROS[64];

// forward runs the learner's norm on copies, and checks all that it writes.
static void forward(struct normed p)
{
    solve(&p);
    int size = p.N * p.C;
    float *x = cells(size, p.x), *w = cells(p.C, p.w), *y = cells(size, NULL);
    float *mean = cells(p.N, NULL), *rstd = cells(p.N, NULL);
    if (p.rms)
        rmsnorm_forward(p.N, p.C, p.epsilon, x, w, y, rstd);
    else
        layernorm_forward(p.N, p.C, p.epsilon, x, w, cells(p.C, p.b), y, mean, rstd);
    if (!p.rms) close_to("mean", p.N, mean, p.mean);
    close_to(p.rms ? "rrms" : "rstd", p.N, rstd, p.rstd);
    close_to("y", size, y, p.y);
    end_norm(&p);
}

// layer_forward is forward of one row, described.
static void layer_forward(int C, const float *x, const float *w, const float *b, float epsilon)
{
    given("x = %s, w = %s, b = %s, epsilon %g", list(C, x), list(C, w), list(C, b),
          (double)epsilon);
    forward((struct normed){.N = 1, .C = C, .epsilon = epsilon, .x = x, .w = w, .b = b});
}

static void rms_forward(int C, const float *x, const float *w, float epsilon)
{
    given("x = %s, w = %s, epsilon %g", list(C, x), list(C, w), (double)epsilon);
    forward((struct normed){.rms = 1, .N = 1, .C = C, .epsilon = epsilon, .x = x, .w = w});
}

// {N, C}
static const int SHAPES[][2] = {{1, 1}, {1, 2}, {4, 1}, {2, 3}, {3, 15}, {5, 16}, {2, 17}, {3, 40}};
enum { SHAPE_COUNT = sizeof SHAPES / sizeof *SHAPES };

// random_norms goes through all shapes, forward or back.
static void random_norms(int rms, void run(struct normed))
{
    struct random r = random_start(1, RANDOM_TEST);
    for (int i = 0; i < 2 * SHAPE_COUNT; i++) {
        int N = SHAPES[i / 2][0], C = SHAPES[i / 2][1];
        float deviation = i % 2 ? 30 : 1;
        struct normed p = {.rms = rms, .N = N, .C = C, .epsilon = 0.01f};
        float x[200], w[64], b[64], dy[200];
        for (int k = 0; k < N * C; k++) x[k] = deviation * (1 + random_normal(&r));
        for (int k = 0; k < C; k++) w[k] = random_normal(&r), b[k] = random_normal(&r);
        for (int k = 0; k < N * C; k++) dy[k] = 3 * random_normal(&r);
        p.x = x, p.w = w, p.b = rms ? NULL : b, p.dy = dy;
        given("random rows, N=%d C=%d, epsilon 0.01; x[0] = %s", N, C, list(C, x));
        run(p);
    }
}

// --- layernorm_forward -------------------------------------------------------------------------

TEST(layernorm_forward, two_numbers)
{
    layer_forward(2, (float[]){1, 3}, ONES, ZEROS, 0);
    layer_forward(2, (float[]){0, 8}, ONES, ZEROS, 0);
}

TEST(layernorm_forward, example_of_the_text)
{
    layer_forward(4, (float[]){1, 1, 3, 3}, ONES, ZEROS, 0);
    layer_forward(3, (float[]){1, 2, 3}, ONES, ZEROS, 0);
}

TEST(layernorm_forward, gain_and_shift)
{
    layer_forward(2, (float[]){1, 3}, (float[]){2, 5}, ZEROS, 0);
    layer_forward(2, (float[]){1, 3}, ONES, (float[]){10, 20}, 0);
    layer_forward(2, (float[]){1, 3}, (float[]){2, 5}, (float[]){10, 20}, 0);
}

TEST(layernorm_forward, epsilon_is_added_to_the_variance)
{
    layer_forward(2, (float[]){1, 3}, ONES, ZEROS, 3);
    layer_forward(2, (float[]){0, 0.002f}, ONES, ZEROS, 1e-5f);
}

TEST(layernorm_forward, a_row_that_does_not_vary)
{
    layer_forward(3, (float[]){5, 5, 5}, ONES, (float[]){1, 2, 3}, 1e-5f);
    layer_forward(1, (float[]){-7}, ONES, (float[]){2}, 1e-5f);
}

TEST(layernorm_forward, far_from_zero)
{
    layer_forward(2, (float[]){4095, 4097}, ONES, ZEROS, 1e-5f);
    layer_forward(4, (float[]){-20001, -20001, -19999, -19999}, ONES, ZEROS, 1e-5f);
}

TEST(layernorm_forward, each_row_has_its_own)
{
    const float x[] = {1, 3, 10, 30, -4, 4};
    given("three rows, (1, 3), (10, 30), (-4, 4); w = (1, 1), b = (0, 0), epsilon 0");
    forward((struct normed){.N = 3, .C = 2, .x = x, .w = ONES, .b = ZEROS});
}

TEST(layernorm_forward, random_rows)
{
    random_norms(0, forward);
}

// What the lesson is for: whatever the scale of a row, the same comes out.
TEST(layernorm_forward, a_row_ten_times_as_large)
{
    enum { C = 33 };
    struct random r = random_start(7, RANDOM_TEST);
    float *x = normals(&r, C, 1), *ten = cells(C, NULL), *y = cells(C, NULL);
    float *w = normals(&r, C, 1), *b = normals(&r, C, 1), *y10 = cells(C, NULL);
    float *mean = cells(1, NULL), *rstd = cells(1, NULL);
    double want[C];
    for (int c = 0; c < C; c++) ten[c] = 10 * x[c] + 100;
    layernorm_forward(1, C, 0, x, w, b, y, mean, rstd);
    layernorm_forward(1, C, 0, ten, w, b, y10, mean, rstd);
    for (int c = 0; c < C; c++) want[c] = (double)y[c];
    given("10 x + 100 in the place of a random row x of %d numbers, epsilon 0", C);
    expect_floats("y of it, beside y of x", C, y10, want, 1e-4);
    finish();
}

// --- layernorm_backward ------------------------------------------------------------------------

enum { WANT_DX = 1, WANT_DW = 2, WANT_DB = 4, WANT_ALL = 7 };

static void sums(double *want, int n, float begin)
{
    for (int i = 0; i < n; i++) want[i] += (double)begin;
}

// backward_to runs the learner's backward on gradients that hold `begin`; those not wanted are
// NULL.
static void backward_to(struct normed p, int wanted, float begin)
{
    solve(&p);
    int size = p.N * p.C;
    float *x = cells(size, p.x), *w = cells(p.C, p.w), *dy = cells(size, p.dy);
    float *mean = cells(p.N, NULL), *rstd = cells(p.N, NULL);
    float *dx = wanted & WANT_DX ? filled(size, begin) : NULL;
    float *dw = wanted & WANT_DW ? filled(p.C, begin) : NULL;
    float *db = wanted & WANT_DB ? filled(p.C, begin) : NULL;
    for (int n = 0; n < p.N; n++) mean[n] = (float)p.mean[n], rstd[n] = (float)p.rstd[n];
    if (p.rms)
        rmsnorm_backward(p.N, p.C, x, w, rstd, dy, dx, dw);
    else
        layernorm_backward(p.N, p.C, x, w, mean, rstd, dy, dx, dw, db);
    sums(p.dx, size, begin), sums(p.dw, p.C, begin), sums(p.db, p.C, begin);
    if (dx) close_to("dx", size, dx, p.dx);
    if (dw) close_to("dw", p.C, dw, p.dw);
    if (db && !p.rms) close_to("db", p.C, db, p.db);
    end_norm(&p);
}

static void backward(struct normed p)
{
    backward_to(p, WANT_ALL, 0);
}

static void layer_backward(int C, const float *x, const float *w, const float *dy)
{
    given("dy = %s, x = %s, w = %s, epsilon 0", list(C, dy), list(C, x), list(C, w));
    backward((struct normed){.N = 1, .C = C, .x = x, .w = w, .dy = dy});
}

static void rms_backward(int C, const float *x, const float *w, const float *dy)
{
    given("dy = %s, x = %s, w = %s, epsilon 0", list(C, dy), list(C, x), list(C, w));
    backward((struct normed){.rms = 1, .N = 1, .C = C, .x = x, .w = w, .dy = dy});
}

static const float FOUR[] = {1, 1, 3, 3};  // mean 2, rstd 1, h = (-1, -1, 1, 1)

TEST(layernorm_backward, example_of_the_text)
{
    layer_backward(4, FOUR, ONES, (float[]){4, 0, 0, 0});
}

TEST(layernorm_backward, what_moves_all_alike_changes_nothing)
{
    layer_backward(4, FOUR, ONES, (float[]){4, 4, 4, 4});
}

TEST(layernorm_backward, what_stretches_the_row_changes_nothing)
{
    layer_backward(4, FOUR, ONES, (float[]){-1, -1, 1, 1});
}

TEST(layernorm_backward, a_wider_row_has_smaller_slopes)
{
    layer_backward(4, (float[]){2, 2, 6, 6}, ONES, (float[]){4, 0, 0, 0});
    layer_backward(4, (float[]){102, 102, 106, 106}, ONES, (float[]){4, 0, 0, 0});
}

TEST(layernorm_backward, gain)
{
    layer_backward(4, FOUR, (float[]){2, 1, 1, 1}, (float[]){4, 0, 0, 0});
    layer_backward(4, FOUR, (float[]){2, -1, 3, 5}, (float[]){4, 1, 2, -3});
}

TEST(layernorm_backward, gradients_are_added)
{
    const float dy[] = {4, 1, 0, -2};
    given("gradients that hold 10 already; dy = (4, 1, 0, -2), x = (1, 1, 3, 3), w = 1, epsilon 0");
    backward_to((struct normed){.N = 1, .C = 4, .x = FOUR, .w = ONES, .dy = dy}, WANT_ALL, 10);
}

TEST(layernorm_backward, rows_share_gain_and_shift)
{
    const float x[] = {1, 1, 3, 3, 2, 6, 2, 6}, dy[] = {4, 0, 0, 0, 8, 1, 0, -3};
    given("two rows, x = (1, 1, 3, 3), (2, 6, 2, 6), dy = (4, 0, 0, 0), (8, 1, 0, -3), w = 1");
    backward((struct normed){.N = 2, .C = 4, .x = x, .w = ONES, .dy = dy});
}

TEST(layernorm_backward, each_may_be_left_out)
{
    const float dy[] = {4, 1, 0, -2};
    for (int wanted = 0; wanted < 8; wanted++) {
        given("dx %s, dw %s, db %s; dy = (4, 1, 0, -2), x = (1, 1, 3, 3), w = 1",
              wanted & WANT_DX ? "wanted" : "NULL", wanted & WANT_DW ? "wanted" : "NULL",
              wanted & WANT_DB ? "wanted" : "NULL");
        backward_to((struct normed){.N = 1, .C = 4, .x = FOUR, .w = ONES, .dy = dy}, wanted, 0);
    }
}

TEST(layernorm_backward, random_rows)
{
    random_norms(0, backward);
}

// No direction in which y stays as it is gets any gradient: all numbers alike, and along h.
TEST(layernorm_backward, at_right_angles_to_ones_and_to_h)
{
    enum { C = 29 };
    struct random r = random_start(9, RANDOM_TEST);
    struct normed p = {.N = 1, .C = C};
    p.x = normals(&r, C, 2), p.w = normals(&r, C, 1), p.dy = normals(&r, C, 3);
    solve(&p);
    float *dx = filled(C, 0), *mean = filled(1, (float)p.mean[0]);
    float *rstd = filled(1, (float)p.rstd[0]);
    layernorm_backward(1, C, p.x, p.w, mean, rstd, p.dy, dx, NULL, NULL);
    double sum = 0, along = 0;
    for (int c = 0; c < C; c++) {
        sum += (double)dx[c];
        along += (double)dx[c] * ((double)p.x[c] - p.mean[0]) * p.rstd[0];
    }
    given("a random row of %d numbers, epsilon 0", C);
    expect_double("sum of dx", sum, 0, 1e-4);
    expect_double("sum of dx h", along, 0, 1e-4);
    end_norm(&p);
}

// --- rmsnorm -------------------------------------------------------------------------------------

TEST(rmsnorm_forward, two_numbers)
{
    rms_forward(2, (float[]){1, 7}, ONES, 0);
    rms_forward(1, (float[]){-4}, ONES, 0);
}

TEST(rmsnorm_forward, gain)
{
    rms_forward(2, (float[]){1, 7}, (float[]){5, 10}, 0);
}

TEST(rmsnorm_forward, epsilon_is_added_to_the_mean)
{
    rms_forward(2, (float[]){1, 7}, ONES, 11);
}

TEST(rmsnorm_forward, zeros)
{
    rms_forward(3, ZEROS, ONES, 1e-5f);
}

TEST(rmsnorm_forward, each_row_has_its_own)
{
    const float x[] = {1, 7, 10, 70, -5, 5};
    given("three rows, (1, 7), (10, 70), (-5, 5); w = (1, 1), epsilon 0");
    forward((struct normed){.rms = 1, .N = 3, .C = 2, .x = x, .w = ONES});
}

TEST(rmsnorm_forward, random_rows)
{
    random_norms(1, forward);
}

TEST(rmsnorm_backward, two_numbers)
{
    rms_backward(2, (float[]){1, 7}, ONES, (float[]){25, 0});
    rms_backward(2, (float[]){10, 70}, ONES, (float[]){25, 0});
}

TEST(rmsnorm_backward, what_stretches_the_row_changes_nothing)
{
    rms_backward(2, (float[]){1, 7}, ONES, (float[]){1, 7});
}

TEST(rmsnorm_backward, gain)
{
    rms_backward(2, (float[]){1, 7}, (float[]){2, 3}, (float[]){25, -1});
}

TEST(rmsnorm_backward, gradients_are_added)
{
    const float x[] = {1, 7}, dy[] = {25, 3};
    given("gradients that hold 10 already; dy = (25, 3), x = (1, 7), w = (1, 1), epsilon 0");
    backward_to((struct normed){.rms = 1, .N = 1, .C = 2, .x = x, .w = ONES, .dy = dy}, WANT_ALL,
                10);
}

TEST(rmsnorm_backward, rows_share_the_gain)
{
    const float x[] = {1, 7, -5, 5}, dy[] = {25, 3, 1, 2};
    given("two rows, x = (1, 7), (-5, 5), dy = (25, 3), (1, 2), w = (1, 1), epsilon 0");
    backward((struct normed){.rms = 1, .N = 2, .C = 2, .x = x, .w = ONES, .dy = dy});
}

TEST(rmsnorm_backward, each_may_be_left_out)
{
    const float x[] = {1, 7}, dy[] = {25, 3};
    for (int wanted = 0; wanted < 4; wanted++) {
        given("dx %s, dw %s; dy = (25, 3), x = (1, 7), w = (1, 1), epsilon 0",
              wanted & WANT_DX ? "wanted" : "NULL", wanted & WANT_DW ? "wanted" : "NULL");
        backward_to((struct normed){.rms = 1, .N = 1, .C = 2, .x = x, .w = ONES, .dy = dy}, wanted,
                    0);
    }
}

TEST(rmsnorm_backward, random_rows)
{
    random_norms(1, backward);
}

// --- gelu ----------------------------------------------------------------------------------------

static const double ROOT = 0.79788456080286535588;  // sqrt(2 / pi)

static double gelu64(double x)
{
    return x / 2 * (1 + tanh(ROOT * (x + 0.044715 * x * x * x)));
}

static double gelu_slope64(double x)
{
    double t = tanh(ROOT * (x + 0.044715 * x * x * x));
    return (1 + t) / 2 + x / 2 * (1 - t * t) * ROOT * (1 + 3 * 0.044715 * x * x);
}

static void has_gelu(int n, const float *from)
{
    float *x = cells(n, from), *y = cells(n, NULL);
    double *want = doubles(n);
    for (int i = 0; i < n; i++) want[i] = gelu64((double)from[i]);
    gelu_forward((size_t)n, x, y);
    given("x = %s", list(n, from));
    close_to("y", n, y, want);
    free(want);
    finish();
}

// has_gelu_slope runs the backward on gradients that hold `begin`.
static void has_gelu_slope(int n, const float *from, const float *dy_from, float begin)
{
    float *x = cells(n, from), *dy = cells(n, dy_from), *dx = filled(n, begin), *y = cells(n, NULL);
    double *want = doubles(n), *again = doubles(n);
    for (int i = 0; i < n; i++) {
        want[i] = (double)begin + (double)dy_from[i] * gelu_slope64((double)from[i]);
        again[i] = gelu64((double)from[i]);
    }
    gelu_backward((size_t)n, x, dy, dx, y);
    given("x = %s, dy = %s, dx holds %g before", list(n, from), list(n, dy_from), (double)begin);
    close_to("dx", n, dx, want);
    close_to("y, gelu(x) once more", n, y, again);
    free(want);
    free(again);
    finish();
}

// random_numbers goes through sizes with numbers over the bend and beyond.
static void random_numbers(void run(int n, const float *x, const float *dy))
{
    struct random r = random_start(3, RANDOM_TEST);
    for (int n = 1; n <= 65; n += 16) {
        float x[65], dy[65];
        for (int i = 0; i < n; i++) x[i] = 2 * random_normal(&r), dy[i] = 3 * random_normal(&r);
        run(n, x, dy);
    }
}

TEST(gelu_forward, example_of_the_text)
{
    has_gelu(1, (float[]){0});
    has_gelu(1, (float[]){1});
    has_gelu(1, (float[]){-1});
}

TEST(gelu_forward, over_the_bend)
{
    has_gelu(7, (float[]){-4, -3, -2, -0.5f, 0.5f, 2, 3});
}

TEST(gelu_forward, far_out_it_is_zero_or_x)
{
    has_gelu(1, (float[]){20});
    has_gelu(1, (float[]){-20});
    has_gelu(2, (float[]){1000, -1000});
}

static void random_gelu(int n, const float *x, const float *dy)
{
    (void)dy;
    has_gelu(n, x);
}

TEST(gelu_forward, random_numbers)
{
    random_numbers(random_gelu);
}

TEST(gelu_backward, slopes)
{
    has_gelu_slope(1, (float[]){0}, ONES, 0);
    has_gelu_slope(1, (float[]){1}, ONES, 0);
    has_gelu_slope(1, (float[]){-1}, ONES, 0);
    has_gelu_slope(6, (float[]){-4, -3, -2, -0.5f, 0.5f, 2}, ONES, 0);
}

TEST(gelu_backward, times_dy)
{
    has_gelu_slope(1, (float[]){1}, (float[]){3}, 0);
    has_gelu_slope(2, (float[]){1, -1}, (float[]){-2, 5}, 0);
}

TEST(gelu_backward, gradients_are_added)
{
    has_gelu_slope(2, (float[]){1, -1}, (float[]){-2, 5}, 10);
}

TEST(gelu_backward, far_out)
{
    has_gelu_slope(4, (float[]){20, -20, 1000, -1000}, ONES, 0);
}

static void random_gelu_slope(int n, const float *x, const float *dy)
{
    has_gelu_slope(n, x, dy, 1);
}

TEST(gelu_backward, random_numbers)
{
    random_numbers(random_gelu_slope);
}

// --- swiglu --------------------------------------------------------------------------------------

static double sigmoid64(double x)
{
    return 1 / (1 + exp(-x));
}

static void has_swiglu(int N, int F, const float *from)
{
    float *x = cells(N * 2 * F, from), *y = cells(N * F, NULL);
    double *want = doubles(N * F);
    for (int i = 0; i < N * F; i++) {
        double gate = (double)from[i / F * 2 * F + i % F];
        want[i] = gate * sigmoid64(gate) * (double)from[i / F * 2 * F + F + i % F];
    }
    swiglu_forward(N, F, x, y);
    given("N=%d F=%d, x = %s", N, F, list(N * 2 * F, from));
    close_to("y", N * F, y, want);
    free(want);
    finish();
}

static void has_swiglu_slopes(int N, int F, const float *from, const float *dy_from, float begin)
{
    float *x = cells(N * 2 * F, from), *dy = cells(N * F, dy_from), *dx = filled(N * 2 * F, begin);
    float *y = cells(N * F, NULL);
    double *want = doubles(N * 2 * F), *again = doubles(N * F);
    for (int i = 0; i < N * F; i++) {
        int at = i / F * 2 * F + i % F;
        double gate = (double)from[at], value = (double)from[at + F], s = sigmoid64(gate);
        want[at] = (double)begin + (double)dy_from[i] * value * (s + gate * s * (1 - s));
        want[at + F] = (double)begin + (double)dy_from[i] * gate * s;
        again[i] = gate * s * value;
    }
    swiglu_backward(N, F, x, dy, dx, y);
    given("N=%d F=%d, x = %s, dy = %s, dx holds %g before", N, F, list(N * 2 * F, from),
          list(N * F, dy_from), (double)begin);
    close_to("dx: in each row F gates, then F values", N * 2 * F, dx, want);
    close_to("y, the forward's once more", N * F, y, again);
    free(want);
    free(again);
    finish();
}

static void random_swiglu(int slopes)
{
    struct random r = random_start(5, RANDOM_TEST);
    for (int i = 0; i < SHAPE_COUNT; i++) {
        int N = SHAPES[i][0], F = SHAPES[i][1];
        float x[400], dy[200];
        for (int k = 0; k < N * 2 * F; k++) x[k] = 2 * random_normal(&r);
        for (int k = 0; k < N * F; k++) dy[k] = 3 * random_normal(&r);
        if (slopes)
            has_swiglu_slopes(N, F, x, dy, 1);
        else
            has_swiglu(N, F, x);
    }
}

TEST(swiglu_forward, example_of_the_text)
{
    has_swiglu(1, 1, (float[]){1, 2});
    has_swiglu(1, 1, (float[]){0, 5});
    has_swiglu(1, 1, (float[]){-1, 2});
}

TEST(swiglu_forward, gates_come_before_values)
{
    has_swiglu(1, 2, (float[]){1, 2, 3, -4});
}

TEST(swiglu_forward, rows)
{
    has_swiglu(2, 1, (float[]){1, 2, 3, -4});
    has_swiglu(2, 2, (float[]){1, 2, 3, -4, 0.5f, -1, 7, 2});
}

TEST(swiglu_forward, far_out)
{
    has_swiglu(1, 2, (float[]){200, -200, 3, 5});
}

TEST(swiglu_forward, random_rows)
{
    random_swiglu(0);
}

TEST(swiglu_backward, one_gate)
{
    has_swiglu_slopes(1, 1, (float[]){0, 2}, ONES, 0);
    has_swiglu_slopes(1, 1, (float[]){1, 2}, ONES, 0);
    has_swiglu_slopes(1, 1, (float[]){-1, 2}, ONES, 0);
}

TEST(swiglu_backward, times_dy)
{
    has_swiglu_slopes(1, 1, (float[]){1, 2}, (float[]){-3}, 0);
}

TEST(swiglu_backward, gradients_are_added)
{
    has_swiglu_slopes(1, 1, (float[]){1, 2}, (float[]){-3}, 10);
}

TEST(swiglu_backward, gates_come_before_values)
{
    has_swiglu_slopes(1, 2, (float[]){1, 2, 3, -4}, (float[]){1, -2}, 0);
}

TEST(swiglu_backward, rows)
{
    has_swiglu_slopes(2, 2, (float[]){1, 2, 3, -4, 0.5f, -1, 7, 2}, (float[]){1, -2, 3, 4}, 0);
}

TEST(swiglu_backward, far_out)
{
    has_swiglu_slopes(1, 2, (float[]){80, -80, 3, 5}, ONES, 0);
}

TEST(swiglu_backward, random_rows)
{
    random_swiglu(1);
}

// --- block_forward -----------------------------------------------------------------------------

// The weights in the order of struct block.
enum { NORM1_W, NORM1_B, QKV_W, QKV_B, OUT_W, OUT_B, NORM2_W, NORM2_B, UP_W, UP_B, DOWN_W, DOWN_B };
enum { WEIGHTS = DOWN_B + 1, B = 2, T = 3, H = 2, C = 8, F = 5, SIZE = B * T * C };
static const char *const NAMES[WEIGHTS] = {"norm1_w", "norm1_b", "qkv_w",   "qkv_b",
                                           "out_w",   "out_b",   "norm2_w", "norm2_b",
                                           "up_w",    "up_b",    "down_w",  "down_b"};

// struct trial: a block's weights, its input, and the gradients of both.
struct trial {
    struct block_shape shape;
    int rows[WEIGHTS], columns[WEIGHTS];
    float *w[WEIGHTS], *x;
    float *dw[2][WEIGHTS], *dx[2];  // the learner's, and those wanted
};

static int size_of(const struct trial *p, int i)
{
    return p->rows[i] * (p->columns[i] ? p->columns[i] : 1);
}

static struct trial trial_of(struct block_shape shape, uint64_t seed)
{
    struct random r = random_start(seed, RANDOM_TEST);
    int W = (shape.heads + 2 * shape.groups) * (C / shape.heads);
    int up = shape.network == NETWORK_SWIGLU ? 2 * F : F;
    struct trial p = {.shape = shape,
                      .rows = {C, C, W, W, C, C, C, C, up, up, C, C},
                      .columns = {0, 0, C, 0, C, 0, 0, 0, C, 0, F, 0}};
    p.shape.epsilon = 1e-5f;
    p.x = normals(&r, SIZE, 2);
    for (int i = 0; i < WEIGHTS; i++) p.w[i] = normals(&r, size_of(&p, i), 0.7f);
    for (int k = 0; k < 2; k++) {
        p.dx[k] = filled(SIZE, 0);
        for (int i = 0; i < WEIGHTS; i++) p.dw[k][i] = filled(size_of(&p, i), 0);
    }
    return p;
}

static void silence(struct trial *p, int i)
{
    for (int k = 0; k < size_of(p, i); k++) p->w[i][k] = 0;
}

static struct block leaves(const struct trial *p, struct tape *t, int k)
{
    int id[WEIGHTS];
    for (int i = 0; i < WEIGHTS; i++) {
        int shape[] = {p->rows[i], p->columns[i]};
        id[i] = tape_leaf(t, p->columns[i] ? 2 : 1, shape, p->w[i], p->dw[k][i]);
    }
    return (struct block){id[0], id[1], id[2], id[3], id[4],  id[5],
                          id[6], id[7], id[8], id[9], id[10], id[11]};
}

// The parts, put together from what the lesson's file gives: a wrong norm is a matter of its own
// tests, not of block_forward's.
static int attended(struct tape *t, const struct block_shape *s, const struct block *w, int x)
{
    int qkv = op_linear(t, x, w->qkv_w, w->qkv_b);
    if (s->cosine) qkv = op_rotary(t, qkv, s->heads, s->groups, s->cosine, s->sine);
    int h = s->attend ? s->attend(s->self, t, qkv) : op_attention(t, qkv, s->heads, s->groups);
    return op_linear(t, h, w->out_w, w->out_b);
}

static int thought(struct tape *t, const struct block_shape *s, const struct block *w, int x)
{
    int up = op_linear(t, x, w->up_w, w->up_b);
    return block_active(t, s->network, up, w->down_w, w->down_b);
}

static int arranged(struct tape *t, const struct block_shape *s, const struct block *w, int x)
{
    int in = s->post ? x : block_norm(t, s, x, w->norm1_w, w->norm1_b);
    x = tape_add(t, x, attended(t, s, w, in));
    if (s->post) x = block_norm(t, s, x, w->norm1_w, w->norm1_b);
    in = s->post ? x : block_norm(t, s, x, w->norm2_w, w->norm2_b);
    x = tape_add(t, x, thought(t, s, w, in));
    return s->post ? block_norm(t, s, x, w->norm2_w, w->norm2_b) : x;
}

static double *widened(int n, const float *x)
{
    double *wide = doubles(n);
    for (int i = 0; i < n; i++) wide[i] = (double)x[i];
    return wide;
}

static void same(const char *what, int n, const float *got, const float *want)
{
    double *wide = widened(n, want);
    close_to(what, n, got, wide);
    free(wide);
}

// ends_well checks that what came is a node (B, T, C).
static int ends_well(const struct tape *t, int y)
{
    if (!expect_true("block_forward returns a node", y >= 0)) return 0;
    if (!expect_int("rank of the node returned", tape_rank(t, y), 3)) return 0;
    return expect_int("numbers in the node returned", (int64_t)tape_size(t, y), SIZE);
}

// tries runs the learner's block and the parts, forward and back, and compares.
static void tries(const struct trial *p)
{
    struct tape *t = tape_new(), *u = tape_new();
    static const int SHAPE[] = {B, T, C};
    struct block w = leaves(p, t, 0), v = leaves(p, u, 1);
    int y = block_forward(t, &p->shape, &w, tape_leaf(t, 3, SHAPE, p->x, p->dx[0]));
    int z = arranged(u, &p->shape, &v, tape_leaf(u, 3, SHAPE, p->x, p->dx[1]));
    if (ends_well(t, y)) {
        same("y", SIZE, tape_data(t, y), tape_data(u, z));
        tape_backward(t, tape_sum(t, tape_mul(t, y, y)), 1);
        tape_backward(u, tape_sum(u, tape_mul(u, z, z)), 1);
        same("gradient of x", SIZE, p->dx[0], p->dx[1]);
        for (int i = 0; i < WEIGHTS; i++) {
            char what[40];
            snprintf(what, sizeof what, "gradient of %s", NAMES[i]);
            same(what, size_of(p, i), p->dw[0][i], p->dw[1][i]);
        }
    }
    tape_free(t);
    tape_free(u);
    finish();
}

static const struct block_shape PLAIN = {.heads = H, .groups = H};
static const struct block_shape PLAIN_EPSILON = {.heads = H, .groups = H, .epsilon = 1e-5f};

TEST(block_forward, without_output_weights_it_changes_nothing)
{
    struct trial p = trial_of(PLAIN, 1);
    static const int SILENT[] = {OUT_W, OUT_B, DOWN_W, DOWN_B};
    for (int i = 0; i < 4; i++) silence(&p, SILENT[i]);
    given("pre; out and down are zeros: what is left is the residual stream, x itself");
    tries(&p);
}

TEST(block_forward, attention_alone)
{
    struct trial p = trial_of(PLAIN, 2);
    silence(&p, DOWN_W), silence(&p, DOWN_B);
    given("pre; down is zeros: x + out(attention(qkv(norm1(x))))");
    tries(&p);
}

TEST(block_forward, network_alone)
{
    struct trial p = trial_of(PLAIN, 3);
    silence(&p, OUT_W), silence(&p, OUT_B);
    given("pre; out is zeros: x + down(network(up(norm2(x))))");
    tries(&p);
}

TEST(block_forward, both_parts)
{
    struct trial p = trial_of(PLAIN, 4);
    given("pre: first attention, then the network on what came of it");
    tries(&p);
}

TEST(block_forward, post)
{
    struct block_shape s = PLAIN;
    s.post = 1;
    struct trial p = trial_of(s, 5);
    static const int SILENT[] = {OUT_W, OUT_B, DOWN_W, DOWN_B};
    for (int i = 0; i < 4; i++) silence(&p, SILENT[i]);
    given("post; out and down are zeros: norm2(norm1(x))");
    tries(&p);
    p = trial_of(s, 6);
    given("post: the norm behind each addition");
    tries(&p);
}

TEST(block_forward, as_llama_has_it)
{
    struct block_shape s = {.heads = 4, .groups = 2, .norm = NORM_RMS, .network = NETWORK_SWIGLU};
    float cosine[T], sine[T];
    rotary_angles(T, 2, 10000, cosine, sine);
    s.cosine = cosine, s.sine = sine;
    struct trial p = trial_of(s, 7);
    given("pre; rmsnorm, swiglu, rotary, 4 heads in 2 groups");
    tries(&p);
    s.post = 1;
    p = trial_of(s, 8);
    given("post; rmsnorm, swiglu, rotary, 4 heads in 2 groups");
    tries(&p);
}

// The middle third of what attention is given: values, unmixed.
static int values_only(void *self, struct tape *t, int qkv)
{
    ++*(int *)self;
    int rows = B * T, shape[] = {B, T, C};
    float *v = tape_alloc(t, sizeof *v * SIZE);
    for (int i = 0; i < rows * C; i++) v[i] = tape_data(t, qkv)[i / C * 3 * C + 2 * C + i % C];
    return tape_leaf(t, 3, shape, v, NULL);
}

TEST(block_forward, another_attention)
{
    int calls = 0;
    struct block_shape s = PLAIN;
    s.attend = values_only, s.self = &calls;
    struct trial p = trial_of(s, 9);
    given("attend is there: it is called in the place of op_attention");
    tries(&p);
}

// What all this is for.
TEST(block_forward, deep_stacks_keep_their_gradients)
{
    enum { L = 24 };
    static const int SHAPE[] = {B, T, C};
    struct tape *t = tape_new();
    struct trial p[L];
    double norm[L];
    int x = 0;
    for (int l = 0; l < L; l++) {
        p[l] = trial_of(PLAIN, 20 + (uint64_t)l);
        for (int i = 0; i < WEIGHTS; i++) {
            float scale = p[l].columns[i] ? 0.5f / sqrtf((float)p[l].columns[i]) : 0;
            for (int k = 0; k < size_of(&p[l], i); k++)
                p[l].w[i][k] = i == NORM1_W || i == NORM2_W ? 1 : scale * p[l].w[i][k];
        }
        struct block w = leaves(&p[l], t, 0);
        if (l == 0) x = tape_leaf(t, 3, SHAPE, p[0].x, p[0].dx[0]);
        x = block_forward(t, &PLAIN_EPSILON, &w, x);
        if (!ends_well(t, x)) return;
    }
    // Not the plain sum, in which layernorm's shares would cancel.
    tape_backward(t, tape_sum(t, tape_mul(t, x, x)), 1);
    for (int l = 0; l < L; l++) {
        norm[l] = 0;
        for (int i = 0; i < size_of(&p[l], UP_W); i++)
            norm[l] += (double)p[l].dw[0][UP_W][i] * (double)p[l].dw[0][UP_W][i];
    }
    given("%d blocks, pre; the norm of up_w's gradient in the first, over that in the last", L);
    expect_true("it is between 1/10 and 10",
                norm[0] < 100 * norm[L - 1] && norm[L - 1] < 100 * norm[0]);
    tape_free(t);
    finish();
}
