// Another way: sums in double, pointers to rows, and searches that begin below every number.
#include "intend.h"

#include <math.h>

int intend_unsure(int N, int V, const float *p, const int32_t *target, float tau, int32_t *failed)
{
    int32_t *end = failed;
    for (int32_t n = 0; n < N; n++, p += V) {
        double truth = (double)p[target[n]];
        if (!(truth >= (double)tau)) *end++ = n;
    }
    return (int)(end - failed);
}

void intend_gather(int count, const int32_t *failed, int width, float *rows)
{
    float *to = rows;
    for (const int32_t *f = failed; f < failed + count; f++)
        for (int i = 0; i < width; i++) *to++ = rows[*f * width + i];
}

void intend_slopes(int N, int V, const float *p, const int32_t *target, const float *weight,
                   float *slopes)
{
    for (int i = 0; i < N * V; i++) {
        int n = i / V, c = i % V;
        slopes[i] = (float)((double)weight[n] * ((double)p[i] - (c == target[n] ? 1 : 0)));
    }
}

int32_t intend_rival(int V, const float *score, int32_t target)
{
    double most = -INFINITY;
    int32_t best = -1;
    for (int32_t c = 0; c < V; c++) {
        if (c == target || (double)score[c] <= most) continue;
        most = (double)score[c];
        best = c;
    }
    return best;
}

float intend_passive(int V, const float *score, int32_t target, int F, float most)
{
    double rival = -INFINITY;
    for (int32_t c = 0; c < V; c++)
        if (c != target) rival = fmax(rival, (double)score[c]);
    double step = (1 + rival - (double)score[target]) / F / 2;
    return (float)fmax(0, fmin(step, (double)most));
}

int intend_hindsight(int N, const struct intend_try *tries, struct intend_lesson *lessons)
{
    struct intend_lesson *next = lessons;
    for (int n = 0; n < N; n++) {
        struct intend_try t = tries[n];
        if (t.reached) *next++ = (struct intend_lesson){.of = n, .goal = t.reached, .plan = t.plan};
        if (t.reached == t.goal || !t.would) continue;
        *next++ = (struct intend_lesson){.of = n, .goal = t.would, .plan = t.other};
    }
    return (int)(next - lessons);
}
