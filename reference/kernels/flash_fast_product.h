// flash_fast_product: products of blocks that are in the cache, with their sums in registers.
#ifndef GPT_FLASH_FAST_PRODUCT_H
#define GPT_FLASH_FAST_PRODUCT_H

#include <stddef.h>

#include "gemm.h"

// flash_fast_product: y[r] = sum_i w[r,i] x[i], r < rows, i < n (add = 0); y[r] += that (add = 1).
// Each number is one chain of fused multiply-adds from zero up, which is then added once.
//   columns  of x and y, a multiple of VEC_LANES
//   w        (rows, n)        any strides
//   x        (n, columns)     rows x_stride apart
//   y        (rows, columns)  rows y_stride apart; overlaps neither w nor x
void flash_fast_product(int rows, int n, int columns, struct matrix w, const float *x,
                        ptrdiff_t x_stride, float *y, ptrdiff_t y_stride, int add);

#endif
