#include "llama2c.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"

enum { WORDS = 7, HEAD = 4 * WORDS, NEWER = 0x616B3432 };

// struct source: the file, and how far it was read.
struct source {
    const char *path, *bytes;
    size_t size, at;
    struct error *e;
};

static int32_t word(const struct source *s, int i)
{
    uint32_t w = 0;
    for (int k = 3; k >= 0; k--) w = w << 8 | (unsigned char)s->bytes[4 * i + k];
    return (int32_t)w;
}

// elements returns how many floats the file must have.
static size_t elements(const struct gpt_config *c)
{
    size_t C = (size_t)c->channels, F = (size_t)c->hidden, V = (size_t)c->vocab;
    size_t D = C / (size_t)c->heads, K = (size_t)c->groups * D;
    size_t layer = 2 * C + 2 * C * C + 2 * K * C + 3 * F * C;
    size_t turned = (size_t)c->context * (D / 2) * 2;
    return V * C * (c->untied ? 2 : 1) + (size_t)c->layers * layer + C + turned;
}

static enum err read_head(const struct source *s, struct gpt_config *c)
{
    if (s->size < HEAD)
        return error_set(s->e, ERR_SHORT,
                         "%s: %zu bytes: expected 7 numbers of 4 bytes at its head", s->path,
                         s->size);
    if (word(s, 0) == NEWER)
        return error_set(s->e, ERR_FORMAT,
                         "%s: byte 0: version %d of llama2.c's files: expected the one before they "
                         "had versions",
                         s->path, (int)word(s, 1));
    int32_t V = word(s, 5);
    *c = (struct gpt_config){.channels = word(s, 0),
                             .hidden = word(s, 1),
                             .layers = word(s, 2),
                             .heads = word(s, 3),
                             .groups = word(s, 4),
                             .vocab = V == INT32_MIN ? 0 : abs(V),
                             .context = word(s, 6)};
    gpt_llama(c);
    c->untied = V < 0;
    // 0 would stand for a default there.
    enum err code = c->hidden > 0 && c->groups > 0 ? gpt_config_check(c, s->e) : ERR_VALUE;
    if (code && !(c->hidden > 0 && c->groups > 0))
        error_set(s->e, code, "width of the network %d, groups %d: expected numbers above 0",
                  c->hidden, c->groups);
    if (code) return error_in(s->e, ERR_FORMAT, s->path);
    size_t want = HEAD + sizeof(float) * elements(c);
    if (want == s->size) return ERR_NONE;
    return error_set(s->e, ERR_FORMAT,
                     "%s: %zu bytes: expected %zu, for %d channels, network of %d, %d layers, %d "
                     "heads, %d groups, %d tokens (%s), context %d",
                     s->path, s->size, want, c->channels, c->hidden, c->layers, c->heads, c->groups,
                     c->vocab, c->untied ? "head of its own" : "tied", c->context);
}

// tensor returns the model's tensor whose name ends like that, in that layer if it is in one.
static struct param tensor(const struct gpt *m, int layer, const char *name)
{
    char full[80];
    if (layer >= 0)
        snprintf(full, sizeof full, "model.layers.%d.%s", layer, name);
    else
        snprintf(full, sizeof full, "%s", name);
    for (int i = 0; i < gpt_params(m); i++) {
        struct param p = gpt_param(m, i);
        if (strcmp(p.name, full) == 0) return p;
    }
    CHECK(0, "no tensor %s", full);
    return (struct param){0};
}

// take reads n floats.
static void take(struct source *s, size_t n, float *to)
{
    memcpy(to, s->bytes + s->at, n * sizeof *to);
    s->at += n * sizeof *to;
}

// take_layers reads `rows` rows of the tensor of that name, from row `first` on, for every layer.
static void take_layers(struct source *s, const struct gpt *m, const char *name, int first,
                        int rows)
{
    for (int l = 0; l < gpt_config(m)->layers; l++) {
        struct param p = tensor(m, l, name);
        size_t width = (size_t)(p.rank == 2 ? p.shape[1] : p.shape[0]);
        take(s, (size_t)rows * width, p.data + (size_t)first * width);
    }
}

static void take_all(struct source *s, struct gpt *m)
{
    const struct gpt_config *c = gpt_config(m);
    static const char qkv[] = "self_attn.qkv_proj.weight", up[] = "mlp.gate_up_proj.weight";
    int C = c->channels, D = C / c->heads, K = c->groups * D, F = c->hidden;
    struct param table = tensor(m, -1, "model.embed_tokens.weight");
    struct param norm = tensor(m, -1, "model.norm.weight");
    s->at = HEAD;
    take(s, table.size, table.data);
    take_layers(s, m, "input_layernorm.weight", 0, 1);
    take_layers(s, m, qkv, 0, C);
    take_layers(s, m, qkv, C, K);
    take_layers(s, m, qkv, C + K, K);
    take_layers(s, m, "self_attn.o_proj.weight", 0, C);
    take_layers(s, m, "post_attention_layernorm.weight", 0, 1);
    take_layers(s, m, up, 0, F);
    take_layers(s, m, "mlp.down_proj.weight", 0, C);
    take_layers(s, m, up, F, F);
    take(s, norm.size, norm.data);
    s->at += sizeof(float) * 2 * (size_t)c->context * (size_t)(D / 2);
    if (!c->untied) return;
    struct param head = tensor(m, -1, "lm_head.weight");
    take(s, head.size, head.data);
}

enum err llama2c_read(const char *path, struct gpt **m, struct error *e)
{
    char *bytes;
    struct source s = {.path = path, .e = e};
    struct gpt_config c;
    enum err code = file_read(path, &bytes, &s.size, e);
    if (code) return code;
    s.bytes = bytes;
    code = read_head(&s, &c);
    if (!code) {
        *m = gpt_blank(&c);
        take_all(&s, *m);
        CHECK(s.at == s.size, "at=%zu size=%zu", s.at, s.size);
    }
    free(bytes);
    return code;
}
