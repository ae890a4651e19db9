// As the text writes it down: loops over rows and ids, one rounding after the other.  The loss of
// its own: the square of what the target's probability lacks, through softmax_backward.
#include "loss.h"

#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "mathf.h"

float log_sum_exp(int V, const float *x)
{
    float m = x[0], sum = 0;
    for (int v = 1; v < V; v++)
        if (x[v] > m) m = x[v];
    for (int v = 0; v < V; v++) sum += mathf_exp(x[v] - m);
    return m + mathf_log(sum);
}

void softmax_forward(int N, int V, const float *x, float *p)
{
    for (int n = 0; n < N; n++) {
        const float *row = x + n * V;
        float lse = log_sum_exp(V, row);
        for (int v = 0; v < V; v++) p[n * V + v] = mathf_exp(row[v] - lse);
    }
}

void softmax_backward(int N, int V, const float *p, const float *dp, float *dx)
{
    for (int n = 0; n < N; n++) {
        float sum = 0;
        for (int v = n * V; v < n * V + V; v++) sum += p[v] * dp[v];
        for (int v = n * V; v < n * V + V; v++) dx[v] += p[v] * (dp[v] - sum);
    }
}

void cross_entropy_forward(int N, int V, const float *x, const int32_t *target, float *lse,
                           float *loss)
{
    for (int n = 0; n < N; n++) {
        const float *row = x + n * V;
        lse[n] = log_sum_exp(V, row);
        loss[n] = 0;
        if (target[n] < 0) continue;
        loss[n] = lse[n] - row[target[n]];
    }
}

void cross_entropy_backward(int N, int V, const float *x, const int32_t *target, const float *lse,
                            float dloss, float *dx)
{
    for (int n = 0; n < N; n++) {
        if (target[n] < 0) continue;
        const float *row = x + n * V;
        for (int v = 0; v < V; v++)
            dx[n * V + v] += dloss * (mathf_exp(row[v] - lse[n]) - (float)(v == target[n]));
    }
}

float loss_smooth(int V, const float *x, int32_t target, float weight, float *slope)
{
    float lse = log_sum_exp(V, x), loss = lse;
    for (int v = 0; v < V; v++) {
        float q = weight / (float)V;
        if (v == target) q += 1 - weight;
        loss -= q * x[v];
        slope[v] = mathf_exp(x[v] - lse) - q;
    }
    return loss;
}

float loss_own(int V, const float *x, int32_t target, float *slope)
{
    float *p = malloc(sizeof *p * (size_t)V), *dp = calloc((size_t)V, sizeof *dp);
    if (!p || !dp) die("out of memory");
    softmax_forward(1, V, x, p);
    float P = p[target], loss = (1 - P) * (1 - P);
    dp[target] = -2 * (1 - P);
    memset(slope, 0, sizeof *slope * (size_t)V);
    softmax_backward(1, V, p, dp, slope);
    free(p);
    free(dp);
    return loss;
}
