#include "gemm.h"

#include <math.h>
#include <string.h>

#include "error.h"
#include "registers.h"
#include "vec_fma.h"

_Static_assert(GEMM_HIGH % GEMM_ROWS == 0 && GEMM_WIDE % GEMM_COLUMNS == 0, "whole tiles");

void gemm_loops(int M, int N, int K, struct matrix a, struct matrix b, float *c)
{
    // SOLUTION BEGIN
    for (int m = 0; m < M; m++) {
        for (int n = 0; n < N; n++) {
            float sum = 0;
            for (int k = 0; k < K; k++)
                sum = fmaf(a.data[m * a.row + k * a.column], b.data[k * b.row + n * b.column], sum);
            c[(ptrdiff_t)m * N + n] = sum;
        }
    }
    // SOLUTION END
}

void gemm_rows(int M, int N, int K, struct matrix a, struct matrix b, float *c)
{
    CHECK(b.column == 1 || N < 2, "column stride %td", b.column);
    // SOLUTION BEGIN
    for (int m = 0; m < M; m++) {
        float *c_m = c + (ptrdiff_t)m * N;
        for (int n = 0; n < N; n++) c_m[n] = 0;
        for (int k = 0; k < K; k++) {
            float a_mk = a.data[m * a.row + k * a.column];
            const float *b_k = b.data + k * b.row;
            for (int n = 0; n < N; n++) c_m[n] = fmaf(a_mk, b_k[n], c_m[n]);
        }
    }
    // SOLUTION END
}

void gemm_tile(int K, struct matrix a, const float *b, ptrdiff_t b_row, float *c, ptrdiff_t c_row)
{
    // Sums, and a row of b: each vector is a register, if all indices are known when it is
    // compiled.  So UNROLL stands before each loop over i or j, but not before the one over k.
    vec_part sum[GEMM_ROWS][GEMM_VECTORS], b_k[GEMM_VECTORS];
    // SOLUTION BEGIN
    UNROLL
    for (int i = 0; i < GEMM_ROWS; i++) {
        UNROLL
        for (int j = 0; j < GEMM_VECTORS; j++)
            memcpy(&sum[i][j], c + i * c_row + j * VEC_WIDTH, sizeof sum[i][j]);
    }
    for (int k = 0; k < K; k++) {
        UNROLL
        for (int j = 0; j < GEMM_VECTORS; j++)
            memcpy(&b_k[j], b + k * b_row + j * VEC_WIDTH, sizeof b_k[j]);
        UNROLL
        for (int i = 0; i < GEMM_ROWS; i++) {
            float a_ik = a.data[i * a.row + k * a.column];
            UNROLL
            for (int j = 0; j < GEMM_VECTORS; j++) sum[i][j] = vec_fma(a_ik, b_k[j], sum[i][j]);
        }
    }
    UNROLL
    for (int i = 0; i < GEMM_ROWS; i++) {
        UNROLL
        for (int j = 0; j < GEMM_VECTORS; j++)
            memcpy(c + i * c_row + j * VEC_WIDTH, &sum[i][j], sizeof sum[i][j]);
    }
    // SOLUTION END
}

void gemm_pack(int lines, int width, int K, struct matrix x, float *out)
{
    // SOLUTION BEGIN
    for (int first = 0; first < lines; first += width) {
        int there = vec_left(lines, first, width);
        for (int k = 0; k < K; k++, out += width) {
            for (int i = 0; i < width; i++)
                out[i] = i < there ? x.data[(first + i) * x.row + k * x.column] : 0;
        }
    }
    // SOLUTION END
}

void gemm_block(int M, int N, int K, struct matrix a, struct matrix b, const float *bias, float *c,
                ptrdiff_t c_row, int add)
{
    CHECK(M <= GEMM_HIGH && N <= GEMM_WIDE, "M=%d N=%d", M, N);
    _Alignas(64) float panels[GEMM_WIDE * GEMM_DEEP];  // GEMM_DEEP rows of b
    _Alignas(64) float rows[GEMM_ROWS * GEMM_DEEP];    // a panel of a
    _Alignas(64) float sums[GEMM_HIGH * GEMM_WIDE];    // rows GEMM_WIDE apart
    // SOLUTION BEGIN
    for (int m = 0; m < M; m += GEMM_ROWS)
        memset(sums + m * GEMM_WIDE, 0, sizeof *sums * GEMM_ROWS * GEMM_WIDE);
    for (int k = 0; k < K; k += GEMM_DEEP) {
        int deep = vec_left(K, k, GEMM_DEEP);
        gemm_pack(N, GEMM_COLUMNS, deep, matrix_transpose(matrix_from(b, k, 0)), panels);
        for (int m = 0; m < M; m += GEMM_ROWS) {
            gemm_pack(vec_left(M, m, GEMM_ROWS), GEMM_ROWS, deep, matrix_from(a, m, k), rows);
            for (int n = 0; n < N; n += GEMM_COLUMNS)
                gemm_tile(deep, (struct matrix){rows, 1, GEMM_ROWS}, panels + n * deep,
                          GEMM_COLUMNS, sums + m * GEMM_WIDE + n, GEMM_WIDE);
        }
    }
    for (int m = 0; m < M; m++) {
        for (int n = 0; n < N; n++) {
            float sum = sums[m * GEMM_WIDE + n];
            if (bias) sum += bias[n];
            c[m * c_row + n] = add ? c[m * c_row + n] + sum : sum;
        }
    }
    // SOLUTION END
}

void gemm(int M, int N, int K, struct matrix a, struct matrix b, const float *bias, float *c,
          int add)
{
    CHECK(M >= 0 && N >= 0 && K >= 0, "M=%d N=%d K=%d", M, N, K);
    // SOLUTION BEGIN
#pragma omp parallel for collapse(2) schedule(dynamic)
    for (int m = 0; m < M; m += GEMM_HIGH) {
        for (int n = 0; n < N; n += GEMM_WIDE)
            gemm_block(vec_left(M, m, GEMM_HIGH), vec_left(N, n, GEMM_WIDE), K,
                       matrix_from(a, m, 0), matrix_from(b, 0, n), bias ? bias + n : NULL,
                       c + (ptrdiff_t)m * N + n, N, add);
    }
    // SOLUTION END
}
