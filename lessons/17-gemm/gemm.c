#include "gemm.h"

#include "todo.h"

#include <math.h>
#include <string.h>

#include "error.h"
#include "registers.h"
#include "vec_fma.h"

_Static_assert(GEMM_HIGH % GEMM_ROWS == 0 && GEMM_WIDE % GEMM_COLUMNS == 0, "whole tiles");

void gemm_loops(int M, int N, int K, struct matrix a, struct matrix b, float *c)
{
    TODO();
}

void gemm_rows(int M, int N, int K, struct matrix a, struct matrix b, float *c)
{
    CHECK(b.column == 1 || N < 2, "column stride %td", b.column);
    TODO();
}

void gemm_tile(int K, struct matrix a, const float *b, ptrdiff_t b_row, float *c, ptrdiff_t c_row)
{
    // Sums, and a row of b: each vector is a register, if all indices are known when it is
    // compiled.  So UNROLL stands before each loop over i or j, but not before the one over k.
    vec_part sum[GEMM_ROWS][GEMM_VECTORS], b_k[GEMM_VECTORS];
    TODO();
}

void gemm_pack(int lines, int width, int K, struct matrix x, float *out)
{
    TODO();
}

void gemm_block(int M, int N, int K, struct matrix a, struct matrix b, const float *bias, float *c,
                ptrdiff_t c_row, int add)
{
    CHECK(M <= GEMM_HIGH && N <= GEMM_WIDE, "M=%d N=%d", M, N);
    _Alignas(64) float panels[GEMM_WIDE * GEMM_DEEP];  // GEMM_DEEP rows of b
    _Alignas(64) float rows[GEMM_ROWS * GEMM_DEEP];    // a panel of a
    _Alignas(64) float sums[GEMM_HIGH * GEMM_WIDE];    // rows GEMM_WIDE apart
    TODO();
}

void gemm(int M, int N, int K, struct matrix a, struct matrix b, const float *bias, float *c,
          int add)
{
    CHECK(M >= 0 && N >= 0 && K >= 0, "M=%d N=%d K=%d", M, N, K);
    TODO();
}
