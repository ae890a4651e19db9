#include "gemm.h"

#include <string.h>

#include "error.h"
#include "threads.h"

// The register tile: ROWS x VECTORS accumulators, plus VECTORS for a row of b, must fit in the
// machine's vector registers.  The tile is large enough to hide the latency of an FMA.
#if defined(__AVX512F__)
enum { LANES = 16, ROWS = 12, VECTORS = 2 };
#elif defined(__AVX__)
enum { LANES = 8, ROWS = 6, VECTORS = 2 };
#elif defined(__aarch64__)
enum { LANES = 4, ROWS = 6, VECTORS = 4 };
#else
enum { LANES = 4, ROWS = 6, VECTORS = 2 };
#endif

// A block of c is computed by one thread from packed copies of its strip of a and of b, which
// stay in the second-level cache: DEEP steps of k at a time.
enum { COLUMNS = VECTORS * LANES, HIGH = 360, WIDE = 256, DEEP = 128 };

_Static_assert(HIGH % ROWS == 0 && WIDE % COLUMNS == 0, "blocks are whole tiles");

typedef float vector __attribute__((vector_size(LANES * sizeof(float))));

struct block {
    _Alignas(64) float a[HIGH * DEEP];    // tiles of ROWS rows: [tile][k][row]
    _Alignas(64) float b[WIDE * DEEP];    // tiles of COLUMNS columns: [tile][k][column]
    _Alignas(64) float sum[HIGH * WIDE];  // [row][column]
};

static int min(int a, int b)
{
    return a < b ? a : b;
}

// pack copies `count` lines of x, each K long, into tiles of `width` lines: [tile][k][line].
// line and step are the strides of x between lines and along k.  Missing lines become zero.
static void pack(int count, int K, int width, const float *x, ptrdiff_t line, ptrdiff_t step,
                 float *out)
{
    for (int i = 0; i < count; i += width, out += (ptrdiff_t)width * K) {
        int n = min(width, count - i);
        const float *from = x + i * line;
        if (n < width) memset(out, 0, sizeof *out * (size_t)width * (size_t)K);
        if (line == 1) {
            for (int k = 0; k < K; k++) {
                for (int j = 0; j < n; j++) out[k * width + j] = from[k * step + j];
            }
        } else {
            for (int k = 0; k < K; k++) {
                for (int j = 0; j < n; j++) out[k * width + j] = from[j * line + k * step];
            }
        }
    }
}

// tile adds a (K x ROWS) transposed times b (K x COLUMNS) to sum, whose rows are WIDE apart.
static void tile(int K, const float *restrict a, const float *restrict b, float *restrict sum,
                 int first)
{
    vector acc[ROWS][VECTORS];
    for (int i = 0; i < ROWS; i++) {
        for (int j = 0; j < VECTORS; j++) {
            if (first)
                acc[i][j] = (vector){0};
            else
                memcpy(&acc[i][j], sum + i * WIDE + j * LANES, sizeof(vector));
        }
    }
    for (int k = 0; k < K; k++, a += ROWS, b += COLUMNS) {
        vector row[VECTORS];
        memcpy(row, b, sizeof row);
#pragma GCC unroll 16
        for (int i = 0; i < ROWS; i++) {
#pragma GCC unroll 4
            for (int j = 0; j < VECTORS; j++) acc[i][j] += a[i] * row[j];
        }
    }
    for (int i = 0; i < ROWS; i++) memcpy(sum + i * WIDE, acc[i], sizeof acc[i]);
}

// finish writes a block's sums to c, whose rows are N apart.
static void finish(int M, int N, int width, const float *sum, const float *bias, float *c, int add)
{
    for (int m = 0; m < M; m++, sum += WIDE, c += N) {
        for (int n = 0; n < width; n++) {
            float s = bias ? sum[n] + bias[n] : sum[n];
            c[n] = add ? c[n] + s : s;
        }
    }
}

// multiply computes the block of c with rows [m, m + high) and columns [n, n + wide).
static void multiply(int high, int wide, int K, struct matrix a, struct matrix b, const float *bias,
                     float *c, int N, int add)
{
    struct block s;
    for (int k = 0; k < K || k == 0; k += DEEP) {
        int deep = min(DEEP, K - k);
        pack(high, deep, ROWS, a.data + k * a.column, a.row, a.column, s.a);
        pack(wide, deep, COLUMNS, b.data + k * b.row, b.column, b.row, s.b);
        for (int j = 0; j < wide; j += COLUMNS) {
            for (int i = 0; i < high; i += ROWS) {
                tile(deep, s.a + i * deep, s.b + j * deep, s.sum + i * WIDE + j, k == 0);
            }
        }
    }
    finish(high, N, wide, s.sum, bias, c, add);
}

// split returns the size of the pieces of `total`: at most `most`, a multiple of `unit`, and so
// even that the last piece is not much smaller than the others.
static int split(int total, int most, int unit)
{
    int pieces = (total + most - 1) / most;
    int size = (total + pieces - 1) / pieces;
    return (size + unit - 1) / unit * unit;
}

void gemm(int M, int N, int K, struct matrix a, struct matrix b, const float *bias, float *c,
          int add)
{
    CHECK(M >= 0 && N >= 0 && K >= 0, "M=%d N=%d K=%d", M, N, K);
    if (M == 0 || N == 0) return;
    // Every thread should get work, and the same amount: halve the blocks until there are enough.
    int high = split(M, HIGH, ROWS), wide = split(N, WIDE, COLUMNS), threads = threads_max();
    int down = (M + high - 1) / high, across = (N + wide - 1) / wide;
    while (down * across % threads != 0 && down * across < 4 * threads) {
        if (wide > high && wide > COLUMNS)
            wide = split(wide, wide / 2 + 1, COLUMNS);
        else if (high > ROWS)
            high = split(high, high / 2 + 1, ROWS);
        else
            break;
        down = (M + high - 1) / high, across = (N + wide - 1) / wide;
    }
#pragma omp parallel for collapse(2) schedule(dynamic)
    for (int i = 0; i < down; i++) {
        for (int j = 0; j < across; j++) {
            int m = i * high, n = j * wide;
            struct matrix am = {a.data + m * a.row, a.row, a.column};
            struct matrix bn = {b.data + n * b.column, b.row, b.column};
            multiply(min(high, M - m), min(wide, N - n), K, am, bn, bias ? bias + n : NULL,
                     c + (ptrdiff_t)m * N + n, N, add);
        }
    }
}
