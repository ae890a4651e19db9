// Another way: in double precision, by products of powers; and a rule of one's own that counts
// pairs, with what a place knows nothing of taken from single characters.
#include "stack.h"

#include <math.h>
#include <stdlib.h>

int stack_cell(int V, int depth, const float *net)
{
    int bucket = 0;
    for (int c = 0; c < V; c++)
        while (bucket < STACK_BUCKETS - 1 && net[c] * STACK_BUCKETS >= (float)(bucket + 1))
            bucket++;
    return STACK_BUCKETS * depth + bucket;
}

static double of(float p)
{
    return log(fmax((double)p, (double)STACK_LEAST));
}

void stack_mix(int V, const float *w, const float *memory, const float *net, float *p)
{
    double most = -INFINITY, sum = 0;
    for (int c = 0; c < V; c++)
        most = fmax(most, (double)w[0] * of(memory[c]) + (double)w[1] * of(net[c]));
    for (int c = 0; c < V; c++)
        sum += exp((double)w[0] * of(memory[c]) + (double)w[1] * of(net[c]) - most);
    for (int c = 0; c < V; c++)
        p[c] = (float)(exp((double)w[0] * of(memory[c]) + (double)w[1] * of(net[c]) - most) / sum);
}

void stack_learn(int V, const float *memory, const float *net, const float *p, int32_t target,
                 struct stack_weights *weights)
{
    const float *side[] = {memory, net};
    double rate = (double)STACK_RATE / (1 + (double)STACK_FALL * sqrt(weights->times));
    for (int k = 0; k < 2; k++) {
        double pull = 0;
        for (int c = 0; c < V; c++) pull += ((c == target) - (double)p[c]) * of(side[k][c]);
        weights->w[k] = (float)((double)weights->w[k] + rate * pull);
    }
    weights->times += 1;
}

struct pairs {
    size_t V;
    double count[];  // (V) how often each came; (V, V) behind each
};

static void *pairs_open(const struct lab_setting *s)
{
    size_t V = (size_t)s->V;
    struct pairs *m = malloc(sizeof *m + (V + V * V) * sizeof *m->count);
    if (!m) die("out of memory");
    m->V = V;
    for (size_t i = 0; i < V + V * V; i++) m->count[i] = i < V ? 1 : 0;
    return m;
}

static void pairs_learn(void *state, struct lab_places x)
{
    struct pairs *m = state;
    for (int i = 0; i < x.N; i++) {
        const int32_t *here = x.ids + x.at[i];
        m->count[*here]++;
        if (x.at[i] > 0) m->count[m->V + (size_t)here[-1] * m->V + (size_t)here[0]]++;
    }
}

static void pairs_predict(void *state, struct lab_places x, float *p)
{
    struct pairs *m = state;
    double all = 0;
    for (size_t c = 0; c < m->V; c++) all += m->count[c];
    for (int i = 0; i < x.N; i++) {
        double behind = 0;
        const double *row = NULL;
        if (x.at[i] > 0) row = m->count + m->V + (size_t)x.ids[x.at[i] - 1] * m->V;
        for (size_t c = 0; row && c < m->V; c++) behind += row[c];
        for (size_t c = 0; c < m->V; c++)
            p[(size_t)i * m->V + c] =
                (float)(((row ? row[c] : 0) + 5 * m->count[c] / all) / (behind + 5));
    }
}

static size_t pairs_numbers(const void *state)
{
    const struct pairs *m = state;
    return m->V + m->V * m->V;
}

static const struct lab_rule PAIRS = {"mine",        "pairs, leaning on single characters",
                                      pairs_open,    pairs_learn,
                                      pairs_predict, pairs_numbers,
                                      NULL,          NULL,
                                      NULL,          free};

const struct lab_rule *stack_mine(void)
{
    return &PAIRS;
}
