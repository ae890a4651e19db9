#include "simulate.h"

#include <math.h>

#include "mathf.h"

int simulate_action(const struct simulate *s, int state, float epsilon, struct random *r)
{
    // SOLUTION BEGIN
    if (random_float(r) < epsilon) return (int)random_below(r, (uint32_t)s->A);
    const float *q = s->q + state * s->A;
    float most = q[0];
    uint32_t equal = 0;
    for (int a = 0; a < s->A; a++) most = q[a] > most ? q[a] : most;
    for (int a = 0; a < s->A; a++) equal += q[a] == most;
    uint32_t which = random_below(r, equal);
    int a = 0;
    while (q[a] < most || which-- > 0) a++;
    return a;
    // SOLUTION END
}

void simulate_update(struct simulate *s, struct simulate_step t)
{
    // SOLUTION BEGIN
    float *q = &s->q[t.state * s->A + t.action], target = t.reward;
    if (t.next != SIMULATE_END) {
        const float *next = s->q + t.next * s->A;
        float most = next[0];
        for (int a = 1; a < s->A; a++) most = next[a] > most ? next[a] : most;
        target += s->gamma * most;
    }
    *q += s->alpha * (target - *q);
    // SOLUTION END
}

void simulate_remember(struct simulate *s, struct simulate_step t)
{
    // SOLUTION BEGIN
    int i = 0;
    while (i < s->seen && (s->model[i].state != t.state || s->model[i].action != t.action)) i++;
    s->model[i] = t;
    if (i == s->seen) s->seen++;
    // SOLUTION END
}

void simulate_imagine(struct simulate *s, int n, struct random *r)
{
    // SOLUTION BEGIN
    for (int i = 0; i < n && s->seen > 0; i++)
        simulate_update(s, s->model[random_below(r, (uint32_t)s->seen)]);
    // SOLUTION END
}

int simulate_best(int A, const float *p, int k, simulate_value *value, const void *problem,
                  int *tried)
{
    // SOLUTION BEGIN
    int best = -1, last = -1;
    float most = -INFINITY;
    for (*tried = 0; *tried < k && most < 1; ++*tried) {
        // The likeliest of those that come after the last one tried.
        int next = -1;
        for (int a = 0; a < A; a++) {
            int after = last < 0 || p[a] < p[last] || (p[a] == p[last] && a > last);
            if (after && (next < 0 || p[a] > p[next])) next = a;
        }
        float worth = value(problem, next);
        if (worth > most) most = worth, best = next;
        last = next;
    }
    return best;
    // SOLUTION END
}

int simulate_judge(int N, int L, const int *length, const float *p)
{
    // SOLUTION BEGIN
    int best = 0;
    float most = -INFINITY;
    for (int n = 0; n < N; n++) {
        float sum = 0;
        for (int i = 0; i < length[n]; i++) sum += mathf_log(p[n * L + i]);
        if (sum / (float)length[n] > most) most = sum / (float)length[n], best = n;
    }
    return best;
    // SOLUTION END
}
