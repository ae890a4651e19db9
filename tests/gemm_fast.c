#include "gemm_fast.h"

#include <criterion/criterion.h>
#include <math.h>
#include <signal.h>

#include "check.h"

// struct problem: operands in both layouts, and the plain loops' answer.
struct problem {
    int M, N, K;
    struct matrix a[2], b[2];  // as they are, and stored transposed
    const float *bias, *before;
    float *sum;  // (M, N)
};

static const float *transpose(struct check *c, int rows, int columns, const float *x)
{
    float *y = check_nans(c, (size_t)rows * (size_t)columns);
    for (int i = 0; i < rows; i++) {
        for (int j = 0; j < columns; j++) y[j * rows + i] = x[i * columns + j];
    }
    return y;
}

// loops is the reference: for each element one chain of fmaf over k, from zero.
static void loops(struct problem *p)
{
    for (int m = 0; m < p->M; m++) {
        float *sum = p->sum + m * p->N;
        for (int n = 0; n < p->N; n++) sum[n] = 0;
        for (int k = 0; k < p->K; k++) {
            float a = p->a[0].data[m * p->K + k];
            const float *b = p->b[0].data + k * p->N;
            for (int n = 0; n < p->N; n++) sum[n] = fmaf(a, b[n], sum[n]);
        }
    }
}

static struct problem make(struct check *c, int M, int N, int K)
{
    size_t m = (size_t)M, n = (size_t)N, k = (size_t)K;
    const float *a = check_normals(c, m * k, 1), *b = check_normals(c, k * n, 1);
    struct problem p = {.M = M, .N = N, .K = K};
    p.a[0] = (struct matrix){a, K, 1};
    p.a[1] = (struct matrix){transpose(c, M, K, a), 1, M};
    p.b[0] = (struct matrix){b, N, 1};
    p.b[1] = (struct matrix){transpose(c, K, N, b), 1, K};
    p.bias = check_normals(c, n, 1);
    p.before = check_normals(c, m * n, 1);
    p.sum = check_nans(c, m * n);
    loops(&p);
    return p;
}

// solve runs gemm and gemm_fast one way out of 16: bits of `way` are transposes of a and b, bias,
// add.
static void solve(struct check *c, const struct problem *p, int way)
{
    size_t size = (size_t)p->M * (size_t)p->N;
    const float *bias = way & 4 ? p->bias : NULL;
    int add = way >> 3 & 1;
    float *want = check_nans(c, size);
    for (size_t i = 0; i < size; i++) {
        float s = bias ? p->sum[i] + bias[i % (size_t)p->N] : p->sum[i];
        want[i] = add ? p->before[i] + s : s;
    }
    for (int fast = 0; fast < 2; fast++) {
        // Without add, what stands in c is NaN: it must not be read.
        float *got = add ? check_copy(c, size, p->before) : check_nans(c, size);
        (fast ? gemm_fast : gemm)(p->M, p->N, p->K, p->a[way & 1], p->b[way >> 1 & 1], bias, got,
                                  add);
        check_same(size, got, want, "%s, M=%d N=%d K=%d, a%s b%s%s%s", fast ? "gemm_fast" : "gemm",
                   p->M, p->N, p->K, way & 1 ? "^T" : "", way & 2 ? "^T" : "", bias ? ", bias" : "",
                   add ? ", add" : "");
    }
}

static const int SHAPES[][3] = {
    {1, 1, 1},       {1, 1, 0},      {3, 5, 0},     {33, 257, 0},   {2, 3, 5},     {5, 2, 1},
    {1, 361, 17},    {361, 1, 33},   {1, 257, 129}, {257, 1, 257},  {17, 33, 65},  {33, 17, 127},
    {65, 65, 128},   {17, 65, 129},  {5, 33, 255},  {3, 129, 256},  {33, 5, 257},  {129, 2, 361},
    {12, 32, 64},    {6, 16, 16},    {13, 31, 3},   {257, 129, 17}, {361, 257, 2}, {360, 256, 128},
    {361, 257, 129}, {129, 361, 65}, {730, 20, 33}, {20, 530, 33},  {2, 2, 1000},  {1, 1, 385},
};

// Some shapes at one thread count, each of the 16 ways.
static void solve_all(int threads)
{
    check_set_threads(threads);
    for (size_t i = 0; i < sizeof SHAPES / sizeof *SHAPES; i++) {
        struct check *c = check_begin(i);
        struct problem p = make(c, SHAPES[i][0], SHAPES[i][1], SHAPES[i][2]);
        for (int way = 0; way < 16; way++) solve(c, &p, way);
        check_end(c);
    }
}

Test(gemm_fast, one_thread_gives_the_bits_of_three_loops)
{
    solve_all(1);
}

Test(gemm_fast, two_threads_give_the_bits_of_three_loops)
{
    solve_all(2);
}

Test(gemm_fast, three_threads_give_the_bits_of_three_loops)
{
    solve_all(3);
}

Test(gemm_fast, eight_threads_give_the_bits_of_three_loops)
{
    solve_all(8);
}

// The rungs below gemm: the same bits.
Test(gemm_fast, loops_and_rows_have_the_same_bits)
{
    for (size_t i = 0; i < sizeof SHAPES / sizeof *SHAPES; i++) {
        struct check *c = check_begin(i);
        struct problem p = make(c, SHAPES[i][0], SHAPES[i][1], SHAPES[i][2]);
        size_t size = (size_t)p.M * (size_t)p.N;
        for (int way = 0; way < 4; way++) {
            float *got = check_nans(c, size);
            gemm_loops(p.M, p.N, p.K, p.a[way & 1], p.b[way >> 1], got);
            check_same(size, got, p.sum, "gemm_loops, M=%d N=%d K=%d, way %d", p.M, p.N, p.K, way);
        }
        for (int way = 0; way < 2; way++) {
            float *got = check_nans(c, size);
            gemm_rows(p.M, p.N, p.K, p.a[way], p.b[0], got);
            check_same(size, got, p.sum, "gemm_rows, M=%d N=%d K=%d, way %d", p.M, p.N, p.K, way);
        }
        check_end(c);
    }
}

Test(gemm_fast, takes_any_strides)
{
    enum { M = 19, N = 37, K = 131 };
    struct check *c = check_begin(40);
    // a: every second column of a wider matrix.  b: stored from the last element to the first.
    const float *wide = check_normals(c, M * (2 * K + 3), 1), *back = check_normals(c, K * N, 1);
    struct matrix a = {wide + 1, 2 * K + 3, 2}, b = {back + K * N - 1, -N, -1};
    float *got = check_nans(c, M * N), *want = check_zeros(c, M * N);
    for (int m = 0; m < M; m++) {
        for (int n = 0; n < N; n++) {
            for (int k = 0; k < K; k++) {
                want[m * N + n] = fmaf(wide[m * (2 * K + 3) + 2 * k + 1],
                                       back[K * N - 1 - k * N - n], want[m * N + n]);
            }
        }
    }
    gemm_fast(M, N, K, a, b, NULL, got, 0);
    check_same(M * N, got, want, "strided operands");
    check_end(c);
}

Test(gemm_fast, an_empty_result_is_no_work)
{
    struct check *c = check_begin(41);
    const float *x = check_normals(c, 8, 1), *before = check_normals(c, 8, 1);
    float *out = check_copy(c, 8, before);
    gemm_fast(0, 4, 2, (struct matrix){x, 2, 1}, (struct matrix){x, 4, 1}, x, out, 0);
    gemm_fast(4, 0, 2, (struct matrix){x, 2, 1}, (struct matrix){x, 0, 1}, x, out, 0);
    check_same(8, out, before, "c of no elements");
    check_end(c);
}

Test(gemm_fast, refuses_a_negative_size, .signal = SIGABRT)
{
    float x[1] = {0};
    gemm_fast(1, -1, 1, (struct matrix){x, 1, 1}, (struct matrix){x, 1, 1}, NULL, x, 0);
}
