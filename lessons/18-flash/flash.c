#include "flash.h"

#include "todo.h"

#include <math.h>

#include "error.h"
#include "mathf.h"
#include "vec.h"

void flash_update(int n, int D, float *z, const float *v, ptrdiff_t stride, struct flash_row *row)
{
    // vec.h and mathf.h are there to be used; plain loops, expf and logf do as well.
    TODO();
}

void flash_merge(int D, const struct flash_row *other, struct flash_row *row)
{
    TODO();
}

float flash_query(int n, int D, int block, const float *q, const float *k, const float *v,
                  ptrdiff_t stride, float *y)
{
    CHECK(n > 0 && D > 0 && block > 0 && block <= FLASH_BLOCK, "n=%d D=%d block=%d", n, D, block);
    float z[FLASH_BLOCK];
    TODO();
}

void flash_slopes(int n, int D, const float *q, const float *k, const float *v, ptrdiff_t stride,
                  float lse, const float *dy, float mean, float *p, float *ds)
{
    TODO();
}

void flash_query_backward(int n, int D, int block, const float *q, const float *k, const float *v,
                          ptrdiff_t stride, float lse, const float *y, const float *dy, float *dq,
                          float *dk, float *dv)
{
    CHECK(n > 0 && D > 0 && block > 0 && block <= FLASH_BLOCK, "n=%d D=%d block=%d", n, D, block);
    float p[FLASH_BLOCK], ds[FLASH_BLOCK];
    TODO();
}
