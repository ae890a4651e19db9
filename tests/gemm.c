// gemm: each rung on products that a person can redo, then on odd sizes and strides against the sum
// in double; and how fast it is beside our three loops, in the same run.
//
// A speed is a ratio of rates, on a machine that does other things too: the best of several short
// tries each, taken in turns, and a bound that right solutions pass twice over and more, even at
// -O1 and without a word about registers.  Sanitizers slow down what they like: there, and where
// the machine has no fused multiply-add, nothing is timed.
// RUSAGE_THREAD is Linux's.
#define _GNU_SOURCE
#include "gemm.h"

#include <math.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "check.h"
#include "clock.h"
#include "guard.h"
#include "lesson.h"
#include "ref_gemm.h"
#include "rows.h"
#include "threads.h"
#include "vec_fma.h"

FUNCTION(gemm_loops, 1);
FUNCTION(gemm_rows, 2);
FUNCTION(gemm_tile, 5);
FUNCTION(gemm_pack, 3);
FUNCTION(gemm_block, 5);
FUNCTION(gemm, 4);

// --- matrices ----------------------------------------------------------------------------------

// How a matrix lies in memory: in row-major order; the same with gaps between rows; column after
// column; from the last row to the first; every second number of longer rows.
enum layout { PLAIN, APART, TURNED, BACKWARD, SPARSE, LAYOUTS };

// matrix_of returns the matrix x (R, C), laid out so.
static struct matrix matrix_of(struct check *c, int R, int C, const float *x, enum layout how)
{
    float *y = check_zeros(c, (size_t)(2 * R * C));
    switch (how) {
    case TURNED:
        for (int i = 0; i < R * C; i++) y[i % C * R + i / C] = x[i];
        return (struct matrix){rows_of(C, R, 0, y).data, 1, R};
    case BACKWARD:
        for (int i = 0; i < R * C; i++) y[(R - 1 - i / C) * C + i % C] = x[i];
        return (struct matrix){rows_of(R, C, 0, y).data + (R - 1) * C, -C, 1};
    case SPARSE:
        for (int i = 0; i < R * C; i++) y[2 * i] = x[i], y[2 * i + 1] = ROWS_BESIDE;
        return (struct matrix){rows_of(R, 2 * C, 3, y).data, 2 * C + 3, 2};
    case APART:
        return (struct matrix){rows_of(R, C, 3, x).data, C + 3, 1};
    default:
        return (struct matrix){rows_of(R, C, 0, x).data, C, 1};
    }
}

// struct product: c = a b, or more.
struct product {
    int M, N, K;
    const float *a, *b;          // (M, K), (K, N)
    enum layout a_is, b_is;      // how they are handed over
    const float *bias, *before;  // (N) or NULL; c (M, N) before, which is added to, or NULL
};

// want_of returns what should come out, in double, and how far off it may be: a sum of K products,
// each rounded or not, a bias and what was there.
static double *want_of(struct check *c, const struct product *p, double *tolerance)
{
    double *want = check_doubles(c, (size_t)(p->M * p->N)), most = 0;
    for (int m = 0; m < p->M; m++) {
        for (int n = 0; n < p->N; n++) {
            double sum = 0, size = 0;
            for (int k = 0; k < p->K; k++) {
                double x = (double)p->a[m * p->K + k] * (double)p->b[k * p->N + n];
                sum += x, size += fabs(x);
            }
            double bias = p->bias ? (double)p->bias[n] : 0;
            double before = p->before ? (double)p->before[m * p->N + n] : 0;
            want[m * p->N + n] = before + (sum + bias);
            most = fmax(most, size + fabs(bias) + fabs(before));
        }
    }
    *tolerance = CHECK_U * (p->K + 3) * most;
    return want;
}

// tell says what goes in, the numbers themselves where they are few.
static void tell(const struct product *p, struct matrix a, struct matrix b)
{
    char bias[100] = "", before[100] = "";
    if (p->bias) snprintf(bias, sizeof bias, "; bias %s", shown((size_t)p->N, p->bias));
    if (p->before)
        snprintf(before, sizeof before, "; add to %s", shown((size_t)(p->M * p->N), p->before));
    given("M = %d, N = %d, K = %d\na = %s, strides %d and %d\nb = %s, strides %d and %d%s%s", p->M,
          p->N, p->K, shown((size_t)(p->M * p->K), p->a), (int)a.row, (int)a.column,
          shown((size_t)(p->K * p->N), p->b), (int)b.row, (int)b.column, bias, before);
}

// Which function is asked.
enum rung { LOOPS, ROWS, BLOCK, WHOLE };

// try_product asks a rung for a product; c's rows stand `apart` cells apart, for a block.
static void try_product(enum rung rung, struct product p, int apart)
{
    struct check *c = check_begin(0);
    double tolerance, *want = want_of(c, &p, &tolerance);
    struct matrix a = matrix_of(c, p.M, p.K, p.a, p.a_is), b = matrix_of(c, p.K, p.N, p.b, p.b_is);
    const float *bias = p.bias ? cells((size_t)p.N, p.bias) : NULL;
    struct rows out = rows_of(p.M, p.N, apart, p.before);
    tell(&p, a, b);
    switch (rung) {
    case LOOPS:
        gemm_loops(p.M, p.N, p.K, a, b, out.data);
        break;
    case ROWS:
        gemm_rows(p.M, p.N, p.K, a, b, out.data);
        break;
    case BLOCK:
        gemm_block(p.M, p.N, p.K, a, b, bias, out.data, out.stride, p.before != NULL);
        break;
    case WHOLE:
        gemm(p.M, p.N, p.K, a, b, bias, out.data, p.before != NULL);
    }
    expect_rows("c, row after row", out, want, tolerance);
    check_end(c);
}

// random_product is try_product on random numbers.
static void random_product(enum rung rung, uint64_t seed, int M, int N, int K, enum layout a_is,
                           enum layout b_is, int with_bias, int add, int apart)
{
    struct check *c = check_begin(seed);
    size_t m = (size_t)M, n = (size_t)N, k = (size_t)K;
    struct product p = {.M = M, .N = N, .K = K, .a_is = a_is, .b_is = b_is};
    p.a = check_normals(c, m * k, 1), p.b = check_normals(c, k * n, 1);
    if (with_bias) p.bias = check_normals(c, n, 1);
    if (add) p.before = check_normals(c, m * n, 1);
    try_product(rung, p, apart);
    check_end(c);
}

// The product of the text: (2, 3) by (3, 2).
static const float A[] = {1, 2, 3, 4, 5, 6}, B[] = {1, 0, 2, 1, 0, 3};

// What is the same for every rung.
static void simplest(enum rung rung)
{
    try_product(rung, (struct product){1, 1, 1, (float[]){3}, (float[]){2}, 0, 0, NULL, NULL}, 0);
    try_product(rung,
                (struct product){1, 1, 2, (float[]){3, 4}, (float[]){2, 10}, 0, 0, NULL, NULL}, 0);
    try_product(rung, (struct product){2, 1, 1, (float[]){3, 4}, (float[]){2}, 0, 0, NULL, NULL},
                0);
    try_product(rung, (struct product){1, 2, 1, (float[]){3}, (float[]){2, 10}, 0, 0, NULL, NULL},
                0);
}

static void of_the_text(enum rung rung)
{
    try_product(rung, (struct product){2, 2, 3, A, B, PLAIN, PLAIN, NULL, NULL}, 0);
}

static void of_no_steps(enum rung rung)
{
    try_product(rung, (struct product){2, 3, 0, A, B, PLAIN, PLAIN, NULL, NULL}, 0);
}

static void strides_of_a(enum rung rung)
{
    for (int how = APART; how < LAYOUTS; how++)
        try_product(rung, (struct product){2, 2, 3, A, B, (enum layout)how, PLAIN, NULL, NULL}, 0);
}

// strides_of_b: `rows` asks only for those whose rows are contiguous.
static void strides_of_b(enum rung rung, int rows)
{
    for (int how = APART; how < LAYOUTS; how++) {
        if (rows && (how == TURNED || how == SPARSE)) continue;
        try_product(rung, (struct product){2, 2, 3, A, B, PLAIN, (enum layout)how, NULL, NULL}, 0);
    }
}

static const int SIZES[][3] = {{1, 1, 9}, {5, 1, 3},   {1, 6, 2},
                               {7, 5, 4}, {3, 17, 33}, {19, 40, 5}};
enum { SIZE_COUNT = sizeof SIZES / sizeof *SIZES };

static void odd_sizes(enum rung rung)
{
    for (int i = 0; i < SIZE_COUNT; i++)
        random_product(rung, (uint64_t)i, SIZES[i][0], SIZES[i][1], SIZES[i][2],
                       (enum layout)(i % LAYOUTS), PLAIN, 0, 0, 0);
}

// --- speed -------------------------------------------------------------------------------------

// struct work: operands, and what is to be timed.
struct work {
    int M, N, K;
    struct matrix a, b;
    float *c;
};

typedef void run_work(const struct work *w);

static struct work work_of(struct check *c, int M, int N, int K)
{
    size_t m = (size_t)M, n = (size_t)N, k = (size_t)K;
    struct work w = {M, N, K, {check_normals(c, m * k, 1), K, 1}, {NULL, N, 1}, NULL};
    w.b.data = check_normals(c, k * n, 1);
    w.c = check_zeros(c, m * n);
    return w;
}

// run_loops takes our three loops, on a few rows: their rate does not depend on how many.
static void run_loops(const struct work *w)
{
    ref_gemm_loops(w->M, w->N, w->K, w->a, w->b, w->c);
}

// rate_of returns GFLOP/s.  By the clock: processor time stands still where a virtual machine's
// host takes the processor away.
static double rate_of(run_work *run, const struct work *w)
{
    double begin = clock_seconds();
    run(w);
    return 2e-9 * w->M * w->N * w->K / (clock_seconds() - begin);
}

// expect_faster expects that `run` is at least `least` times as fast as three loops are.  It looks
// no further once it has seen that, but LEAST times: a first try may be disturbed.
static void expect_faster(const char *what, double least, run_work *run, const struct work *w)
{
    enum { LEAST = 10, TRIES = 40, FEW = 4 };
    const int timed = !GUARD_SANITIZED && VEC_FMA;
    struct work few = *w;
    few.M = w->M < FEW ? w->M : FEW;
    double loops = 0, mine = 0;
    for (int i = 0; timed && (i < LEAST || (i < TRIES && mine < least * loops)); i++) {
        loops = fmax(loops, rate_of(run_loops, &few));
        mine = fmax(mine, rate_of(run, w));
    }
    given("M = %d, N = %d, K = %d, the best of several tries in turns\n"
          "our three loops %.2f GFLOP/s, yours %.2f GFLOP/s: %.1f times",
          w->M, w->N, w->K, loops, mine, mine / loops);
    expect_true(what, !timed || mine >= least * loops);
}

// --- gemm_loops --------------------------------------------------------------------------------

TEST(gemm_loops, one_sum)
{
    simplest(LOOPS);
}

TEST(gemm_loops, example_of_the_text)
{
    of_the_text(LOOPS);
}

TEST(gemm_loops, no_steps_give_zeros)
{
    of_no_steps(LOOPS);
}

TEST(gemm_loops, strides)
{
    strides_of_a(LOOPS);
    strides_of_b(LOOPS, 0);
}

TEST(gemm_loops, odd_sizes)
{
    odd_sizes(LOOPS);
}

// --- gemm_rows ---------------------------------------------------------------------------------

TEST(gemm_rows, one_sum)
{
    simplest(ROWS);
}

TEST(gemm_rows, example_of_the_text)
{
    of_the_text(ROWS);
}

TEST(gemm_rows, no_steps_give_zeros)
{
    of_no_steps(ROWS);
}

TEST(gemm_rows, strides)
{
    strides_of_a(ROWS);
    strides_of_b(ROWS, 1);
}

TEST(gemm_rows, odd_sizes)
{
    odd_sizes(ROWS);
}

static void run_rows(const struct work *w)
{
    gemm_rows(w->M, w->N, w->K, w->a, w->b, w->c);
}

TEST(gemm_rows, is_faster)
{
    struct check *c = check_begin(10);
    struct work w = work_of(c, 2, 1024, 512);
    of_the_text(ROWS);
    expect_faster("at least 1.5 times as fast as three loops", 1.5, run_rows, &w);
    check_end(c);
}

// --- gemm_tile ---------------------------------------------------------------------------------

// try_tile asks for a tile of K steps: a (GEMM_ROWS, K), b (K, GEMM_COLUMNS) with rows b_apart
// cells apart, c with rows c_apart cells apart.
static void try_tile(int K, const float *a, enum layout a_is, const float *b, int b_apart,
                     const float *before, int c_apart)
{
    enum { R = GEMM_ROWS, C = GEMM_COLUMNS };
    struct check *c = check_begin(0);
    struct product p = {R, C, K, a, b, a_is, PLAIN, NULL, before};
    double tolerance, *want = want_of(c, &p, &tolerance);
    struct matrix a_ = matrix_of(c, R, K, a, a_is);
    struct rows b_ = rows_of(K, C, b_apart, b), out = rows_of(R, C, c_apart, before);
    given(
        "K = %d; a (%d, %d) = %s, strides %d and %d\nb (%d, %d) = %s, b_row %d; c holds %s, c_row "
        "%d",
        K, R, K, shown((size_t)(R * K), a), (int)a_.row, (int)a_.column, K, C,
        shown((size_t)(K * C), b), (int)b_.stride, shown((size_t)(R * C), before), (int)out.stride);
    gemm_tile(K, a_, b_.data, b_.stride, out.data, out.stride);
    expect_rows("c, row after row", out, want, tolerance);
    check_end(c);
}

// counted returns 1, 2, 3, …
static float *counted(struct check *c, int n)
{
    float *x = check_zeros(c, (size_t)n);
    for (int i = 0; i < n; i++) x[i] = (float)(i + 1);
    return x;
}

TEST(gemm_tile, one_step_from_zero)
{
    struct check *c = check_begin(20);
    const float *zero = check_zeros(c, GEMM_ROWS * GEMM_COLUMNS);
    try_tile(1, counted(c, GEMM_ROWS), PLAIN, counted(c, GEMM_COLUMNS), 0, zero, 0);
    check_end(c);
}

TEST(gemm_tile, goes_on_with_what_is_there)
{
    struct check *c = check_begin(21);
    const float *before = counted(c, GEMM_ROWS * GEMM_COLUMNS);
    try_tile(1, counted(c, GEMM_ROWS), PLAIN, counted(c, GEMM_COLUMNS), 0, before, 0);
    try_tile(0, before, PLAIN, before, 0, before, 0);
    check_end(c);
}

TEST(gemm_tile, several_steps)
{
    struct check *c = check_begin(22);
    const float *zero = check_zeros(c, GEMM_ROWS * GEMM_COLUMNS);
    for (int K = 2; K < 6; K++)
        try_tile(K, counted(c, GEMM_ROWS * K), PLAIN, counted(c, K * GEMM_COLUMNS), 0, zero, 0);
    check_end(c);
}

TEST(gemm_tile, strides_of_a)
{
    struct check *c = check_begin(23);
    const float *zero = check_zeros(c, GEMM_ROWS * GEMM_COLUMNS);
    for (int how = APART; how < LAYOUTS; how++)
        try_tile(2, counted(c, GEMM_ROWS * 2), (enum layout)how, counted(c, 2 * GEMM_COLUMNS), 0,
                 zero, 0);
    check_end(c);
}

TEST(gemm_tile, rows_of_b_apart)
{
    struct check *c = check_begin(24);
    const float *zero = check_zeros(c, GEMM_ROWS * GEMM_COLUMNS);
    try_tile(3, counted(c, GEMM_ROWS * 3), PLAIN, counted(c, 3 * GEMM_COLUMNS), 5, zero, 0);
    check_end(c);
}

TEST(gemm_tile, rows_of_c_apart)
{
    struct check *c = check_begin(25);
    const float *zero = check_zeros(c, GEMM_ROWS * GEMM_COLUMNS);
    try_tile(3, counted(c, GEMM_ROWS * 3), PLAIN, counted(c, 3 * GEMM_COLUMNS), 0, zero, 7);
    check_end(c);
}

TEST(gemm_tile, random_tiles)
{
    struct check *c = check_begin(26);
    for (int K = 1; K < 20; K = 3 * K + 2)
        try_tile(K, check_normals(c, (size_t)(GEMM_ROWS * K), 1), (enum layout)(K % LAYOUTS),
                 check_normals(c, (size_t)(K * GEMM_COLUMNS), 1), K % 3,
                 check_normals(c, GEMM_ROWS * GEMM_COLUMNS, 1), K % 4);
    check_end(c);
}

static void run_tile(const struct work *w)
{
    gemm_tile(w->K, w->a, w->b.data, w->b.row, w->c, w->N);
}

TEST(gemm_tile, keeps_sums_in_vectors)
{
    struct check *c = check_begin(27);
    struct work w = work_of(c, GEMM_ROWS, GEMM_COLUMNS, 128);
    const float *zero = check_zeros(c, GEMM_ROWS * GEMM_COLUMNS);
    try_tile(1, counted(c, GEMM_ROWS), PLAIN, counted(c, GEMM_COLUMNS), 0, zero, 0);
    expect_faster("at least 3 times as fast as three loops", 3, run_tile, &w);
    check_end(c);
}

// --- gemm_pack ---------------------------------------------------------------------------------

// try_pack packs x (lines, K).
static void try_pack(int lines, int width, int K, const float *x, enum layout how)
{
    struct check *c = check_begin(0);
    int panels = (lines + width - 1) / width;
    size_t size = (size_t)(panels * width * K);
    double *want = check_doubles(c, size);
    for (int i = 0; i < lines; i++) {
        for (int k = 0; k < K; k++)
            want[(i / width * K + k) * width + i % width] = (double)x[i * K + k];
    }
    struct matrix from = matrix_of(c, lines, K, x, how);
    float *out = cells(size, NULL);
    given("lines = %d, width = %d, K = %d; x = %s, strides %d and %d", lines, width, K,
          shown((size_t)(lines * K), x), (int)from.row, (int)from.column);
    gemm_pack(lines, width, K, from, out);
    expect_cells("out", size, out, want, 0);
    check_end(c);
}

TEST(gemm_pack, one_panel)
{
    try_pack(1, 1, 3, (float[]){1, 2, 3}, PLAIN);
    try_pack(2, 2, 3, (float[]){1, 2, 3, 4, 5, 6}, PLAIN);
}

TEST(gemm_pack, lines_that_are_missing_are_zero)
{
    try_pack(1, 2, 3, (float[]){1, 2, 3}, PLAIN);
    try_pack(2, 4, 2, (float[]){1, 2, 3, 4}, PLAIN);
}

TEST(gemm_pack, panel_after_panel)
{
    try_pack(4, 2, 2, (float[]){1, 2, 3, 4, 5, 6, 7, 8}, PLAIN);
    try_pack(3, 2, 2, (float[]){1, 2, 3, 4, 5, 6}, PLAIN);
}

TEST(gemm_pack, strides)
{
    for (int how = APART; how < LAYOUTS; how++)
        try_pack(3, 2, 2, (float[]){1, 2, 3, 4, 5, 6}, (enum layout)how);
}

TEST(gemm_pack, odd_sizes)
{
    static const int sizes[][2] = {{1, 9}, {5, 3}, {7, 5}, {3, 17}, {19, 6}};
    struct check *c = check_begin(30);
    for (int i = 0; i < 5; i++) {
        for (int width = 1; width < 10; width += 4)
            try_pack(sizes[i][0], width, sizes[i][1],
                     check_normals(c, (size_t)(sizes[i][0] * sizes[i][1]), 1),
                     (enum layout)((i + width) % LAYOUTS));
    }
    check_end(c);
}

// --- gemm_block --------------------------------------------------------------------------------

TEST(gemm_block, one_sum)
{
    simplest(BLOCK);
}

TEST(gemm_block, example_of_the_text)
{
    of_the_text(BLOCK);
}

TEST(gemm_block, no_steps_give_the_bias)
{
    of_no_steps(BLOCK);
    struct product p = {1, 2, 0, A, B, PLAIN, PLAIN, (float[]){5, 7}, NULL};
    try_product(BLOCK, p, 0);
}

TEST(gemm_block, a_bias)
{
    try_product(BLOCK, (struct product){2, 2, 3, A, B, PLAIN, PLAIN, (float[]){100, 200}, NULL}, 0);
}

TEST(gemm_block, adds_to_what_is_there)
{
    static const float before[] = {1000, 2000, 3000, 4000};
    struct product p = {2, 2, 3, A, B, PLAIN, PLAIN, NULL, before};
    try_product(BLOCK, p, 0);
    p.bias = (float[]){100, 200};
    try_product(BLOCK, p, 0);
}

TEST(gemm_block, strides)
{
    strides_of_a(BLOCK);
    strides_of_b(BLOCK, 0);
}

TEST(gemm_block, rows_of_c_apart)
{
    try_product(BLOCK, (struct product){2, 2, 3, A, B, PLAIN, PLAIN, NULL, NULL}, 5);
}

TEST(gemm_block, whole_tiles)
{
    for (int i = 1; i < 3; i++) {
        random_product(BLOCK, 40, i * GEMM_ROWS, GEMM_COLUMNS, 2, PLAIN, PLAIN, 0, 0, 0);
        random_product(BLOCK, 41, GEMM_ROWS, i * GEMM_COLUMNS, 2, PLAIN, PLAIN, 0, 0, 0);
    }
}

TEST(gemm_block, parts_of_tiles)
{
    for (int i = -1; i < 2; i += 2) {
        random_product(BLOCK, 42, GEMM_ROWS + i, GEMM_COLUMNS, 2, PLAIN, PLAIN, 1, 0, 3);
        random_product(BLOCK, 43, GEMM_ROWS, GEMM_COLUMNS + i, 2, PLAIN, PLAIN, 1, 0, 3);
        random_product(BLOCK, 44, 3 * GEMM_ROWS + i, 2 * GEMM_COLUMNS - i, 3, PLAIN, PLAIN, 1, 1,
                       3);
    }
}

TEST(gemm_block, deeper_than_a_piece)
{
    random_product(BLOCK, 45, 1, 1, GEMM_DEEP, PLAIN, PLAIN, 0, 0, 0);
    random_product(BLOCK, 46, 1, 1, GEMM_DEEP + 1, PLAIN, PLAIN, 0, 0, 0);
    random_product(BLOCK, 47, 2, 3, 2 * GEMM_DEEP + 5, TURNED, PLAIN, 1, 0, 0);
    random_product(BLOCK, 48, 3, 2, 2 * GEMM_DEEP + 5, PLAIN, BACKWARD, 1, 1, 1);
}

// In one panel it is the same where the panel begins.
TEST(gemm_block, several_panels_deeper_than_a_piece)
{
    random_product(BLOCK, 81, 2, GEMM_COLUMNS + 1, GEMM_DEEP + 1, PLAIN, PLAIN, 0, 0, 0);
    random_product(BLOCK, 82, GEMM_ROWS + 1, 2 * GEMM_COLUMNS + 1, GEMM_DEEP + 3, TURNED, TURNED, 1,
                   1, 0);
}

TEST(gemm_block, a_whole_block)
{
    random_product(BLOCK, 49, GEMM_HIGH, GEMM_WIDE, 3, PLAIN, PLAIN, 1, 1, 1);
    random_product(BLOCK, 50, GEMM_HIGH - 5, GEMM_WIDE - 5, 4, TURNED, TURNED, 0, 0, 0);
}

TEST(gemm_block, odd_sizes)
{
    odd_sizes(BLOCK);
}

static void run_block(const struct work *w)
{
    gemm_block(w->M, w->N, w->K, w->a, w->b, NULL, w->c, w->N, 0);
}

TEST(gemm_block, works_in_tiles)
{
    struct check *c = check_begin(51);
    struct work w = work_of(c, GEMM_HIGH, GEMM_WIDE, 128);
    of_the_text(BLOCK);
    expect_faster("at least 3 times as fast as three loops", 3, run_block, &w);
    check_end(c);
}

// --- gemm --------------------------------------------------------------------------------------

TEST(gemm, one_block)
{
    simplest(WHOLE);
    of_the_text(WHOLE);
    of_no_steps(WHOLE);
}

TEST(gemm, several_blocks_of_rows)
{
    random_product(WHOLE, 60, GEMM_HIGH + 1, 2, 1, PLAIN, PLAIN, 0, 0, 0);
    random_product(WHOLE, 61, 2 * GEMM_HIGH + 3, 2, 3, TURNED, PLAIN, 0, 0, 0);
}

TEST(gemm, several_blocks_of_columns)
{
    random_product(WHOLE, 62, 2, GEMM_WIDE + 1, 1, PLAIN, PLAIN, 0, 0, 0);
    random_product(WHOLE, 63, 2, 2 * GEMM_WIDE + 3, 3, PLAIN, TURNED, 0, 0, 0);
}

TEST(gemm, a_bias)
{
    random_product(WHOLE, 64, 2, 3, 2, PLAIN, PLAIN, 1, 0, 0);
    random_product(WHOLE, 65, 2, GEMM_WIDE + 2, 2, PLAIN, PLAIN, 1, 0, 0);
}

TEST(gemm, adds_to_what_is_there)
{
    random_product(WHOLE, 66, 2, 3, 2, PLAIN, PLAIN, 0, 1, 0);
    random_product(WHOLE, 67, GEMM_HIGH + 2, 3, 2, PLAIN, PLAIN, 1, 1, 0);
}

TEST(gemm, several_blocks_deeper_than_a_piece)
{
    random_product(WHOLE, 83, GEMM_HIGH + 1, GEMM_WIDE + 1, GEMM_DEEP + 2, PLAIN, PLAIN, 1, 1, 0);
}

TEST(gemm, odd_sizes)
{
    odd_sizes(WHOLE);
    for (int a_is = 0; a_is < LAYOUTS; a_is += 2) {
        for (int b_is = 0; b_is < LAYOUTS; b_is += 2)
            random_product(WHOLE, 68, GEMM_HIGH + 7, GEMM_WIDE + 9, 5, (enum layout)a_is,
                           (enum layout)b_is, 1, 1, 0);
    }
}

TEST(gemm, no_elements)
{
    float x[4] = {1, 2, 3, 4}, *c = cells(4, x);
    given("M = 0, then N = 0");
    gemm(0, 2, 2, (struct matrix){x, 2, 1}, (struct matrix){x, 2, 1}, NULL, c, 0);
    gemm(2, 0, 2, (struct matrix){x, 2, 1}, (struct matrix){x, 0, 1}, NULL, c, 0);
    expect_cells("c", 4, c, (double[]){1, 2, 3, 4}, 0);
}

TEST(gemm, the_same_bits_on_any_number_of_threads)
{
    enum { M = 2 * GEMM_HIGH + 5, N = GEMM_WIDE + 7, K = 3 };
    struct check *c = check_begin(69);
    struct work w = work_of(c, M, N, K);
    float *one = check_nans(c, M * N);
    for (int threads = 1; threads < 5; threads++) {
        check_set_threads(threads);
        gemm(M, N, K, w.a, w.b, NULL, threads == 1 ? one : w.c, 0);
        if (threads == 1) continue;
        given("M = %d, N = %d, K = %d, on 1 thread and on %d", M, N, K, threads);
        expect_true("c has the same bits", memcmp(one, w.c, sizeof *one * M * N) == 0);
    }
    check_end(c);
}

static void run_gemm(const struct work *w)
{
    gemm(w->M, w->N, w->K, w->a, w->b, NULL, w->c, 0);
}

TEST(gemm, works_in_blocks)
{
    struct check *c = check_begin(70);
    struct work w = work_of(c, GEMM_HIGH + GEMM_ROWS, GEMM_WIDE, 128);
    check_set_threads(1);
    of_the_text(WHOLE);
    expect_faster("at least 3 times as fast as three loops", 3, run_gemm, &w);
    check_end(c);
}

// faults_of returns how often memory had to be given to a thread that used it for the first time:
// to this one, or to all of the process.
#ifdef RUSAGE_THREAD
static long faults_of(int who)
{
    struct rusage use;
    getrusage(who, &use);
    return use.ru_minflt;
}

// others_share returns how many pages of c, which nobody has used yet, other threads were the first
// to write to.
static long others_share(const struct work *w, size_t bytes)
{
    madvise(w->c, bytes, MADV_DONTNEED);
    long own = faults_of(RUSAGE_THREAD), all = faults_of(RUSAGE_SELF);
    run_gemm(w);
    own = faults_of(RUSAGE_THREAD) - own, all = faults_of(RUSAGE_SELF) - all;
    return all - own;
}
#endif

// Where the machine is busy another thread may come too late for any block: then it is tried again.
TEST_SLOW(gemm, threads_share_the_blocks, 2)
{
    enum { M = 2 * GEMM_HIGH, N = 2 * GEMM_WIDE, K = 64, TRIES = 40, FEW = 32 };
    long pages = 0;
    of_the_text(WHOLE);
#ifdef RUSAGE_THREAD
    struct check *c = check_begin(71);
    struct work w = work_of(c, M, N, K);
    const size_t bytes = sizeof(float) * M * N;
    w.c = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0);
    if (w.c == MAP_FAILED) die("out of memory: %zu bytes", bytes);
    madvise(w.c, bytes, MADV_NOHUGEPAGE);
    check_set_threads(2);
    for (int i = 0; i < TRIES && pages < FEW; i++) pages = others_share(&w, bytes);
    munmap(w.c, bytes);
    check_end(c);
#else
    pages = FEW;  // here the system does not tell
#endif
    given("M = %d, N = %d, K = %d on two threads, up to %d times", M, N, K, TRIES);
    expect_true("the second thread writes some of the blocks", pages >= FEW || threads_max() < 2);
}
