#include "flash.h"

#include <math.h>

#include "error.h"
#include "mathf.h"
#include "vec.h"

void flash_update(int n, int D, float *z, const float *v, ptrdiff_t stride, struct flash_row *row)
{
    // vec.h and mathf.h are there to be used; plain loops, expf and logf do as well.
    // SOLUTION BEGIN
    float max = fmaxf(row->max, vec_max(n, z));
    float scale = mathf_exp(row->max - max);  // 0 if there was nothing to rescale
    for (int s = 0; s < n; s++) z[s] = mathf_exp(z[s] - max);
    for (int d = 0; d < D; d++) row->mix[d] *= scale;
    vec_combine(n, D, z, 1, v, stride, row->mix);
    row->sum = fmaf(row->sum, scale, vec_sum(n, z));
    row->max = max;
    // SOLUTION END
}

void flash_merge(int D, const struct flash_row *other, struct flash_row *row)
{
    // SOLUTION BEGIN
    float max = fmaxf(row->max, other->max);
    float mine = mathf_exp(row->max - max), theirs = mathf_exp(other->max - max);
    for (int d = 0; d < D; d++) row->mix[d] = fmaf(row->mix[d], mine, other->mix[d] * theirs);
    row->sum = fmaf(row->sum, mine, other->sum * theirs);
    row->max = max;
    // SOLUTION END
}

float flash_query(int n, int D, int block, const float *q, const float *k, const float *v,
                  ptrdiff_t stride, float *y)
{
    CHECK(n > 0 && D > 0 && block > 0 && block <= FLASH_BLOCK, "n=%d D=%d block=%d", n, D, block);
    float z[FLASH_BLOCK];
    // SOLUTION BEGIN
    float scale = 1 / sqrtf((float)D);
    struct flash_row row = {.max = -INFINITY, .sum = 0, .mix = y};
    for (int d = 0; d < D; d++) y[d] = 0;
    for (int s = 0; s < n; s += block, k += block * stride, v += block * stride) {
        int there = vec_left(n, s, block);
        for (int i = 0; i < there; i++) z[i] = scale * vec_dot(D, q, k + i * stride);
        flash_update(there, D, z, v, stride, &row);
    }
    for (int d = 0; d < D; d++) y[d] /= row.sum;
    return row.max + mathf_log(row.sum);
    // SOLUTION END
}

void flash_slopes(int n, int D, const float *q, const float *k, const float *v, ptrdiff_t stride,
                  float lse, const float *dy, float mean, float *p, float *ds)
{
    // SOLUTION BEGIN
    float scale = 1 / sqrtf((float)D);
    for (int s = 0; s < n; s++, k += stride, v += stride) {
        p[s] = mathf_exp(scale * vec_dot(D, q, k) - lse);
        ds[s] = scale * p[s] * (vec_dot(D, dy, v) - mean);
    }
    // SOLUTION END
}

void flash_query_backward(int n, int D, int block, const float *q, const float *k, const float *v,
                          ptrdiff_t stride, float lse, const float *y, const float *dy, float *dq,
                          float *dk, float *dv)
{
    CHECK(n > 0 && D > 0 && block > 0 && block <= FLASH_BLOCK, "n=%d D=%d block=%d", n, D, block);
    float p[FLASH_BLOCK], ds[FLASH_BLOCK];
    // SOLUTION BEGIN
    float mean = vec_dot(D, dy, y);  // y is the mean of the values, and dy . y that of dy . v[s]
    for (int s = 0; s < n; s += block) {
        int there = vec_left(n, s, block);
        ptrdiff_t at = s * stride;
        flash_slopes(there, D, q, k + at, v + at, stride, lse, dy, mean, p, ds);
        vec_combine(there, D, ds, 1, k + at, stride, dq);
        for (int i = 0; i < there; i++, at += stride) {
            for (int d = 0; d < D; d++) {
                dk[at + d] = fmaf(ds[i], q[d], dk[at + d]);
                dv[at + d] = fmaf(p[i], dy[d], dv[at + d]);
            }
        }
    }
    // SOLUTION END
}
