// Where the weights stand in files, and from there to the model.
#include <stdio.h>
#include <string.h>

#include "config_file.h"
#include "model_file_parts.h"
#include "published.h"

// Parts that stand in the file as in the model are not copied.
int model_file_tensors(const struct gpt *m, struct arena *a, struct safetensors_tensor **out)
{
    int params = gpt_params(m), count = 0;
    size_t most = (size_t)params * PUBLISHED_PARTS;
    struct safetensors_tensor *tensors = arena_alloc(a, sizeof *tensors * most);
    for (int i = 0; i < params; i++) {
        struct param p = gpt_param(m, i);
        struct published part[PUBLISHED_PARTS];
        int parts = published_parts(gpt_config(m), &p, part);
        for (int k = 0; k < parts; k++) {
            const struct published *x = &part[k];
            const float *data = published_at(x, &p);
            if (!published_is_plain(x)) {
                float *copy = arena_floats(a, x->size);
                published_give(x, &p, copy);
                data = copy;
            }
            tensors[count++] = (struct safetensors_tensor){.name = arena_string(a, x->name),
                                                           .dtype = SAFETENSORS_F32,
                                                           .rank = x->rank,
                                                           .shape = {x->shape[0], x->shape[1]},
                                                           .data = data};
        }
    }
    *out = tensors;
    return count;
}

// begins returns what the names of GPT-2's tensors begin with: some published files have all but
// the head inside a "transformer".
static const char *begins(const struct shards *s)
{
    return shards_find(s, "transformer.wte.weight") ? "transformer." : "";
}

// want finds one of a model's tensors.
static enum err want(const struct shards *s, const char *name, int rank, const int64_t *shape,
                     const struct safetensors **st, const struct safetensors_tensor **t,
                     struct error *e)
{
    char full[PUBLISHED_NAME + 16];
    int bare = strcmp(name, "lm_head.weight") == 0;
    snprintf(full, sizeof full, "%s%.*s", bare ? "" : begins(s), PUBLISHED_NAME - 1, name);
    return shards_want(s, full, rank, shape, st, t, e);
}

// load_parts reads the tensors that hold p.  With copy NULL it only looks whether they are there.
static enum err load_parts(const struct shards *s, const struct gpt_config *c,
                           const struct param *p, float *copy, struct error *e)
{
    struct published part[PUBLISHED_PARTS];
    int parts = published_parts(c, p, part);
    enum err code = ERR_NONE;
    for (int k = 0; k < parts && !code; k++) {
        const struct safetensors *st;
        const struct safetensors_tensor *t;
        code = want(s, part[k].name, part[k].rank, part[k].shape, &st, &t, e);
        if (code || !copy) continue;
        int plain = published_is_plain(&part[k]);
        code = safetensors_floats(st, t, plain ? published_at(&part[k], p) : copy, e);
        if (!code && !plain) published_take(&part[k], p, copy);
    }
    return code;
}

enum err model_file_load(const struct shards *s, struct gpt *m, struct error *e)
{
    int count = gpt_params(m);
    enum err code = ERR_NONE;
    size_t largest = 0;
    for (int i = 0; i < count && !code; i++) {
        struct param p = gpt_param(m, i);
        code = load_parts(s, gpt_config(m), &p, NULL, e);
        if (p.size > largest) largest = p.size;
    }
    struct arena *a = arena_new();
    float *copy = arena_floats(a, largest);
    for (int i = 0; i < count && !code; i++) {
        struct param p = gpt_param(m, i);
        code = load_parts(s, gpt_config(m), &p, copy, e);
    }
    arena_free(a);
    return code;
}

enum err model_file_sizes(const struct shards *s, const struct gpt_config *c, struct error *e)
{
    int llama = gpt_is_llama(c), D = c->channels / c->heads, W = (c->heads + 2 * c->groups) * D;
    int up = c->network == NETWORK_SWIGLU ? 2 * c->hidden : c->hidden;
    const char *layer = llama ? "model.layers." : "h.";
    const struct {
        const char *layer, *name;
        int64_t shape[2];
        int rank, there;
    } tensor[] = {
        {"", llama ? "model.embed_tokens.weight" : "wte.weight", {c->vocab, c->channels}, 2, 1},
        {"", "wpe.weight", {c->context, c->channels}, 2, c->position == POSITION_LEARNED},
        {layer, llama ? "input_layernorm.weight" : "ln_1.weight", {c->channels}, 1, 1},
        {layer, "self_attn.k_proj.weight", {c->groups * D, c->channels}, 2, llama},
        {layer, "mlp.up_proj.weight", {c->hidden, c->channels}, 2, llama},
        {layer, "attn.c_attn.weight", {c->channels, W}, 2, !llama},
        {layer, "mlp.c_fc.weight", {c->channels, up}, 2, !llama},
    };
    enum err code = ERR_NONE;
    char name[PUBLISHED_NAME];
    for (size_t i = 0; i < sizeof tensor / sizeof *tensor && !code; i++) {
        const struct safetensors *st;
        const struct safetensors_tensor *t;
        if (*tensor[i].layer)
            snprintf(name, sizeof name, "%s%d.%s", layer, c->layers - 1, tensor[i].name);
        else
            snprintf(name, sizeof name, "%s", tensor[i].name);
        if (tensor[i].there) code = want(s, name, tensor[i].rank, tensor[i].shape, &st, &t, e);
    }
    snprintf(name, sizeof name, "%s%s%d.%s", begins(s), layer, c->layers, tensor[2].name);
    if (!code && shards_find(s, name))
        code = error_set(e, ERR_MATCH, "%s: tensor '%s': %s says %d layers", shards_path(s, 0),
                         name, CONFIG_FILE, c->layers);
    return code;
}
