// oracle: the kernels' formulas once more, in double precision and as plain as possible.
//
// Nothing here shares code with the library.  Shapes and names are those of the kernels' headers.
#ifndef GPT_ORACLE_H
#define GPT_ORACLE_H

#include <math.h>
#include <stdint.h>

static inline double oracle_dot(int n, const double *a, const double *b)
{
    double sum = 0;
    for (int i = 0; i < n; i++) sum += a[i] * b[i];
    return sum;
}

// oracle_absolute: y = |x|.  With absolute values in place of its inputs a linear formula gives
// the sum of its terms' absolute values, which is the magnitude a tolerance needs.
static inline void oracle_absolute(int n, const double *x, double *y)
{
    for (int i = 0; i < n; i++) y[i] = fabs(x[i]);
}

// oracle_linear: b may be NULL.
static inline void oracle_linear(int N, int C, int O, const double *x, const double *w,
                                 const double *b, double *y)
{
    for (int n = 0; n < N; n++) {
        for (int o = 0; o < O; o++) {
            y[n * O + o] = oracle_dot(C, x + n * C, w + o * C) + (b ? b[o] : 0);
        }
    }
}

static inline void oracle_layernorm(int N, int C, const double *x, const double *w, const double *b,
                                    double *y)
{
    for (int n = 0; n < N; n++, x += C, y += C) {
        double mean = 0, variance = 0;
        for (int c = 0; c < C; c++) mean += x[c] / C;
        for (int c = 0; c < C; c++) variance += (x[c] - mean) * (x[c] - mean) / C;
        for (int c = 0; c < C; c++) y[c] = (x[c] - mean) / sqrt(variance + 1e-5) * w[c] + b[c];
    }
}

static inline void oracle_gelu(int n, const double *x, double *y)
{
    double root = sqrt(2 / acos(-1));
    for (int i = 0; i < n; i++) {
        y[i] = x[i] / 2 * (1 + tanh(root * (x[i] + 0.044715 * x[i] * x[i] * x[i])));
    }
}

// oracle_softmax turns x[0..n) into probabilities.
static inline void oracle_softmax(int n, double *x)
{
    double max = -HUGE_VAL, sum = 0;
    for (int i = 0; i < n; i++) max = fmax(max, x[i]);
    for (int i = 0; i < n; i++) sum += x[i] = exp(x[i] - max);
    for (int i = 0; i < n; i++) x[i] /= sum;
}

static inline void oracle_attention(int B, int T, int H, int G, int D, const double *qkv, double *p,
                                    double *out)
{
    int W = (H + 2 * G) * D;
    for (int i = 0; i < B * H * T; i++) {  // a query: of sequence b, head h, at t
        int b = i / (H * T), h = i / T % H, t = i % T, g = h / (H / G);
        const double *x = qkv + b * T * W, *q = x + t * W + h * D;
        double *p_t = p + i * T, *y = out + (b * T + t) * H * D + h * D;
        for (int s = 0; s <= t; s++) p_t[s] = oracle_dot(D, q, x + s * W + (H + g) * D) / sqrt(D);
        for (int s = t + 1; s < T; s++) p_t[s] = 0;
        oracle_softmax(t + 1, p_t);
        for (int d = 0; d < D; d++) {
            y[d] = 0;
            for (int s = 0; s <= t; s++) y[d] += p_t[s] * x[s * W + (H + G + g) * D + d];
        }
    }
}

// oracle_rotary: x and y may be the same.
static inline void oracle_rotary(int B, int T, int W, int heads, int D, double base,
                                 const double *x, double *y)
{
    for (int i = 0; i < B * T * W; i++) y[i] = x[i];
    for (int n = 0; n < B * T; n++) {
        for (int k = 0; k < heads * D / 2; k++) {
            double angle = n % T * pow(base, -2.0 * (k % (D / 2)) / D);
            double a = y[n * W + 2 * k], b = y[n * W + 2 * k + 1];
            y[n * W + 2 * k] = a * cos(angle) - b * sin(angle);
            y[n * W + 2 * k + 1] = a * sin(angle) + b * cos(angle);
        }
    }
}

static inline void oracle_rmsnorm(int N, int C, const double *x, const double *w, double *y)
{
    for (int n = 0; n < N; n++, x += C, y += C) {
        double square = 0;
        for (int c = 0; c < C; c++) square += x[c] * x[c] / C;
        for (int c = 0; c < C; c++) y[c] = x[c] / sqrt(square + 1e-5) * w[c];
    }
}

static inline void oracle_swiglu(int N, int F, const double *x, double *y)
{
    for (int i = 0; i < N * F; i++) {
        double gate = x[i / F * 2 * F + i % F], value = x[i / F * 2 * F + F + i % F];
        y[i] = gate / (1 + exp(-gate)) * value;
    }
}

// oracle_lse: log sum_i exp(x[i]).
static inline double oracle_lse(int n, const double *x)
{
    double max = -HUGE_VAL, sum = 0;
    for (int i = 0; i < n; i++) max = fmax(max, x[i]);
    for (int i = 0; i < n; i++) sum += exp(x[i] - max);
    return max + log(sum);
}

// oracle_cross_entropy: loss (N); returns their sum.
static inline double oracle_cross_entropy(int N, int V, const double *x, const int32_t *target,
                                          double *loss)
{
    double sum = 0;
    for (int n = 0; n < N; n++, x += V) {
        loss[n] = target[n] < 0 ? 0 : oracle_lse(V, x) - x[target[n]];
        sum += loss[n];
    }
    return sum;
}

#endif
