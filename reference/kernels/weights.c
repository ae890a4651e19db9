#include "weights.h"

#include <string.h>

#include "fast.h"
#include "linear.h"

size_t weights_bytes(enum quant_type type, int O, int C)
{
    return type == QUANT_F32 ? quant_rows_bytes(type, O, C) : FAST.quant_bytes(type, O, C);
}

void weights_fill(enum quant_type type, int O, int C, const void *rows, void *data)
{
    (type == QUANT_F32 ? quant_rows_fill : FAST.quant_fill)(type, O, C, rows, data);
}

void weights_row(struct weights w, int C, int o, float *y)
{
    (w.type == QUANT_F32 ? quant_rows_row : FAST.quant_row)(w.type, C, o, w.data, y);
}

void weights_linear(int N, int C, int O, const float *x, struct weights w, const float *b, float *y)
{
    if (w.type == QUANT_F32)
        linear_forward(N, C, O, x, w.data, b, y);
    else
        FAST.quant_linear(w.type, N, C, O, x, w.data, b, y);
}
