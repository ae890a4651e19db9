// In here is nothing but acc += w * x, which this file alone may fuse (Makefile).
#include "flash_fast_product.h"

#include <string.h>

#include "registers.h"
#include "vec.h"

// The register tile: ROWS x VECTORS sums, VECTORS for a row of x and one for a weight must fit in
// the machine's vector registers.
#if defined(__AVX512F__)
enum { ROWS = 8, VECTORS = 2 };
#elif defined(__AVX__)
enum { ROWS = 4, VECTORS = 2 };
#else
enum { ROWS = 4, VECTORS = 4 };
#endif
enum { COLUMNS = VECTORS * VEC_WIDTH };

// struct product: the arguments of flash_fast_product that a tile needs.
struct product {
    int n, add;
    struct matrix w;
    const float *x;
    float *y;
    ptrdiff_t x_stride, y_stride;
};

// tile computes the rows [r, r + rows) of y, and of their columns those from c on.
INLINE void tile(int rows, int vectors, const struct product *p, int r, int c)
{
    vec_part sum[ROWS][VECTORS];
    const float *w[ROWS], *x = p->x + c;
    UNROLL
    for (int i = 0; i < rows; i++) {
        w[i] = p->w.data + (r + i) * p->w.row;
        UNROLL
        for (int j = 0; j < vectors; j++) sum[i][j] = (vec_part){0};
    }
    ptrdiff_t step = p->w.column, stride = p->x_stride, end = p->n * step;
    for (ptrdiff_t at = 0; at != end; at += step, x += stride) {
        vec_part v[VECTORS];
        UNROLL
        for (int j = 0; j < vectors; j++) memcpy(&v[j], x + j * VEC_WIDTH, sizeof *v);
        UNROLL
        for (int i = 0; i < rows; i++) {
            UNROLL
            for (int j = 0; j < vectors; j++) sum[i][j] += w[i][at] * v[j];
        }
    }
    UNROLL
    for (int i = 0; i < rows; i++) {
        float *y = p->y + (r + i) * p->y_stride + c;
        UNROLL
        for (int j = 0; j < vectors; j++) {
            vec_part old;
            memcpy(&old, y + j * VEC_WIDTH, sizeof old);
            if (p->add) sum[i][j] += old;
            memcpy(y + j * VEC_WIDTH, &sum[i][j], sizeof old);
        }
    }
}

// As functions of their own: in one, what they have in common would be pulled to the front.
#define TILE(name, rows, vectors)                                            \
    static WIDE_VECTORS void name(const struct product *p, int row, int col) \
    {                                                                        \
        tile(rows, vectors, p, row, col);                                    \
    }
TILE(wide, ROWS, VECTORS)
TILE(narrow, ROWS, VEC_PARTS)
TILE(wide_row, 1, VECTORS)
TILE(narrow_row, 1, VEC_PARTS)

void flash_fast_product(int rows, int n, int columns, struct matrix w, const float *x,
                        ptrdiff_t x_stride, float *y, ptrdiff_t y_stride, int add)
{
    const struct product p = {n, add, w, x, y, x_stride, y_stride};
    int tall = rows / ROWS * ROWS, broad = columns / COLUMNS * COLUMNS;
    for (int r = 0; r < rows; r += r < tall ? ROWS : 1) {
        void (*whole)(const struct product *, int, int) = r < tall ? wide : wide_row;
        void (*rest)(const struct product *, int, int) = r < tall ? narrow : narrow_row;
        for (int c = 0; c < broad; c += COLUMNS) whole(&p, r, c);
        for (int c = broad; c < columns; c += VEC_LANES) rest(&p, r, c);
    }
}
