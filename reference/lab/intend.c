#include "intend.h"

#include <string.h>

int intend_unsure(int N, int V, const float *p, const int32_t *target, float tau, int32_t *failed)
{
    // SOLUTION BEGIN
    int count = 0;
    for (int32_t n = 0; n < N; n++)
        if (p[n * V + target[n]] < tau) failed[count++] = n;
    return count;
    // SOLUTION END
}

void intend_gather(int count, const int32_t *failed, int width, float *rows)
{
    // SOLUTION BEGIN
    // failed[k] >= k, so no row is written that is still to be read.
    for (int k = 0; k < count; k++)
        memmove(rows + k * width, rows + failed[k] * width, sizeof *rows * (size_t)width);
    // SOLUTION END
}

void intend_slopes(int N, int V, const float *p, const int32_t *target, const float *weight,
                   float *slopes)
{
    // SOLUTION BEGIN
    for (int n = 0; n < N; n++) {
        for (int c = 0; c < V; c++) slopes[n * V + c] = weight[n] * p[n * V + c];
        slopes[n * V + target[n]] -= weight[n];
    }
    // SOLUTION END
}

int32_t intend_rival(int V, const float *score, int32_t target)
{
    // SOLUTION BEGIN
    int32_t best = target == 0;
    for (int32_t c = best + 1; c < V; c++)
        if (c != target && score[c] > score[best]) best = c;
    return best;
    // SOLUTION END
}

float intend_passive(int V, const float *score, int32_t target, int F, float most)
{
    // SOLUTION BEGIN
    float missing = 1 - (score[target] - score[intend_rival(V, score, target)]);
    if (missing <= 0) return 0;
    // Both scores move, each by F times the step.
    float step = missing / (float)(2 * F);
    return step < most ? step : most;
    // SOLUTION END
}

int intend_hindsight(int N, const struct intend_try *tries, struct intend_lesson *lessons)
{
    // SOLUTION BEGIN
    int count = 0;
    for (int32_t n = 0; n < N; n++) {
        const struct intend_try *t = &tries[n];
        if (t->reached != INTEND_NOTHING)
            lessons[count++] = (struct intend_lesson){n, t->reached, t->plan};
        if (t->reached != t->goal && t->would != INTEND_NOTHING)
            lessons[count++] = (struct intend_lesson){n, t->would, t->other};
    }
    return count;
    // SOLUTION END
}
