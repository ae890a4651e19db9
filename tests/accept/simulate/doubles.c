// Another way: doubles, actions sorted once, a running choice among equals by a list of them.
#include "simulate.h"

#include <math.h>
#include <stdlib.h>

int simulate_action(const struct simulate *s, int state, float epsilon, struct random *r)
{
    int lot = random_float(r) < epsilon;
    int *best = malloc(sizeof *best * (size_t)s->A), count = 0;
    if (!best) abort();
    for (int a = 0; a < s->A; a++) {
        float q = s->q[state * s->A + a];
        if (!lot && count > 0 && q > s->q[state * s->A + best[0]]) count = 0;
        if (lot || count == 0 || q >= s->q[state * s->A + best[0]]) best[count++] = a;
    }
    int action = best[random_below(r, (uint32_t)count)];
    free(best);
    return action;
}

void simulate_update(struct simulate *s, struct simulate_step t)
{
    double follows = t.next == SIMULATE_END ? 0 : -HUGE_VAL;
    for (int a = 0; a < s->A && t.next != SIMULATE_END; a++)
        follows = fmax(follows, (double)s->q[t.next * s->A + a]);
    double target = (double)t.reward + (double)s->gamma * follows, alpha = (double)s->alpha;
    double was = (double)s->q[t.state * s->A + t.action];
    s->q[t.state * s->A + t.action] = (float)((1 - alpha) * was + alpha * target);
}

void simulate_remember(struct simulate *s, struct simulate_step t)
{
    for (int i = 0; i < s->seen; i++)
        if (s->model[i].state == t.state && s->model[i].action == t.action) {
            s->model[i].reward = t.reward;
            s->model[i].next = t.next;
            return;
        }
    s->model[s->seen++] = t;
}

void simulate_imagine(struct simulate *s, int n, struct random *r)
{
    if (!s->seen) return;
    while (n-- > 0) {
        const struct simulate_step *t = s->model + random_below(r, (uint32_t)s->seen);
        simulate_update(s, *t);
    }
}

int simulate_best(int A, const float *p, int k, simulate_value *value, const void *problem,
                  int *tried)
{
    int *order = malloc(sizeof *order * (size_t)A), best = 0;
    if (!order) abort();
    for (int a = 0; a < A; a++) {
        int at = a;
        for (; at > 0 && p[order[at - 1]] < p[a]; at--) order[at] = order[at - 1];
        order[at] = a;
    }
    double most = -HUGE_VAL;
    *tried = 0;
    for (int i = 0; i < k; i++) {
        double worth = (double)value(problem, order[i]);
        ++*tried;
        if (worth > most) most = worth, best = order[i];
        if (worth >= 1) break;
    }
    free(order);
    return best;
}

int simulate_judge(int N, int L, const int *length, const float *p)
{
    int best = 0;
    double least = HUGE_VAL;
    for (int n = 0; n < N; n++) {
        double bits = 0;
        for (int i = 0; i < length[n]; i++) bits -= log2((double)p[n * L + i]) / length[n];
        if (bits < least) least = bits, best = n;
    }
    return best;
}
