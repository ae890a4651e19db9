// Other ways: tiles of a read where they stand if they are whole, one vector of columns after the
// other, panel after panel of b with all of k, and in it tile after tile.
#include "gemm.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "registers.h"
#include "vec_fma.h"

void gemm_loops(int M, int N, int K, struct matrix a, struct matrix b, float *c)
{
    float *to = c;
    for (int i = 0; i < M * N; i++) {
        const float *p = a.data + i / N * a.row, *q = b.data + i % N * b.column;
        float sum = 0;
        for (int k = 0; k < K; k++, p += a.column, q += b.row) sum += *p * *q;
        *to++ = sum;
    }
}

void gemm_rows(int M, int N, int K, struct matrix a, struct matrix b, float *c)
{
    memset(c, 0, sizeof *c * (size_t)M * (size_t)N);
    for (int k = 0; k < K; k++) {
        for (int m = 0; m < M; m++) {
            const float *from = b.data + k * b.row, x = *(a.data + m * a.row + k * a.column);
            float *to = c + m * N;
            for (int n = 0; n < N; n++) to[n] = fmaf(x, from[n], to[n]);
        }
    }
}

void gemm_tile(int K, struct matrix a, const float *b, ptrdiff_t b_row, float *c, ptrdiff_t c_row)
{
    for (int j = 0; j < GEMM_VECTORS; j++, b += VEC_WIDTH, c += VEC_WIDTH) {
        vec_part sum[GEMM_ROWS];
        UNROLL
        for (int i = 0; i < GEMM_ROWS; i++) memcpy(&sum[i], c + i * c_row, sizeof sum[i]);
        const float *p = a.data, *q = b;
        for (int k = 0; k < K; k++, p += a.column, q += b_row) {
            vec_part x;
            memcpy(&x, q, sizeof x);
            UNROLL
            for (int i = 0; i < GEMM_ROWS; i++) sum[i] = vec_fma(p[i * a.row], x, sum[i]);
        }
        UNROLL
        for (int i = 0; i < GEMM_ROWS; i++) memcpy(c + i * c_row, &sum[i], sizeof sum[i]);
    }
}

// Line by line, each in one go along k.
void gemm_pack(int lines, int width, int K, struct matrix x, float *out)
{
    int whole = (lines + width - 1) / width * width;
    for (int i = 0; i < whole; i++) {
        float *to = out + (ptrdiff_t)(i / width) * width * K + i % width;
        for (int k = 0; k < K; k++, to += width)
            *to = i < lines ? x.data[i * x.row + k * x.column] : 0;
    }
}

// tile adds up one tile over all of K, pieces of b's panel after each other, and hands over what is
// inside.
static void tile(int M, int N, int K, struct matrix a, const float *panel, float *rows,
                 const float *bias, float *c, ptrdiff_t c_row, int add)
{
    float sum[GEMM_ROWS * GEMM_COLUMNS] = {0};
    if (M < GEMM_ROWS) {
        gemm_pack(M, GEMM_ROWS, K, a, rows);
        a = (struct matrix){rows, 1, GEMM_ROWS};
    }
    for (int k = 0; k < K; k += GEMM_DEEP)
        gemm_tile(K - k < GEMM_DEEP ? K - k : GEMM_DEEP, matrix_from(a, 0, k),
                  panel + k * GEMM_COLUMNS, GEMM_COLUMNS, sum, GEMM_COLUMNS);
    for (int m = 0; m < M; m++) {
        for (int n = 0; n < N; n++) {
            float s = sum[m * GEMM_COLUMNS + n] + (bias ? bias[n] : 0), *to = c + m * c_row + n;
            *to = s + (add ? *to : 0);
        }
    }
}

void gemm_block(int M, int N, int K, struct matrix a, struct matrix b, const float *bias, float *c,
                ptrdiff_t c_row, int add)
{
    float *panel = malloc(sizeof *panel * (size_t)(K + 1) * (GEMM_COLUMNS + GEMM_ROWS));
    if (!panel) die("out of memory: %d steps", K);
    for (int n = 0; n < N; n += GEMM_COLUMNS) {
        int wide = N - n < GEMM_COLUMNS ? N - n : GEMM_COLUMNS;
        gemm_pack(wide, GEMM_COLUMNS, K, matrix_transpose(matrix_from(b, 0, n)), panel);
        for (int m = 0; m < M; m += GEMM_ROWS)
            tile(M - m < GEMM_ROWS ? M - m : GEMM_ROWS, wide, K, matrix_from(a, m, 0), panel,
                 panel + (ptrdiff_t)K * GEMM_COLUMNS, bias ? bias + n : NULL, c + m * c_row + n,
                 c_row, add);
    }
    free(panel);
}

void gemm(int M, int N, int K, struct matrix a, struct matrix b, const float *bias, float *c,
          int add)
{
    int down = (M + GEMM_HIGH - 1) / GEMM_HIGH, across = (N + GEMM_WIDE - 1) / GEMM_WIDE;
#pragma omp parallel for schedule(static, 1)
    for (int i = 0; i < down * across; i++) {
        int m = i % down * GEMM_HIGH, n = i / down * GEMM_WIDE;
        int high = M - m < GEMM_HIGH ? M - m : GEMM_HIGH,
            wide = N - n < GEMM_WIDE ? N - n : GEMM_WIDE;
        gemm_block(high, wide, K, matrix_from(a, m, 0), matrix_from(b, 0, n),
                   bias ? bias + n : NULL, c + (ptrdiff_t)m * N + n, N, add);
    }
}
