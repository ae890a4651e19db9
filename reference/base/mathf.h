// mathf: exp, log, tanh, sin and cos of a float, with the same bits on every machine.
//
// The C library's own differ between systems and versions in the last bit, and one bit is
// enough to part two training runs.  These use only +, -, *, / and fmaf, which IEEE 754 fixes,
// in one order.  They are inline and free of branches so that a loop over them vectorises.
// Errors are measured against double precision in tests/base.c over the whole range:
// exp, log and tanh within 2 units in the last place, sin and cos within 1.2e-7.
// Polynomials: Moshier, Cephes mathematical library, single precision.
#ifndef GPT_MATHF_H
#define GPT_MATHF_H

#include <math.h>
#include <stdint.h>
#include <string.h>

static inline uint32_t mathf_bits(float x)
{
    uint32_t u;
    memcpy(&u, &x, sizeof u);
    return u;
}

static inline float mathf_from_bits(uint32_t u)
{
    float x;
    memcpy(&x, &u, sizeof x);
    return x;
}

// mathf_exp_split returns p and sets *n so that e^x = p 2^n, for x between -88 and 89.
static inline float mathf_exp_split(float x, int32_t *n)
{
    float k = rintf(x * 1.44269504f);  // x = k ln 2 + r, |r| <= ln 2 / 2
    float r = fmaf(k, -0.693359375f, x);
    r = fmaf(k, 2.12194440e-4f, r);
    float p = 1.9875691500e-4f;
    p = fmaf(p, r, 1.3981999507e-3f);
    p = fmaf(p, r, 8.3334519073e-3f);
    p = fmaf(p, r, 4.1665795894e-2f);
    p = fmaf(p, r, 1.6666665459e-1f);
    p = fmaf(p, r, 5.0000001201e-1f);
    *n = (int32_t)k;
    return fmaf(p, r * r, r) + 1;
}

// mathf_exp: e^x.  0 below -87.3 (no denormals), +inf above 88.7, NaN for NaN.
static inline float mathf_exp(float x)
{
    // A NaN takes the lower clamp: converting it to int32_t would be undefined.
    float xc = x > -87.3f ? x : -87.3f;
    xc = xc < 88.7f ? xc : 88.7f;
    int32_t n;
    float p = mathf_exp_split(xc, &n);
    // 2^n in two factors, because n = 128 has no float of its own.
    int32_t half = n >> 1;
    float y = p * mathf_from_bits((uint32_t)(half + 127) << 23) *
              mathf_from_bits((uint32_t)(n - half + 127) << 23);
    y = x < -87.3f ? 0 : y;
    y = x > 88.7f ? INFINITY : y;
    return x != x ? x : y;
}

// mathf_log: the natural logarithm.  -inf for 0, NaN below 0.
static inline float mathf_log(float x)
{
    int tiny = x < 0x1p-126f;  // denormal: scale up first
    float xs = tiny ? x * 0x1p25f : x;
    uint32_t u = mathf_bits(xs);
    // x = 2^e m with m in [sqrt(1/2), sqrt(2)): subtracting sqrt(1/2)'s bits moves the boundary.
    uint32_t shifted = u - 0x3F3504F3u;
    int32_t e = (int32_t)shifted >> 23;
    float m = mathf_from_bits((shifted & 0x7FFFFFu) + 0x3F3504F3u) - 1;
    float k = (float)(e - (tiny ? 25 : 0));
    float z = m * m, p = 7.0376836292e-2f;
    p = fmaf(p, m, -1.1514610310e-1f);
    p = fmaf(p, m, 1.1676998740e-1f);
    p = fmaf(p, m, -1.2420140846e-1f);
    p = fmaf(p, m, 1.4249322787e-1f);
    p = fmaf(p, m, -1.6668057665e-1f);
    p = fmaf(p, m, 2.0000714765e-1f);
    p = fmaf(p, m, -2.4999993993e-1f);
    p = fmaf(p, m, 3.3333331174e-1f);
    float y = p * m * z;
    y = fmaf(k, -2.12194440e-4f, y);
    y = fmaf(z, -0.5f, y);
    y = fmaf(k, 0.693359375f, m + y);
    y = x == INFINITY ? x : y;
    y = x == 0 ? -INFINITY : y;
    return x < 0 || x != x ? NAN : y;
}

// mathf_tanh: the hyperbolic tangent.
static inline float mathf_tanh(float x)
{
    float a = fabsf(x), z = x * x, p = -5.70498872745e-3f;
    p = fmaf(p, z, 2.06390887954e-2f);
    p = fmaf(p, z, -5.37397155531e-2f);
    p = fmaf(p, z, 1.33314422036e-1f);
    p = fmaf(p, z, -3.33332819422e-1f);
    float small = fmaf(p * z, x, x);
    // Above 10, and 60 is far above it, the result is 1.  A NaN takes the clamp, and then small.
    int32_t n;
    float e = mathf_exp_split(2 * a < 60 ? 2 * a : 60, &n);
    e *= mathf_from_bits((uint32_t)(n + 127) << 23);
    float big = copysignf(1 - 2 / (e + 1), x);
    return a >= 0.625f ? big : small;
}

// The quadrant of x and its distance from the quadrant's middle, in double: exact enough
// for |x| up to 2^20, which is past any position a model will see.
static inline int mathf_quadrant(float x, float *r)
{
    // Near 1.5 * 2^52 a double's last bit is worth 1: adding that rounds to a whole number and
    // leaves it in the low bits.  Unlike a cast this is defined for NaN and infinity too.
    double shifted = (double)x * 0.63661977236758134308 + 0x1.8p52, n = shifted - 0x1.8p52;
    *r = (float)((double)x - n * 1.57079632679489661923);
    uint64_t u;
    memcpy(&u, &shifted, sizeof u);
    return (int)(u & 3);
}

static inline float mathf_sin_cos(float x, int shift)
{
    float r;
    int q = (mathf_quadrant(x, &r) + shift) & 3;
    float z = r * r;
    float s = fmaf(fmaf(-1.9515295891e-4f, z, 8.3321608736e-3f), z, -1.6666654611e-1f);
    s = fmaf(s * z, r, r);
    float c =
        fmaf(fmaf(2.443315711809948e-5f, z, -1.388731625493765e-3f), z, 4.166664568298827e-2f);
    c = fmaf(c, z * z, fmaf(z, -0.5f, 1));
    float y = q & 1 ? c : s;
    return q & 2 ? -y : y;
}

// mathf_sin, mathf_cos: x in radians, |x| <= 2^20.  NaN for NaN and infinity.
static inline float mathf_sin(float x)
{
    return mathf_sin_cos(x, 0);
}

static inline float mathf_cos(float x)
{
    return mathf_sin_cos(x, 1);
}

#endif
