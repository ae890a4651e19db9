// quant: each function on blocks that a person can redo, whose scale is 1 or a half; then on random
// rows, against the numbers in double.  Integers and halves are compared exactly where the contract
// leaves no choice; where rounding x * (1 / d) and x / d may differ, to a half and a little.
//
// Blocks stand between others of 0x55, whose numbers are all 85.
#include "quant.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guard.h"
#include "half.h"
#include "lesson.h"
#include "random.h"
#include "ref_quant.h"

FUNCTION(quant_to_q8_0, 4);
FUNCTION(quant_from_q8_0, 1);
FUNCTION(quant_to_q4_0, 4);
FUNCTION(quant_from_q4_0, 2);
FUNCTION(quant_dot_q8_0, 3);
FUNCTION(quant_dot_q4_0, 3);

enum { BETWEEN = 512, N = QUANT_BLOCK };
static const double NEARLY = 0.5001;  // of an integer: a half, and what divisions round

// --- memory ----------------------------------------------------------------------------------

// room returns `size` bytes between bytes of 0x55: a copy, or 0x55 too.  It lives as long as the
// test.
static void *room(size_t size, const void *from)
{
    static struct made {
        struct made *before;  // what something points at is no leak
        char bytes[];
    } * last;
    size_t behind = GUARD_SANITIZED ? 0 : BETWEEN;  // with sanitizers the end is the end
    struct made *made = malloc(sizeof *made + BETWEEN + size + behind);
    if (!made) die("out of memory: %zu bytes", size);
    made->before = last, last = made;
    memset(made->bytes, 0x55, BETWEEN + size + behind);
    if (from) memcpy(made->bytes + BETWEEN, from, size);
    return made->bytes + BETWEEN;
}

// expect_beside looks at the bytes before and behind what a function wrote.
static void expect_beside(const void *p, size_t size)
{
    const char *bytes = p;
    int whole = 1;
    for (int i = 1; i <= BETWEEN; i++) whole &= bytes[-i] == 0x55;
    for (int i = 0; i < BETWEEN && !GUARD_SANITIZED; i++) whole &= bytes[size + (size_t)i] == 0x55;
    expect_true("only the K / 32 blocks, or the K numbers, are written, nothing beside them",
                whole);
}

// row_of returns K numbers, of which the first are given, and the others 0.
static float *row_of(int K, int n, const float *first)
{
    float *x = room(sizeof *x * (size_t)K, NULL);
    for (int i = 0; i < K; i++) x[i] = i < n ? first[i] : 0;
    return x;
}

static float *normals(struct random *r, int K, float scale)
{
    float *x = room(sizeof *x * (size_t)K, NULL);
    for (int i = 0; i < K; i++) x[i] = scale * random_normal(r);
    return x;
}

#define ROW(K, ...) \
    row_of(K, (int)(sizeof(float[]){__VA_ARGS__} / sizeof(float)), (float[]){__VA_ARGS__})

// --- blocks and what they should be ----------------------------------------------------------

// expect_scales compares the scales of blocks with those wanted, which are exact or nearly.
static void expect_scales(int blocks, const float *got, const double *want, double share)
{
    double largest = 0;
    for (int b = 0; b < blocks; b++) largest = fmax(largest, fabs(want[b]));
    expect_floats("the scale d of each block, read as a half", (size_t)blocks, got, want,
                  largest * share);
}

// to_q8_0 runs quant_to_q8_0 and compares: exactly, or to `nearly` of an integer.
static void to_q8_0(int K, const float *x, double nearly)
{
    int blocks = K / N;
    struct quant_q8_0 *y = room(sizeof *y * (size_t)blocks, NULL);
    float *d = room(sizeof *d * (size_t)blocks, NULL), *q = room(sizeof *q * (size_t)K, NULL);
    double *exact = room(sizeof *exact * (size_t)blocks, NULL);
    double *want = room(sizeof *want * (size_t)K, NULL);
    struct quant_q8_0 *ours = room(sizeof *ours * (size_t)blocks, NULL);
    quant_to_q8_0(K, x, y);
    ref_quant_to_q8_0(K, x, ours);
    for (int i = 0; i < K; i++) {
        const struct quant_q8_0 *o = ours + i / N;
        double most = 0;
        for (int j = 0; j < N; j++) most = fmax(most, fabs((double)x[i / N * N + j]));
        d[i / N] = half_to_float(y[i / N].d);
        exact[i / N] = nearly > 0 ? most / 127 : (double)half_to_float(o->d);
        q[i] = y[i / N].q[i % N];
        want[i] = nearly > 0 && most > 0 ? (double)x[i] / (most / 127) : o->q[i % N];
    }
    expect_scales(blocks, d, exact, nearly > 0 ? 0x1.01p-11 : 0);
    expect_floats("the integers q, block after block", (size_t)K, q, want, nearly);
    expect_beside(y, sizeof *y * (size_t)blocks);
}

// four returns number i of a block of Q4_0 as the format says: 0 … 15.
static int four(const struct quant_q4_0 *b, int i)
{
    return i < N / 2 ? b->q[i] & 15 : b->q[i - N / 2] >> 4;
}

static void to_q4_0(int K, const float *x, double nearly)
{
    int blocks = K / N;
    struct quant_q4_0 *y = room(sizeof *y * (size_t)blocks, NULL);
    float *d = room(sizeof *d * (size_t)blocks, NULL), *q = room(sizeof *q * (size_t)K, NULL);
    double *exact = room(sizeof *exact * (size_t)blocks, NULL);
    double *want = room(sizeof *want * (size_t)K, NULL);
    struct quant_q4_0 *ours = room(sizeof *ours * (size_t)blocks, NULL);
    quant_to_q4_0(K, x, y);
    ref_quant_to_q4_0(K, x, ours);
    for (int i = 0; i < K; i++) {
        const struct quant_q4_0 *o = ours + i / N;
        double most = 0;
        for (int j = 0; j < N; j++) {
            double one = (double)x[i / N * N + j];
            if (fabs(one) > fabs(most)) most = one;
        }
        d[i / N] = half_to_float(y[i / N].d);
        exact[i / N] = nearly > 0 ? most / -8 : (double)half_to_float(o->d);
        q[i] = (float)four(y + i / N, i % N);
        want[i] = nearly > 0 ? fmin((double)x[i] / (most / -8) + 8, 15) : four(o, i % N);
    }
    expect_scales(blocks, d, exact, nearly > 0 ? 0x1.01p-11 : 0);
    expect_floats("the integers 0 … 15, number after number", (size_t)K, q, want, nearly);
    expect_beside(y, sizeof *y * (size_t)blocks);
}

// --- quant_to_q8_0 ---------------------------------------------------------------------------

TEST(quant_to_q8_0, whole_numbers)
{
    given("K = 32; x is 127, 1, -1, 2, -126 and zeros");
    to_q8_0(32, ROW(32, 127, 1, -1, 2, -126), 0);
    given("K = 32; x is 63.5, 1, -1, 2 and zeros");
    to_q8_0(32, ROW(32, 63.5f, 1, -1, 2), 0);
}

TEST(quant_to_q8_0, the_largest_may_be_below_zero)
{
    given("K = 32; x is 1, -127, 126 and zeros");
    to_q8_0(32, ROW(32, 1, -127, 126), 0);
    given("K = 32; x is -127 and then -3 all over");
    float x[N] = {-127};
    for (int i = 1; i < N; i++) x[i] = -3;
    to_q8_0(32, row_of(32, N, x), 0);
}

TEST(quant_to_q8_0, the_largest_may_be_the_last)
{
    float x[N] = {0};
    x[0] = 3, x[N - 1] = 127;
    given("K = 32; x is 3, then zeros, the last is 127");
    to_q8_0(32, row_of(32, N, x), 0);
}

TEST(quant_to_q8_0, rounds_to_the_nearest)
{
    given("K = 32; x is 127, 0.75, 0.25, -0.75, -0.25, 9.9, -9.9 and zeros");
    to_q8_0(32, ROW(32, 127, 0.75f, 0.25f, -0.75f, -0.25f, 9.9f, -9.9f), 0);
}

TEST(quant_to_q8_0, halves_go_away_from_zero)
{
    given("K = 32; x is 127, 0.5, 1.5, 2.5, -0.5, -1.5, -2.5 and zeros");
    to_q8_0(32, ROW(32, 127, 0.5f, 1.5f, 2.5f, -0.5f, -1.5f, -2.5f), 0);
}

TEST(quant_to_q8_0, a_block_of_zeros)
{
    given("K = 32; x is zeros");
    to_q8_0(32, ROW(32, 0), 0);
}

TEST(quant_to_q8_0, each_block_has_its_scale)
{
    float x[3 * N] = {127, 5, -5};
    x[N] = 254, x[N + 1] = 10, x[2 * N] = -63.5f, x[2 * N + 31] = 5;
    given("K = 96; x is 127, 5, -5, …; 254, 10, …; -63.5, … 5; between them zeros");
    to_q8_0(96, row_of(96, 96, x), 0);
}

TEST(quant_to_q8_0, the_scale_becomes_a_half_afterwards)
{
    // 1 / 127 is 0.0078740, its half 0.0078735; -126.49 times 127 / 126.49 … tells which was used.
    given("K = 32; x is 1.0001, 0.99607, -0.99607 and zeros: 126.488 of 127 parts");
    to_q8_0(32, ROW(32, 1.0001f, 0.99607f, -0.99607f), 0);
    struct random r = random_start(1, RANDOM_TEST);
    for (int i = 0; i < 8; i++) {
        given("K = 256; random numbers, %d", i);
        to_q8_0(256, normals(&r, 256, 0.1f), NEARLY);
    }
}

TEST(quant_to_q8_0, large_and_small_numbers)
{
    struct random r = random_start(2, RANDOM_TEST);
    given("K = 128; random numbers of deviation 1000");
    to_q8_0(128, normals(&r, 128, 1000), NEARLY);
    given("K = 64; x is 0.25, 0.5 and zeros; then 0.0001, 0.00005, -0.00002 and zeros");
    float x[2 * N] = {0.25f, 0.5f};
    x[N] = 1e-4f, x[N + 1] = 5e-5f, x[N + 2] = -2e-5f;
    to_q8_0(64, row_of(64, 64, x), 0);
}

// error_bound: no number is farther off than half a step, and what the scale lost as a half.
static void error_bound(const char *what, int K, const float *x, const float *back, double steps,
                        double most_q, double end)
{
    double *want = room(sizeof *want * (size_t)K, NULL), worst = 0;
    for (int i = 0; i < K; i++) {
        double most = 0;
        for (int j = 0; j < N; j++) {
            double one = (double)x[i / N * N + j];
            if (fabs(one) > fabs(most)) most = one;
        }
        double d = fabs(most) / steps, half = fmax(d * 0x1p-11, 0x1p-25);
        int far = (double)x[i] * -most > 0 && fabs((double)x[i]) > 7.5 * d;  // Q4_0's short end
        double bound = (far ? end : 0.5) * d + most_q * half + 1e-4 * d;
        worst = fmax(worst, fabs((double)back[i] - (double)x[i]) / bound);
        want[i] = (double)x[i];
    }
    expect_double(what, worst > 1 ? worst : 1, 1, 0);
    expect_floats("what comes back", (size_t)K, back, want, HUGE_VAL);
}

TEST(quant_to_q8_0, nothing_is_off_by_more_than_the_bound)
{
    struct random r = random_start(3, RANDOM_TEST);
    for (float scale = 1e-3f; scale < 2e3f; scale *= 100) {
        struct quant_q8_0 *y = room(16 * sizeof *y, NULL);
        float *x = normals(&r, 512, scale), *back = room(512 * sizeof *back, NULL);
        given("K = 512; random numbers of deviation %g", (double)scale);
        quant_to_q8_0(512, x, y);
        ref_quant_from_q8_0(512, y, back);
        error_bound("the largest error, in bounds d / 2 + 127 e, at most", 512, x, back, 127, 127,
                    0.5);
    }
}

// --- quant_from_q8_0 -------------------------------------------------------------------------

static struct quant_q8_0 q8_0(float d, int n, const int *q)
{
    struct quant_q8_0 b = {.d = half_from_float(d)};
    for (int i = 0; i < n; i++) b.q[i] = (int8_t)q[i];
    return b;
}

static struct quant_q4_0 q4_0(float d, int n, const int *q)
{
    struct quant_q4_0 b = {.d = half_from_float(d)};
    for (int i = 0; i < N; i++) {
        int value = i < n ? q[i] : 8;
        b.q[i % (N / 2)] |= (uint8_t)(i < N / 2 ? value : value << 4);
    }
    return b;
}

#define INTS(...)                                            \
    (int)(sizeof(int[]){__VA_ARGS__} / sizeof(int)), (int[]) \
    {                                                        \
        __VA_ARGS__                                          \
    }

static void from_q8_0(int blocks, const struct quant_q8_0 *x)
{
    int K = blocks * N;
    float *y = room(sizeof *y * (size_t)K, NULL), *ours = room(sizeof *y * (size_t)K, NULL);
    double *want = room(sizeof *want * (size_t)K, NULL);
    ref_quant_from_q8_0(K, x, ours);
    for (int i = 0; i < K; i++) want[i] = (double)ours[i];
    quant_from_q8_0(K, room(sizeof *x * (size_t)blocks, x), y);
    expect_floats("the numbers", (size_t)K, y, want, 0);
    expect_beside(y, sizeof *y * (size_t)K);
}

TEST(quant_from_q8_0, one_block)
{
    given("d = 1; q is 1, 2, -3, 127, -127 and zeros");
    from_q8_0(1, (struct quant_q8_0[]){q8_0(1, INTS(1, 2, -3, 127, -127))});
    given("d = 0.25; q is 1, 2, -3, 127, -127 and zeros");
    from_q8_0(1, (struct quant_q8_0[]){q8_0(0.25f, INTS(1, 2, -3, 127, -127))});
    int all[N];
    for (int i = 0; i < N; i++) all[i] = i - 16;
    given("d = 0.1, as a half; q is -16 … 15");
    from_q8_0(1, (struct quant_q8_0[]){q8_0(0.1f, N, all)});
}

TEST(quant_from_q8_0, two_blocks)
{
    given("d = 1, q is 1, 2, and zeros; then d = 0.5, q is 3, -4 and zeros");
    from_q8_0(2, (struct quant_q8_0[]){q8_0(1, INTS(1, 2)), q8_0(0.5f, INTS(3, -4))});
}

TEST(quant_from_q8_0, small_scales)
{
    given("d = 2^-20, which as a half is a denormal number; q is 1, -100 and zeros");
    from_q8_0(1, (struct quant_q8_0[]){q8_0(0x1p-20f, INTS(1, -100))});
    given("d = 0; q is 5 and zeros");
    from_q8_0(1, (struct quant_q8_0[]){q8_0(0, INTS(5))});
}

// --- quant_to_q4_0 ---------------------------------------------------------------------------

TEST(quant_to_q4_0, whole_numbers)
{
    given("K = 32; x is -8, -7, -1, 0, 1, 7 and zeros");
    to_q4_0(32, ROW(32, -8, -7, -1, 0, 1, 7), 0);
    given("K = 32; x is -4, 0.5, 1 and zeros");
    to_q4_0(32, ROW(32, -4, 0.5f, 1), 0);
}

TEST(quant_to_q4_0, the_largest_may_be_above_zero)
{
    given("K = 32; x is 1, 8, -7 and zeros");
    to_q4_0(32, ROW(32, 1, 8, -7), 0);
    given("K = 32; x is 16, 2, -2 and zeros");
    to_q4_0(32, ROW(32, 16, 2, -2), 0);
}

TEST(quant_to_q4_0, where_each_number_is_kept)
{
    float x[N];
    for (int i = 0; i < N; i++) x[i] = (float)(i % 16 - 8);
    given("K = 32; x is -8, -7, … 7, and once more");
    to_q4_0(32, row_of(32, N, x), 0);
    for (int i = 0; i < N; i++) x[i] = (float)(i < 16 ? 3 : -2);
    x[0] = -8;
    given("K = 32; x is -8, then fifteen times 3, then sixteen times -2");
    to_q4_0(32, row_of(32, N, x), 0);
}

TEST(quant_to_q4_0, rounds_to_the_nearest)
{
    given("K = 32; x is -8, 0.75, 0.25, -0.75, -0.25, 6.6, -6.6 and zeros");
    to_q4_0(32, ROW(32, -8, 0.75f, 0.25f, -0.75f, -0.25f, 6.6f, -6.6f), 0);
}

TEST(quant_to_q4_0, a_half_is_added_and_the_rest_cut_off)
{
    given("K = 32; x is -8, 0.5, 1.5, -0.5, -1.5 and zeros");
    to_q4_0(32, ROW(32, -8, 0.5f, 1.5f, -0.5f, -1.5f), 0);
}

TEST(quant_to_q4_0, at_most_15)
{
    given("K = 32; x is -8, 8, 7.75, 7.5 and zeros");
    to_q4_0(32, ROW(32, -8, 8, 7.75f, 7.5f), 0);
    given("K = 32; x is 8, -8, -7.75 and zeros");
    to_q4_0(32, ROW(32, 8, -8, -7.75f), 0);
}

TEST(quant_to_q4_0, a_block_of_zeros)
{
    given("K = 32; x is zeros");
    to_q4_0(32, ROW(32, 0), 0);
}

TEST(quant_to_q4_0, each_block_has_its_scale)
{
    float x[3 * N] = {-8, 5, -5};
    x[N] = 16, x[N + 1] = 10, x[2 * N] = -4, x[2 * N + 31] = 1;
    given("K = 96; x is -8, 5, -5, …; 16, 10, …; -4, … 1; between them zeros");
    to_q4_0(96, row_of(96, 96, x), 0);
}

TEST(quant_to_q4_0, random_rows)
{
    struct random r = random_start(4, RANDOM_TEST);
    for (int i = 0; i < 8; i++) {
        given("K = 256; random numbers, %d", i);
        to_q4_0(256, normals(&r, 256, 0.1f), NEARLY);
    }
}

TEST(quant_to_q4_0, nothing_is_off_by_more_than_the_bound)
{
    struct random r = random_start(5, RANDOM_TEST);
    for (float scale = 1e-3f; scale < 2e3f; scale *= 100) {
        struct quant_q4_0 *y = room(16 * sizeof *y, NULL);
        float *x = normals(&r, 512, scale), *back = room(512 * sizeof *back, NULL);
        given("K = 512; random numbers of deviation %g", (double)scale);
        quant_to_q4_0(512, x, y);
        ref_quant_from_q4_0(512, y, back);
        error_bound(
            "the largest error, in bounds d / 2 + 8 e, or d + 8 e at the short end, at most", 512,
            x, back, 8, 8, 1);
    }
}

// --- quant_from_q4_0 -------------------------------------------------------------------------

static void from_q4_0(int blocks, const struct quant_q4_0 *x)
{
    int K = blocks * N;
    float *y = room(sizeof *y * (size_t)K, NULL), *ours = room(sizeof *y * (size_t)K, NULL);
    double *want = room(sizeof *want * (size_t)K, NULL);
    ref_quant_from_q4_0(K, x, ours);
    for (int i = 0; i < K; i++) want[i] = (double)ours[i];
    quant_from_q4_0(K, room(sizeof *x * (size_t)blocks, x), y);
    expect_floats("the numbers", (size_t)K, y, want, 0);
    expect_beside(y, sizeof *y * (size_t)K);
}

TEST(quant_from_q4_0, one_block)
{
    given("d = 1; the integers are 0, 8, 15 and then 8");
    from_q4_0(1, (struct quant_q4_0[]){q4_0(1, INTS(0, 8, 15))});
    given("d = -0.25; the integers are 0, 9, 15 and then 8");
    from_q4_0(1, (struct quant_q4_0[]){q4_0(-0.25f, INTS(0, 9, 15))});
}

TEST(quant_from_q4_0, where_each_number_is_kept)
{
    int all[N];
    for (int i = 0; i < N; i++) all[i] = i < 16 ? i : 31 - i;
    given("d = 1; the integers are 0 … 15, then 15 … 0");
    from_q4_0(1, (struct quant_q4_0[]){q4_0(1, N, all)});
    for (int i = 0; i < N; i++) all[i] = i < 16 ? 1 : 14;
    given("d = 1; the integers are sixteen times 1, then sixteen times 14: all bytes are 0xE1");
    from_q4_0(1, (struct quant_q4_0[]){q4_0(1, N, all)});
}

TEST(quant_from_q4_0, two_blocks)
{
    given("d = 1, the integers are 1, 2 and then 8; then d = -0.5 and 3, 12 and then 8");
    from_q4_0(2, (struct quant_q4_0[]){q4_0(1, INTS(1, 2)), q4_0(-0.5f, INTS(3, 12))});
}

// --- quant_dot_q8_0 and quant_dot_q4_0 ---------------------------------------------------------

// dot_want is the dot product in double, and *size the sum of the blocks' absolute values.
static double dot_want(int K, const float *w, const float *x, double *size)
{
    double sum = 0;
    *size = 0;
    for (int b = 0; b < K; b += N) {
        double block = 0;
        for (int i = b; i < b + N; i++) block += (double)w[i] * (double)x[i];
        sum += block, *size += fabs(block);
    }
    return sum;
}

// Each block is rounded where its scales are multiplied, where the sum is, and where it is added.
static double dot_error(int K, double size)
{
    return 0x1p-24 * (K / N + 3) * size;
}

static void dot_q8_0(int blocks, const struct quant_q8_0 *w, const struct quant_q8_0 *x)
{
    int K = blocks * N;
    float *a = room(sizeof *a * (size_t)K, NULL), *b = room(sizeof *b * (size_t)K, NULL);
    ref_quant_from_q8_0(K, w, a), ref_quant_from_q8_0(K, x, b);
    double size, want = dot_want(K, a, b, &size);
    double got = (double)quant_dot_q8_0(K, room(sizeof *w * (size_t)blocks, w),
                                        room(sizeof *x * (size_t)blocks, x));
    expect_double("the dot product", got, want, dot_error(K, size));
}

static void dot_q4_0(int blocks, const struct quant_q4_0 *w, const struct quant_q8_0 *x)
{
    int K = blocks * N;
    float *a = room(sizeof *a * (size_t)K, NULL), *b = room(sizeof *b * (size_t)K, NULL);
    ref_quant_from_q4_0(K, w, a), ref_quant_from_q8_0(K, x, b);
    double size, want = dot_want(K, a, b, &size);
    double got = (double)quant_dot_q4_0(K, room(sizeof *w * (size_t)blocks, w),
                                        room(sizeof *x * (size_t)blocks, x));
    expect_double("the dot product", got, want, dot_error(K, size));
}

TEST(quant_dot_q8_0, one_block)
{
    given("w: d = 1, q is 2, 3 and zeros; x: d = 1, q is 5, -1, 7 and zeros");
    dot_q8_0(1, (struct quant_q8_0[]){q8_0(1, INTS(2, 3))},
             (struct quant_q8_0[]){q8_0(1, INTS(5, -1, 7))});
    int last[N] = {0};
    last[31] = 4;
    given("w and x: d = 1, q is zeros, and the last is 4");
    dot_q8_0(1, (struct quant_q8_0[]){q8_0(1, N, last)}, (struct quant_q8_0[]){q8_0(1, N, last)});
}

TEST(quant_dot_q8_0, both_have_a_scale)
{
    given("w: d = 0.5, q is 2, 3 and zeros; x: d = 0.25, q is 5, -1 and zeros");
    dot_q8_0(1, (struct quant_q8_0[]){q8_0(0.5f, INTS(2, 3))},
             (struct quant_q8_0[]){q8_0(0.25f, INTS(5, -1))});
}

TEST(quant_dot_q8_0, example_of_the_text)
{
    given("w: d = 0.005, q is 127, -32, 40, 16; x: d = 0.016, q is 31, -127, 64, 1; zeros behind");
    dot_q8_0(1, (struct quant_q8_0[]){q8_0(0.005f, INTS(127, -32, 40, 16))},
             (struct quant_q8_0[]){q8_0(0.016f, INTS(31, -127, 64, 1))});
}

TEST(quant_dot_q8_0, each_block_has_its_scales)
{
    given(
        "w: d = 1, q is 3; then d = 0.5, q is 10; x: d = 2, q is 1; then d = 8, q is 1; zeros behind");
    dot_q8_0(2, (struct quant_q8_0[]){q8_0(1, INTS(3)), q8_0(0.5f, INTS(10))},
             (struct quant_q8_0[]){q8_0(2, INTS(1)), q8_0(8, INTS(1))});
}

TEST(quant_dot_q8_0, sums_that_need_more_than_16_bits)
{
    int all[N];
    for (int i = 0; i < N; i++) all[i] = 127;
    given("w and x: d = 1, q is 127 all over");
    dot_q8_0(1, (struct quant_q8_0[]){q8_0(1, N, all)}, (struct quant_q8_0[]){q8_0(1, N, all)});
    int below[N];
    for (int i = 0; i < N; i++) below[i] = -127;
    given("w: d = 1, q is -127 all over; x: d = 1, q is 127 all over");
    dot_q8_0(1, (struct quant_q8_0[]){q8_0(1, N, below)}, (struct quant_q8_0[]){q8_0(1, N, all)});
}

// random_blocks fills blocks with integers and scales from 0.001 up.
static void random_blocks(struct random *r, int blocks, struct quant_q8_0 *b)
{
    for (int i = 0; i < blocks; i++) {
        int q[N];
        for (int j = 0; j < N; j++) q[j] = (int)random_below(r, 255) - 127;
        b[i] = q8_0(0.001f * (float)(1 + random_below(r, 2000)), N, q);
    }
}

TEST(quant_dot_q8_0, large_products_that_cancel)
{
    int w[N], x[N];
    for (int i = 0; i < N; i++) w[i] = 127, x[i] = i < 16 ? 100 - i : i - 116;
    x[N - 1]++;
    given("w: d = 0.1, q is 127 all over; x: d = 0.1, q is 100 … 85, -100 … -86, -84");
    dot_q8_0(1, (struct quant_q8_0[]){q8_0(0.1f, N, w)}, (struct quant_q8_0[]){q8_0(0.1f, N, x)});
}

TEST(quant_dot_q8_0, sums_of_integers_are_exact)
{
    struct random r = random_start(6, RANDOM_TEST);
    for (int blocks = 1; blocks <= 24; blocks++) {
        struct quant_q8_0 w[24], x[24];
        random_blocks(&r, blocks, w), random_blocks(&r, blocks, x);
        given("random blocks; K = %d", blocks * N);
        dot_q8_0(blocks, w, x);
    }
}

TEST(quant_dot_q4_0, one_block)
{
    given("w: d = 1, the integers are 10, 5 and then 8; x: d = 1, q is 3, 4, 7 and zeros");
    dot_q4_0(1, (struct quant_q4_0[]){q4_0(1, INTS(10, 5))},
             (struct quant_q8_0[]){q8_0(1, INTS(3, 4, 7))});
    given("w: d = 1, the integers are 8 all over; x: d = 1, q is 3, 4, 7 and zeros");
    dot_q4_0(1, (struct quant_q4_0[]){q4_0(1, 0, NULL)},
             (struct quant_q8_0[]){q8_0(1, INTS(3, 4, 7))});
}

TEST(quant_dot_q4_0, where_each_number_is_kept)
{
    int w[N], x[N];
    for (int i = 0; i < N; i++) w[i] = i < 16 ? 9 : 6, x[i] = i;
    given(
        "w: d = 1, the integers are sixteen times 9, then sixteen times 6; x: d = 1, q is 0 … 31");
    dot_q4_0(1, (struct quant_q4_0[]){q4_0(1, N, w)}, (struct quant_q8_0[]){q8_0(1, N, x)});
    for (int i = 0; i < N; i++) w[i] = i % 16, x[i] = i * i % 61;
    given("w: d = 1, the integers are 0 … 15, and once more; x: d = 1, q is i * i %% 61");
    dot_q4_0(1, (struct quant_q4_0[]){q4_0(1, N, w)}, (struct quant_q8_0[]){q8_0(1, N, x)});
}

TEST(quant_dot_q4_0, both_have_a_scale)
{
    given("w: d = -0.5, the integers are 10, 5 and then 8; x: d = 0.25, q is 3, 4 and zeros");
    dot_q4_0(1, (struct quant_q4_0[]){q4_0(-0.5f, INTS(10, 5))},
             (struct quant_q8_0[]){q8_0(0.25f, INTS(3, 4))});
}

TEST(quant_dot_q4_0, each_block_has_its_scales)
{
    given(
        "w: d = 1, 9; then d = 0.5, 11; 8 behind; x: d = 2, q is 1; then d = 8, q is 1; zeros behind");
    dot_q4_0(2, (struct quant_q4_0[]){q4_0(1, INTS(9)), q4_0(0.5f, INTS(11))},
             (struct quant_q8_0[]){q8_0(2, INTS(1)), q8_0(8, INTS(1))});
}

TEST(quant_dot_q4_0, sums_of_integers_are_exact)
{
    struct random r = random_start(7, RANDOM_TEST);
    for (int blocks = 1; blocks <= 24; blocks++) {
        struct quant_q4_0 w[24];
        struct quant_q8_0 x[24];
        random_blocks(&r, blocks, x);
        for (int b = 0; b < blocks; b++) {
            int q[N];
            for (int j = 0; j < N; j++) q[j] = (int)random_below(&r, 16);
            w[b] = q4_0((b % 2 ? -0.001f : 0.001f) * (float)(1 + random_below(&r, 2000)), N, q);
        }
        given("random blocks; K = %d", blocks * N);
        dot_q4_0(blocks, w, x);
    }
}
