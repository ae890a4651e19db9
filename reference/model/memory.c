#include "memory.h"

#include "arena.h"

// lines returns what n numbers of four bytes take.
static size_t lines(size_t n)
{
    return arena_rounded(4 * n);
}

// note returns what an operation notes for its backward, such as where the ids are: it fits the
// least that an arena gives.
static size_t note(void)
{
    return arena_rounded(1);
}

// add counts nodes of `size` numbers; each has a result and later a gradient.
static void add(struct memory *m, int nodes, size_t size)
{
    m->nodes += nodes;
    m->results += (size_t)nodes * lines(size);
    m->gradients += (size_t)nodes * lines(size);
}

static void begin(struct memory kind[MEMORY_KINDS])
{
    static const char *const NAMES[] = {[MEMORY_EMBEDDING] = "embedding",
                                        [MEMORY_ADD] = "add",
                                        [MEMORY_LAYERNORM] = "layernorm",
                                        [MEMORY_LINEAR] = "linear",
                                        [MEMORY_GELU] = "gelu",
                                        [MEMORY_ATTENTION] = "attention",
                                        [MEMORY_TANH] = "tanh",
                                        [MEMORY_RESHAPE] = "reshape",
                                        [MEMORY_CROSS_ENTROPY] = "cross-entropy"};
    for (int i = 0; i < MEMORY_KINDS; i++) kind[i] = (struct memory){.name = NAMES[i]};
}

// add_embedding counts rows of C numbers for N ids, out of V: the backward notes which rows take
// which id.
static void add_embedding(struct memory *m, size_t N, size_t C, size_t V)
{
    add(m, 1, N * C);
    m->saved += note();
    m->work += lines(N) + lines(V);
}

static void add_linear(struct memory *m, int nodes, size_t size)
{
    add(m, nodes, size);
    m->saved += (size_t)nodes * note();
}

static void add_cross_entropy(struct memory *m, size_t N)
{
    add(m, 1, 1);
    m->saved += note() + 2 * lines(N);  // each row's loss, and the logarithm of its sum
}

void memory_gpt(const struct gpt_config *c, int B, int T, struct memory kind[MEMORY_KINDS])
{
    size_t N = (size_t)B * (size_t)T, C = (size_t)c->channels, V = (size_t)c->vocab;
    size_t pairs = N * (size_t)T * (size_t)c->heads;
    int L = c->layers;
    begin(kind);
    add_embedding(&kind[MEMORY_EMBEDDING], N, C, V);
    add_embedding(&kind[MEMORY_EMBEDDING], N, C, (size_t)c->context);
    kind[MEMORY_EMBEDDING].saved += lines(N);  // the numbers of the positions
    add(&kind[MEMORY_ADD], 1 + 2 * L, N * C);

    struct memory *m = &kind[MEMORY_LAYERNORM];
    add(m, 2 * L + 1, N * C);
    m->saved = (size_t)m->nodes * (note() + 2 * lines(N));  // each row's mean and deviation

    m = &kind[MEMORY_LINEAR];
    add_linear(m, L, N * 3 * C);  // queries, keys, values
    add_linear(m, L, N * C);
    add_linear(m, L, N * 4 * C);
    add_linear(m, L, N * C);
    add_linear(m, 1, N * V);  // the logits
    add(&kind[MEMORY_GELU], L, N * 4 * C);

    m = &kind[MEMORY_ATTENTION];
    add(m, L, N * C);
    m->saved = (size_t)L * (note() + lines(pairs));
    m->work = (size_t)L * lines(pairs);
    add_cross_entropy(&kind[MEMORY_CROSS_ENTROPY], N);
}

void memory_mlp(const struct mlp_config *c, int N, struct memory kind[MEMORY_KINDS])
{
    size_t rows = (size_t)N, H = (size_t)c->hidden, V = (size_t)c->vocab;
    size_t ids = rows * (size_t)c->context, E = (size_t)c->embed;
    begin(kind);
    add_embedding(&kind[MEMORY_EMBEDDING], ids, E, V + 1);
    add(&kind[MEMORY_RESHAPE], 1, ids * E);
    add_linear(&kind[MEMORY_LINEAR], c->layers, rows * H);
    add_linear(&kind[MEMORY_LINEAR], 1, rows * V);
    add(&kind[MEMORY_TANH], c->layers, rows * H);
    add_cross_entropy(&kind[MEMORY_CROSS_ENTROPY], rows);
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
