// Sums layer by layer and token by token; first weights role by role; leaves before all else.
#include "gpt.h"

#include <math.h>
#include <string.h>

#include "gpt_parts.h"
#include "ops.h"
#include "random.h"

// --- what a shape costs ----------------------------------------------------------------------

struct gpt_counts gpt_count(const struct gpt_config *config)
{
    // The shape with GPT-2's choices in the place of zeros.
    struct gpt_config c = gpt_filled(config);
    size_t C = c.channels, D = C / c.heads, kinds = c.network == NETWORK_SWIGLU ? 3 : 2;
    size_t gains = c.norm == NORM_RMS ? 1 : 2, biases = !c.unbiased;
    struct gpt_counts n = {.embedding = C * c.vocab, .norms = gains * C};
    if (c.position == POSITION_LEARNED) n.positions = C * c.context;
    for (int l = 0; l < c.layers; l++) {
        n.attention += C * (D * c.heads + biases);       // queries: a bias for each of C rows
        n.attention += 2 * D * c.groups * (C + biases);  // keys and values
        n.attention += C * (C + biases);
        n.network += kinds * C * c.hidden + biases * ((kinds - 1) * c.hidden + C);
        n.norms += 2 * gains * C;
    }
    if (c.untied) n.head = n.embedding;
    size_t each[] = {n.embedding, n.positions, n.attention, n.network, n.norms, n.head};
    for (int i = 0; i < 6; i++) n.total += each[i];
    return n;
}

double gpt_flops(const struct gpt_config *config, int B, int T)
{
    struct gpt_config c = gpt_filled(config);
    double C = c.channels, D = C / c.heads, kinds = c.network == NETWORK_SWIGLU ? 3 : 2, sum = 0;
    // A sequence, token by token: the one at t looks at t + 1.
    for (int t = 0; t < T; t++) {
        double layer = (2 * C + 2 * D * c.groups) * C + kinds * C * c.hidden + 2.0 * (t + 1) * C;
        sum += 2 * (c.layers * layer + C * c.vocab);
    }
    return B * (sum + 2 * sum);
}

size_t gpt_bytes(const struct gpt_config *c)
{
    size_t weights = gpt_count(c).total, bytes = 0;
    for (int arrays = 0; arrays < 4; arrays++) bytes += weights * sizeof(float);
    return bytes;
}

// --- first weights ---------------------------------------------------------------------------

void gpt_init(struct gpt *m, uint64_t seed)
{
    const struct gpt_config *c = gpt_config(m);
    struct random r = random_start(seed, RANDOM_INIT);
    double deviation = 0.02 * sqrt(768.0 / c->channels), less = 1 / sqrt(2.0 * c->layers);
    for (int i = 0; i < gpt_params(m); i++) {
        struct param p = gpt_param(m, i);
        float *end = p.data + p.size;
        switch (gpt_role(m, i)) {
        case GPT_GAIN:
            for (float *x = p.data; x < end; x++) *x = 1;
            break;
        case GPT_SHIFT:
            memset(p.data, 0, p.size * sizeof *p.data);
            break;
        case GPT_MATRIX:
            for (float *x = p.data; x < end; x++) *x = (float)(deviation * random_normal(&r));
            break;
        case GPT_RESIDUAL:
            for (float *x = p.data; x < end; x++)
                *x = (float)(less * deviation * random_normal(&r));
            break;
        }
    }
}

struct gpt *gpt_new(const struct gpt_config *c, uint64_t seed)
{
    struct gpt *m = gpt_blank(c);
    gpt_init(m, seed);
    return m;
}

// --- the way through -------------------------------------------------------------------------

int gpt_embed(const struct gpt *m, struct tape *t, int learn, int B, int T, const int32_t *tokens,
              int first)
{
    const struct gpt_config *c = gpt_config(m);
    int table = OP_NONE;
    if (c->position == POSITION_LEARNED) table = gpt_leaf(m, t, learn, m->wpe);
    if (c->position == POSITION_WAVES) table = gpt_waves(m, t);
    int x = op_embedding(t, B, T, tokens, gpt_leaf(m, t, learn, m->wte));
    return table == OP_NONE ? x : op_position(t, x, table, first);
}

int gpt_logits(const struct gpt *m, struct tape *t, int learn, int B, int T, const int32_t *tokens,
               int first, block_attend *attend, void *self)
{
    const struct gpt_config *c = gpt_config(m);
    CHECK(B > 0 && T > 0 && first >= 0 && T <= c->context - first && B <= INT32_MAX / T,
          "B=%d T=%d from %d, context=%d", B, T, first, c->context);
    struct block_shape s = gpt_block_shape(m, first, attend, self);
    // All leaves before anything is computed.
    struct block w[1024];
    for (int l = 0; l < c->layers; l++) w[l] = gpt_layer(m, t, learn, l);
    int head = gpt_leaf(m, t, learn, c->untied ? m->head : m->wte);
    int gain = gpt_leaf(m, t, learn, m->norm_w), shift = gpt_leaf(m, t, learn, m->norm_b);
    int x = gpt_embed(m, t, learn, B, T, tokens, first);
    for (int l = 0; l < c->layers; l++) x = block_forward(t, &s, w + l, x);
    x = c->norm == NORM_RMS ? block_rmsnorm(t, c->epsilon, x, gain)
                            : block_layernorm(t, c->epsilon, x, gain, shift);
    return op_linear(t, x, head, OP_NONE);
}

int gpt_forward(const struct gpt *m, struct tape *t, int learn, int B, int T, const int32_t *tokens)
{
    return gpt_logits(m, t, learn, B, T, tokens, 0, NULL, NULL);
}

int gpt_extend(const struct gpt *m, struct tape *t, int first, int n, const int32_t *tokens,
               block_attend *attend, void *self)
{
    return gpt_logits(m, t, 0, 1, n, tokens, first, attend, self);
}

int gpt_loss(const struct gpt *m, struct tape *t, int learn, int B, int T, const int32_t *tokens,
             const int32_t *target, float *losses)
{
    return op_cross_entropy(t, gpt_logits(m, t, learn, B, T, tokens, 0, NULL, NULL), target,
                            losses);
}
