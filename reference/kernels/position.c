#include "position.h"

#include <stddef.h>

#include "error.h"
#include "mathf.h"

// root returns a^(1/n) for 0 < a, by Newton's method.  Only + - * / of doubles, which are the same
// on every machine; pow is not.
static double root(double a, int n)
{
    double x = a < 1 ? 1 : a;  // not below the root: from there every step comes nearer
    for (int step = 0; step < 2000; step++) {
        double power = 1;  // x^(n-1)
        for (int i = 1; i < n; i++) power *= x;
        double next = x - (x - a / power) / n;
        if (!(next < x)) break;
        x = next;
    }
    return x;
}

// slower returns base^(-2/width).  The first pair's frequency is 1; each further one's is that of
// the pair before it times this.
static double slower(double base, int width)
{
    return root(1 / base / base, width);
}

// turn_of returns the angle t f, without its whole turns, as a float between -pi and pi.
static float turn_of(int t, double f)
{
    const double turn = 6.28318530717958648;
    double angle = (double)t * f / turn;
    return (float)((angle - rint(angle)) * turn);
}

void position_waves(int T, int C, float *table)
{
    CHECK(T > 0 && C > 0, "T=%d C=%d", T, C);
    // SOLUTION BEGIN
    double f = 1, ratio = slower(10000, C);
    for (int c = 0; c < C; c += 2) {
        for (int t = 0; t < T; t++) {
            float *row = table + (ptrdiff_t)t * C, angle = turn_of(t, f);
            row[c] = mathf_sin(angle);
            if (c + 1 < C) row[c + 1] = mathf_cos(angle);
        }
        f *= ratio;
    }
    // SOLUTION END
}

void position_forward(int B, int T, int C, const float *x, const float *table, float *y)
{
    CHECK(B > 0 && T > 0 && C > 0, "B=%d T=%d C=%d", B, T, C);
    // SOLUTION BEGIN
#pragma omp parallel for
    for (int n = 0; n < B * T; n++) {
        const float *from = x + (ptrdiff_t)n * C, *row = table + (ptrdiff_t)(n % T) * C;
        float *to = y + (ptrdiff_t)n * C;
        for (int c = 0; c < C; c++) to[c] = from[c] + row[c];
    }
    // SOLUTION END
}

void position_backward(int B, int T, int C, const float *dy, float *dtable)
{
    CHECK(B > 0 && T > 0 && C > 0, "B=%d T=%d C=%d", B, T, C);
    // SOLUTION BEGIN
    const ptrdiff_t row = (ptrdiff_t)T * C;
#pragma omp parallel for
    for (ptrdiff_t i = 0; i < row; i++) {
        float sum = 0;
        for (int b = 0; b < B; b++) sum += dy[b * row + i];
        dtable[i] += sum;
    }
    // SOLUTION END
}

void rotary_angles(int T, int D, float base, float *cosine, float *sine)
{
    CHECK(T > 0 && D > 0 && D % 2 == 0 && base > 0, "T=%d D=%d base=%g", T, D, (double)base);
    // SOLUTION BEGIN
    double f = 1, ratio = slower((double)base, D);
    for (int i = 0; i < D / 2; i++) {
        for (int t = 0; t < T; t++) {
            float angle = turn_of(t, f);
            cosine[(ptrdiff_t)t * (D / 2) + i] = mathf_cos(angle);
            sine[(ptrdiff_t)t * (D / 2) + i] = mathf_sin(angle);
        }
        f *= ratio;
    }
    // SOLUTION END
}

static void check(int B, int T, int W, int heads, int D)
{
    CHECK(B > 0 && T > 0 && heads >= 0 && D > 0 && D % 2 == 0 && W >= heads * D,
          "B=%d T=%d W=%d heads=%d D=%d", B, T, W, heads, D);
}

void rotary_forward(int B, int T, int W, int heads, int D, const float *cosine, const float *sine,
                    const float *x, float *y)
{
    check(B, T, W, heads, D);
    // SOLUTION BEGIN
#pragma omp parallel for
    for (int n = 0; n < B * T; n++) {
        const float *c = cosine + (ptrdiff_t)(n % T) * (D / 2);
        const float *s = sine + (ptrdiff_t)(n % T) * (D / 2);
        const float *from = x + (ptrdiff_t)n * W;
        float *to = y + (ptrdiff_t)n * W;
        for (int h = 0; h < heads; h++, from += D, to += D) {
            for (int i = 0; i < D / 2; i++) {
                float a = from[2 * i], b = from[2 * i + 1];
                to[2 * i] = a * c[i] - b * s[i];
                to[2 * i + 1] = a * s[i] + b * c[i];
            }
        }
        for (int w = 0; w < W - heads * D; w++) to[w] = from[w];
    }
    // SOLUTION END
}

void rotary_backward(int B, int T, int W, int heads, int D, const float *cosine, const float *sine,
                     const float *dy, float *dx)
{
    check(B, T, W, heads, D);
    // SOLUTION BEGIN
#pragma omp parallel for
    for (int n = 0; n < B * T; n++) {
        const float *c = cosine + (ptrdiff_t)(n % T) * (D / 2);
        const float *s = sine + (ptrdiff_t)(n % T) * (D / 2);
        const float *from = dy + (ptrdiff_t)n * W;
        float *to = dx + (ptrdiff_t)n * W;
        for (int h = 0; h < heads; h++, from += D, to += D) {
            for (int i = 0; i < D / 2; i++) {
                float a = from[2 * i], b = from[2 * i + 1];
                to[2 * i] += a * c[i] + b * s[i];
                to[2 * i + 1] += b * c[i] - a * s[i];
            }
        }
        for (int w = 0; w < W - heads * D; w++) to[w] += from[w];
    }
    // SOLUTION END
}
