#include "loss.h"

#include <stddef.h>

#include "error.h"
#include "mathf.h"
#include "vec.h"

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

void cross_entropy_forward(int N, int V, const float *x, const int32_t *target, float *lse,
                           float *loss)
{
    for (int n = 0; n < N; n++) {
        CHECK(target[n] >= -1 && target[n] < V, "target[%d]=%d V=%d", n, target[n], V);
    }
#pragma omp parallel for
    for (int n = 0; n < N; n++) {
        const float *x_n = x + (ptrdiff_t)n * V;
        float max = vec_max(V, x_n);
        lse[n] = max + mathf_log(sum_exp(V, x_n, max));
        loss[n] = target[n] < 0 ? 0 : lse[n] - x_n[target[n]];
    }
}

void cross_entropy_backward(int N, int V, const float *x, const int32_t *target, const float *lse,
                            float dloss, float *dx)
{
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
}
