// In double and with the C library's exp and log, one function for everything: probabilities.  The
// loss of its own: Brier's score is ours, here it is cross-entropy less a little of the entropy,
// which keeps the model from being too sure.
#include "loss.h"

#include <math.h>
#include <stdlib.h>

#include "error.h"

float log_sum_exp(int V, const float *x)
{
    double max = (double)x[0], sum = 0;
    for (int v = 1; v < V; v++)
        if ((double)x[v] > max) max = (double)x[v];
    for (int v = 0; v < V; v++) sum += exp((double)x[v] - max);
    return (float)(max + log(sum));
}

void softmax_forward(int N, int V, const float *x, float *p)
{
    for (int n = 0; n < N; n++) {
        float lse = log_sum_exp(V, x + n * V);
        for (int v = 0; v < V; v++) p[n * V + v] = (float)exp((double)x[n * V + v] - (double)lse);
    }
}

void softmax_backward(int N, int V, const float *p, const float *dp, float *dx)
{
    for (int n = 0; n < N; n++) {
        double mean = 0;
        for (int v = 0; v < V; v++) mean += (double)p[n * V + v] * (double)dp[n * V + v];
        for (int v = 0; v < V; v++)
            dx[n * V + v] += (float)((double)p[n * V + v] * ((double)dp[n * V + v] - mean));
    }
}

void cross_entropy_forward(int N, int V, const float *x, const int32_t *target, float *lse,
                           float *loss)
{
    for (int n = 0; n < N; n++) {
        lse[n] = log_sum_exp(V, x + n * V);
        loss[n] = 0;
        if (target[n] >= 0) loss[n] = lse[n] - x[n * V + target[n]];
    }
}

void cross_entropy_backward(int N, int V, const float *x, const int32_t *target, const float *lse,
                            float dloss, float *dx)
{
    for (int n = 0; n < N; n++) {
        for (int v = 0; v < V; v++) {
            double p = exp((double)x[n * V + v] - (double)lse[n]);
            double onehot = v == target[n] ? 1 : 0;
            if (target[n] != -1) dx[n * V + v] += (float)((double)dloss * (p - onehot));
        }
    }
}

float loss_smooth(int V, const float *x, int32_t target, float weight, float *slope)
{
    double lse = (double)log_sum_exp(V, x), loss = 0;
    for (int v = 0; v < V; v++) {
        double q = (double)weight / V;
        if (v == target) q += 1 - (double)weight;
        loss += q * (lse - (double)x[v]);
        slope[v] = (float)(exp((double)x[v] - lse) - q);
    }
    return (float)loss;
}

float loss_own(int V, const float *x, int32_t target, float *slope)
{
    const double much = 0.1;
    double lse = (double)log_sum_exp(V, x), entropy = 0;
    for (int v = 0; v < V; v++) {
        double surprise = lse - (double)x[v];
        entropy += exp(-surprise) * surprise;
    }
    for (int v = 0; v < V; v++) {
        double surprise = lse - (double)x[v], p = exp(-surprise);
        slope[v] = (float)(p - (v == target) - much * p * (surprise - entropy));
    }
    return (float)(lse - (double)x[target] - much * entropy);
}
