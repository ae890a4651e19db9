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

INLINE void tile(int rows, int vectors, const struct flash_product *p, int r, int c)
{
    vec_part sum[ROWS][VECTORS];
    const float *w[ROWS], *x = p->x + c;
    UNROLL
    for (int i = 0; i < rows; i++) {
        w[i] = p->w + (r + i) * p->row;
        UNROLL
        for (int j = 0; j < vectors; j++) sum[i][j] = (vec_part){0};
    }
    ptrdiff_t step = p->step, stride = p->x_stride, end = p->n * step;
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
#define TILE(name, rows, vectors)                                                  \
    static WIDE_VECTORS void name(const struct flash_product *p, int row, int col) \
    {                                                                              \
        tile(rows, vectors, p, row, col);                                          \
    }
TILE(wide, ROWS, VECTORS)
TILE(narrow, ROWS, VEC_PARTS)
TILE(wide_row, 1, VECTORS)
TILE(narrow_row, 1, VEC_PARTS)

void flash_fast_product(const struct flash_product *p)
{
    int whole = p->rows / ROWS * ROWS, columns = p->columns / COLUMNS * COLUMNS;
    for (int r = 0; r < p->rows; r += r < whole ? ROWS : 1) {
        for (int c = 0; c < columns; c += COLUMNS) r < whole ? wide(p, r, c) : wide_row(p, r, c);
        for (int c = columns; c < p->columns; c += VEC_LANES)
            r < whole ? narrow(p, r, c) : narrow_row(p, r, c);
    }
}
