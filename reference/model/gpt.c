#include "gpt.h"

#include <math.h>

#include "gpt_parts.h"
#include "ops.h"
#include "random.h"

// --- what a shape costs ----------------------------------------------------------------------

struct gpt_counts gpt_count(const struct gpt_config *config)
{
    // The shape with GPT-2's choices in the place of zeros.
    struct gpt_config c = gpt_filled(config);
    // SOLUTION BEGIN
    size_t V = (size_t)c.vocab, C = (size_t)c.channels, F = (size_t)c.hidden, L = (size_t)c.layers;
    size_t W = C / (size_t)c.heads * (size_t)(c.heads + 2 * c.groups);  // queries, keys, values
    size_t up = c.network == NETWORK_SWIGLU ? 2 * F : F, norm = c.norm == NORM_LAYER ? 2 * C : C;
    struct gpt_counts n = {
        .embedding = V * C,
        .positions = c.position == POSITION_LEARNED ? (size_t)c.context * C : 0,
        .attention = L * (W * C + C * C + (c.unbiased ? 0 : W + C)),
        .network = L * (up * C + C * F + (c.unbiased ? 0 : up + C)),
        .norms = (2 * L + 1) * norm,
        .head = c.untied ? V * C : 0,
    };
    n.total = n.embedding + n.positions + n.attention + n.network + n.norms + n.head;
    return n;
    // SOLUTION END
}

double gpt_flops(const struct gpt_config *config, int B, int T)
{
    struct gpt_config c = gpt_filled(config);
    // SOLUTION BEGIN
    double N = (double)B * T, C = c.channels, F = c.hidden, L = c.layers;
    double W = C + 2 * C * c.groups / c.heads;  // queries, keys, values
    double network = (c.network == NETWORK_SWIGLU ? 3 : 2) * C * F;
    double products = N * (L * (W * C + C * C + network) + c.vocab * C);
    double attention = N * L * (T + 1) * C;  // half of T x T, scores and sums
    return 3 * 2 * (products + attention);
    // SOLUTION END
}

size_t gpt_bytes(const struct gpt_config *c)
{
    // SOLUTION BEGIN
    return 4 * sizeof(float) * gpt_count(c).total;
    // SOLUTION END
}

// --- first weights ---------------------------------------------------------------------------

void gpt_init(struct gpt *m, uint64_t seed)
{
    const struct gpt_config *c = gpt_config(m);
    struct random r = random_start(seed, RANDOM_INIT);
    // SOLUTION BEGIN
    float deviation = 0.02f * sqrtf(768 / (float)c->channels);
    float residual = deviation / sqrtf(2 * (float)c->layers);
    for (int i = 0; i < gpt_params(m); i++) {
        struct param p = gpt_param(m, i);
        enum gpt_role role = gpt_role(m, i);
        for (size_t j = 0; j < p.size; j++) {
            p.data[j] = role == GPT_GAIN ? 1
                      : role == GPT_SHIFT
                          ? 0
                          : random_normal(&r) * (role == GPT_RESIDUAL ? residual : deviation);
        }
    }
    // SOLUTION END
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
    // SOLUTION BEGIN
    int x = op_embedding(t, B, T, tokens, gpt_leaf(m, t, learn, m->wte));
    if (c->position == POSITION_LEARNED)
        x = op_position(t, x, gpt_leaf(m, t, learn, m->wpe), first);
    if (c->position == POSITION_WAVES) x = op_position(t, x, gpt_waves(m, t), first);
    return x;
    // SOLUTION END
}

int gpt_logits(const struct gpt *m, struct tape *t, int learn, int B, int T, const int32_t *tokens,
               int first, block_attend *attend, void *self)
{
    const struct gpt_config *c = gpt_config(m);
    CHECK(B > 0 && T > 0 && first >= 0 && T <= c->context - first && B <= INT32_MAX / T,
          "B=%d T=%d from %d, context=%d", B, T, first, c->context);
    struct block_shape s = gpt_block_shape(m, first, attend, self);
    // SOLUTION BEGIN
    int x = gpt_embed(m, t, learn, B, T, tokens, first);
    for (int l = 0; l < c->layers; l++) {
        struct block w = gpt_layer(m, t, learn, l);
        x = block_forward(t, &s, &w, x);
    }
    x = block_norm(t, &s, x, gpt_leaf(m, t, learn, m->norm_w), gpt_leaf(m, t, learn, m->norm_b));
    int head = gpt_leaf(m, t, learn, m->head == GPT_NONE ? m->wte : m->head);
    return op_linear(t, x, head, OP_NONE);
    // SOLUTION END
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
    // SOLUTION BEGIN
    int logits = gpt_forward(m, t, learn, B, T, tokens);
    return op_cross_entropy(t, logits, target, losses);
    // SOLUTION END
}
