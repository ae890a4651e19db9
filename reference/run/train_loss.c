#include "train_loss.h"

#include <string.h>

#include "error.h"
#include "loss.h"
#include "losses.h"
#include "ops.h"
#include "vec.h"

int train_loss(const struct gpt *m, struct tape *t, const struct train_options *o,
               struct teacher *teacher, const int32_t *tokens, const int32_t *target, float *nats)
{
    enum { LEARN = 1 };
    const struct loss_kind *kind;
    float weight = o->loss_weight;
    struct error e;
    CHECK(losses_find(o->loss, &kind, &e) == ERR_NONE, "%s", e.text);
    CHECK(losses_weight(kind, &weight, &e) == ERR_NONE, "%s", e.text);
    int B = o->batch, T = o->context, N = B * T, V = gpt_config(m)->vocab;
    if (strcmp(kind->name, "cross-entropy") == 0) {
        int loss = gpt_loss(m, t, LEARN, B, T, tokens, target, NULL);
        *nats = *tape_data(t, loss);
        return loss;
    }
    int logits = gpt_forward(m, t, LEARN, B, T, tokens);
    float *lse = tape_alloc(t, sizeof *lse * (size_t)N),
          *losses = tape_alloc(t, sizeof *losses * (size_t)N);
    cross_entropy_forward(N, V, tape_data(t, logits), target, lse, losses);
    *nats = vec_sum(N, losses);
    return op_loss(t, logits, kind, weight, target,
                   teacher ? teacher_ask(teacher, B, T, tokens) : NULL);
}
