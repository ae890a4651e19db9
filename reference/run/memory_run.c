#include "memory_run.h"

#include "arena.h"
#include "tape.h"

enum { LINE = 64, LEARN = 1 };

// bytes_of returns what the numbers of a node take in the arena.
static size_t bytes_of(const struct tape *t, int node)
{
    return (sizeof(float) * tape_size(t, node) + LINE - 1) / LINE * LINE;
}

struct memory memory_run_measure(const struct gpt_config *c, int B, int T)
{
    struct memory m = {.name = "measured"};
    struct arena *a = arena_new();
    struct gpt *model = gpt_new(c, 1);
    struct tape *t = tape_new();
    int n = B * T;
    int32_t *tokens = arena_alloc(a, sizeof *tokens * (size_t)n);
    for (int i = 0; i < n; i++) tokens[i] = i % c->vocab;

    int loss = gpt_loss(model, t, LEARN, B, T, tokens, tokens, NULL);
    size_t forward = tape_memory(t);
    tape_backward(t, loss, 1);
    for (int i = 0; i <= loss; i++) {
        if (!tape_result(t, i)) continue;  // a leaf: not the tape's memory
        m.nodes++;
        m.results += bytes_of(t, i);
        m.gradients += tape_grad(t, i) ? bytes_of(t, i) : 0;
    }
    m.saved = forward - m.results;
    m.work = tape_memory(t) - forward - m.gradients;
    tape_free(t);
    gpt_free(model);
    arena_free(a);
    return m;
}

static void print_line(const struct memory *m, FILE *out)
{
    fprintf(out, "%-13s %5d %11zu %11zu %11zu %11zu %11zu\n", m->name, m->nodes, m->results,
            m->saved, m->gradients, m->work, memory_bytes(m));
}

void memory_run_table(const struct gpt_config *c, int B, int T, int measure, FILE *out)
{
    struct memory kind[MEMORY_KINDS];
    memory_gpt(c, B, T, kind);
    fprintf(out, "%d layers, %d heads, %d channels, %d tokens; %d sequences of %d\n", c->layers,
            c->heads, c->channels, c->vocab, B, T);
    fprintf(out, "%-13s %5s %11s %11s %11s %11s %11s\n", "", "nodes", "results", "saved",
            "gradients", "work", "bytes");
    for (int i = 0; i < MEMORY_KINDS; i++) print_line(&kind[i], out);
    struct memory sum = memory_add(kind);
    print_line(&sum, out);
    if (measure) {
        struct memory m = memory_run_measure(c, B, T);
        print_line(&m, out);
    }
    // In a forward each multiplication is followed by an addition: two operations, two nodes.
    fprintf(out, "one node for each number, as in lesson 06: %.0f nodes\n", gpt_flops(c, B, T) / 3);
}
