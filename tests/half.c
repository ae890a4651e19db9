// half: every half there is, and what rounds to it.
#include "half.h"

#include <criterion/criterion.h>
#include <math.h>

// value: what the bits say, by the format's definition (IEEE 754-2008, section 3.4).
static double value(int bits)
{
    int exponent = bits >> 10 & 31, mantissa = bits & 1023;
    double sign = bits & 0x8000 ? -1 : 1;
    if (exponent == 31) return mantissa ? (double)NAN : sign * HUGE_VAL;
    return sign * (exponent ? ldexp(1024 + mantissa, exponent - 25) : ldexp(mantissa, -24));
}

Test(half, is_read_as_the_format_says)
{
    for (int h = 0; h < 0x10000; h++) {
        float got = half_to_float((uint16_t)h);
        double want = value(h);
        cr_assert(isnan(want) ? isnan(got) : (double)got == want && !signbit(got) == !(h & 0x8000),
                  "%04x: got %a, want %a", (unsigned)h, (double)got, want);
    }
}

Test(half, rounds_to_the_nearest_and_ties_to_even)
{
    for (int h = 0; h < 0x7C00; h++) {
        // Up to 65504 the next one is a half; behind it stands 2^16, which is written as inf.
        double here = value(h), next = h == 0x7BFF ? 0x1p16 : value(h + 1);
        float middle = (float)((here + next) / 2);
        int even = h & 1 ? h + 1 : h;
        const struct {
            float x;
            int want;
        } asked[] = {{(float)here, h},
                     {nextafterf(middle, 0), h},
                     {middle, even},
                     {nextafterf(middle, INFINITY), h + 1}};
        for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
            for (int sign = 0; sign <= 0x8000; sign += 0x8000) {
                float x = sign ? -asked[i].x : asked[i].x;
                int got = half_from_float(x), want = asked[i].want | sign;
                cr_assert(got == want, "%a: got %04x, want %04x", (double)x, (unsigned)got,
                          (unsigned)want);
            }
        }
    }
}

Test(half, inf_and_nan_stay)
{
    cr_assert_eq(half_from_float(INFINITY), 0x7C00);
    cr_assert_eq(half_from_float(-INFINITY), 0xFC00);
    cr_assert_eq(half_from_float(1e30f), 0x7C00);
    cr_assert(isnan(half_to_float(half_from_float(NAN))));
    cr_assert_eq(half_from_float(0x1p-149f), 0);
}
