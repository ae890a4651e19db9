#include "quant.h"

#include <float.h>
#include <math.h>

#include "error.h"
#include "half.h"

static void check_row(int K)
{
    CHECK(K >= 0 && K % QUANT_BLOCK == 0, "K=%d", K);
}

// SOLUTION BEGIN
// largest returns the number of x[0 … 32) that is farthest from 0, the first of several.
static float largest(const float *x)
{
    float most = 0;
    for (int i = 0; i < QUANT_BLOCK; i++) most = fabsf(x[i]) > fabsf(most) ? x[i] : most;
    return most;
}
// SOLUTION END

void quant_to_q8_0(int K, const float *x, struct quant_q8_0 *y)
{
    check_row(K);
    // half.h has half_from_float and half_to_float.
    // SOLUTION BEGIN
    for (; K > 0; K -= QUANT_BLOCK, x += QUANT_BLOCK, y++) {
        float d = fabsf(largest(x)) / 127, inverse = d < FLT_MIN ? 0 : 1 / d;
        y->d = half_from_float(d);
        for (int i = 0; i < QUANT_BLOCK; i++) y->q[i] = (int8_t)roundf(x[i] * inverse);
    }
    // SOLUTION END
}

void quant_from_q8_0(int K, const struct quant_q8_0 *x, float *y)
{
    check_row(K);
    // SOLUTION BEGIN
    for (; K > 0; K -= QUANT_BLOCK, x++, y += QUANT_BLOCK) {
        float d = half_to_float(x->d);
        for (int i = 0; i < QUANT_BLOCK; i++) y[i] = d * x->q[i];
    }
    // SOLUTION END
}

// SOLUTION BEGIN
static uint8_t four_bits(float x)
{
    int q = (int)(x + 8.5f);
    return (uint8_t)(q < 15 ? q : 15);
}
// SOLUTION END

void quant_to_q4_0(int K, const float *x, struct quant_q4_0 *y)
{
    check_row(K);
    // SOLUTION BEGIN
    enum { HALF = QUANT_BLOCK / 2 };
    for (; K > 0; K -= QUANT_BLOCK, x += QUANT_BLOCK, y++) {
        float d = largest(x) / -8, inverse = fabsf(d) < FLT_MIN ? 0 : 1 / d;
        y->d = half_from_float(d);
        for (int i = 0; i < HALF; i++)
            y->q[i] = (uint8_t)(four_bits(x[i] * inverse) | four_bits(x[i + HALF] * inverse) << 4);
    }
    // SOLUTION END
}

void quant_from_q4_0(int K, const struct quant_q4_0 *x, float *y)
{
    check_row(K);
    // SOLUTION BEGIN
    enum { HALF = QUANT_BLOCK / 2 };
    for (; K > 0; K -= QUANT_BLOCK, x++, y += QUANT_BLOCK) {
        float d = half_to_float(x->d);
        for (int i = 0; i < HALF; i++) {
            y[i] = d * (float)((x->q[i] & 15) - 8);
            y[i + HALF] = d * (float)((x->q[i] >> 4) - 8);
        }
    }
    // SOLUTION END
}

float quant_dot_q8_0(int K, const struct quant_q8_0 *w, const struct quant_q8_0 *x)
{
    check_row(K);
    // SOLUTION BEGIN
    float dot = 0;
    for (; K > 0; K -= QUANT_BLOCK, w++, x++) {
        int sum = 0;
        for (int i = 0; i < QUANT_BLOCK; i++) sum += w->q[i] * x->q[i];
        dot += (float)sum * (half_to_float(w->d) * half_to_float(x->d));
    }
    return dot;
    // SOLUTION END
}

float quant_dot_q4_0(int K, const struct quant_q4_0 *w, const struct quant_q8_0 *x)
{
    check_row(K);
    // SOLUTION BEGIN
    enum { HALF = QUANT_BLOCK / 2 };
    float dot = 0;
    for (; K > 0; K -= QUANT_BLOCK, w++, x++) {
        int sum = 0;
        for (int i = 0; i < HALF; i++) {
            sum += ((w->q[i] & 15) - 8) * x->q[i];
            sum += ((w->q[i] >> 4) - 8) * x->q[i + HALF];
        }
        dot += (float)sum * (half_to_float(w->d) * half_to_float(x->d));
    }
    return dot;
    // SOLUTION END
}
