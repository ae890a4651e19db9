#include "memory_run.h"

#include "arena.h"
#include "tape.h"

enum { LEARN = 1 };

// bytes_of returns what the numbers of a node take in the arena.
static size_t bytes_of(const struct tape *t, int node)
{
    return arena_rounded(sizeof(float) * tape_size(t, node));
}

// measure goes backward from the loss and looks at what is on the tape.
static struct memory measure(struct tape *t, int loss)
{
    struct memory m = {.name = "measured"};
    tape_backward(t, loss, 1);
    for (int i = 0; i <= loss; i++) {
        if (!tape_result(t, i)) continue;  // a leaf: not the tape's memory
        m.nodes++;
        m.results += bytes_of(t, i);
        m.gradients += tape_grad(t, i) ? bytes_of(t, i) : 0;
    }
    size_t all = tape_memory(t);
    tape_reset(t);
    m.work = tape_memory(t);  // what was worked in does not end with the step
    m.saved = all - m.work - m.results - m.gradients;
    return m;
}

// some_ids returns n ids below V.
static int32_t *some_ids(struct arena *a, int n, int V)
{
    int32_t *ids = arena_alloc(a, sizeof *ids * (size_t)n);
    for (int i = 0; i < n; i++) ids[i] = i % V;
    return ids;
}

struct memory memory_run_gpt(const struct gpt_config *c, enum gpt_attention how, int B, int T)
{
    struct arena *a = arena_new();
    struct gpt *model = gpt_new(c, 1);
    gpt_set_attention(model, how);
    struct tape *t = tape_new();
    const int32_t *ids = some_ids(a, B * T, c->vocab);
    struct memory m = measure(t, gpt_loss(model, t, LEARN, B, T, ids, ids, NULL));
    tape_free(t);
    gpt_free(model);
    arena_free(a);
    return m;
}

struct memory memory_run_mlp(const struct mlp_config *c, int N)
{
    struct arena *a = arena_new();
    struct mlp *model = mlp_new(c);
    struct tape *t = tape_new();
    const int32_t *windows = some_ids(a, N * c->context, c->vocab);
    struct memory m = measure(t, mlp_loss(model, t, LEARN, N, windows, windows, NULL));
    tape_free(t);
    mlp_free(model);
    arena_free(a);
    return m;
}

static void print_line(const struct memory *m, FILE *out)
{
    fprintf(out, "%-13s %5d %11zu %11zu %11zu %11zu %11zu\n", m->name, m->nodes, m->results,
            m->saved, m->gradients, m->work, memory_bytes(m));
}

void memory_run_table(const struct memory kind[MEMORY_KINDS], const struct memory *measured,
                      FILE *out)
{
    fprintf(out, "%-13s %5s %11s %11s %11s %11s %11s\n", "", "nodes", "results", "saved",
            "gradients", "work", "bytes");
    for (int i = 0; i < MEMORY_KINDS; i++) {
        if (kind[i].nodes) print_line(&kind[i], out);
    }
    struct memory sum = memory_add(kind);
    print_line(&sum, out);
    if (measured) print_line(measured, out);
}
