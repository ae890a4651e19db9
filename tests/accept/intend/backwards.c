// Another way: searches that go backwards, rows by memcpy, lessons by one helper that both plans go
// through.
#include "intend.h"

#include <string.h>

int intend_unsure(int N, int V, const float *p, const int32_t *target, float tau, int32_t *failed)
{
    int count = 0, kept = 0;
    while (count + kept < N) {
        int32_t n = count + kept;
        if (p[n * V + target[n]] >= tau)
            kept++;
        else
            failed[count++] = n;
    }
    return count;
}

void intend_gather(int count, const int32_t *failed, int width, float *rows)
{
    for (int k = 0; k < count; k++) {
        if (failed[k] == k) continue;
        memcpy(&rows[k * width], &rows[failed[k] * width], (size_t)width * sizeof(float));
    }
}

void intend_slopes(int N, int V, const float *p, const int32_t *target, const float *weight,
                   float *slopes)
{
    for (int n = N; n-- > 0;)
        for (int c = V; c-- > 0;)
            slopes[n * V + c] = weight[n] * (p[n * V + c] - (float)(c == target[n]));
}

int32_t intend_rival(int V, const float *score, int32_t target)
{
    int32_t best = V - 1 == target ? V - 2 : V - 1;
    for (int32_t c = best; c >= 0; c--)
        if (c != target && score[c] >= score[best]) best = c;
    return best;
}

float intend_passive(int V, const float *score, int32_t target, int F, float most)
{
    float ahead = score[target] - score[intend_rival(V, score, target)];
    if (ahead >= 1) return 0;
    float all = 2 * (float)F, step = (1 - ahead) / all;
    if (step > most) step = most;
    return step;
}

static int take(int32_t of, int32_t goal, int32_t plan, struct intend_lesson *lesson)
{
    if (goal == INTEND_NOTHING) return 0;
    lesson->of = of;
    lesson->goal = goal;
    lesson->plan = plan;
    return 1;
}

int intend_hindsight(int N, const struct intend_try *tries, struct intend_lesson *lessons)
{
    int count = 0;
    for (int n = 0; n < N; n++) {
        const struct intend_try *t = tries + n;
        count += take(n, t->reached, t->plan, lessons + count);
        if (t->reached != t->goal) count += take(n, t->would, t->other, lessons + count);
    }
    return count;
}
