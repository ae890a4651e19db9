#include "shape_run.h"

#include <string.h>

#define SIZES(V, T, L, H, C) \
    .vocab = (V), .context = (T), .layers = (L), .heads = (H), .channels = (C)

// Sources: Radford et al. 2019, table 2, whose names are those of the published files; Zhang et al.
// 2024, "TinyLlama", table 1; Touvron et al. 2023, "Llama 2", table 1.
static const struct {
    const char *name;
    int llama;
    struct gpt_config c;
} NAMED[] = {
    {"gpt2", 0, {SIZES(50257, 1024, 12, 12, 768)}},
    {"gpt2-medium", 0, {SIZES(50257, 1024, 24, 16, 1024)}},
    {"gpt2-large", 0, {SIZES(50257, 1024, 36, 20, 1280)}},
    {"gpt2-xl", 0, {SIZES(50257, 1024, 48, 25, 1600)}},
    {"tinyllama", 1, {SIZES(32000, 2048, 22, 32, 2048), .groups = 4, .hidden = 5632}},
    {"llama2-7b", 1, {SIZES(32000, 4096, 32, 32, 4096), .hidden = 11008}},
    {"llama2-70b", 1, {SIZES(32000, 4096, 80, 64, 8192), .groups = 8, .hidden = 28672}},
};

enum err shape_run_named(const char *name, struct gpt_config *c, struct error *e)
{
    for (size_t i = 0; i < sizeof NAMED / sizeof *NAMED; i++) {
        if (strcmp(NAMED[i].name, name) != 0) continue;
        *c = NAMED[i].c;
        if (NAMED[i].llama) gpt_llama(c);
        return ERR_NONE;
    }
    return error_set(e, ERR_VALUE, "--named %s: expected %s", name, SHAPE_RUN_NAMES);
}

static void row(const char *name, size_t weights, size_t total, FILE *out)
{
    fprintf(out, "%-10s\t%12zu\t%5.1f\n", name, weights, 100.0 * (double)weights / (double)total);
}

void shape_run(const struct gpt_config *c, FILE *out)
{
    struct gpt_counts n = gpt_count(c);
    row("embedding", n.embedding, n.total, out);
    row("positions", n.positions, n.total, out);
    row("attention", n.attention, n.total, out);
    row("network", n.network, n.total, out);
    row("norms", n.norms, n.total, out);
    row("head", n.head, n.total, out);
    row("total", n.total, n.total, out);
    double flops = gpt_flops(c, 1, c->context) / c->context;
    fprintf(out, "operations of a token: forward %.0f, backward %.0f\n", flops / 3, flops * 2 / 3);
    fprintf(out, "bytes: %zu to run, %zu to train, and the tape\n", n.total * sizeof(float),
            gpt_bytes(c));
}
