#include "kinds.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "grow.h"
#include "mathf.h"
#include "net.h"

// How many characters before a place are looked at, and how much of an average stays.
enum { LOOK = 8 };
static const float KEEP = 0.7f;

struct kinds {
    const struct lab_rule *rule;
    struct lab_setting setting;
    int count;
    void *column[KINDS_MOST];
    float *p;  // (LAB_BATCH, V)
};

int kinds_count(const struct kinds *k)
{
    return k->count;
}

void kinds_add(struct kinds *k, size_t examples)
{
    if (k->count == KINDS_MOST) return;
    k->setting.examples = examples;
    k->column[k->count++] = k->rule->open(&k->setting);
}

struct kinds *kinds_open(const struct lab_rule *rule, const struct lab_setting *s)
{
    struct kinds *k = malloc(sizeof *k);
    if (!k) die("out of memory: a network for each kind");
    *k = (struct kinds){.rule = rule, .setting = *s, .p = net_zeros(LAB_BATCH * (size_t)s->V)};
    kinds_add(k, s->examples);
    return k;
}

void kinds_close(struct kinds *k)
{
    for (int c = 0; c < k->count; c++) k->rule->close(k->column[c]);
    free(k->p);
    free(k);
}

// surprise writes how surprised a column is at each of the places: -ln p.
static void surprise(struct kinds *k, int column, struct lab_places x, float *nats)
{
    k->rule->predict(k->column[column], x, k->p);
    for (int i = 0; i < x.N; i++) {
        float p = k->p[i * k->setting.V + x.ids[x.at[i]]];
        nats[i] = -mathf_log(fmaxf(p, (float)LAB_LEAST));
    }
}

// route writes which column each place asks: from LOOK characters before it up to the last one,
// moving averages of each column's surprise.
static void route(struct kinds *k, struct lab_places x, int *which)
{
    float average[LAB_BATCH][KINDS_MOST] = {{0}};
    for (size_t back = LOOK; back >= 1; back--) {
        float nats[KINDS_MOST][LAB_BATCH];
        size_t at[LAB_BATCH];
        int who[LAB_BATCH], N = 0;
        for (int i = 0; i < x.N; i++)
            if (x.at[i] >= back) who[N] = i, at[N++] = x.at[i] - back;
        if (N == 0) continue;
        for (int c = 0; c < k->count; c++)
            surprise(k, c, (struct lab_places){x.ids, N, at}, nats[c]);
        for (int n = 0; n < N; n++) {
            float of[KINDS_MOST];
            for (int c = 0; c < k->count; c++) of[c] = nats[c][n];
            which[who[n]] = grow_route(k->count, KEEP, of, average[who[n]]);
        }
    }
}

void kinds_predict(struct kinds *k, struct lab_places x, float *p)
{
    size_t V = (size_t)k->setting.V;
    int which[LAB_BATCH] = {0};
    if (k->count == 1) {
        k->rule->predict(k->column[0], x, p);
        return;
    }
    route(k, x, which);
    for (int c = 0; c < k->count; c++) {
        size_t at[LAB_BATCH];
        int who[LAB_BATCH], N = 0;
        for (int i = 0; i < x.N; i++)
            if (which[i] == c) who[N] = i, at[N++] = x.at[i];
        if (N == 0) continue;
        k->rule->predict(k->column[c], (struct lab_places){x.ids, N, at}, k->p);
        for (int n = 0; n < N; n++)
            memcpy(p + (size_t)who[n] * V, k->p + (size_t)n * V, V * sizeof *p);
    }
}

void kinds_learn(struct kinds *k, struct lab_places x)
{
    int best = 0;
    float least = INFINITY;
    for (int c = 0; c < k->count && k->count > 1; c++) {
        float nats[LAB_BATCH], sum = 0;
        surprise(k, c, x, nats);
        for (int i = 0; i < x.N; i++) sum += nats[i];
        if (sum < least) best = c, least = sum;
    }
    k->rule->learn(k->column[best], x);
}

size_t kinds_numbers(const struct kinds *k)
{
    size_t sum = 0;
    for (int c = 0; c < k->count; c++) sum += k->rule->numbers(k->column[c]);
    return sum;
}

void kinds_again(struct kinds *k, size_t examples)
{
    if (!k->rule->again) return;
    for (int c = 0; c < k->count; c++) k->rule->again(k->column[c], examples);
}
