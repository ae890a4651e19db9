// Each index written out, as in the hints.
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
    double f = 1;
    for (int c = 0; c < C; c += 2) {
        for (int t = 0; t < T; t++) {
            float angle = turn_of(t, f);
            table[t * C + c] = mathf_sin(angle);
            if (c + 1 < C) table[t * C + c + 1] = mathf_cos(angle);
        }
        f *= slower(10000, C);
    }
}

void position_forward(int B, int T, int C, const float *x, const float *table, float *y)
{
    CHECK(B > 0 && T > 0 && C > 0, "B=%d T=%d C=%d", B, T, C);
    for (int b = 0; b < B; b++) {
        for (int t = 0; t < T; t++) {
            for (int c = 0; c < C; c++) {
                int i = (b * T + t) * C + c;
                y[i] = x[i] + table[t * C + c];
            }
        }
    }
}

void position_backward(int B, int T, int C, const float *dy, float *dtable)
{
    CHECK(B > 0 && T > 0 && C > 0, "B=%d T=%d C=%d", B, T, C);
    for (int t = 0; t < T; t++) {
        for (int c = 0; c < C; c++) {
            float sum = 0;
            for (int b = 0; b < B; b++) sum += dy[(b * T + t) * C + c];
            dtable[t * C + c] += sum;
        }
    }
}

void rotary_angles(int T, int D, float base, float *cosine, float *sine)
{
    CHECK(T > 0 && D > 0 && D % 2 == 0 && base > 0, "T=%d D=%d base=%g", T, D, (double)base);
    double f = 1;
    for (int i = 0; i < D / 2; i++) {
        for (int t = 0; t < T; t++) {
            cosine[t * (D / 2) + i] = mathf_cos(turn_of(t, f));
            sine[t * (D / 2) + i] = mathf_sin(turn_of(t, f));
        }
        f *= slower(base, D);
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
    for (int b = 0; b < B; b++) {
        for (int t = 0; t < T; t++) {
            const float *from = x + (b * T + t) * W;
            float *to = y + (b * T + t) * W;
            for (int h = 0; h < heads; h++) {
                for (int i = 0; i < D / 2; i++) {
                    float c = cosine[t * (D / 2) + i], s = sine[t * (D / 2) + i];
                    int at = h * D + 2 * i;
                    to[at] = from[at] * c - from[at + 1] * s;
                    to[at + 1] = from[at] * s + from[at + 1] * c;
                }
            }
            for (int w = heads * D; w < W; w++) to[w] = from[w];
        }
    }
}

void rotary_backward(int B, int T, int W, int heads, int D, const float *cosine, const float *sine,
                     const float *dy, float *dx)
{
    check(B, T, W, heads, D);
    for (int b = 0; b < B; b++) {
        for (int t = 0; t < T; t++) {
            const float *from = dy + (b * T + t) * W;
            float *to = dx + (b * T + t) * W;
            for (int h = 0; h < heads; h++) {
                for (int i = 0; i < D / 2; i++) {
                    float c = cosine[t * (D / 2) + i], s = sine[t * (D / 2) + i];
                    int at = h * D + 2 * i;
                    to[at] += from[at] * c + from[at + 1] * s;
                    to[at + 1] += from[at + 1] * c - from[at] * s;
                }
            }
            for (int w = heads * D; w < W; w++) to[w] += from[w];
        }
    }
}
