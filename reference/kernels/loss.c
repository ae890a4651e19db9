#include "loss.h"

#include <stddef.h>

#include "error.h"
#include "mathf.h"
#include "vec.h"

// SOLUTION BEGIN
// sum_exp returns sum_i exp(x[i] - shift), in the order of vec_sum.
static float sum_exp(int n, const float *x, float shift)
{
    enum { RUN = 16 * VEC_LANES };  // short enough to stay in the first-level cache
    float e[RUN];
    struct vec_lanes sum = {{{0}}};
    for (int i = 0; i < n; i += RUN) {
        int run = vec_left(n, i, RUN);
        for (int j = 0; j < run; j++) e[j] = mathf_exp(x[i + j] - shift);
        for (int j = 0; j < run; j += VEC_LANES) {
            struct vec_lanes v = vec_load(vec_left(run, j, VEC_LANES), e + j);
            for (int p = 0; p < VEC_PARTS; p++) sum.part[p] += v.part[p];
        }
    }
    return vec_fold(sum);
}
// SOLUTION END

float log_sum_exp(int V, const float *x)
{
    CHECK(V >= 1, "V=%d", V);
    // mathf_exp and mathf_log give the same bits on every machine; vec_max finds the maximum.
    // SOLUTION BEGIN
    float max = vec_max(V, x);
    return max + mathf_log(sum_exp(V, x, max));
    // SOLUTION END
}

void softmax_forward(int N, int V, const float *x, float *p)
{
    // SOLUTION BEGIN
    for (int n = 0; n < N; n++, x += V, p += V) {
        float max = vec_max(V, x);
        for (int v = 0; v < V; v++) p[v] = mathf_exp(x[v] - max);
        float scale = 1 / vec_sum(V, p);
        for (int v = 0; v < V; v++) p[v] *= scale;
    }
    // SOLUTION END
}

void softmax_backward(int N, int V, const float *p, const float *dp, float *dx)
{
    // SOLUTION BEGIN
    for (int n = 0; n < N; n++, p += V, dp += V, dx += V) {
        float mean = vec_dot(V, p, dp);
        for (int v = 0; v < V; v++) dx[v] = fmaf(p[v], dp[v] - mean, dx[v]);
    }
    // SOLUTION END
}

// check_targets: a target is -1 or an id.
static void check_targets(int N, int V, const int32_t *target)
{
    for (int n = 0; n < N; n++)
        CHECK(target[n] >= -1 && target[n] < V, "target[%d]=%d V=%d", n, target[n], V);
}

void cross_entropy_forward(int N, int V, const float *x, const int32_t *target, float *lse,
                           float *loss)
{
    check_targets(N, V, target);
    // SOLUTION BEGIN
#pragma omp parallel for
    for (int n = 0; n < N; n++) {
        const float *x_n = x + (ptrdiff_t)n * V;
        lse[n] = log_sum_exp(V, x_n);
        loss[n] = target[n] < 0 ? 0 : lse[n] - x_n[target[n]];
    }
    // SOLUTION END
}

void cross_entropy_backward(int N, int V, const float *x, const int32_t *target, const float *lse,
                            float dloss, float *dx)
{
    check_targets(N, V, target);
    // SOLUTION BEGIN
#pragma omp parallel for
    for (int n = 0; n < N; n++) {
        if (target[n] < 0) continue;
        const float *x_n = x + (ptrdiff_t)n * V;
        float *dx_n = dx + (ptrdiff_t)n * V;
        for (int v = 0; v < V; v++) {
            float p = mathf_exp(x_n[v] - lse[n]);
            if (v == target[n]) p -= 1;
            dx_n[v] = fmaf(dloss, p, dx_n[v]);
        }
    }
    // SOLUTION END
}

float loss_smooth(int V, const float *x, int32_t target, float weight, float *slope)
{
    CHECK(target >= 0 && target < V && weight >= 0 && weight <= 1, "target=%d V=%d weight=%g",
          target, V, (double)weight);
    // SOLUTION BEGIN
    float lse = log_sum_exp(V, x), each = weight / (float)V;
    for (int v = 0; v < V; v++) slope[v] = mathf_exp(x[v] - lse) - each;
    slope[target] -= 1 - weight;
    // As differences to lse: far smaller numbers than the logits may be.
    float spread = 0;
    for (int v = 0; v < V; v++) spread += lse - x[v];
    return (1 - weight) * (lse - x[target]) + each * spread;
    // SOLUTION END
}

float loss_own(int V, const float *x, int32_t target, float *slope)
{
    CHECK(target >= 0 && target < V, "target=%d V=%d", target, V);
    // SOLUTION BEGIN
    softmax_forward(1, V, x, slope);
    float of_target = slope[target], squares = vec_dot(V, slope, slope);
    // What softmax_backward does, with dp[v] = 2 (p[v] - [v == target]).
    float mean = 2 * (squares - of_target);
    for (int v = 0; v < V; v++) {
        float p = slope[v], dp = 2 * (v == target ? p - 1 : p);
        slope[v] = p * (dp - mean);
    }
    return squares - 2 * of_target + 1;
    // SOLUTION END
}
