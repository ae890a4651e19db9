// Rows through a copy; the loss of its own looks at logits, not at probabilities: the square of
// what the target's logit lacks to be 3 above each other one, with a soft edge.
#include "loss.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "mathf.h"
#include "vec.h"

// normal returns a copy of x less its log-sum-exp: the logarithms of the probabilities.
static float *normal(int V, const float *x, float *lse)
{
    float *y = malloc(sizeof *y * (size_t)V);
    if (!y) die("out of memory");
    float max = vec_max(V, x), rest = 0;
    for (int v = 0; v < V; v++) y[v] = x[v] - max;
    for (int v = V - 1; v >= 0; v--) rest += mathf_exp(y[v]);
    rest = mathf_log(rest);
    for (int v = 0; v < V; v++) y[v] -= rest;
    *lse = max + rest;
    return y;
}

float log_sum_exp(int V, const float *x)
{
    float lse;
    free(normal(V, x, &lse));
    return lse;
}

void softmax_forward(int N, int V, const float *x, float *p)
{
    for (int n = 0; n < N; n++) {
        float lse, *y = normal(V, x + n * V, &lse);
        for (int v = 0; v < V; v++) p[n * V + v] = mathf_exp(y[v]);
        free(y);
    }
}

void softmax_backward(int N, int V, const float *p, const float *dp, float *dx)
{
    for (int n = 0; n < N; n++) {
        float mean = 0;
        for (int v = n * V; v < n * V + V; v++) mean += p[v] * dp[v];
        for (int v = n * V; v < n * V + V; v++) dx[v] += p[v] * dp[v] - p[v] * mean;
    }
}

void cross_entropy_forward(int N, int V, const float *x, const int32_t *target, float *lse,
                           float *loss)
{
    for (int n = 0; n < N; n++) {
        float *y = normal(V, x + n * V, &lse[n]);
        loss[n] = target[n] >= 0 ? -y[target[n]] : 0;
        free(y);
    }
}

void cross_entropy_backward(int N, int V, const float *x, const int32_t *target, const float *lse,
                            float dloss, float *dx)
{
    for (int i = 0; i < N * V; i++) {
        int n = i / V;
        float gradient = dloss * (mathf_exp(x[i] - lse[n]) - (float)(i % V == target[n]));
        dx[i] += target[n] < 0 ? 0 : gradient;
    }
}

float loss_smooth(int V, const float *x, int32_t target, float weight, float *slope)
{
    float lse, *y = normal(V, x, &lse), mean = 0;
    for (int v = 0; v < V; v++) mean += y[v] / (float)V;
    for (int v = 0; v < V; v++) {
        slope[v] = mathf_exp(y[v]) - weight / (float)V;
        if (v == target) slope[v] = slope[v] - 1 + weight;
    }
    float loss = -(1 - weight) * y[target] - weight * mean;
    free(y);
    return loss;
}

float loss_own(int V, const float *x, int32_t target, float *slope)
{
    float sum = 0;
    slope[target] = 0;
    for (int v = 0; v < V; v++) {
        if (v == target) continue;
        float lacks = 3 + x[v] - x[target];
        if (lacks < 0) lacks = 0;
        // Beyond 1 the square goes on as a line.
        sum += lacks < 1 ? lacks * lacks : 2 * lacks - 1;
        slope[v] = lacks < 1 ? 2 * lacks : 2;
        slope[target] -= slope[v];
    }
    return sum;
}
