// Angles by pow and by turning on from place to place; the backward as a turn by the other sine.
#include "position.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "error.h"

// turn turns one pair.
static void turn(float c, float s, float *pair)
{
    float a = pair[0], b = pair[1];
    pair[0] = a * c - b * s;
    pair[1] = a * s + b * c;
}

void position_waves(int T, int C, float *table)
{
    CHECK(T > 0 && C > 0, "T=%d C=%d", T, C);
    for (int t = 0; t < T; t++) {
        for (int c = 0; c < C; c++) {
            double angle = t * pow(1e4, -2.0 * (c / 2) / C);
            table[t * C + c] = (float)sin(angle + (c % 2 ? 1.5707963267948966 : 0));
        }
    }
}

void position_forward(int B, int T, int C, const float *x, const float *table, float *y)
{
    CHECK(B > 0 && T > 0 && C > 0, "B=%d T=%d C=%d", B, T, C);
    memcpy(y, x, sizeof *y * (size_t)B * (size_t)T * (size_t)C);
    for (int b = 0; b < B; b++, y += T * C) {
        for (int i = 0; i < T * C; i++) y[i] += table[i];
    }
}

void position_backward(int B, int T, int C, const float *dy, float *dtable)
{
    CHECK(B > 0 && T > 0 && C > 0, "B=%d T=%d C=%d", B, T, C);
    for (int i = 0; i < T * C; i++) {
        double sum = 0;
        for (int b = B - 1; b >= 0; b--) sum += (double)dy[b * T * C + i];
        dtable[i] = (float)((double)dtable[i] + sum);
    }
}

void rotary_angles(int T, int D, float base, float *cosine, float *sine)
{
    CHECK(T > 0 && D > 0 && D % 2 == 0 && base > 0, "T=%d D=%d base=%g", T, D, (double)base);
    for (int i = 0; i < D / 2; i++) {
        double angle = pow((double)base, -(double)i / (D / 2)), c = 1, s = 0;
        for (int t = 0; t < T; t++) {
            cosine[t * (D / 2) + i] = (float)c;
            sine[t * (D / 2) + i] = (float)s;
            double next = c * cos(angle) - s * sin(angle);  // one place further
            s = c * sin(angle) + s * cos(angle);
            c = next;
        }
    }
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
    memcpy(y, x, sizeof *y * (size_t)B * (size_t)T * (size_t)W);
    for (int n = 0; n < B * T; n++) {
        for (int w = 0; w < heads * D; w += 2)
            turn(cosine[n % T * (D / 2) + w % D / 2], sine[n % T * (D / 2) + w % D / 2],
                 y + n * W + w);
    }
}

void rotary_backward(int B, int T, int W, int heads, int D, const float *cosine, const float *sine,
                     const float *dy, float *dx)
{
    check(B, T, W, heads, D);
    for (int n = 0; n < B * T; n++) {
        for (int w = 0; w < W; w += 2) {
            float pair[2] = {dy[n * W + w], w + 1 < W ? dy[n * W + w + 1] : 0};
            int at = n % T * (D / 2) + w % D / 2;
            if (w < heads * D) turn(cosine[at], -sine[at], pair);
            dx[n * W + w] += pair[0];
            if (w + 1 < W) dx[n * W + w + 1] += pair[1];
        }
    }
}
