#include "stack.h"

#include <math.h>
#include <stdlib.h>

#include "loss.h"
#include "mathf.h"

int stack_cell(int V, int depth, const float *net)
{
    // SOLUTION BEGIN
    float most = 0;
    for (int c = 0; c < V; c++) most = net[c] > most ? net[c] : most;
    int bucket = (int)(most * STACK_BUCKETS);
    return depth * STACK_BUCKETS + (bucket < STACK_BUCKETS ? bucket : STACK_BUCKETS - 1);
    // SOLUTION END
}

// SOLUTION BEGIN
static float log_of(float p)
{
    return mathf_log(p > STACK_LEAST ? p : STACK_LEAST);
}

// SOLUTION END
void stack_mix(int V, const float *w, const float *memory, const float *net, float *p)
{
    // SOLUTION BEGIN
    for (int c = 0; c < V; c++) p[c] = w[0] * log_of(memory[c]) + w[1] * log_of(net[c]);
    softmax_forward(1, V, p, p);
    // SOLUTION END
}

void stack_learn(int V, const float *memory, const float *net, const float *p, int32_t target,
                 struct stack_weights *weights)
{
    // SOLUTION BEGIN
    float by_memory = log_of(memory[target]), by_net = log_of(net[target]);
    for (int c = 0; c < V; c++) {
        by_memory -= p[c] * log_of(memory[c]);
        by_net -= p[c] * log_of(net[c]);
    }
    float rate = STACK_RATE / (1 + STACK_FALL * sqrtf((float)weights->times++));
    weights->w[0] += rate * by_memory;
    weights->w[1] += rate * by_net;
    // SOLUTION END
}

// SOLUTION BEGIN
// The rule that stands here: naive Bayes.  Each of the characters before a place says by itself how
// well it goes with every character that might come; what is further off has less of a say.
enum { BACK = 6 };
static const float SAY[BACK] = {1, 0.8f, 0.6f, 0.4f, 0.3f, 0.2f}, ADDED = 0.1f;

struct mine {
    int V;
    float *times;  // (V)           how often c came
    float *with;   // (BACK, V, V)  how often x stood there, k + 1 characters before it, when c came
};

static void *mine_open(const struct lab_setting *s)
{
    size_t V = (size_t)s->V;
    struct mine *m = malloc(sizeof *m);
    float *counts = calloc(V + BACK * V * V, sizeof *counts);
    if (!m || !counts) die("out of memory: counts of %d characters", s->V);
    *m = (struct mine){s->V, counts, counts + V};
    return m;
}

// row returns how often x stood k + 1 characters before each character.
static float *row(const struct mine *m, int k, int32_t x)
{
    return m->with + (k * m->V + x) * m->V;
}

static void mine_learn(void *state, struct lab_places x)
{
    struct mine *m = state;
    for (int i = 0; i < x.N; i++) {
        size_t at = x.at[i];
        m->times[x.ids[at]]++;
        for (int k = 0; k < BACK && (size_t)k < at; k++)
            row(m, k, x.ids[at - 1 - (size_t)k])[x.ids[at]]++;
    }
}

static void mine_predict(void *state, struct lab_places x, float *p)
{
    const struct mine *m = state;
    int V = m->V;
    for (int i = 0; i < x.N; i++, p += V) {
        for (int c = 0; c < V; c++) p[c] = mathf_log(m->times[c] + ADDED);
        for (int k = 0; k < BACK && (size_t)k < x.at[i]; k++) {
            const float *with = row(m, k, x.ids[x.at[i] - 1 - (size_t)k]);
            for (int c = 0; c < V; c++)
                p[c] += SAY[k] * mathf_log((with[c] + ADDED) / (m->times[c] + ADDED * (float)V));
        }
        softmax_forward(1, V, p, p);
    }
}

static size_t mine_numbers(const void *state)
{
    size_t V = (size_t)((const struct mine *)state)->V;
    return V + BACK * V * V;
}

static void mine_close(void *state)
{
    free(((struct mine *)state)->times);
    free(state);
}

// SOLUTION END
const struct lab_rule *stack_mine(void)
{
    // SOLUTION BEGIN
    static const struct lab_rule MINE = {.name = "mine",
                                         .plain = "naive Bayes, six characters back",
                                         .open = mine_open,
                                         .learn = mine_learn,
                                         .predict = mine_predict,
                                         .numbers = mine_numbers,
                                         .close = mine_close};
    return &MINE;
    // SOLUTION END
}
