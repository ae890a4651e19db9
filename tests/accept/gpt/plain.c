// As the hints have it, step by step.
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
    size_t V = c.vocab, T = c.context, L = c.layers, H = c.heads, G = c.groups, C = c.channels;
    size_t F = c.hidden, W = (H + 2 * G) * (C / H), up = F;
    if (c.network == NETWORK_SWIGLU) up = 2 * F;
    struct gpt_counts n = {0};
    n.embedding = V * C;
    if (c.position == POSITION_LEARNED) n.positions = T * C;
    n.attention = W * C + C * C;
    n.network = up * C + C * F;
    if (!c.unbiased) {
        n.attention += W + C;
        n.network += up + C;
    }
    n.attention *= L;
    n.network *= L;
    n.norms = (2 * L + 1) * C;
    if (c.norm == NORM_LAYER) n.norms *= 2;
    if (c.untied) n.head = V * C;
    n.total = n.embedding + n.positions + n.attention + n.network + n.norms + n.head;
    return n;
}

double gpt_flops(const struct gpt_config *config, int B, int T)
{
    struct gpt_config c = gpt_filled(config);
    double N = (double)B * T, V = c.vocab, L = c.layers, C = c.channels, F = c.hidden;
    double W = C + 2 * C * c.groups / c.heads;
    double network = 2 * C * F;
    if (c.network == NETWORK_SWIGLU) network = 3 * C * F;
    double layer = W * C + C * C + network;
    layer += (T + 1) * C;
    double forward = 2 * N * (L * layer + V * C);
    return 3 * forward;
}

size_t gpt_bytes(const struct gpt_config *c)
{
    return 16 * gpt_count(c).total;
}

// --- first weights ---------------------------------------------------------------------------

void gpt_init(struct gpt *m, uint64_t seed)
{
    const struct gpt_config *c = gpt_config(m);
    struct random r = random_start(seed, RANDOM_INIT);
    float deviation = 0.02f * sqrtf(768 / (float)c->channels);
    for (int i = 0; i < gpt_params(m); i++) {
        struct param p = gpt_param(m, i);
        enum gpt_role role = gpt_role(m, i);
        float d = deviation;
        if (role == GPT_RESIDUAL) d = deviation / sqrtf(2 * (float)c->layers);
        for (size_t j = 0; j < p.size; j++) {
            if (role == GPT_GAIN)
                p.data[j] = 1;
            else if (role == GPT_SHIFT)
                p.data[j] = 0;
            else
                p.data[j] = d * random_normal(&r);
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
    int wte = gpt_leaf(m, t, learn, m->wte);
    int x = op_embedding(t, B, T, tokens, wte);
    if (c->position == POSITION_LEARNED) {
        int wpe = gpt_leaf(m, t, learn, m->wpe);
        x = op_position(t, x, wpe, first);
    }
    if (c->position == POSITION_WAVES) {
        int waves = gpt_waves(m, t);
        x = op_position(t, x, waves, first);
    }
    return x;
}

int gpt_logits(const struct gpt *m, struct tape *t, int learn, int B, int T, const int32_t *tokens,
               int first, block_attend *attend, void *self)
{
    const struct gpt_config *c = gpt_config(m);
    CHECK(B > 0 && T > 0 && first >= 0 && T <= c->context - first && B <= INT32_MAX / T,
          "B=%d T=%d from %d, context=%d", B, T, first, c->context);
    struct block_shape s = gpt_block_shape(m, first, attend, self);
    int x = gpt_embed(m, t, learn, B, T, tokens, first);
    for (int l = 0; l < c->layers; l++) {
        struct block w = gpt_layer(m, t, learn, l);
        x = block_forward(t, &s, &w, x);
    }
    int gain = gpt_leaf(m, t, learn, m->norm_w), shift = gpt_leaf(m, t, learn, m->norm_b);
    x = block_norm(t, &s, x, gain, shift);
    int head = gpt_leaf(m, t, learn, m->head);
    if (m->head == GPT_NONE) head = gpt_leaf(m, t, learn, m->wte);
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
    int logits = gpt_forward(m, t, learn, B, T, tokens);
    return op_cross_entropy(t, logits, target, losses);
}
