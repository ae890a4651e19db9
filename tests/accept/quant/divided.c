// With divisions in place of 1 / d, rounding by hand, and sums of each block in long.
#include "quant.h"

#include <math.h>
#include <stdlib.h>

#include "half.h"

void quant_to_q8_0(int K, const float *x, struct quant_q8_0 *y)
{
    for (int b = 0; b < K / 32; b++) {
        const float *xb = x + 32 * b;
        float most = 0;
        for (int i = 0; i < 32; i++) most = fmaxf(most, fabsf(xb[i]));
        y[b].d = half_from_float(most / 127.0f);
        for (int i = 0; i < 32; i++) {
            float v = most > 0 ? xb[i] / (most / 127.0f) : 0;
            y[b].q[i] = (int8_t)(v < 0 ? -(int)(0.5f - v) : (int)(v + 0.5f));
        }
    }
}

void quant_from_q8_0(int K, const struct quant_q8_0 *x, float *y)
{
    for (int i = 0; i < K; i++) y[i] = half_to_float(x[i / 32].d) * (float)x[i / 32].q[i % 32];
}

void quant_to_q4_0(int K, const float *x, struct quant_q4_0 *y)
{
    for (int b = 0; b < K / 32; b++) {
        const float *xb = x + 32 * b;
        int at = 0;
        for (int i = 1; i < 32; i++)
            if (fabsf(xb[i]) > fabsf(xb[at])) at = i;
        float d = xb[at] / -8;
        y[b].d = half_from_float(d);
        for (int i = 0; i < 16; i++) y[b].q[i] = 0;
        for (int i = 0; i < 32; i++) {
            float v = d != 0 ? floorf(xb[i] / d + 8.5f) : 8;
            unsigned q = v > 15 ? 15u : (unsigned)v;
            y[b].q[i % 16] = (uint8_t)(y[b].q[i % 16] + (i < 16 ? q : 16 * q));
        }
    }
}

void quant_from_q4_0(int K, const struct quant_q4_0 *x, float *y)
{
    for (int i = 0; i < K; i++) {
        int byte = x[i / 32].q[i % 16], q = i % 32 < 16 ? byte % 16 : byte / 16;
        y[i] = half_to_float(x[i / 32].d) * (float)(q - 8);
    }
}

float quant_dot_q8_0(int K, const struct quant_q8_0 *w, const struct quant_q8_0 *x)
{
    double sum = 0;
    for (int b = 0; b < K / 32; b++) {
        long block = 0;
        for (int i = 0; i < 32; i++) block += (long)w[b].q[i] * x[b].q[i];
        sum += (double)block * (double)half_to_float(w[b].d) * (double)half_to_float(x[b].d);
    }
    return (float)sum;
}

float quant_dot_q4_0(int K, const struct quant_q4_0 *w, const struct quant_q8_0 *x)
{
    double sum = 0;
    for (int b = 0; b < K / 32; b++) {
        long block = 0;
        for (int i = 0; i < 32; i++) {
            int byte = w[b].q[i % 16], q = i < 16 ? byte & 15 : byte >> 4;
            block += (long)(q - 8) * x[b].q[i];
        }
        sum += (double)block * (double)half_to_float(w[b].d) * (double)half_to_float(x[b].d);
    }
    return (float)sum;
}
