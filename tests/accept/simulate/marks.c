// Another way: each action tried is marked; the best expectation by a helper; a geometric mean.
#include "simulate.h"

#include <stdlib.h>

#include "mathf.h"

static int largest(int n, const float *x)
{
    int at = 0;
    for (int i = 1; i < n; i++)
        if (x[i] > x[at]) at = i;
    return at;
}

int simulate_action(const struct simulate *s, int state, float epsilon, struct random *r)
{
    const float *q = &s->q[state * s->A];
    if (random_float(r) < epsilon) return (int)random_below(r, (uint32_t)s->A);
    int first = largest(s->A, q), count = 0, action = first;
    for (int a = first; a < s->A; a++) count += !(q[a] < q[first]);
    for (int skip = (int)random_below(r, (uint32_t)count); skip > 0; skip--) do
            action++;
        while (q[action] < q[first]);
    return action;
}

void simulate_update(struct simulate *s, struct simulate_step t)
{
    float *q = s->q + t.state * s->A + t.action, error = t.reward - *q;
    if (t.next >= 0) {
        const float *next = s->q + t.next * s->A;
        error += s->gamma * next[largest(s->A, next)];
    }
    *q += s->alpha * error;
}

void simulate_remember(struct simulate *s, struct simulate_step t)
{
    struct simulate_step *m = s->model, *end = m + s->seen;
    for (; m < end; m++)
        if (m->state * s->A + m->action == t.state * s->A + t.action) break;
    s->seen += m == end;
    *m = t;
}

void simulate_imagine(struct simulate *s, int n, struct random *r)
{
    uint32_t seen = (uint32_t)s->seen;
    for (; seen && n; n--) simulate_update(s, s->model[random_below(r, seen)]);
}

int simulate_best(int A, const float *p, int k, simulate_value *value, const void *problem,
                  int *tried)
{
    char *mark = calloc((size_t)A, 1);
    if (!mark) abort();
    int best = -1, count = 0;
    float most = 0;
    do {
        int next = -1;
        for (int a = A - 1; a >= 0; a--)
            if (!mark[a] && (next < 0 || p[a] >= p[next])) next = a;
        mark[next] = 1;
        float worth = value(problem, next);
        if (best < 0 || worth > most) best = next, most = worth;
    } while (++count < k && most < 1);
    free(mark);
    *tried = count;
    return best;
}

int simulate_judge(int N, int L, const int *length, const float *p)
{
    int best = -1;
    float most = 0;
    for (int n = 0; n < N; n++, p += L) {
        float mean = 0;
        for (int i = 0; i < length[n]; i++) mean += mathf_log(p[i]) / (float)length[n];
        if (best < 0 || mean > most) most = mean, best = n;
    }
    return best;
}
