// As the hints have it: plain loops, one sum at a time.
#include "flash.h"

#include <math.h>

void flash_update(int n, int D, float *z, const float *v, ptrdiff_t stride, struct flash_row *row)
{
    float max = row->max;
    for (int s = 0; s < n; s++) max = z[s] > max ? z[s] : max;
    float scale = expf(row->max - max);
    row->sum *= scale;
    for (int d = 0; d < D; d++) row->mix[d] *= scale;
    for (int s = 0; s < n; s++) {
        float w = expf(z[s] - max);
        row->sum += w;
        for (int d = 0; d < D; d++) row->mix[d] += w * v[s * stride + d];
    }
    row->max = max;
}

void flash_merge(int D, const struct flash_row *other, struct flash_row *row)
{
    float max = row->max > other->max ? row->max : other->max;
    float mine = expf(row->max - max), theirs = expf(other->max - max);
    row->sum = row->sum * mine + other->sum * theirs;
    for (int d = 0; d < D; d++) row->mix[d] = row->mix[d] * mine + other->mix[d] * theirs;
    row->max = max;
}

float flash_query(int n, int D, int block, const float *q, const float *k, const float *v,
                  ptrdiff_t stride, float *y)
{
    float z[FLASH_BLOCK];
    struct flash_row row = {-INFINITY, 0, y};
    for (int d = 0; d < D; d++) y[d] = 0;
    for (int s = 0; s < n; s += block) {
        int there = n - s < block ? n - s : block;
        for (int i = 0; i < there; i++) {
            float dot = 0;
            for (int d = 0; d < D; d++) dot += q[d] * k[(s + i) * stride + d];
            z[i] = dot / sqrtf((float)D);
        }
        flash_update(there, D, z, v + s * stride, stride, &row);
    }
    for (int d = 0; d < D; d++) y[d] /= row.sum;
    return row.max + logf(row.sum);
}

void flash_slopes(int n, int D, const float *q, const float *k, const float *v, ptrdiff_t stride,
                  float lse, const float *dy, float mean, float *p, float *ds)
{
    for (int s = 0; s < n; s++) {
        float dot = 0, dp = 0;
        for (int d = 0; d < D; d++) {
            dot += q[d] * k[s * stride + d];
            dp += dy[d] * v[s * stride + d];
        }
        p[s] = expf(dot / sqrtf((float)D) - lse);
        ds[s] = p[s] * (dp - mean) / sqrtf((float)D);
    }
}

void flash_query_backward(int n, int D, int block, const float *q, const float *k, const float *v,
                          ptrdiff_t stride, float lse, const float *y, const float *dy, float *dq,
                          float *dk, float *dv)
{
    float p[FLASH_BLOCK], ds[FLASH_BLOCK], mean = 0;
    for (int d = 0; d < D; d++) mean += dy[d] * y[d];
    for (int s = 0; s < n; s += block) {
        int there = n - s < block ? n - s : block;
        flash_slopes(there, D, q, k + s * stride, v + s * stride, stride, lse, dy, mean, p, ds);
        for (int i = 0; i < there; i++) {
            for (int d = 0; d < D; d++) {
                dq[d] += ds[i] * k[(s + i) * stride + d];
                dk[(s + i) * stride + d] += ds[i] * q[d];
                dv[(s + i) * stride + d] += p[i] * dy[d];
            }
        }
    }
}
