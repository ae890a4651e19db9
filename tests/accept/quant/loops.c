// As the hints have it: block by block, one number at a time; the 8 is taken off a block's sum.
#include "quant.h"

#include <math.h>

#include "half.h"

void quant_to_q8_0(int K, const float *x, struct quant_q8_0 *y)
{
    for (int b = 0; b < K / 32; b++) {
        float most = 0;
        for (int i = 0; i < 32; i++) {
            if (fabsf(x[b * 32 + i]) > most) most = fabsf(x[b * 32 + i]);
        }
        float d = most / 127;
        float inverse = 0;
        if (d > 0) inverse = 1 / d;
        y[b].d = half_from_float(d);
        for (int i = 0; i < 32; i++) {
            y[b].q[i] = (int8_t)roundf(x[b * 32 + i] * inverse);
        }
    }
}

void quant_from_q8_0(int K, const struct quant_q8_0 *x, float *y)
{
    for (int b = 0; b < K / 32; b++) {
        for (int i = 0; i < 32; i++) {
            y[b * 32 + i] = half_to_float(x[b].d) * x[b].q[i];
        }
    }
}

void quant_to_q4_0(int K, const float *x, struct quant_q4_0 *y)
{
    for (int b = 0; b < K / 32; b++) {
        float most = 0;
        for (int i = 0; i < 32; i++) {
            if (fabsf(x[b * 32 + i]) > fabsf(most)) most = x[b * 32 + i];
        }
        float d = most / -8;
        float inverse = 0;
        if (d != 0) inverse = 1 / d;
        y[b].d = half_from_float(d);
        for (int i = 0; i < 16; i++) {
            int low = (int)(x[b * 32 + i] * inverse + 8.5f);
            int high = (int)(x[b * 32 + 16 + i] * inverse + 8.5f);
            if (low > 15) low = 15;
            if (high > 15) high = 15;
            y[b].q[i] = (uint8_t)(low | high << 4);
        }
    }
}

void quant_from_q4_0(int K, const struct quant_q4_0 *x, float *y)
{
    for (int b = 0; b < K / 32; b++) {
        float d = half_to_float(x[b].d);
        for (int i = 0; i < 16; i++) {
            int low = x[b].q[i] & 15;
            int high = x[b].q[i] >> 4;
            y[b * 32 + i] = d * (low - 8);
            y[b * 32 + 16 + i] = d * (high - 8);
        }
    }
}

float quant_dot_q8_0(int K, const struct quant_q8_0 *w, const struct quant_q8_0 *x)
{
    float dot = 0;
    for (int b = 0; b < K / 32; b++) {
        int sum = 0;
        for (int i = 0; i < 32; i++) {
            sum += w[b].q[i] * x[b].q[i];
        }
        dot += (float)sum * (half_to_float(w[b].d) * half_to_float(x[b].d));
    }
    return dot;
}

float quant_dot_q4_0(int K, const struct quant_q4_0 *w, const struct quant_q8_0 *x)
{
    float dot = 0;
    for (int b = 0; b < K / 32; b++) {
        int sum = 0;
        int eights = 0;
        for (int i = 0; i < 16; i++) {
            int low = w[b].q[i] & 15;
            int high = w[b].q[i] >> 4;
            sum += low * x[b].q[i] + high * x[b].q[i + 16];
            eights += x[b].q[i] + x[b].q[i + 16];
        }
        dot += (float)(sum - 8 * eights) * (half_to_float(w[b].d) * half_to_float(x[b].d));
    }
    return dot;
}
