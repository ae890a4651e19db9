#include "rule_stack.h"

#include <stdlib.h>
#include <string.h>

#include "kinds.h"
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

// A text is of another kind if what stands before its places is found again less than half as far
// back as usual.  The average is over about so many of the latest examples.
enum { LATEST = 64 };

// struct depth: how far back the memory finds what stands before a place.
struct depth {
    float usual, latest;  // means
    int strange;          // it is less than half of the usual now
};

struct stack {
    int V;
    void *memory;  // of LAB_RESO
    struct kinds *nets;
    float *by_memory, *by_net;  // (LAB_BATCH, V)  what they said last
    struct depth depth;
    struct stack_weights cell[CELLS];
    float *mixed;               // (V)
    size_t shown, first, last;  // examples so far; those that the gate is fitted on
    size_t promised;            // examples of the text that is shown now
    const int32_t *text;        // the one that they are of
    size_t room;                // places of it that `told` has bits for
    uint8_t *told;              // (room / 8)  which of them were shown
};

static void *open(const struct lab_setting *s, const struct lab_rule *net)
{
    struct stack *k = malloc(sizeof *k);
    if (!k) die("out of memory: a rule");
    size_t rows = LAB_BATCH * (size_t)s->V;
    *k = (struct stack){.V = s->V,
                        .memory = LAB_RESO.open(s),
                        .nets = kinds_open(net, s),
                        .by_memory = net_zeros(rows),
                        .by_net = net_zeros(rows),
                        .mixed = net_zeros((size_t)s->V),
                        .room = 8,
                        .told = calloc(1, 1),
                        .first = s->examples - s->examples / PARTS,
                        .last = s->examples,
                        .promised = s->examples};
    if (!k->told) die("out of memory: a rule");
    for (int i = 0; i < CELLS; i++)
        k->cell[i] = (struct stack_weights){.w = {BEGIN_MEMORY, BEGIN_NET}};
    return k;
}

// ask lets both predict: their rows stay in by_memory and by_net.
//   which  (N)  the places' cells
static void ask(struct stack *k, struct lab_places x, struct stack_weights **which)
{
    LAB_RESO.predict(k->memory, x, k->by_memory);
    kinds_predict(k->nets, x, k->by_net);
    for (int i = 0; i < x.N; i++) {
        int depth = (int)LAB_RESO.known(k->memory, x.ids, x.at[i]);
        which[i] = &k->cell[stack_cell(k->V, depth, k->by_net + i * k->V)];
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
        const float *memory = k->by_memory + i * k->V, *net = k->by_net + i * k->V;
        stack_mix(k->V, which[i]->w, memory, net, k->mixed);
        stack_learn(k->V, memory, net, k->mixed, x.ids[x.at[i]], which[i]);
    }
}

// notice keeps the means of the match, and adds a column where a text of another kind begins.
static void notice(struct stack *k, struct lab_places x)
{
    struct depth *d = &k->depth;
    float sum = 0, share = (float)x.N / LATEST;
    for (int i = 0; i < x.N; i++) sum += LAB_RESO.known(k->memory, x.ids, x.at[i]);
    d->latest += share * (sum / (float)x.N - d->latest);
    if (k->shown < k->last) {
        d->usual = d->latest;
        return;
    }
    int strange = d->latest < d->usual / 2;
    if (strange && !d->strange) kinds_add(k->nets, k->promised);
    d->strange = strange;
}

static void learn(void *state, struct lab_places x)
{
    struct stack *k = state;
    int fresh[LAB_BATCH];
    for (int i = 0; i < x.N; i++) fresh[i] = is_new(k, x.ids, x.at[i]);
    if (k->shown >= k->first) notice(k, x), tell_gate(k, x, fresh);
    k->shown += (size_t)x.N;
    LAB_RESO.learn(k->memory, x);
    kinds_learn(k->nets, x);
}

static void predict(void *state, struct lab_places x, float *p)
{
    struct stack *k = state;
    struct stack_weights *which[LAB_BATCH];
    ask(k, x, which);
    for (int i = 0; i < x.N; i++)
        stack_mix(k->V, which[i]->w, k->by_memory + i * k->V, k->by_net + i * k->V, p + i * k->V);
}

struct rule_stack_look rule_stack_look(void *state, const int32_t *ids, size_t at, float *p)
{
    struct stack *k = state;
    struct stack_weights *which;
    ask(k, (struct lab_places){ids, 1, &at}, &which);
    stack_mix(k->V, which->w, k->by_memory, k->by_net, p);
    return (struct rule_stack_look){.depth = (int)(which - k->cell) / STACK_BUCKETS,
                                    .memory = k->by_memory,
                                    .net = k->by_net,
                                    .w = which->w};
}

static size_t numbers(const void *state)
{
    const struct stack *k = state;
    return LAB_RESO.numbers(k->memory) + kinds_numbers(k->nets) + (size_t)CELLS * 2;
}

static float known(void *state, const int32_t *ids, size_t at)
{
    return LAB_RESO.known(((struct stack *)state)->memory, ids, at);
}

static void again(void *state, size_t examples)
{
    struct stack *k = state;
    k->text = NULL;
    k->promised = examples;
    kinds_again(k->nets, examples);
}

static void close(void *state)
{
    struct stack *k = state;
    LAB_RESO.close(k->memory);
    kinds_close(k->nets);
    free(k->by_memory), free(k->by_net), free(k->mixed), free(k->told), free(k);
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
