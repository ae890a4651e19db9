// vec: reductions and updates over one row of floats.
//
// A sum of floats depends on its order.  Here the order is fixed: element i goes to lane i % 16,
// each lane sums from left to right, and the 16 lanes are folded in halves.  Sixteen lanes fill
// one AVX-512 register, two AVX registers or four of Arm's, so every machine is fast and every
// machine gives the same bits.
#ifndef GPT_VEC_H
#define GPT_VEC_H

#include <math.h>
#include <stddef.h>
#include <string.h>

enum { VEC_LANES = 16 };

// The compilers do not see that sixteen sums side by side are one register, so we say it: the
// lanes are as many vectors as this machine needs for them.
#if defined(__AVX512F__)
enum { VEC_WIDTH = 16 };
#elif defined(__AVX__)
enum { VEC_WIDTH = 8 };
#else
enum { VEC_WIDTH = 4 };
#endif
enum { VEC_PARTS = VEC_LANES / VEC_WIDTH };

typedef float vec_part __attribute__((vector_size(4 * VEC_WIDTH)));

struct vec_lanes {
    vec_part part[VEC_PARTS];
};

// vec_load returns x[0 … n), n <= 16, and zeros behind them.
static inline struct vec_lanes vec_load(int n, const float *x)
{
    struct vec_lanes v;
    float padded[VEC_LANES];
    if (n < VEC_LANES) {
        memset(padded, 0, sizeof padded);
        x = memcpy(padded, x, sizeof *x * (size_t)n);
    }
    // Part by part: gcc would copy all of v through memory, in pieces of another size.
    for (int p = 0; p < VEC_PARTS; p++) memcpy(&v.part[p], x + p * VEC_WIDTH, sizeof v.part[p]);
    return v;
}

typedef float vec_half __attribute__((vector_size(4 * VEC_LANES / 2)));
typedef float vec_quarter __attribute__((vector_size(4 * VEC_LANES / 4)));

// vec_fold adds the lanes up: i and i + 8, then i and i + 4, and so on.
static inline float vec_fold(struct vec_lanes v)
{
    vec_half half[2];
    memcpy(half, &v, sizeof half);
    half[0] += half[1];
    vec_quarter quarter[2];
    memcpy(quarter, &half[0], sizeof quarter);
    quarter[0] += quarter[1];
    return (quarter[0][0] + quarter[0][2]) + (quarter[0][1] + quarter[0][3]);
}

// vec_left returns how many of n elements a block of at most `most` that begins at i has.
static inline int vec_left(int n, int i, int most)
{
    return n - i < most ? n - i : most;
}

// vec_sum returns sum_i x[i], 0 <= i < n; 0 when n is 0.
static inline float vec_sum(int n, const float *x)
{
    struct vec_lanes sum = {{{0}}};
    for (int i = 0; i < n; i += VEC_LANES) {
        struct vec_lanes v = vec_load(vec_left(n, i, VEC_LANES), x + i);
        for (int p = 0; p < VEC_PARTS; p++) sum.part[p] += v.part[p];
    }
    return vec_fold(sum);
}

// vec_add_product: sum[l] += a[l] * b[l], l < n <= 16.
static inline void vec_add_product(int n, const float *a, const float *b, struct vec_lanes *sum)
{
    struct vec_lanes u = vec_load(n, a), v = vec_load(n, b);
    for (int p = 0; p < VEC_PARTS; p++) sum->part[p] += u.part[p] * v.part[p];
}

// vec_dot returns sum_i a[i] * b[i], each product rounded before it is added.
static inline float vec_dot(int n, const float *a, const float *b)
{
    struct vec_lanes sum = {{{0}}};
    int i = 0;
    for (; i + VEC_LANES <= n; i += VEC_LANES) vec_add_product(VEC_LANES, a + i, b + i, &sum);
    if (i < n) vec_add_product(n - i, a + i, b + i, &sum);
    return vec_fold(sum);
}

// vec_max returns the largest x[i]; -inf when n is 0.  NaN are passed over.
static inline float vec_max(int n, const float *x)
{
    float lane[VEC_LANES], max = -INFINITY;
    for (int l = 0; l < VEC_LANES; l++) lane[l] = -INFINITY;
    int i = 0;
    for (; i + VEC_LANES <= n; i += VEC_LANES) {
        for (int l = 0; l < VEC_LANES; l++) lane[l] = x[i + l] > lane[l] ? x[i + l] : lane[l];
    }
    for (; i < n; i++) max = x[i] > max ? x[i] : max;
    for (int l = 0; l < VEC_LANES; l++) max = lane[l] > max ? lane[l] : max;
    return max;
}

// vec_apart returns the largest |x[i] - y[i]|; y may be NULL: zeros.  NaN are passed over.
static inline double vec_apart(size_t n, const float *x, const float *y)
{
    double most = 0;
    for (size_t i = 0; i < n; i++) {
        double apart = fabs((double)x[i] - (y ? (double)y[i] : 0));
        most = apart > most ? apart : most;  // not fmax: gcc 12 for Arm breaks off at it
    }
    return most;
}

// vec_add: y[i] += x[i].
static inline void vec_add(int n, const float *restrict x, float *restrict y)
{
    for (int i = 0; i < n; i++) y[i] += x[i];
}

// vec_combine: y[d] += sum_i w[i] * x[i][d], the sum taken from i = 0 up and added once.
//   w  (n)     weights, w_step apart
//   x  (n, D)  rows, x_step apart
//   y  (D)
static inline void vec_combine(int n, int D, const float *w, ptrdiff_t w_step, const float *x,
                               ptrdiff_t x_step, float *y)
{
    // Two registers' worth of columns at a time: their sums never leave the registers.
    for (int d = 0; d < D; d += 2 * VEC_LANES) {
        int left = vec_left(D, d, VEC_LANES),
            right = D - d > VEC_LANES ? vec_left(D, d + VEC_LANES, VEC_LANES) : 0;
        struct vec_lanes a = {{{0}}}, b = {{{0}}};
        for (int i = 0; i < n; i++) {
            const float *row = x + i * x_step + d;
            struct vec_lanes u = vec_load(left, row), v = vec_load(right, row + left);
            for (int p = 0; p < VEC_PARTS; p++) {
                a.part[p] += w[i * w_step] * u.part[p];
                b.part[p] += w[i * w_step] * v.part[p];
            }
        }
        float sum[2 * VEC_LANES];
        memcpy(sum, &a, sizeof a);
        memcpy(sum + VEC_LANES, &b, sizeof b);
        vec_add(left + right, sum, y + d);
    }
}

#endif
