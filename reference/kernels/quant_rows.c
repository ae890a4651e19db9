#include "quant_rows.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "error.h"
#include "half.h"
#include "quant.h"

static const struct {
    const char *name;
    int numbers;   // in a block
    size_t bytes;  // of a block
} TYPES[] = {
    [QUANT_F32] = {"F32", 1, sizeof(float)},
    [QUANT_Q8_0] = {"Q8_0", QUANT_BLOCK, sizeof(struct quant_q8_0)},
    [QUANT_Q4_0] = {"Q4_0", QUANT_BLOCK, sizeof(struct quant_q4_0)},
};
_Static_assert(sizeof TYPES / sizeof *TYPES == QUANT_TYPES, "each type has its row");
_Static_assert(sizeof(struct quant_q8_0) == 34 && sizeof(struct quant_q4_0) == 18, "as in files");

const char *quant_name(enum quant_type type)
{
    CHECK(type < QUANT_TYPES, "type=%d", (int)type);
    return TYPES[type].name;
}

int quant_fits(enum quant_type type, int C)
{
    CHECK(type < QUANT_TYPES && C >= 0, "type=%d C=%d", (int)type, C);
    return type == QUANT_F32 || (C % TYPES[type].numbers == 0 && C <= QUANT_LONGEST);
}

size_t quant_row_bytes(enum quant_type type, int C)
{
    CHECK(quant_fits(type, C), "type=%s C=%d", quant_name(type), C);
    return (size_t)(C / TYPES[type].numbers) * TYPES[type].bytes;
}

void quant_rows(enum quant_type type, int O, int C, const float *x, void *rows)
{
    size_t bytes = quant_row_bytes(type, C);
    for (int o = 0; o < O; o++, x += C) {
        void *row = (char *)rows + (size_t)o * bytes;
        if (type == QUANT_F32)
            memcpy(row, x, bytes);
        else if (type == QUANT_Q8_0)
            quant_to_q8_0(C, x, row);
        else
            quant_to_q4_0(C, x, row);
    }
}

void quant_rows_floats(enum quant_type type, int O, int C, const void *rows, float *x)
{
    size_t bytes = quant_row_bytes(type, C);
    for (int o = 0; o < O; o++, x += C) {
        const void *row = (const char *)rows + (size_t)o * bytes;
        if (type == QUANT_F32)
            memcpy(x, row, bytes);
        else if (type == QUANT_Q8_0)
            quant_from_q8_0(C, row, x);
        else
            quant_from_q4_0(C, row, x);
    }
}

int quant_rows_bad(enum quant_type type, int O, int C, const void *rows)
{
    size_t row = quant_row_bytes(type, C), block = TYPES[type].bytes;
    if (type == QUANT_F32) return -1;
    for (int o = 0; o < O; o++) {
        for (size_t i = 0; i < row; i += block) {
            uint16_t d;  // stands first in both kinds of block
            memcpy(&d, (const char *)rows + (size_t)o * row + i, sizeof d);
            if (!isfinite(half_to_float(d))) return o;
        }
    }
    return -1;
}

size_t quant_rows_bytes(enum quant_type type, int O, int C)
{
    return (size_t)O * quant_row_bytes(type, C);
}

void quant_rows_fill(enum quant_type type, int O, int C, const void *rows, void *data)
{
    memcpy(data, rows, quant_rows_bytes(type, O, C));
}

void quant_rows_row(enum quant_type type, int C, int o, const void *data, float *y)
{
    quant_rows_floats(type, 1, C, (const char *)data + quant_rows_bytes(type, o, C), y);
}

// rows_dot: y[o] = the dot product of x and row o, + b[o].
static void rows_dot(enum quant_type type, int O, int C, const struct quant_q8_0 *x,
                     const void *rows, const float *b, float *y)
{
    size_t bytes = quant_row_bytes(type, C);
#pragma omp parallel for
    for (int o = 0; o < O; o++) {
        const void *row = (const char *)rows + (size_t)o * bytes;
        float dot = type == QUANT_Q8_0 ? quant_dot_q8_0(C, row, x) : quant_dot_q4_0(C, row, x);
        y[o] = b ? dot + b[o] : dot;
    }
}

static int all_finite(int n, const float *x)
{
    int finite = 1;
    for (int i = 0; i < n; i++) finite &= isfinite(x[i]) != 0;
    return finite;
}

void quant_rows_linear(enum quant_type type, int N, int C, int O, const float *x, const void *rows,
                       const float *b, float *y)
{
    CHECK(type != QUANT_F32 && quant_fits(type, C) && N >= 0 && O >= 0, "type=%s N=%d C=%d O=%d",
          quant_name(type), N, C, O);
    struct quant_q8_0 x_n[QUANT_LONGEST / QUANT_BLOCK];
    for (int n = 0; n < N; n++, x += C, y += O) {
        if (all_finite(C, x)) {
            quant_to_q8_0(C, x, x_n);
            rows_dot(type, O, C, x_n, rows, b, y);
        } else
            for (int o = 0; o < O; o++) y[o] = NAN;
    }
}
