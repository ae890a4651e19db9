#include "evaluate.h"

#include "error.h"
#include "train.h"

// rows_of returns how many windows go through the model at once: enough to keep the kernels busy,
// and few enough that what the tape holds, about 18 C floats and what attention keeps of every head
// for each token and layer and V scores for each token, stays small beside a training step.
static size_t rows_of(const struct gpt_config *c, enum gpt_attention how)
{
    const size_t budget = 1 << 24;  // floats
    size_t T = (size_t)c->context, L = (size_t)c->layers;
    size_t kept = (size_t)c->heads * (how == GPT_FLASH ? 1 : T);
    size_t token = L * (18 * (size_t)c->channels + kept) + (size_t)c->vocab;
    size_t rows = budget / (token * T);
    return rows ? rows : 1;
}

double evaluate_loss(const struct gpt *m, struct tape *t, size_t n, const int32_t *ids, size_t most)
{
    CHECK(n >= 2, "n=%zu", n);
    return train_evaluate(m, t, n, ids, most, rows_of(gpt_config(m), gpt_attention_of(m)));
}

double bits_per_byte(double nats, size_t n, size_t bytes)
{
    const double ln2 = 0.69314718055994531;
    return nats * (double)n / (ln2 * (double)bytes);
}
