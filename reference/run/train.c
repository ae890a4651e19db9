#include "train.h"

#include <math.h>
#include <string.h>

#include "optim.h"
#include "optimizer.h"
#include "train_loss.h"

void train_shuffle(struct random *r, uint32_t n, uint32_t *order)
{
    // SOLUTION BEGIN
    for (uint32_t i = 0; i < n; i++) order[i] = i;
    for (uint32_t i = n - 1; i > 0; i--) {
        uint32_t j = random_below(r, i + 1), kept = order[i];
        order[i] = order[j];
        order[j] = kept;
    }
    // SOLUTION END
}

int train_window(size_t n, const int32_t *ids, size_t begin, int T, int32_t *tokens,
                 int32_t *target)
{
    // SOLUTION BEGIN
    int count = 0;
    for (int t = 0; t < T; t++) {
        size_t at = begin + (size_t)t;
        int inside = at + 1 < n;
        tokens[t] = inside ? ids[at] : 0;
        target[t] = inside ? ids[at + 1] : -1;
        count += inside;
    }
    return count;
    // SOLUTION END
}

double train_evaluate(const struct gpt *m, struct tape *t, size_t n, const int32_t *ids,
                      size_t most, size_t rows)
{
    CHECK(n >= 2 && rows >= 1, "n=%zu rows=%zu", n, rows);
    size_t T = (size_t)gpt_config(m)->context;
    // SOLUTION BEGIN
    size_t windows = (n - 2) / T + 1, used = most && most < windows ? most : windows, count = 0;
    double sum = 0;
    for (size_t w = 0; w < used; w += rows) {
        size_t B = used - w < rows ? used - w : rows;
        tape_reset(t);
        int32_t *tokens = tape_alloc(t, B * T * sizeof *tokens);
        int32_t *target = tape_alloc(t, B * T * sizeof *target);
        for (size_t b = 0; b < B; b++) {
            size_t begin = (w + b) * windows / used * T;
            count += (size_t)train_window(n, ids, begin, (int)T, tokens + b * T, target + b * T);
        }
        int loss = gpt_loss(m, t, 0, (int)B, (int)T, tokens, target, NULL);
        sum += (double)*tape_data(t, loss);
    }
    return sum / (double)count;
    // SOLUTION END
}

void train_fold(const struct gpt *m, float *sum)
{
    float *grad = gpt_grad(m);
    size_t n = gpt_weights(m);
    // SOLUTION BEGIN
    if (sum == grad) return;
#pragma omp parallel for
    for (size_t i = 0; i < n; i++) {
        sum[i] += grad[i];
        grad[i] = 0;
    }
    // SOLUTION END
}

float train_accumulate(struct train *r)
{
    const struct train_options *o = r->o;
    float total = (float)o->batch * (float)o->accumulate * (float)o->context;
    // SOLUTION BEGIN
    float sum = 0, nats;
    for (int i = 0; i < o->accumulate; i++) {
        corpus_next(r->corpus, o->batch, r->tokens, r->target);
        tape_reset(r->tape);
        int loss = train_loss(r, r->model, r->tape, r->tokens, r->target, &nats);
        tape_backward(r->tape, loss, 1 / total);  // here, and only here, the sum becomes the mean
        train_fold(r->model, r->gradient);
        sum += nats;
    }
    return sum / total;
    // SOLUTION END
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
    // SOLUTION BEGIN
    float norm = gradient_norm(n, r->gradient);
    if (!isfinite(norm)) return 0;
    step.lr = learning_rate(s->step, o->warmup, o->steps, o->lr, o->lr * o->lr_end);
    step.scale = clip_scale(norm, o->clip);
    step.step = s->step + 1;
    size_t at = 0;
    for (int i = 0; i < gpt_params(r->model); i++) {
        struct param p = gpt_param(r->model, i);
        optimizer_step(rule, &step, &p, r->gradient + at, s->m + at, s->v + at);
        at += p.size;
    }
#pragma omp parallel for
    for (size_t i = 0; i < n; i++) r->gradient[i] = 0;  // no memset: that is one thread's
    s->step++;
    return 1;
    // SOLUTION END
}

int train_step(struct train *r)
{
    // SOLUTION BEGIN
    float loss = train_accumulate(r);
    if (!isfinite(loss) || !train_update(r)) return 0;
    r->state.loss = (double)loss;
    r->state.position = corpus_position(r->corpus);
    return 1;
    // SOLUTION END
}

enum err train_resume(struct train *r, struct error *e)
{
    // SOLUTION BEGIN
    enum err code = checkpoint_load(r->o->out, r->model, &r->state, e);
    if (!code) corpus_seek(r->corpus, r->state.position);
    return code;
    // SOLUTION END
}
