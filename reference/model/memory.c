#include "memory.h"

// What an operation notes for its backward, such as where the ids are, fits one line of the arena.
enum { LINE = 64, NOTE = LINE };

// lines returns the bytes of n numbers of four bytes, in whole lines.
static size_t lines(size_t n)
{
    return (4 * n + LINE - 1) / LINE * LINE;
}

// add counts nodes of `size` numbers; each has a result and later a gradient.
static void add(struct memory *m, int nodes, size_t size)
{
    m->nodes += nodes;
    m->results += (size_t)nodes * lines(size);
    m->gradients += (size_t)nodes * lines(size);
}

void memory_gpt(const struct gpt_config *c, int B, int T, struct memory kind[MEMORY_KINDS])
{
    static const char *const NAMES[] = {"embedding", "add",       "layernorm",    "linear",
                                        "gelu",      "attention", "cross-entropy"};
    size_t N = (size_t)B * (size_t)T, C = (size_t)c->channels, V = (size_t)c->vocab;
    size_t map = N * (size_t)T * (size_t)c->heads;  // each position's share of each other
    int L = c->layers;
    for (int i = 0; i < MEMORY_KINDS; i++) kind[i] = (struct memory){.name = NAMES[i]};

    struct memory *m = &kind[MEMORY_EMBEDDING];
    add(m, 2, N * C);
    m->saved = 2 * NOTE + lines(N);                                 // the positions' numbers
    m->work = 2 * lines(N) + lines(V) + lines((size_t)c->context);  // which rows take which token

    add(&kind[MEMORY_ADD], 1 + 2 * L, N * C);

    m = &kind[MEMORY_LAYERNORM];
    add(m, 2 * L + 1, N * C);
    m->saved = (size_t)m->nodes * (NOTE + 2 * lines(N));  // each row's mean and deviation

    m = &kind[MEMORY_LINEAR];
    add(m, L, N * 3 * C);  // queries, keys, values
    add(m, L, N * C);
    add(m, L, N * 4 * C);
    add(m, L, N * C);
    add(m, 1, N * V);  // the logits
    m->saved = (size_t)m->nodes * NOTE;

    add(&kind[MEMORY_GELU], L, N * 4 * C);

    m = &kind[MEMORY_ATTENTION];
    add(m, L, N * C);
    m->saved = (size_t)L * (NOTE + lines(map));
    m->work = (size_t)L * lines(map);

    m = &kind[MEMORY_CROSS_ENTROPY];
    add(m, 1, 1);
    m->saved = NOTE + 2 * lines(N);  // each row's loss, and the logarithm of its sum
}

struct memory memory_add(const struct memory kind[MEMORY_KINDS])
{
    struct memory sum = {.name = "sum"};
    for (int i = 0; i < MEMORY_KINDS; i++) {
        sum.nodes += kind[i].nodes;
        sum.results += kind[i].results;
        sum.saved += kind[i].saved;
        sum.gradients += kind[i].gradients;
        sum.work += kind[i].work;
    }
    return sum;
}

size_t memory_bytes(const struct memory *m)
{
    return m->results + m->saved + m->gradients + m->work;
}
