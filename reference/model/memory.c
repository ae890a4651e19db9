#include "memory.h"

#include "arena.h"
#include "fast.h"
#include "ops.h"

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
                                        [MEMORY_POSITION] = "position",
                                        [MEMORY_NORM] = "norm",
                                        [MEMORY_LINEAR] = "linear",
                                        [MEMORY_ROTARY] = "rotary",
                                        [MEMORY_NETWORK] = "network",
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
    m->work = lines(N + V);
}

static void add_cross_entropy(struct memory *m, size_t N)
{
    add(m, 1, 1);
    m->saved += note() + 2 * lines(N);  // each row's loss, and the logarithm of its sum
}

// add_noted counts nodes whose operation notes something.
static void add_noted(struct memory *m, int nodes, size_t size)
{
    add(m, nodes, size);
    m->saved += (size_t)nodes * note();
}

void memory_gpt(const struct gpt_config *config, enum gpt_attention how, int B, int T,
                struct memory kind[MEMORY_KINDS])
{
    struct gpt_config c = gpt_filled(config);
    size_t N = (size_t)B * (size_t)T, C = (size_t)c.channels, F = (size_t)c.hidden;
    size_t V = (size_t)c.vocab, W = C / (size_t)c.heads * (size_t)(c.heads + 2 * c.groups);
    size_t queries = N * (size_t)c.heads, pairs = queries * (size_t)T;
    size_t up = c.network == NETWORK_SWIGLU ? 2 * F : F;
    int L = c.layers;
    begin(kind);
    add_embedding(&kind[MEMORY_EMBEDDING], N, C, V);
    if (c.position == POSITION_LEARNED || c.position == POSITION_WAVES)
        add_noted(&kind[MEMORY_POSITION], 1, N * C);
    if (c.position == POSITION_ROTARY) add_noted(&kind[MEMORY_ROTARY], L, N * W);
    add(&kind[MEMORY_ADD], 2 * L, N * C);

    struct memory *m = &kind[MEMORY_NORM];
    add_noted(m, 2 * L + 1, N * C);
    m->saved += (size_t)m->nodes * (c.norm == NORM_LAYER ? 2 : 1) * lines(N);  // of each row

    m = &kind[MEMORY_LINEAR];
    add_noted(m, L, N * W);  // queries, keys, values
    add_noted(m, L, N * C);
    add_noted(m, L, N * up);
    add_noted(m, 1, N * V);  // the logits

    m = &kind[MEMORY_NETWORK];
    add_noted(m, L, N * C);
    m->work = lines(2 * N * F);

    m = &kind[MEMORY_ATTENTION];
    add_noted(m, L, N * C);
    m->saved += (size_t)L * lines(how == GPT_FLASH ? queries : pairs);
    m->work = how == GPT_FLASH ? 0 : lines(pairs);
    add_cross_entropy(&kind[MEMORY_CROSS_ENTROPY], N);
}

// struct lean: floats of a lean tape.
//   gradients  what it makes new memory for.  Where it adds, three rows of C are wanted at once: of
//              the sum and of what is added.  Two layers do not take more than one, for the second
//              finds the memory of the first.
//   left       of the place of large logits, from which all gradients but the first are cut
struct lean {
    size_t gradients, left;
};

static struct lean lean_of(const struct gpt_config *c, size_t N)
{
    size_t C = (size_t)c->channels, F = (size_t)c->hidden, V = (size_t)c->vocab;
    size_t W = C / (size_t)c->heads * (size_t)(c->heads + 2 * c->groups);
    size_t up = c->network == NETWORK_SWIGLU ? 2 * F : F;
    size_t turned = c->position == POSITION_ROTARY ? W : 0, others = 2 * C + up + W + turned;
    if (V < OP_LARGE_ROW) return (struct lean){N * (V + C + others), 0};
    return (struct lean){N * (C + (others > V ? others - V : 0)),
                         N * (V > others ? V - others : 0)};
}

// page_ends returns what is left unused where an arena grows: each of its chunks is as large as all
// before it, and ends inside a large page; on average half of that is in use for nothing.
static size_t page_ends(size_t bytes)
{
    const size_t page = (size_t)2 << 20;
    size_t ends = 0;
    for (size_t chunk = 2 * page; chunk <= bytes; chunk *= 2) ends += page / 2;
    return ends;
}

// lean_bytes returns what a step takes on a lean tape.
static size_t lean_bytes(const struct gpt_config *config, enum gpt_attention how, int B, int T)
{
    struct gpt_config c = gpt_filled(config);
    struct memory kind[MEMORY_KINDS];
    memory_gpt(&c, how, B, T, kind);
    struct lean lean = lean_of(&c, (size_t)B * (size_t)T);
    // What is asked for but not written takes no memory, and backwards work in what is left of the
    // logits' place where they can: then half of a network's work remains, its forward's.
    size_t *network = &kind[MEMORY_NETWORK].work, *attention = &kind[MEMORY_ATTENTION].work;
    if (*network <= sizeof(float) * lean.left) *network /= 2;
    if (*attention <= sizeof(float) * lean.left)
        *attention = 0;
    else if (how == GPT_MAPS)
        *attention =
            sizeof(float) * FAST.attention_work(B, T, c.heads, c.groups, c.channels / c.heads);
    struct memory tape = memory_add(kind);
    tape.gradients = sizeof(float) * lean.gradients;
    size_t bytes = memory_bytes(&tape);
    return bytes + page_ends(bytes);
}

size_t memory_step(const struct gpt_config *c, enum gpt_attention how, int B, int T)
{
    return gpt_bytes(c) + lean_bytes(c, how, B, T);
}

size_t memory_batches(const struct gpt_config *c, enum gpt_attention how, int B, int T, int n)
{
    // gpt_bytes has the gradients of one; n - 1 more, and the sum.
    size_t gradients = sizeof(float) * gpt_count(c).total;
    return gpt_bytes(c) + (size_t)n * (gradients + lean_bytes(c, how, B, T));
}

void memory_mlp(const struct mlp_config *c, int N, struct memory kind[MEMORY_KINDS])
{
    size_t rows = (size_t)N, H = (size_t)c->hidden, V = (size_t)c->vocab;
    size_t ids = rows * (size_t)c->context, E = (size_t)c->embed;
    begin(kind);
    add_embedding(&kind[MEMORY_EMBEDDING], ids, E, V + 1);
    add(&kind[MEMORY_RESHAPE], 1, ids * E);
    add_noted(&kind[MEMORY_LINEAR], c->layers, rows * H);
    add_noted(&kind[MEMORY_LINEAR], 1, rows * V);
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
        if (kind[i].work > sum.work) sum.work = kind[i].work;
    }
    return sum;
}

size_t memory_bytes(const struct memory *m)
{
    return m->results + m->saved + m->gradients + m->work;
}
