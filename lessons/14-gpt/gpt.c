#include "gpt.h"

#include "todo.h"

#include <math.h>

#include "gpt_parts.h"
#include "ops.h"
#include "random.h"

// --- what a shape costs ----------------------------------------------------------------------

struct gpt_counts gpt_count(const struct gpt_config *config)
{
    // The shape with GPT-2's choices in the place of zeros.
    struct gpt_config c = gpt_filled(config);
    TODO();
}

double gpt_flops(const struct gpt_config *config, int B, int T)
{
    struct gpt_config c = gpt_filled(config);
    TODO();
}

size_t gpt_bytes(const struct gpt_config *c)
{
    TODO();
}

// --- first weights ---------------------------------------------------------------------------

void gpt_init(struct gpt *m, uint64_t seed)
{
    const struct gpt_config *c = gpt_config(m);
    struct random r = random_start(seed, RANDOM_INIT);
    TODO();
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
    TODO();
}

int gpt_logits(const struct gpt *m, struct tape *t, int learn, int B, int T, const int32_t *tokens,
               int first, block_attend *attend, void *self)
{
    const struct gpt_config *c = gpt_config(m);
    CHECK(B > 0 && T > 0 && first >= 0 && T <= c->context - first && B <= INT32_MAX / T,
          "B=%d T=%d from %d, context=%d", B, T, first, c->context);
    struct block_shape s = gpt_block_shape(m, first, attend, self);
    TODO();
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
    TODO();
}
