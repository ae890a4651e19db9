#include "rule_stack.h"

#include <stdlib.h>
#include <string.h>

#include "net.h"
#include "reso.h"
#include "rule_backprop.h"
#include "rule_counting.h"
#include "rule_critic.h"
#include "stack.h"

// Stretches are long, as their neighbours speak of the same.  A copy has room for the longest
// category and the answer; no network of taught.h looks back as far.
enum { STRETCH = 5000, EVERY = 20, WHICH = 10, BEFORE = RESO_LEVELS, COPY = BEFORE + 1 };
enum { CELLS = (RESO_LEVELS + 1) * STACK_BUCKETS };
static const float BEGIN_MEMORY = 0.6f, BEGIN_NET = 0.4f;

struct expert {
    const struct lab_rule *rule;
    void *state;
    float *p;  // (LAB_BATCH, V)
};

struct stack {
    int V;
    struct expert memory, net;
    struct stack_weights cell[CELLS];
    float *mixed;  // (V)
    size_t left;   // examples still to come before the gate is fitted
    size_t kept, room;
    int32_t *aside;  // (kept, COPY)  what stood before a place, and the answer
};

static struct expert open_expert(const struct lab_rule *rule, const struct lab_setting *s)
{
    struct expert e = {rule, rule->open(s), malloc(sizeof(float) * LAB_BATCH * (size_t)s->V)};
    if (!e.p) die("out of memory: %d probabilities", s->V);
    return e;
}

static void *open(const struct lab_setting *s, const struct lab_rule *net)
{
    struct stack *k = malloc(sizeof *k);
    if (!k) die("out of memory: a rule");
    *k = (struct stack){.V = s->V,
                        .memory = open_expert(&LAB_RESO, s),
                        .net = open_expert(net, s),
                        .mixed = net_zeros((size_t)s->V),
                        .left = s->examples};
    for (int i = 0; i < CELLS; i++)
        k->cell[i] = (struct stack_weights){.w = {BEGIN_MEMORY, BEGIN_NET}};
    return k;
}

// ask lets both predict: their rows stay in memory.p and net.p.
//   which  (N)  the places' cells
static void ask(struct stack *k, struct lab_places x, struct stack_weights **which)
{
    k->memory.rule->predict(k->memory.state, x, k->memory.p);
    k->net.rule->predict(k->net.state, x, k->net.p);
    for (int i = 0; i < x.N; i++) {
        int depth = (int)k->memory.rule->known(k->memory.state, x.ids, x.at[i]);
        which[i] = &k->cell[stack_cell(k->V, depth, k->net.p + i * k->V)];
    }
}

static void tell_both(struct stack *k, struct lab_places x)
{
    if (x.N == 0) return;
    k->memory.rule->learn(k->memory.state, x);
    k->net.rule->learn(k->net.state, x);
}

// tell_gate lets the gate learn from places that neither has been told of.
static void tell_gate(struct stack *k, struct lab_places x)
{
    struct stack_weights *which[LAB_BATCH];
    ask(k, x, which);
    for (int i = 0; i < x.N; i++) {
        const float *memory = k->memory.p + i * k->V, *net = k->net.p + i * k->V;
        stack_mix(k->V, which[i]->w, memory, net, k->mixed);
        stack_learn(k->V, memory, net, k->mixed, x.ids[x.at[i]], which[i]);
    }
}

static void set_aside(struct stack *k, const int32_t *answer)
{
    if (k->kept == k->room) {
        k->room = k->room ? 2 * k->room : 1024;
        k->aside = realloc(k->aside, k->room * COPY * sizeof *k->aside);
        if (!k->aside) die("out of memory: %zu places set aside", k->room);
    }
    memcpy(k->aside + k->kept++ * COPY, answer - BEFORE, COPY * sizeof *answer);
}

// fit lets the gate learn from all that was set aside, then both experts.
static void fit(struct stack *k)
{
    for (int told = 0; told < 2; told++) {
        for (size_t begin = 0; begin < k->kept; begin += LAB_BATCH) {
            size_t at[LAB_BATCH];
            int N = (int)(k->kept - begin < LAB_BATCH ? k->kept - begin : LAB_BATCH);
            for (int i = 0; i < N; i++) at[i] = (begin + (size_t)i) * COPY + BEFORE;
            struct lab_places x = {k->aside, N, at};
            if (told)
                tell_both(k, x);
            else
                tell_gate(k, x);
        }
    }
    free(k->aside);
    k->aside = NULL;
    k->kept = k->room = 0;
}

static void learn(void *state, struct lab_places x)
{
    struct stack *k = state;
    if (k->left == 0) {
        tell_gate(k, x);
        tell_both(k, x);
        return;
    }
    size_t at[LAB_BATCH];
    struct lab_places shown = {x.ids, 0, at};
    for (int i = 0; i < x.N; i++) {
        if (x.at[i] >= BEFORE && x.at[i] / STRETCH % EVERY == WHICH)
            set_aside(k, x.ids + x.at[i]);
        else
            at[shown.N++] = x.at[i];
    }
    tell_both(k, shown);
    k->left -= k->left < (size_t)x.N ? k->left : (size_t)x.N;
    if (k->left == 0) fit(k);
}

static void predict(void *state, struct lab_places x, float *p)
{
    struct stack *k = state;
    struct stack_weights *which[LAB_BATCH];
    ask(k, x, which);
    for (int i = 0; i < x.N; i++)
        stack_mix(k->V, which[i]->w, k->memory.p + i * k->V, k->net.p + i * k->V, p + i * k->V);
}

static size_t numbers(const void *state)
{
    const struct stack *k = state;
    return k->memory.rule->numbers(k->memory.state) + k->net.rule->numbers(k->net.state) +
           (size_t)CELLS * 2;
}

static float known(void *state, const int32_t *ids, size_t at)
{
    struct stack *k = state;
    return k->memory.rule->known(k->memory.state, ids, at);
}

static void again(void *state, size_t examples)
{
    struct stack *k = state;
    k->net.rule->again(k->net.state, examples);
}

static void close(void *state)
{
    struct stack *k = state;
    k->memory.rule->close(k->memory.state);
    k->net.rule->close(k->net.state);
    free(k->memory.p), free(k->net.p), free(k->mixed), free(k->aside), free(k);
}

static void *open_pc(const struct lab_setting *s)
{
    return open(s, &LAB_PC);
}

static void *open_mlp(const struct lab_setting *s)
{
    return open(s, &LAB_MLP);
}

#define STACK                                                                               \
    .learn = learn, .predict = predict, .numbers = numbers, .known = known, .again = again, \
    .close = close

const struct lab_rule LAB_STACK = {
    .name = "stack", .plain = "reso and pc, mixed by a gate", .open = open_pc, STACK};

const struct lab_rule LAB_STACK_MLP = {
    .name = "stack-mlp", .plain = "reso and mlp, mixed by the same gate", .open = open_mlp, STACK};
