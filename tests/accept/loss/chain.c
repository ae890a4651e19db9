// Sums that keep a running maximum, so that each row is read once; gradients by the chain rule
// through softmax_backward where that can be done.  The loss of its own: how far the target's
// probability, under a square root, is from 1.
#include "loss.h"

#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "mathf.h"

// struct running: the sum of exp(x - max) so far.
struct running {
    float max, sum;
};

static struct running read_row(int V, const float *x)
{
    struct running r = {x[0], 1};
    for (int v = 1; v < V; v++) {
        if (x[v] <= r.max) {
            r.sum += mathf_exp(x[v] - r.max);
        } else {
            r.sum = r.sum * mathf_exp(r.max - x[v]) + 1;
            r.max = x[v];
        }
    }
    return r;
}

float log_sum_exp(int V, const float *x)
{
    struct running r = read_row(V, x);
    return r.max + mathf_log(r.sum);
}

void softmax_forward(int N, int V, const float *x, float *p)
{
    if (N == 0) return;
    struct running r = {-INFINITY, 0};
    for (int v = 0; v < V; v++) r.max = fmaxf(r.max, x[v]);
    for (int v = 0; v < V; v++) r.sum += mathf_exp(x[v] - r.max);
    for (int v = 0; v < V; v++) p[v] = mathf_exp(x[v] - r.max) / r.sum;
    softmax_forward(N - 1, V, x + V, p + V);
}

void softmax_backward(int N, int V, const float *p, const float *dp, float *dx)
{
    // From pairs: d p[u] / d x[v] = p[u] ([u == v] - p[v]).
    for (int i = 0; i < N * V; i++) {
        int row = i - i % V;
        float sum = 0;
        for (int u = row; u < row + V; u++) sum += dp[u] * p[u] * ((u == i ? 1.0F : 0.0F) - p[i]);
        dx[i] += sum;
    }
}

void cross_entropy_forward(int N, int V, const float *x, const int32_t *target, float *lse,
                           float *loss)
{
    for (int n = N - 1; n >= 0; n--) {
        struct running r = read_row(V, x + n * V);
        lse[n] = r.max + mathf_log(r.sum);
        // The two large numbers first.
        loss[n] = target[n] == -1 ? 0 : r.max - x[n * V + target[n]] + mathf_log(r.sum);
    }
}

void cross_entropy_backward(int N, int V, const float *x, const int32_t *target, const float *lse,
                            float dloss, float *dx)
{
    for (int n = 0; n < N; n++) {
        if (target[n] == -1) continue;
        for (int v = 0; v < V; v++) dx[n * V + v] += dloss * mathf_exp(x[n * V + v] - lse[n]);
        dx[n * V + target[n]] -= dloss;
    }
}

float loss_smooth(int V, const float *x, int32_t target, float weight, float *slope)
{
    // Cross-entropy to each id, with its share.
    float lse, loss, sum = 0;
    memset(slope, 0, sizeof *slope * (size_t)V);
    for (int32_t v = 0; v < V; v++) {
        float share = weight / (float)V + (v == target ? 1 - weight : 0);
        cross_entropy_forward(1, V, x, &v, &lse, &loss);
        cross_entropy_backward(1, V, x, &v, &lse, share, slope);
        sum += share * loss;
    }
    return sum;
}

float loss_own(int V, const float *x, int32_t target, float *slope)
{
    // 2 - 2 sqrt(p): sqrt(p) is exp of half the logarithm, so that it never is 0 / 0.
    float lse = log_sum_exp(V, x), root = mathf_exp((x[target] - lse) / 2);
    for (int v = 0; v < V; v++) {
        float p = mathf_exp(x[v] - lse);
        slope[v] = root * (p - (v == target ? 1.0F : 0.0F));
    }
    return 2 - 2 * root;
}
