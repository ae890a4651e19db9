#include "train_loss.h"

#include <string.h>

#include "error.h"
#include "loss.h"
#include "losses.h"
#include "ops.h"
#include "vec.h"

// doubted is cross-entropy of which each target has the share that the run's doubts leave it.
static int doubted(const struct train *r, struct tape *t, int logits, const int32_t *target,
                   float *nats)
{
    int N = r->o->batch * r->o->context;
    float *losses = tape_alloc(t, sizeof *losses * (size_t)N),
          *share = tape_alloc(t, sizeof *share * (size_t)N);
    int loss = op_cross_entropy_shares(t, logits, target, losses, share);
    doubt_weigh(r->doubt, N, target, losses, share);
    *nats = *tape_data(t, loss);
    return loss;
}

int train_loss(const struct train *r, const struct gpt *m, struct tape *t, const int32_t *tokens,
               const int32_t *target, float *nats)
{
    enum { LEARN = 1 };
    const struct train_options *o = r->o;
    const struct loss_kind *kind;
    float weight = o->loss_weight;
    struct error e;
    CHECK(losses_find(o->loss, &kind, &e) == ERR_NONE, "%s", e.text);
    CHECK(losses_weight(kind, &weight, &e) == ERR_NONE, "%s", e.text);
    int B = o->batch, T = o->context, N = B * T, V = gpt_config(m)->vocab;
    int plain = strcmp(kind->name, "cross-entropy") == 0;
    if (plain && !r->doubt) {
        int loss = gpt_loss(m, t, LEARN, B, T, tokens, target, NULL);
        *nats = *tape_data(t, loss);
        return loss;
    }
    int logits = gpt_forward(m, t, LEARN, B, T, tokens);
    if (plain) return doubted(r, t, logits, target, nats);
    float *lse = tape_alloc(t, sizeof *lse * (size_t)N),
          *losses = tape_alloc(t, sizeof *losses * (size_t)N);
    cross_entropy_forward(N, V, tape_data(t, logits), target, lse, losses);
    *nats = vec_sum(N, losses);
    return op_loss(t, logits, kind, weight, target,
                   r->teacher ? teacher_ask(r->teacher, B, T, tokens) : NULL);
}
