#include "loss.h"

#include "todo.h"

#include <stddef.h>

#include "error.h"
#include "mathf.h"
#include "vec.h"

float log_sum_exp(int V, const float *x)
{
    CHECK(V >= 1, "V=%d", V);
    // mathf_exp and mathf_log give the same bits on every machine; vec_max finds the maximum.
    TODO();
}

void softmax_forward(int N, int V, const float *x, float *p)
{
    TODO();
}

void softmax_backward(int N, int V, const float *p, const float *dp, float *dx)
{
    TODO();
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
    TODO();
}

void cross_entropy_backward(int N, int V, const float *x, const int32_t *target, const float *lse,
                            float dloss, float *dx)
{
    check_targets(N, V, target);
    TODO();
}

float loss_smooth(int V, const float *x, int32_t target, float weight, float *slope)
{
    CHECK(target >= 0 && target < V && weight >= 0 && weight <= 1, "target=%d V=%d weight=%g",
          target, V, (double)weight);
    TODO();
}

float loss_own(int V, const float *x, int32_t target, float *slope)
{
    CHECK(target >= 0 && target < V, "target=%d V=%d", target, V);
    TODO();
}
