// One key is a row of its own, and everything else is merging: key by key, block by block.  The
// backward goes through keys singly, without the function that does a block of them.
#include "flash.h"

#include <math.h>
#include <stdlib.h>

#include "error.h"

static double dot(int D, const float *a, const float *b)
{
    double sum = 0;
    while (D-- > 0) sum += (double)*a++ * (double)*b++;
    return sum;
}

static float score(int D, const float *q, const float *k)
{
    return (float)(dot(D, q, k) / sqrt(D));
}

void flash_merge(int D, const struct flash_row *other, struct flash_row *row)
{
    if (other->max > row->max) {
        float scale = expf(row->max - other->max);
        row->sum = row->sum * scale + other->sum;
        for (int d = 0; d < D; d++) row->mix[d] = row->mix[d] * scale + other->mix[d];
        row->max = other->max;
        return;
    }
    float scale = expf(other->max - row->max);
    row->sum += other->sum * scale;
    for (int d = 0; d < D; d++) row->mix[d] += other->mix[d] * scale;
}

void flash_update(int n, int D, float *z, const float *v, ptrdiff_t stride, struct flash_row *row)
{
    float *own = malloc(sizeof *own * (size_t)D);
    if (!own) die("out of memory: %d values", D);
    for (; n > 0; n--, z++, v += stride) {
        for (int d = 0; d < D; d++) own[d] = v[d];
        flash_merge(D, &(struct flash_row){*z, 1, own}, row);
    }
    free(own);
}

float flash_query(int n, int D, int block, const float *q, const float *k, const float *v,
                  ptrdiff_t stride, float *y)
{
    float *z = malloc(sizeof *z * (size_t)block);
    if (!z) die("out of memory: %d scores", block);
    struct flash_row row = {-INFINITY, 0, y};
    for (int d = 0; d < D; d++) y[d] = 0;
    int count = 0;
    for (int s = 0; s < n; s++) {
        z[count++] = score(D, q, k + s * stride);
        if (count < block && s < n - 1) continue;
        flash_update(count, D, z, v + (s + 1 - count) * stride, stride, &row);
        count = 0;
    }
    free(z);
    for (int d = 0; d < D; d++) y[d] *= 1 / row.sum;
    return logf(row.sum) + row.max;
}

void flash_slopes(int n, int D, const float *q, const float *k, const float *v, ptrdiff_t stride,
                  float lse, const float *dy, float mean, float *p, float *ds)
{
    for (int s = n - 1; s >= 0; s--) {
        p[s] = expf(score(D, q, k + s * stride) - lse);
        ds[s] = (float)(((double)p[s] * dot(D, dy, v + s * stride) - (double)p[s] * (double)mean) /
                        sqrt(D));
    }
}

void flash_query_backward(int n, int D, int block, const float *q, const float *k, const float *v,
                          ptrdiff_t stride, float lse, const float *y, const float *dy, float *dq,
                          float *dk, float *dv)
{
    double mean = dot(D, y, dy);
    (void)block;
    for (int s = 0; s < n; s++, k += stride, v += stride, dk += stride, dv += stride) {
        float p = expf(score(D, q, k) - lse);
        float ds = (float)((double)p * (dot(D, dy, v) - mean) / sqrt(D));
        for (int d = 0; d < D; d++) {
            dq[d] += ds * k[d];
            dk[d] += ds * q[d];
            dv[d] += p * dy[d];
        }
    }
}
