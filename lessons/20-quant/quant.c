#include "quant.h"

#include "todo.h"

#include <float.h>
#include <math.h>

#include "error.h"
#include "half.h"

static void check_row(int K)
{
    CHECK(K >= 0 && K % QUANT_BLOCK == 0, "K=%d", K);
}

void quant_to_q8_0(int K, const float *x, struct quant_q8_0 *y)
{
    check_row(K);
    // half.h has half_from_float and half_to_float.
    TODO();
}

void quant_from_q8_0(int K, const struct quant_q8_0 *x, float *y)
{
    check_row(K);
    TODO();
}

void quant_to_q4_0(int K, const float *x, struct quant_q4_0 *y)
{
    check_row(K);
    TODO();
}

void quant_from_q4_0(int K, const struct quant_q4_0 *x, float *y)
{
    check_row(K);
    TODO();
}

float quant_dot_q8_0(int K, const struct quant_q8_0 *w, const struct quant_q8_0 *x)
{
    check_row(K);
    TODO();
}

float quant_dot_q4_0(int K, const struct quant_q4_0 *w, const struct quant_q8_0 *x)
{
    check_row(K);
    TODO();
}
