// half: numbers of 16 bits (IEEE 754 binary16): a sign, 5 bits of exponent, 10 of mantissa.
//
// The largest is 65504.  Between 2^-14 and there, a half is within 2^-11 of what was rounded to it,
// relatively; below, where halves are 2^-24 apart, within 2^-25, absolutely.
#ifndef GPT_HALF_H
#define GPT_HALF_H

#include <stdint.h>

#include "mathf.h"

// half_to_float is exact.  A half's fields, moved into a float's, make a number 2^112 too small,
// since the exponents count from 15 and from 127.  That holds for denormals too, not for inf, NaN.
static inline float half_to_float(uint16_t half)
{
    uint32_t sign = (uint32_t)(half & 0x8000) << 16, rest = half & 0x7FFF;
    float y = mathf_from_bits(rest << 13) * 0x1p112f;
    return mathf_from_bits(sign | (rest < 0x7C00 ? mathf_bits(y) : rest << 13 | 0x7F800000u));
}

// half_from_float rounds to the nearest half, to the even one of two that are as near; to inf from
// 65520 up.  A NaN stays one.
static inline uint16_t half_from_float(float x)
{
    uint32_t u = mathf_bits(x), sign = u >> 16 & 0x8000, half;
    u &= 0x7FFFFFFF;
    if (u > 0x7F800000)
        half = 0x7E00;
    else if (u >= 0x47800000)  // 2^16
        half = 0x7C00;
    else if (u < 0x38800000)  // 2^-14: floats at 1/2 are 2^-24 apart, so the sum is rounded there
        half = mathf_bits(mathf_from_bits(u) + 0.5f) - 0x3F000000;
    else  // 13 bits go: half of their last but a little, or that little more if the kept bit is odd
        half = (u - (112u << 23) + 0xFFF + (u >> 13 & 1)) >> 13;
    return (uint16_t)(sign | half);
}

#endif
