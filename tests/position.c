// position: tables and rotations on sizes of one and two that a person can redo by hand; then odd
// sizes against sines, cosines and rotations in double; then what they are for: that moving two
// vectors by as many places leaves their dot product as it is.
//
// Arrays stand between cells of 7.  A given() says first what decides, and fits one line.
#include "position.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guard.h"
#include "lesson.h"
#include "random.h"
#include "ref_position.h"

FUNCTION(position_waves, 3);
FUNCTION(position_forward, 1);
FUNCTION(position_backward, 2);
FUNCTION(rotary_angles, 2);
FUNCTION(rotary_forward, 4);
FUNCTION(rotary_backward, 3);

enum { BETWEEN = 256 };
static const float SEVEN = 7;
static const double NEAR = 2e-6;   // a few roundings of numbers below 8
static const double ANGLE = 1e-6;  // what position.h asks of a sine

// --- arrays ----------------------------------------------------------------------------------

// cells returns n floats between cells of 7: a copy, or NaN.  They live as long as the test.
static float *cells(size_t n, const float *from)
{
    size_t behind = GUARD_SANITIZED ? 0 : BETWEEN;  // with sanitizers the end is the end
    static float *made[256];                        // what something points at is no leak
    static int count;
    float *block = malloc((BETWEEN + n + behind) * sizeof *block);
    if (!block || count == 256) die("out of memory: array %d, of %zu floats", count, n);
    made[count] = block;
    for (size_t i = 0; i < BETWEEN + n + behind; i++) block[i] = SEVEN;
    for (size_t i = 0; i < n; i++) block[BETWEEN + i] = from ? from[i] : NAN;
    return made[count++] + BETWEEN;
}

// expect_cells compares an output, and looks at the cells before and behind it.
static void expect_cells(const char *what, size_t n, const float *got, const double *want,
                         double tolerance)
{
    expect_floats(what, n, got, want, tolerance);
    int before = 1, behind = 1;
    for (int i = 1; i <= BETWEEN; i++) before &= got[-i] == SEVEN;
    for (size_t i = 0; !GUARD_SANITIZED && i < BETWEEN; i++) behind &= got[n + i] == SEVEN;
    expect_true("what stands before the output is left alone", before);
    expect_true("what stands behind the output is left alone", behind);
}

static float *normals(struct random *r, size_t n)
{
    float *x = cells(n, NULL);
    for (size_t i = 0; i < n; i++) x[i] = random_normal(r);
    return x;
}

static double *doubles(size_t n)
{
    static double *made[256];
    static int count;
    double *x = calloc(n, sizeof *x);
    if (!x || count == 256) die("out of memory: %zu doubles", n);
    return made[count++] = x;
}

// frequency is f_i of the header.
static double frequency(double base, int i, int width)
{
    return pow(base, -2.0 * i / width);
}

// --- position_waves --------------------------------------------------------------------------

// waves_from runs position_waves and checks its rows from place `first` on.
static void waves_from(int first, int T, int C)
{
    size_t n = (size_t)(T - first) * (size_t)C, skipped = (size_t)first * (size_t)C;
    float *table = cells(first ? 2 * (skipped + n) : n, NULL);  // far away who strays stays inside
    double *want = doubles(n);
    for (int t = first; t < T; t++) {
        for (int c = 0; c < C; c++) {
            double angle = t * frequency(10000, c / 2, C);
            want[(t - first) * C + c] = c % 2 ? cos(angle) : sin(angle);
        }
    }
    position_waves(T, C, table);
    if (first)
        expect_floats("the last rows of the table", n, table + skipped, want, ANGLE);
    else
        expect_cells("table", n, table, want, ANGLE);
}

static void waves(int T, int C)
{
    given("T = %d, C = %d", T, C);
    waves_from(0, T, C);
}

TEST(position_waves, place_0)
{
    waves(1, 2);
    waves(1, 4);
}

TEST(position_waves, one_pair)
{
    waves(2, 2);
    waves(4, 2);
}

TEST(position_waves, slower_pairs)
{
    waves(2, 4);
    waves(3, 6);
}

TEST(position_waves, odd_rows_end_with_a_sine)
{
    waves(2, 1);
    waves(2, 3);
    waves(3, 5);
}

TEST(position_waves, more_places)
{
    for (int C = 2; C <= 16; C += 2) waves(9 + C, C);
}

TEST(position_waves, far_places)
{
    enum { T = 20000 };
    given("T = %d, C = 6; looked at from place %d on", T, T - 2);
    waves_from(T - 2, T, 6);
}

// scores_of fills score[t,s] = a[t] . b[s], for rows of C that are `row` apart.
static void scores_of(int T, int C, int row, const float *a, const float *b, double *score)
{
    for (int t = 0; t < T; t++) {
        for (int s = 0; s < T; s++) {
            double sum = 0;
            for (int c = 0; c < C; c++) sum += (double)a[t * row + c] * (double)b[s * row + c];
            score[t * T + s] = sum;
        }
    }
}

TEST(position_waves, products_depend_on_the_distance)
{
    enum { T = 6, C = 8 };
    float *table = cells(T * C, NULL);
    double got[T * T], want[T * T];
    position_waves(T, C, table);
    scores_of(T, C, C, table, table, got);
    for (int t = 0; t < T; t++) {
        for (int s = 0; s < T; s++) {
            want[t * T + s] = 0;
            for (int i = 0; i < C / 2; i++)
                want[t * T + s] += cos((t - s) * frequency(10000, i, C));
        }
    }
    given("C = %d; the dot products of row t and row s, for t and s from 0 to %d", C, T - 1);
    expect_doubles("products (t, s), a function of t - s", T * T, got, want, 1e-5);
}

TEST(position_waves, a_shift_is_the_same_map_everywhere)
{
    enum { T = 12, C = 6, K = 5 };
    float *table = cells(T * C, NULL);
    double want[(T - K) * C];
    position_waves(T, C, table);
    for (int t = 0; t < T - K; t++) {
        for (int i = 0; i < C / 2; i++) {
            double angle = K * frequency(10000, i, C);
            double s = (double)table[t * C + 2 * i], c = (double)table[t * C + 2 * i + 1];
            want[t * C + 2 * i] = s * cos(angle) + c * sin(angle);
            want[t * C + 2 * i + 1] = c * cos(angle) - s * sin(angle);
        }
    }
    given("C = %d; pair i of row t turned by the angle of %d places, for each t", C, K);
    expect_floats("row t + 5, from row t", (T - K) * C, table + K * C, want, 1e-5);
}

// --- position_forward ------------------------------------------------------------------------

static void adds(int B, int T, int C, const float *x, const float *table)
{
    size_t n = (size_t)B * (size_t)T * (size_t)C, row = (size_t)T * (size_t)C;
    float *y = cells(n, NULL);
    double *want = doubles(n);
    for (size_t i = 0; i < n; i++) want[i] = (double)x[i] + (double)table[i % row];
    position_forward(B, T, C, cells(n, x), cells(row, table), y);
    expect_cells("y", n, y, want, NEAR);
}

TEST(position_forward, one_number)
{
    given("B = 1, T = 1, C = 1; x is 3, the table 0.5");
    adds(1, 1, 1, (float[]){3}, (float[]){0.5f});
}

TEST(position_forward, each_place_has_its_row)
{
    given("B = 1, T = 2, C = 1; x is 3, 4, the table 10, 20");
    adds(1, 2, 1, (float[]){3, 4}, (float[]){10, 20});
    given("B = 1, T = 2, C = 2; x is 1, 2, 3, 4, the table 10, 20, 30, 40");
    adds(1, 2, 2, (float[]){1, 2, 3, 4}, (float[]){10, 20, 30, 40});
}

TEST(position_forward, each_sequence_begins_again)
{
    given("B = 2, T = 2, C = 1; x is 1, 2, 3, 4, the table 10, 20");
    adds(2, 2, 1, (float[]){1, 2, 3, 4}, (float[]){10, 20});
}

static const int SHAPES[][3] = {{1, 1, 1}, {1, 3, 5}, {3, 1, 4}, {2, 5, 3}, {4, 7, 18}};
enum { SHAPED = sizeof SHAPES / sizeof *SHAPES };

TEST(position_forward, random_shapes)
{
    struct random r = random_start(1, RANDOM_TEST);
    for (int k = 0; k < SHAPED; k++) {
        int B = SHAPES[k][0], T = SHAPES[k][1], C = SHAPES[k][2];
        given("random numbers; B = %d, T = %d, C = %d", B, T, C);
        float *x = normals(&r, (size_t)(B * T * C)), *table = normals(&r, (size_t)(T * C));
        adds(B, T, C, x, table);
    }
}

// --- position_backward -----------------------------------------------------------------------

static void adds_up(int B, int T, int C, const float *dy, const float *before)
{
    size_t n = (size_t)B * (size_t)T * (size_t)C, row = (size_t)T * (size_t)C;
    float *dtable = cells(row, before);
    double *want = doubles(row);
    for (size_t i = 0; i < row; i++) want[i] = (double)before[i];
    for (size_t i = 0; i < n; i++) want[i % row] += (double)dy[i];
    position_backward(B, T, C, cells(n, dy), dtable);
    expect_cells("dtable", row, dtable, want, NEAR);
}

TEST(position_backward, one_number)
{
    given("B = 1, T = 1, C = 1; dy is 3, dtable was 0");
    adds_up(1, 1, 1, (float[]){3}, (float[]){0});
}

TEST(position_backward, is_added_to_what_is_there)
{
    given("B = 1, T = 1, C = 1; dy is 3, dtable was 10");
    adds_up(1, 1, 1, (float[]){3}, (float[]){10});
    given("B = 1, T = 2, C = 2; dy is 1, 2, 3, 4, dtable was 10, 20, 30, 40");
    adds_up(1, 2, 2, (float[]){1, 2, 3, 4}, (float[]){10, 20, 30, 40});
}

TEST(position_backward, sums_over_the_batch)
{
    given("B = 2, T = 1, C = 1; dy is 3, 5, dtable was 10");
    adds_up(2, 1, 1, (float[]){3, 5}, (float[]){10});
    given("B = 2, T = 2, C = 1; dy is 1, 2, 3, 5, dtable was 10, 20");
    adds_up(2, 2, 1, (float[]){1, 2, 3, 5}, (float[]){10, 20});
}

TEST(position_backward, random_shapes)
{
    struct random r = random_start(2, RANDOM_TEST);
    for (int k = 0; k < SHAPED; k++) {
        int B = SHAPES[k][0], T = SHAPES[k][1], C = SHAPES[k][2];
        given("random numbers, also in dtable before; B = %d, T = %d, C = %d", B, T, C);
        float *dy = normals(&r, (size_t)(B * T * C)), *before = normals(&r, (size_t)(T * C));
        adds_up(B, T, C, dy, before);
    }
}

// --- rotary_angles ---------------------------------------------------------------------------

// angles_from runs rotary_angles and checks its rows from place `first` on.
static void angles_from(int first, int T, int D, float base)
{
    size_t n = (size_t)(T - first) * (size_t)(D / 2), skipped = (size_t)first * (size_t)(D / 2);
    size_t room = first ? 2 * (skipped + n) : n;  // far away who strays stays inside
    float *cosine = cells(room, NULL), *sine = cells(room, NULL);
    double *c = doubles(n), *s = doubles(n);
    for (int t = first; t < T; t++) {
        for (int i = 0; i < D / 2; i++) {
            double angle = t * frequency((double)base, i, D);
            c[(t - first) * (D / 2) + i] = cos(angle);
            s[(t - first) * (D / 2) + i] = sin(angle);
        }
    }
    rotary_angles(T, D, base, cosine, sine);
    if (first) {
        expect_floats("the last rows of cosine", n, cosine + skipped, c, ANGLE);
        expect_floats("the last rows of sine", n, sine + skipped, s, ANGLE);
    } else {
        expect_cells("cosine", n, cosine, c, ANGLE);
        expect_cells("sine", n, sine, s, ANGLE);
    }
}

static void angles(int T, int D, float base)
{
    given("T = %d, D = %d, base %g", T, D, (double)base);
    angles_from(0, T, D, base);
}

TEST(rotary_angles, place_0)
{
    angles(1, 2, 10000);
}

TEST(rotary_angles, one_pair)
{
    angles(2, 2, 10000);
    angles(4, 2, 100);
}

TEST(rotary_angles, slower_pairs)
{
    angles(2, 4, 100);
    angles(3, 6, 10000);
}

TEST(rotary_angles, other_bases)
{
    angles(5, 8, 500000);
    angles(5, 8, 3);
    angles(5, 4, 1);
}

TEST(rotary_angles, more_places)
{
    for (int D = 2; D <= 16; D += 2) angles(9 + D, D, 10000);
}

TEST(rotary_angles, far_places)
{
    enum { T = 20000 };
    given("T = %d, D = 6, base 10000; looked at from place %d on", T, T - 2);
    angles_from(T - 2, T, 6, 10000);
}

// --- rotary_forward --------------------------------------------------------------------------

// struct turning: sizes and angles of a rotation.
struct turning {
    int B, T, W, heads, D;
    const float *cosine, *sine;
};

static size_t size_of(const struct turning *k)
{
    return (size_t)k->B * (size_t)k->T * (size_t)k->W;
}

// turned is the header's rotation in double; way is 1, or -1 to turn back.
static double *turned(const struct turning *k, int way, const float *x)
{
    double *y = doubles(size_of(k));
    for (int n = 0; n < k->B * k->T; n++) {
        const float *from = x + n * k->W;
        double *to = y + n * k->W;
        for (int w = 0; w < k->W; w++) to[w] = (double)from[w];
        for (int w = 0; w < k->heads * k->D; w += 2) {
            int at = n % k->T * (k->D / 2) + w % k->D / 2;
            double c = (double)k->cosine[at], s = way * (double)k->sine[at];
            double a = (double)from[w], b = (double)from[w + 1];
            to[w] = a * c - b * s;
            to[w + 1] = a * s + b * c;
        }
    }
    return y;
}

// turns checks rotary_forward on x.
static void turns(const struct turning *k, const float *x)
{
    size_t n = size_of(k), table = (size_t)(k->T * k->D / 2);
    float *y = cells(n, NULL);
    rotary_forward(k->B, k->T, k->W, k->heads, k->D, cells(table, k->cosine), cells(table, k->sine),
                   cells(n, x), y);
    expect_cells("y", n, y, turned(k, 1, x), NEAR);
}

// A quarter to the left, and the angle whose cosine is 0.6 and sine 0.8.
TEST(rotary_forward, a_quarter)
{
    const struct turning k = {1, 1, 2, 1, 2, (float[]){0}, (float[]){1}};
    given("B = T = heads = 1, W = D = 2; x is 1, 0; cosine 0, sine 1: a quarter");
    turns(&k, (float[]){1, 0});
    given("B = T = heads = 1, W = D = 2; x is 0, 1; cosine 0, sine 1: a quarter");
    turns(&k, (float[]){0, 1});
}

TEST(rotary_forward, any_angle)
{
    const struct turning k = {1, 1, 2, 1, 2, (float[]){0.6f}, (float[]){0.8f}};
    given("B = T = heads = 1, W = D = 2; x is 2, 1; cosine 0.6, sine 0.8");
    turns(&k, (float[]){2, 1});
}

TEST(rotary_forward, each_pair_has_its_angle)
{
    const struct turning k = {1, 1, 4, 1, 4, (float[]){0, 0.6f}, (float[]){1, 0.8f}};
    given("B = T = heads = 1, W = D = 4; x is 1, 2, 3, 4; cosine 0, 0.6, sine 1, 0.8");
    turns(&k, (float[]){1, 2, 3, 4});
}

TEST(rotary_forward, each_place_has_its_angle)
{
    const struct turning k = {1, 2, 2, 1, 2, (float[]){1, 0.6f}, (float[]){0, 0.8f}};
    given("T = 2, B = heads = 1, W = D = 2; x is 1, 2, 3, 4; cosine 1, 0.6, sine 0, 0.8");
    turns(&k, (float[]){1, 2, 3, 4});
}

TEST(rotary_forward, every_head_is_turned)
{
    const struct turning k = {1, 1, 4, 2, 2, (float[]){0.6f}, (float[]){0.8f}};
    given("heads = 2, B = T = 1, D = 2, W = 4; x is 1, 2, 3, 4; cosine 0.6, sine 0.8");
    turns(&k, (float[]){1, 2, 3, 4});
}

TEST(rotary_forward, what_stands_behind_is_copied)
{
    const struct turning k = {1, 1, 5, 1, 2, (float[]){0.6f}, (float[]){0.8f}};
    given("W = 5, D = 2, B = T = heads = 1; x is 1, 2, 3, 4, 5; cosine 0.6, sine 0.8");
    turns(&k, (float[]){1, 2, 3, 4, 5});
    const struct turning none = {1, 1, 2, 0, 2, (float[]){0.6f}, (float[]){0.8f}};
    given("heads = 0, W = D = 2, B = T = 1; x is 1, 2; cosine 0.6, sine 0.8");
    turns(&none, (float[]){1, 2});
}

TEST(rotary_forward, each_sequence_begins_again)
{
    const struct turning k = {2, 2, 2, 1, 2, (float[]){1, 0.6f}, (float[]){0, 0.8f}};
    given("B = 2, T = 2, heads = 1, W = D = 2; x is 1 to 8; cosine 1, 0.6, sine 0, 0.8");
    turns(&k, (float[]){1, 2, 3, 4, 5, 6, 7, 8});
}

// {B, T, W, heads, D}
static const int TURNED[][5] = {{1, 1, 2, 1, 2},  {2, 3, 13, 2, 6}, {3, 1, 8, 1, 8},
                                {1, 5, 24, 3, 4}, {2, 4, 20, 2, 4}, {3, 7, 36, 4, 6}};
enum { TURNINGS = sizeof TURNED / sizeof *TURNED };

// turning_of returns the k-th of TURNED with the reference's angles.
static struct turning turning_of(int k)
{
    const int *s = TURNED[k];
    float *cosine = cells((size_t)(s[1] * s[4] / 2), NULL);
    float *sine = cells((size_t)(s[1] * s[4] / 2), NULL);
    ref_rotary_angles(s[1], s[4], 100, cosine, sine);
    return (struct turning){s[0], s[1], s[2], s[3], s[4], cosine, sine};
}

static void describe(const char *what, const struct turning *k)
{
    given("%s; B = %d, T = %d, W = %d, heads = %d, D = %d", what, k->B, k->T, k->W, k->heads, k->D);
}

TEST(rotary_forward, random_shapes)
{
    struct random r = random_start(3, RANDOM_TEST);
    for (int i = 0; i < TURNINGS; i++) {
        struct turning k = turning_of(i);
        describe("random numbers", &k);
        turns(&k, normals(&r, size_of(&k)));
    }
}

TEST(rotary_forward, lengths_are_kept)
{
    enum { T = 6, D = 8 };
    struct random r = random_start(4, RANDOM_TEST);
    float *cosine = cells(T * D / 2, NULL), *sine = cells(T * D / 2, NULL);
    float *x = normals(&r, T * D), *y = cells(T * D, NULL);
    double got[T], want[T];
    ref_rotary_angles(T, D, 10000, cosine, sine);
    rotary_forward(1, T, D, 1, D, cosine, sine, x, y);
    for (int t = 0; t < T; t++) {
        got[t] = want[t] = 0;
        for (int c = 0; c < D; c++) {
            got[t] += (double)y[t * D + c] * (double)y[t * D + c];
            want[t] += (double)x[t * D + c] * (double)x[t * D + c];
        }
    }
    given("random vectors at places 0 to %d; heads = 1, D = %d", T - 1, D);
    expect_doubles("squared length at each place", T, got, want, 1e-4);
}

// A cache keeps the past: what is new is one place at a time, its angles a later row.
TEST(rotary_forward, goes_on_at_a_later_place)
{
    enum { T = 5, W = 10, D = 4, heads = 2 };
    struct random r = random_start(5, RANDOM_TEST);
    float *cosine = cells(T * D / 2, NULL), *sine = cells(T * D / 2, NULL);
    float *x = normals(&r, T * W);
    ref_rotary_angles(T, D, 100, cosine, sine);
    const struct turning whole = {1, T, W, heads, D, cosine, sine};
    const double *want = turned(&whole, 1, x);
    for (int t = 0; t < T; t++) {
        float *y = cells(W, NULL);
        given("T = 1, with the angles of place %d; B = 1, W = %d, heads = %d, D = %d", t, W, heads,
              D);
        rotary_forward(1, 1, W, heads, D, cosine + t * D / 2, sine + t * D / 2, x + t * W, y);
        expect_cells("y", W, y, want + t * W, NEAR);
    }
}

// What it is all for: one query and one key at every place; their score knows the distance only.
TEST(rotary_forward, scores_depend_on_the_distance)
{
    enum { T = 5, D = 6, heads = 2, W = heads * D };
    struct random r = random_start(6, RANDOM_TEST);
    float *cosine = cells(T * D / 2, NULL), *sine = cells(T * D / 2, NULL);
    float *q = normals(&r, T * W), *k = normals(&r, T * W);
    float *turned_q = cells(T * W, NULL), *turned_k = cells(T * W, NULL);
    for (int i = W; i < T * W; i++) q[i] = q[i % W], k[i] = k[i % W];
    ref_rotary_angles(T, D, 100, cosine, sine);
    rotary_forward(1, T, W, heads, D, cosine, sine, q, turned_q);
    rotary_forward(1, T, W, heads, D, cosine, sine, k, turned_k);
    for (int h = 0; h < heads; h++) {
        double got[T * T], want[T * T];
        scores_of(T, D, W, turned_q + h * D, turned_k + h * D, got);
        for (int at = 0; at < T * T; at++) {
            want[at] = 0;
            for (int i = 0; i < D / 2; i++) {
                double angle = (at / T - at % T) * frequency(100, i, D);
                const float *a = q + h * D + 2 * i, *b = k + h * D + 2 * i;
                double along = (double)a[0] * (double)b[0] + (double)a[1] * (double)b[1];
                double across = (double)a[0] * (double)b[1] - (double)a[1] * (double)b[0];
                want[at] += along * cos(angle) + across * sin(angle);
            }
        }
        given("one q and one k at all places 0 to %d; head %d of %d, D = %d", T - 1, h, heads, D);
        expect_doubles("scores (t, s), a function of t - s", T * T, got, want, 2e-5);
    }
}

// --- rotary_backward -------------------------------------------------------------------------

// turns_back checks rotary_backward on dy, with `before` in dx.
static void turns_back(const struct turning *k, const float *dy, float before)
{
    size_t n = size_of(k), table = (size_t)(k->T * k->D / 2);
    float *dx = cells(n, NULL);
    double *want = turned(k, -1, dy);
    for (size_t i = 0; i < n; i++) {
        dx[i] = before * (float)(i % 5 + 1);
        want[i] += (double)dx[i];
    }
    rotary_backward(k->B, k->T, k->W, k->heads, k->D, cells(table, k->cosine),
                    cells(table, k->sine), cells(n, dy), dx);
    expect_cells("dx", n, dx, want, 2 * NEAR);
}

TEST(rotary_backward, a_quarter_back)
{
    const struct turning k = {1, 1, 2, 1, 2, (float[]){0}, (float[]){1}};
    given("B = T = heads = 1, W = D = 2; dy is 0, 1; cosine 0, sine 1; dx was 0");
    turns_back(&k, (float[]){0, 1}, 0);
    given("B = T = heads = 1, W = D = 2; dy is 1, 0; cosine 0, sine 1; dx was 0");
    turns_back(&k, (float[]){1, 0}, 0);
}

TEST(rotary_backward, any_angle_back)
{
    const struct turning k = {1, 1, 2, 1, 2, (float[]){0.6f}, (float[]){0.8f}};
    given("B = T = heads = 1, W = D = 2; dy is 2, 1; cosine 0.6, sine 0.8; dx was 0");
    turns_back(&k, (float[]){2, 1}, 0);
}

TEST(rotary_backward, is_added_to_what_is_there)
{
    const struct turning k = {1, 1, 2, 1, 2, (float[]){0.6f}, (float[]){0.8f}};
    given("B = T = heads = 1, W = D = 2; dy is 2, 1; cosine 0.6, sine 0.8; dx was 10, 20");
    turns_back(&k, (float[]){2, 1}, 10);
}

TEST(rotary_backward, each_pair_has_its_angle)
{
    const struct turning k = {1, 1, 4, 1, 4, (float[]){0, 0.6f}, (float[]){1, 0.8f}};
    given("B = T = heads = 1, W = D = 4; dy is 1, 2, 3, 4; cosine 0, 0.6, sine 1, 0.8; dx was 0");
    turns_back(&k, (float[]){1, 2, 3, 4}, 0);
}

TEST(rotary_backward, places_and_heads)
{
    const struct turning k = {1, 2, 4, 2, 2, (float[]){1, 0.6f}, (float[]){0, 0.8f}};
    given("T = heads = 2, B = 1, D = 2, W = 4; dy is 1 to 8; cosine 1, 0.6, sine 0, 0.8; dx was 0");
    turns_back(&k, (float[]){1, 2, 3, 4, 5, 6, 7, 8}, 0);
}

TEST(rotary_backward, what_stands_behind_goes_through)
{
    const struct turning k = {1, 1, 5, 1, 2, (float[]){0.6f}, (float[]){0.8f}};
    given("W = 5, D = 2, B = T = heads = 1; dy is 1 to 5; cosine 0.6, sine 0.8; dx was 0");
    turns_back(&k, (float[]){1, 2, 3, 4, 5}, 0);
    given("W = 5, D = 2, B = T = heads = 1; dy is 1 to 5; cosine 0.6, sine 0.8; dx was 10 to 50");
    turns_back(&k, (float[]){1, 2, 3, 4, 5}, 10);
}

TEST(rotary_backward, random_shapes)
{
    struct random r = random_start(7, RANDOM_TEST);
    for (int i = 0; i < TURNINGS; i++) {
        struct turning k = turning_of(i);
        describe("random numbers, also in dx before", &k);
        turns_back(&k, normals(&r, size_of(&k)), 0.25f);
    }
}

// The slope of sum(dy . y) by each x, by differences of the rotation in double.
TEST(rotary_backward, is_the_slope)
{
    struct random r = random_start(8, RANDOM_TEST);
    for (int i = 0; i < 3; i++) {
        struct turning k = turning_of(i);
        size_t n = size_of(&k);
        float *x = normals(&r, n), *dy = normals(&r, n), *dx = cells(n, NULL);
        double *slope = doubles(n);
        for (size_t j = 0; j < n; j++) {
            const float at = x[j], h = 0.5f;  // y is linear in x: any h will do
            for (int side = -1; side <= 1; side += 2) {
                x[j] = at + (float)side * h;
                double *y = turned(&k, 1, x), f = 0;
                for (size_t m = 0; m < n; m++) f += (double)dy[m] * y[m];
                slope[j] += side * f;
            }
            x[j] = at;
            dx[j] = 0;
        }
        describe("the slope of sum(dy . y) by differences", &k);
        rotary_backward(k.B, k.T, k.W, k.heads, k.D, k.cosine, k.sine, dy, dx);
        expect_cells("dx", n, dx, slope, 2e-5);
    }
}

TEST(rotary_backward, undoes_the_forward)
{
    struct random r = random_start(9, RANDOM_TEST);
    struct turning k = turning_of(TURNINGS - 1);
    size_t n = size_of(&k);
    float *x = normals(&r, n), *y = cells(n, NULL), *dx = cells(n, NULL);
    double *want = doubles(n);
    for (size_t i = 0; i < n; i++) want[i] = (double)x[i], dx[i] = 0;
    ref_rotary_forward(k.B, k.T, k.W, k.heads, k.D, k.cosine, k.sine, x, y);
    describe("what rotary_forward makes of x is turned back to x", &k);
    rotary_backward(k.B, k.T, k.W, k.heads, k.D, k.cosine, k.sine, y, dx);
    expect_cells("dx", n, dx, want, 2 * NEAR);
}
