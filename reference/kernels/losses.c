#include "losses.h"

#include <stddef.h>
#include <string.h>

#include "loss.h"
#include "mathf.h"

// --- cross-entropy, and what is built on it ---------------------------------------------------

// surprise writes p - [v == target], cross-entropy's slopes, and returns lse.
static float surprise(int V, const float *x, int32_t target, float *slope)
{
    float lse = log_sum_exp(V, x);
    for (int v = 0; v < V; v++) slope[v] = mathf_exp(x[v] - lse);
    slope[target] -= 1;
    return lse;
}

static float cross_entropy(int V, const float *x, int32_t target, float weight,
                           const float *teacher, float *slope)
{
    (void)weight, (void)teacher;
    return surprise(V, x, target, slope) - x[target];
}

static float smooth(int V, const float *x, int32_t target, float weight, const float *teacher,
                    float *slope)
{
    (void)teacher;
    return loss_smooth(V, x, target, weight, slope);
}

// power returns base^e, base in [0, 1]; 0^e is 0.
static float power(float base, float e)
{
    return base > 0 ? mathf_exp(e * mathf_log(base)) : 0;
}

// focal: with s = log p[target] the loss is -(1 - p)^w s.  Its slope in s, times that of s in x,
// which is cross-entropy's slope with the other sign.
static float focal(int V, const float *x, int32_t target, float weight, const float *teacher,
                   float *slope)
{
    (void)teacher;
    float s = x[target] - surprise(V, x, target, slope), p = mathf_exp(s);
    float missed = p < 1 ? 1 - p : 0, factor = weight > 0 ? power(missed, weight) : 1;
    float scale = factor;
    if (weight > 0) scale -= weight * power(missed, weight - 1) * p * s;
    for (int v = 0; v < V; v++) slope[v] *= scale;
    return -factor * s;
}

static float z(int V, const float *x, int32_t target, float weight, const float *teacher,
               float *slope)
{
    (void)teacher;
    float lse = surprise(V, x, target, slope), pull = 2 * weight * lse;
    for (int v = 0; v < V; v++) slope[v] = fmaf(pull, mathf_exp(x[v] - lse), slope[v]);
    return lse - x[target] + weight * lse * lse;
}

// kl: the slopes of cross-entropy to a target of which `weight` is the teacher's.
static float kl(int V, const float *x, int32_t target, float weight, const float *teacher,
                float *slope)
{
    float lse = surprise(V, x, target, slope), sum = 0;
    for (int v = 0; v < V; v++) {
        float q = teacher[v];
        slope[v] -= weight * (v == target ? q - 1 : q);
        if (q > 0) sum += q * (mathf_log(q) - (x[v] - lse));
    }
    return (1 - weight) * (lse - x[target]) + weight * sum;
}

static float own(int V, const float *x, int32_t target, float weight, const float *teacher,
                 float *slope)
{
    (void)weight, (void)teacher;
    return loss_own(V, x, target, slope);
}

// --- by name ----------------------------------------------------------------------------------

static const struct loss_kind KINDS[] = {
    {.name = "cross-entropy", .row = cross_entropy},
    {.name = "smooth", .weight = 0.1f, .most = 1, .row = smooth},
    {.name = "focal", .weight = 2, .most = 10, .row = focal},
    {.name = "z", .weight = 1e-4f, .most = 1, .row = z},
    {.name = "kl", .weight = 0.5f, .most = 1, .taught = 1, .row = kl},
    {.name = "own", .row = own},
};
enum { COUNT = sizeof KINDS / sizeof *KINDS };

enum err losses_find(const char *name, const struct loss_kind **kind, struct error *e)
{
    for (int i = 0; i < COUNT; i++) {
        if (strcmp(name, KINDS[i].name) != 0) continue;
        *kind = KINDS + i;
        return ERR_NONE;
    }
    return error_set(e, ERR_VALUE, "--loss %s: expected one of " LOSSES_NAMES, name);
}

enum err losses_weight(const struct loss_kind *kind, float *weight, struct error *e)
{
    if (*weight < 0) {
        *weight = kind->weight;
        return ERR_NONE;
    }
    if (kind->most <= 0)
        return error_set(e, ERR_VALUE, "--loss-weight: the loss %s has no weight", kind->name);
    if (!(*weight >= kind->least && *weight <= kind->most))
        return error_set(e, ERR_VALUE, "--loss-weight %g: the loss %s expects %g to %g",
                         (double)*weight, kind->name, (double)kind->least, (double)kind->most);
    return ERR_NONE;
}

void losses_forward(const struct loss_kind *kind, float weight, int N, int V, const float *x,
                    const int32_t *target, const float *teacher, float *slope, float *loss)
{
    CHECK(!kind->taught || teacher, "the loss %s needs a teacher", kind->name);
    for (int n = 0; n < N; n++)
        CHECK(target[n] >= -1 && target[n] < V, "target[%d]=%d V=%d", n, target[n], V);
#pragma omp parallel for
    for (int n = 0; n < N; n++) {
        ptrdiff_t at = (ptrdiff_t)n * V;
        const float *q = teacher ? teacher + at : NULL;
        if (target[n] >= 0) {
            loss[n] = kind->row(V, x + at, target[n], weight, q, slope + at);
        } else {
            loss[n] = 0;
            memset(slope + at, 0, sizeof *slope * (size_t)V);
        }
    }
}

void losses_backward(int N, int V, const float *slope, float dloss, float *dx)
{
    ptrdiff_t size = (ptrdiff_t)N * V;
#pragma omp parallel for
    for (ptrdiff_t i = 0; i < size; i++) dx[i] = fmaf(dloss, slope[i], dx[i]);
}
