#include "train.h"

#include "todo.h"

#include <math.h>
#include <string.h>

#include "optim.h"
#include "optimizer.h"
#include "train_loss.h"

void train_shuffle(struct random *r, uint32_t n, uint32_t *order)
{
    TODO();
}

int train_window(size_t n, const int32_t *ids, size_t begin, int T, int32_t *tokens,
                 int32_t *target)
{
    TODO();
}

double train_evaluate(const struct gpt *m, struct tape *t, size_t n, const int32_t *ids,
                      size_t most, size_t rows)
{
    CHECK(n >= 2 && rows >= 1, "n=%zu rows=%zu", n, rows);
    size_t T = (size_t)gpt_config(m)->context;
    TODO();
}

void train_fold(const struct gpt *m, float *sum)
{
    float *grad = gpt_grad(m);
    size_t n = gpt_weights(m);
    TODO();
}

float train_accumulate(struct train *r)
{
    const struct train_options *o = r->o;
    float total = (float)o->batch * (float)o->accumulate * (float)o->context;
    TODO();
}

// settings returns what does not change from step to step, and which rule it is for.
static struct optim settings(const struct train_options *o, enum optimizer *rule)
{
    struct error e;
    CHECK(optimizer_find(o->optimizer, rule, &e) == ERR_NONE, "%s", e.text);
    return (struct optim){.decay = o->decay,
                          .momentum = o->momentum,
                          .beta1 = o->beta1,
                          .beta2 = o->beta2,
                          .epsilon = o->epsilon};
}

int train_update(struct train *r)
{
    const struct train_options *o = r->o;
    struct state *s = &r->state;
    size_t n = gpt_weights(r->model);
    enum optimizer rule;
    struct optim step = settings(o, &rule);
    TODO();
}

int train_step(struct train *r)
{
    TODO();
}

enum err train_resume(struct train *r, struct error *e)
{
    TODO();
}
