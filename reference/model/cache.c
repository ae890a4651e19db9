#include "cache.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "error.h"
#include "gpt_parts.h"
#include "ops.h"

// So many tokens at once go through a block: every weight is read once for all of them.  More would
// only take more memory.
enum { STRIDE = 512 };

struct cache {
    struct gpt_config config;
    struct arena *arena;
    cache_attend *attend;
    int most, count;
    int layer;             // the one that attends next, while tokens are read
    int32_t *tokens;       // (most)
    float *keys, *values;  // (L, G, most, D)  those of a group side by side: they are read together
    float *rows;           // (min(most, STRIDE), C)  what goes from one block to the next
};

size_t cache_bytes(const struct gpt_config *config, int tokens)
{
    struct gpt_config c = gpt_filled(config);
    size_t D = (size_t)(c.channels / c.heads), G = (size_t)c.groups, L = (size_t)c.layers;
    return 2 * L * G * D * sizeof(float) * (size_t)tokens;
}

struct cache *cache_new(const struct gpt_config *config, int most, cache_attend *attend)
{
    CHECK(most >= 1 && most <= config->context, "most=%d context=%d", most, config->context);
    struct cache *c = calloc(1, sizeof *c);
    if (!c) die("out of memory: cache");
    c->config = gpt_filled(config);
    c->arena = arena_new();
    c->attend = attend;
    c->most = most;
    size_t floats = cache_bytes(config, most) / 2 / sizeof(float);
    c->tokens = arena_alloc(c->arena, sizeof *c->tokens * (size_t)most);
    c->keys = arena_floats(c->arena, floats);
    c->values = arena_floats(c->arena, floats);
    c->rows =
        arena_floats(c->arena, (size_t)(most < STRIDE ? most : STRIDE) * (size_t)config->channels);
    return c;
}

void cache_free(struct cache *c)
{
    if (!c) return;
    arena_free(c->arena);
    free(c);
}

int cache_count(const struct cache *c)
{
    return c->count;
}

int cache_most(const struct cache *c)
{
    return c->most;
}

void cache_cut(struct cache *c, int n)
{
    CHECK(n >= 0 && n <= c->count, "n=%d of %d", n, c->count);
    c->count = n;
}

// keep copies keys or values of n new tokens, in rows x of G D floats that lie `row` apart, to
// where the layer's are.
static void keep(const struct cache *c, int n, const float *x, ptrdiff_t row, float *kept)
{
    int G = c->config.groups, D = c->config.channels / c->config.heads;
    for (int g = 0; g < G; g++) {
        float *to = kept + ((ptrdiff_t)g * c->most + c->count) * D;
        for (int i = 0; i < n; i++, to += D) memcpy(to, x + i * row + g * D, sizeof *x * (size_t)D);
    }
}

// attend_layer is the block_attend of a cache: it keeps the new tokens' keys and values of this
// layer, and lets each new token look at all up to itself.
static int attend_layer(void *self, struct tape *t, int qkv)
{
    struct cache *c = self;
    int H = c->config.heads, G = c->config.groups, D = c->config.channels / H;
    int n = tape_dim(t, qkv, 1), all = c->count + n;
    ptrdiff_t row = (ptrdiff_t)(H + 2 * G) * D, group = (ptrdiff_t)c->most * D;
    const float *x = tape_data(t, qkv);
    float *keys = c->keys + c->layer * G * group, *values = c->values + c->layer * G * group;
    keep(c, n, x + (ptrdiff_t)H * D, row, keys);
    keep(c, n, x + (ptrdiff_t)(H + G) * D, row, values);
    int node = tape_record(t, 3, (int[]){1, n, H * D}, 1, &qkv, NULL, NULL), heads = H / G;
    float *out = tape_result(t, node),
          *p = tape_alloc(t, sizeof *p * (size_t)H * (size_t)n * (size_t)all);
    // Group by group, whose keys and values then stay near for all tokens.  One token with one
    // group leaves the threads to its heads, should attend share them out.
#pragma omp parallel for collapse(2) schedule(dynamic) if (n * G > 1)
    for (int g = 0; g < G; g++) {
        for (int i = 0; i < n; i++) {
            ptrdiff_t first = (ptrdiff_t)g * heads * D;  // the group's queries
            c->attend(c->count + i + 1, heads, 1, D, x + i * row + first, keys + g * group,
                      values + g * group, p + ((ptrdiff_t)g * n + i) * heads * all,
                      out + (ptrdiff_t)i * H * D + first);
        }
    }
    c->layer++;
    return node;
}

const float *cache_extend(struct cache *c, const struct gpt *m, struct tape *t, int n,
                          const int32_t *tokens)
{
    CHECK(n >= 1 && n <= c->most - c->count, "n=%d, %d of %d held", n, c->count, c->most);
    tape_reset(t);
    c->layer = 0;
    int logits = gpt_extend(m, t, c->count, n, tokens, attend_layer, c);
    memcpy(c->tokens + c->count, tokens, sizeof *tokens * (size_t)n);
    c->count += n;
    return tape_data(t, logits);
}

// carry resets the tape of all but the rows of node x, which the next block begins with: without
// gradients nobody needs the others any more.
static int carry(struct cache *c, struct tape *t, int x)
{
    int n = tape_dim(t, x, 1), C = tape_dim(t, x, 2);
    memcpy(c->rows, tape_data(t, x), sizeof *c->rows * tape_size(t, x));
    tape_reset(t);
    return tape_leaf(t, 3, (int[]){1, n, C}, c->rows, NULL);
}

// read_tokens reads n <= STRIDE tokens more, and returns the node (1, n, C) of what the last block
// gives for them.
static int read_tokens(struct cache *c, const struct gpt *m, struct tape *t, int n,
                       const int32_t *tokens)
{
    struct block_shape s = gpt_block_shape(m, c->count, attend_layer, c);
    tape_reset(t);
    c->layer = 0;
    int x = gpt_embed(m, t, 0, 1, n, tokens, c->count);
    for (int l = 0; l < c->config.layers; l++) {
        x = carry(c, t, x);
        struct block w = gpt_layer(m, t, 0, l);
        x = block_forward(t, &s, &w, x);
    }
    memcpy(c->tokens + c->count, tokens, sizeof *tokens * (size_t)n);
    c->count += n;
    return x;
}

// score_last returns the logits (V) of the last row of x (1, n, C), as gpt_logits gives them.
static const float *score_last(struct cache *c, const struct gpt *m, struct tape *t, int x)
{
    size_t C = (size_t)c->config.channels;
    memcpy(c->rows, tape_data(t, x) + tape_size(t, x) - C, sizeof *c->rows * C);
    int last = tape_leaf(t, 2, (int[]){1, c->config.channels}, c->rows, NULL);
    struct block_shape s = gpt_block_shape(m, 0, NULL, NULL);
    last = block_norm(t, &s, last, gpt_leaf(m, t, 0, m->norm_w), gpt_leaf(m, t, 0, m->norm_b));
    int head = gpt_leaf(m, t, 0, m->head == GPT_NONE ? m->wte : m->head);
    return tape_data(t, op_linear(t, last, head, OP_NONE));
}

const float *cache_next(struct cache *c, const struct gpt *m, struct tape *t, int n,
                        const int32_t *ids, int *read)
{
    CHECK(n >= 1 && n <= c->most, "n=%d of %d", n, c->most);
    int same = 0;
    while (same < c->count && same < n && c->tokens[same] == ids[same]) same++;
    // The last token is read in any case: its logits are what is asked for.
    cache_cut(c, same < n ? same : n - 1);
    if (read) *read = n - c->count;
    if (n - c->count == 1) return cache_extend(c, m, t, 1, ids + c->count);
    int x = 0;
    for (int left; (left = n - c->count) > 0;)
        x = read_tokens(c, m, t, left < STRIDE ? left : STRIDE, ids + c->count);
    return score_last(c, m, t, x);
}
