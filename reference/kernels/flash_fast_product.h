// flash_fast_product: products of blocks that are in the cache, with their sums in registers.
#ifndef GPT_FLASH_FAST_PRODUCT_H
#define GPT_FLASH_FAST_PRODUCT_H

#include <stddef.h>

// struct flash_product: y[r] = sum_i w[r,i] x[i], or += where `add` is 1, for r < rows and i < n.
// Each number is one chain of fused multiply-adds from zero up, which is then added once.
struct flash_product {
    int rows, n, columns;  // columns: of x and y, a multiple of VEC_LANES
    const float *w;
    ptrdiff_t row, step;  // w[r,i] = w[r * row + i * step]
    const float *x;       // (n, columns)     rows x_stride apart
    ptrdiff_t x_stride;
    float *y;  // (rows, columns)  rows y_stride apart
    ptrdiff_t y_stride;
    int add;
};

void flash_fast_product(const struct flash_product *p);

#endif
