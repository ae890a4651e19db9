#include "position.h"

#include "todo.h"

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
    TODO();
}

void position_forward(int B, int T, int C, const float *x, const float *table, float *y)
{
    CHECK(B > 0 && T > 0 && C > 0, "B=%d T=%d C=%d", B, T, C);
    TODO();
}

void position_backward(int B, int T, int C, const float *dy, float *dtable)
{
    CHECK(B > 0 && T > 0 && C > 0, "B=%d T=%d C=%d", B, T, C);
    TODO();
}

void rotary_angles(int T, int D, float base, float *cosine, float *sine)
{
    CHECK(T > 0 && D > 0 && D % 2 == 0 && base > 0, "T=%d D=%d base=%g", T, D, (double)base);
    TODO();
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
    TODO();
}

void rotary_backward(int B, int T, int W, int heads, int D, const float *cosine, const float *sine,
                     const float *dy, float *dx)
{
    check(B, T, W, heads, D);
    TODO();
}
