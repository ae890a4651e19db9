// quant_rows: bytes of rows, beside those that gguf-py makes of them (golden/make_quant.py).
#include "quant_rows.h"

#include <criterion/criterion.h>

#include "check.h"
#include "quant.h"
#include "quant_fast.h"

enum { O = 3, C = 96 };

static void beside_gguf(enum quant_type type, const char *floats)
{
    struct safetensors *st = check_golden("quant");
    unsigned char rows[O * C / QUANT_BLOCK * sizeof(struct quant_q8_0)];
    size_t size = O * quant_row_bytes(type, C);
    const int32_t *want = check_golden_ids(st, quant_name(type), size);
    quant_rows(type, O, C, check_golden_floats(st, "x", O * C), rows);
    for (size_t i = 0; i < size; i++)
        cr_assert(rows[i] == want[i], "%s: byte %zu is %d, expected %d", quant_name(type), i,
                  rows[i], (int)want[i]);
    float back[O * C];
    quant_rows_floats(type, O, C, rows, back);
    const float *numbers = check_golden_floats(st, floats, O * C);
    for (int i = 0; i < O * C; i++)
        cr_assert(back[i] == numbers[i], "%s: number %d is %g, expected %g", quant_name(type), i,
                  (double)back[i], (double)numbers[i]);
    safetensors_close(st);
}

Test(quant_rows, q8_0_are_the_bytes_of_gguf)
{
    beside_gguf(QUANT_Q8_0, "Q8_0 floats");
}

Test(quant_rows, q4_0_are_the_bytes_of_gguf)
{
    beside_gguf(QUANT_Q4_0, "Q4_0 floats");
}

Test(quant_rows, what_fits)
{
    cr_assert(quant_fits(QUANT_F32, 33) && quant_fits(QUANT_F32, 1 << 20));
    cr_assert(quant_fits(QUANT_Q8_0, 64) && !quant_fits(QUANT_Q8_0, 33));
    cr_assert(quant_fits(QUANT_Q4_0, QUANT_LONGEST));
    cr_assert(!quant_fits(QUANT_Q4_0, QUANT_LONGEST + QUANT_BLOCK));
}

Test(quant_rows, sums_of_the_largest_integers)
{
    // Nothing may overflow where integers and x are as large as bytes can be.
    static struct quant_q8_0 row[2];
    static char data[1 << 12];
    const float want = -127.0f * (32 * 127 + 32 * 128);
    float x[64], y[1];
    for (int i = 0; i < 64; i++) row[i / 32].q[i % 32] = -128, x[i] = i % 2 ? 127 : -127;
    for (int i = 0; i < 64; i += 2) row[i / 32].q[i % 32] = 127;
    row[0].d = row[1].d = 0x3C00;
    quant_rows_linear(QUANT_Q8_0, 1, 64, 1, x, row, NULL, y);
    cr_assert_eq(y[0], want);
    cr_assert(quant_fast_bytes(QUANT_Q8_0, 1, 64) <= sizeof data);
    quant_fast_fill(QUANT_Q8_0, 1, 64, row, data);
    quant_fast_linear(QUANT_Q8_0, 1, 64, 1, x, data, NULL, y);
    cr_assert_eq(y[0], want);
}
