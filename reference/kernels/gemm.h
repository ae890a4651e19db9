// gemm: the matrix product c = a b, from three loops to tiles of registers, rung by rung.
//
// Every rung computes each element of c as one chain of fused multiply-adds over k = 0 … K-1,
// started from zero: so all have the bits of the three loops.  They differ in the order in which
// the elements are gone through, and in where the numbers are meanwhile.
// kernels/gemm_fast is one rung higher, with the same bits.
//
// Source: Goto & van de Geijn 2008, "Anatomy of high-performance matrix multiplication".
#ifndef GPT_GEMM_H
#define GPT_GEMM_H

#include <stddef.h>

#include "vec.h"

// --- matrices --------------------------------------------------------------------------------

// struct matrix: element (i, j) stands at data[i * row + j * column].  A transpose swaps the two.
struct matrix {
    const float *data;
    ptrdiff_t row, column;
};

// matrix_from returns the part of x that begins at element (i, j); matrix_transpose x with rows and
// columns exchanged.  No number moves.
static inline struct matrix matrix_from(struct matrix x, ptrdiff_t i, ptrdiff_t j)
{
    return (struct matrix){x.data + i * x.row + j * x.column, x.row, x.column};
}

static inline struct matrix matrix_transpose(struct matrix x)
{
    return (struct matrix){x.data, x.column, x.row};
}

// --- sizes -----------------------------------------------------------------------------------

// A tile of c is GEMM_ROWS x GEMM_COLUMNS numbers, GEMM_VECTORS registers a row.  Its sums, a row
// of b and a number of a must fit into the registers; there are 32 of them, or 16.
#if defined(__AVX512F__) || defined(__aarch64__)
enum { GEMM_ROWS = 8, GEMM_VECTORS = 3 };
#else
enum { GEMM_ROWS = 6, GEMM_VECTORS = 2 };
#endif
enum { GEMM_COLUMNS = GEMM_VECTORS * VEC_WIDTH };

// A block of c is at most GEMM_HIGH x GEMM_WIDE numbers, whole tiles, and is taken GEMM_DEEP steps
// of k at a time: what it needs of b is in the second-level cache then, and stays.
enum { GEMM_HIGH = 384, GEMM_WIDE = 192, GEMM_DEEP = 384 };

// --- rungs -----------------------------------------------------------------------------------

// gemm_loops: c[m,n] = sum_k a[m,k] * b[k,n], element after element.
//   a  (M, K), b (K, N)  any strides
//   c  (M, N)            row-major; overlaps neither a nor b.  K = 0 gives zeros.
// gemm_rows: the same, row after row of c: to a whole row is added what one k gives.
//   b  (K, N)            column stride 1
void gemm_loops(int M, int N, int K, struct matrix a, struct matrix b, float *c);
void gemm_rows(int M, int N, int K, struct matrix a, struct matrix b, float *c);

// gemm_tile: c[i,j] goes on with a[i,k] * b[k,j] for k = 0 … K-1, for one tile whose sums stay in
// registers meanwhile.
//   a  (GEMM_ROWS, K)             any strides
//   b  (K, GEMM_COLUMNS)          rows b_row apart, column stride 1
//   c  (GEMM_ROWS, GEMM_COLUMNS)  rows c_row apart; sums begun before, read and written
void gemm_tile(int K, struct matrix a, const float *b, ptrdiff_t b_row, float *c, ptrdiff_t c_row);

// gemm_pack copies the lines of x into panels of `width` lines, each in the order in which a tile
// reads it: out[panel][k][line] = x[panel * width + line, k], and 0 where x has no such line.
//   x    (lines, K)  any strides
//   out  (panels, K, width), panels = lines / width rounded up
void gemm_pack(int lines, int width, int K, struct matrix x, float *out);

// gemm_block: what gemm is asked for, for a c of at most one block: M <= GEMM_HIGH, N <= GEMM_WIDE.
//   c  (M, N)  rows c_row apart; what stands between them is left alone
// Stack: about 0.6 MB.
void gemm_block(int M, int N, int K, struct matrix a, struct matrix b, const float *bias, float *c,
                ptrdiff_t c_row, int add);

// gemm: c[m,n] = sum_k a[m,k] * b[k,n] + bias[n]          (add = 0)
//       c[m,n] += sum_k a[m,k] * b[k,n] + bias[n]         (add = 1)
//   a      (M, K), b (K, N)  any strides
//   bias   (N) or NULL
//   c      (M, N) row-major; overlaps neither a nor b
// Cost: 2 M N K flops.  K = 0 gives the bias alone.  Blocks are shared out among the threads.
void gemm(int M, int N, int K, struct matrix a, struct matrix b, const float *bias, float *c,
          int add);

#endif
