#include "rule_stack.h"

#include <stdlib.h>
#include <string.h>

#include "net.h"
#include "reso.h"
#include "rule_backprop.h"
#include "rule_counting.h"
#include "rule_critic.h"
#include "stack.h"

// The gate is fitted on the last of so many parts of the examples.
enum { PARTS = 20 };
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
    float *mixed;         // (V)
    size_t shown, first;  // examples so far; the first that the gate learns from
    const int32_t *text;  // the one that they are of
    size_t room;          // places of it that `told` has bits for
    uint8_t *told;        // (room / 8)  which of them were shown
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
                        .room = 8,
                        .told = calloc(1, 1),
                        .first = s->examples - s->examples / PARTS};
    if (!k->told) die("out of memory: a rule");
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

// is_new says whether this place is shown for the first time, and notes that it was.
static int is_new(struct stack *k, const int32_t *ids, size_t at)
{
    if (ids != k->text) memset(k->told, 0, k->room / 8), k->text = ids;
    if (at >= k->room) {
        size_t room = (2 * at + 64) / 8 * 8;
        k->told = realloc(k->told, room / 8);
        if (!k->told) die("out of memory: which of %zu places were shown", room);
        memset(k->told + k->room / 8, 0, (room - k->room) / 8);
        k->room = room;
    }
    int bit = 1 << at % 8, was = k->told[at / 8] & bit;
    k->told[at / 8] |= (uint8_t)bit;
    return !was;
}

// tell_gate lets the gate learn from those of the places that are new.
static void tell_gate(struct stack *k, struct lab_places x, const int *fresh)
{
    struct stack_weights *which[LAB_BATCH];
    ask(k, x, which);
    for (int i = 0; i < x.N; i++) {
        if (!fresh[i]) continue;
        const float *memory = k->memory.p + i * k->V, *net = k->net.p + i * k->V;
        stack_mix(k->V, which[i]->w, memory, net, k->mixed);
        stack_learn(k->V, memory, net, k->mixed, x.ids[x.at[i]], which[i]);
    }
}

static void learn(void *state, struct lab_places x)
{
    struct stack *k = state;
    int fresh[LAB_BATCH];
    for (int i = 0; i < x.N; i++) fresh[i] = is_new(k, x.ids, x.at[i]);
    if (k->shown >= k->first) tell_gate(k, x, fresh);
    k->shown += (size_t)x.N;
    k->memory.rule->learn(k->memory.state, x);
    k->net.rule->learn(k->net.state, x);
}

static void predict(void *state, struct lab_places x, float *p)
{
    struct stack *k = state;
    struct stack_weights *which[LAB_BATCH];
    ask(k, x, which);
    for (int i = 0; i < x.N; i++)
        stack_mix(k->V, which[i]->w, k->memory.p + i * k->V, k->net.p + i * k->V, p + i * k->V);
}

struct rule_stack_look rule_stack_look(void *state, const int32_t *ids, size_t at, float *p)
{
    struct stack *k = state;
    struct stack_weights *which;
    ask(k, (struct lab_places){ids, 1, &at}, &which);
    stack_mix(k->V, which->w, k->memory.p, k->net.p, p);
    return (struct rule_stack_look){.depth = (int)(which - k->cell) / STACK_BUCKETS,
                                    .memory = k->memory.p,
                                    .net = k->net.p,
                                    .w = which->w};
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
    k->text = NULL;
    k->net.rule->again(k->net.state, examples);
}

static void close(void *state)
{
    struct stack *k = state;
    k->memory.rule->close(k->memory.state);
    k->net.rule->close(k->net.state);
    free(k->memory.p), free(k->net.p), free(k->mixed), free(k->told), free(k);
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
