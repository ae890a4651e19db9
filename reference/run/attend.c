#include "attend.h"

#include <stdlib.h>
#include <string.h>

#include "attention.h"
#include "tokenize.h"
#include "vec.h"

// --- opening ---------------------------------------------------------------------------------

// map_of returns the maps of node if it is attention with a->heads heads, else NULL.  The tape does
// not say what a node was made by: attention is what has attention's result.
static float *map_of(const struct attend *a, int node)
{
    struct tape *t = a->tape;
    if (!tape_result(t, node) || tape_rank(t, node) != 3) return NULL;
    int x = tape_input(t, node, 0), H = a->heads, C = tape_dim(t, node, -1), D = C / H;
    if (tape_rank(t, x) != 3 || C % H != 0) return NULL;
    int W = tape_dim(t, x, -1), G = (W - C) / (2 * D);
    if (G < 1 || H % G != 0 || W != (H + 2 * G) * D) return NULL;
    float *p = tape_alloc(t, sizeof *p * (size_t)H * (size_t)a->T * (size_t)a->T);
    float *out = tape_alloc(t, sizeof *out * tape_size(t, node));
    attention_forward(1, a->T, H, G, D, tape_data(t, x), p, out);
    return memcmp(out, tape_data(t, node), sizeof *out * tape_size(t, node)) == 0 ? p : NULL;
}

static enum err read_ids(const struct gpt *m, const char *text, struct attend *a, struct error *e)
{
    size_t n;
    enum err code = tokenizer_encode(a->tokenizer, strlen(text), text, &a->ids, &n, e);
    if (code) return error_in(e, code, "the text");
    int most = gpt_config(m)->context;
    a->T = n <= (size_t)most ? (int)n : 0;
    if (a->T > 0) return ERR_NONE;
    free(a->ids);
    return error_set(e, ERR_VALUE, "the text has %zu tokens: expected 1 to %d", n, most);
}

enum err attend_open(const struct gpt *m, const struct tokenizer *tok, const char *text,
                     struct attend *a, struct error *e)
{
    const struct gpt_config *c = gpt_config(m);
    *a = (struct attend){
        .tokenizer = tok, .layers = c->layers, .heads = c->heads, .vocab = c->vocab};
    enum err code = read_ids(m, text, a, e);
    if (code) return code;
    a->tape = tape_new();
    a->maps = tape_alloc(a->tape, sizeof *a->maps * (size_t)a->layers);
    int logits = gpt_forward(m, a->tape, 0, 1, a->T, a->ids), found = 0;
    a->logits = tape_data(a->tape, logits);
    for (int node = 0; node < logits && found < a->layers; node++) {
        float *map = map_of(a, node);
        if (map) a->maps[found++] = map;
    }
    CHECK(found == a->layers, "%d of %d maps", found, a->layers);
    return ERR_NONE;
}

void attend_close(struct attend *a)
{
    tape_free(a->tape);
    free(a->ids);
    *a = (struct attend){0};
}

// --- printing --------------------------------------------------------------------------------

static void show(const struct attend *a, int place, FILE *out)
{
    tokenize_show(a->tokenizer, a->ids[place], out);
}

static const float *row(const struct attend *a, int layer, int head, int t)
{
    return a->maps[layer] + ((ptrdiff_t)head * a->T + t) * a->T;
}

// look finds a head's map.
static enum err look(const struct attend *a, int layer, int head, struct error *e)
{
    if (layer < 0 || layer >= a->layers)
        return error_set(e, ERR_VALUE, "--layer %d: expected 0 to %d", layer, a->layers - 1);
    if (head < 0 || head >= a->heads)
        return error_set(e, ERR_VALUE, "--head %d: expected 0 to %d", head, a->heads - 1);
    return ERR_NONE;
}

enum err attend_table(const struct attend *a, int layer, int head, FILE *out, struct error *e)
{
    enum err code = look(a, layer, head, e);
    if (code) return code;
    fputs("token", out);
    for (int s = 0; s < a->T; s++) fputc('\t', out), show(a, s, out);
    fputc('\n', out);
    for (int t = 0; t < a->T; t++) {
        const float *p = row(a, layer, head, t);
        show(a, t, out);
        for (int s = 0; s <= t; s++) fprintf(out, "\t%.2f", (double)p[s]);
        for (int s = t + 1; s < a->T; s++) fputs("\t-", out);
        fputc('\n', out);
    }
    return ERR_NONE;
}

enum err attend_most(const struct attend *a, int layer, int head, FILE *out, struct error *e)
{
    enum err code = look(a, layer, head, e);
    if (code) return code;
    for (int t = 0; t < a->T; t++) {
        const float *p = row(a, layer, head, t);
        int most = 0;
        for (int s = 1; s <= t; s++) most = p[s] > p[most] ? s : most;
        fprintf(out, "%d\t", t);
        show(a, t, out);
        fprintf(out, "\t%.2f of\t%d\t", (double)p[most], most);
        show(a, most, out);
        fputc('\n', out);
    }
    return ERR_NONE;
}

void attend_beside(const struct attend *a, const struct attend *b, FILE *out)
{
    for (int t = 0; t < a->T && t < b->T; t++) {
        const float *x = a->logits + (ptrdiff_t)t * a->vocab, *y = b->logits + (x - a->logits);
        fprintf(out, "%d\t", t);
        show(a, t, out);
        fputc('\t', out);
        show(b, t, out);
        if (memcmp(x, y, sizeof *x * (size_t)a->vocab) == 0)
            fprintf(out, "\tthe same bits\n");
        else
            fprintf(out, "\tscores differ by up to %.2f\n", vec_apart((size_t)a->vocab, x, y));
    }
}
