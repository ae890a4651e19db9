// As the hints have it, but with products that are rounded before they are added, and no word to
// the compiler about registers.
#include "gemm.h"

#include <string.h>

static int min(int a, int b)
{
    return a < b ? a : b;
}

void gemm_loops(int M, int N, int K, struct matrix a, struct matrix b, float *c)
{
    for (int m = 0; m < M; m++) {
        for (int n = 0; n < N; n++) {
            c[m * N + n] = 0;
            for (int k = 0; k < K; k++)
                c[m * N + n] += a.data[m * a.row + k * a.column] * b.data[k * b.row + n * b.column];
        }
    }
}

void gemm_rows(int M, int N, int K, struct matrix a, struct matrix b, float *c)
{
    for (int m = 0; m < M; m++) {
        for (int n = 0; n < N; n++) c[m * N + n] = 0;
        for (int k = 0; k < K; k++) {
            for (int n = 0; n < N; n++)
                c[m * N + n] += a.data[m * a.row + k * a.column] * b.data[k * b.row + n];
        }
    }
}

void gemm_tile(int K, struct matrix a, const float *b, ptrdiff_t b_row, float *c, ptrdiff_t c_row)
{
    vec_part sum[GEMM_ROWS][GEMM_VECTORS], b_k[GEMM_VECTORS];
    for (int i = 0; i < GEMM_ROWS; i++) memcpy(sum[i], c + i * c_row, sizeof sum[i]);
    for (int k = 0; k < K; k++) {
        memcpy(b_k, b + k * b_row, sizeof b_k);
        for (int i = 0; i < GEMM_ROWS; i++) {
            for (int j = 0; j < GEMM_VECTORS; j++)
                sum[i][j] += a.data[i * a.row + k * a.column] * b_k[j];
        }
    }
    for (int i = 0; i < GEMM_ROWS; i++) memcpy(c + i * c_row, sum[i], sizeof sum[i]);
}

void gemm_pack(int lines, int width, int K, struct matrix x, float *out)
{
    for (int p = 0; p < lines; p += width) {
        for (int k = 0; k < K; k++) {
            for (int i = 0; i < width; i++) {
                if (p + i < lines)
                    out[p * K + k * width + i] = x.data[(p + i) * x.row + k * x.column];
                else
                    out[p * K + k * width + i] = 0;
            }
        }
    }
}

void gemm_block(int M, int N, int K, struct matrix a, struct matrix b, const float *bias, float *c,
                ptrdiff_t c_row, int add)
{
    float panels[GEMM_WIDE * GEMM_DEEP], rows[GEMM_ROWS * GEMM_DEEP], sums[GEMM_HIGH * GEMM_WIDE];
    for (int i = 0; i < GEMM_HIGH * GEMM_WIDE; i++) sums[i] = 0;
    for (int k = 0; k < K; k += GEMM_DEEP) {
        int deep = min(GEMM_DEEP, K - k);
        struct matrix b_k = matrix_from(b, k, 0);
        gemm_pack(N, GEMM_COLUMNS, deep, matrix_transpose(b_k), panels);
        for (int m = 0; m < M; m += GEMM_ROWS) {
            struct matrix tile = {rows, 1, GEMM_ROWS};
            gemm_pack(min(GEMM_ROWS, M - m), GEMM_ROWS, deep, matrix_from(a, m, k), rows);
            for (int n = 0; n < N; n += GEMM_COLUMNS)
                gemm_tile(deep, tile, panels + n * deep, GEMM_COLUMNS, sums + m * GEMM_WIDE + n,
                          GEMM_WIDE);
        }
    }
    for (int m = 0; m < M; m++) {
        for (int n = 0; n < N; n++) {
            float sum = sums[m * GEMM_WIDE + n] + (bias ? bias[n] : 0);
            if (add)
                c[m * c_row + n] += sum;
            else
                c[m * c_row + n] = sum;
        }
    }
}

void gemm(int M, int N, int K, struct matrix a, struct matrix b, const float *bias, float *c,
          int add)
{
#pragma omp parallel for
    for (int m = 0; m < M; m += GEMM_HIGH) {
        for (int n = 0; n < N; n += GEMM_WIDE)
            gemm_block(min(GEMM_HIGH, M - m), min(GEMM_WIDE, N - n), K, matrix_from(a, m, 0),
                       matrix_from(b, 0, n), bias ? bias + n : NULL, c + m * N + n, N, add);
    }
}
