// Windows by copying, one at a time in the evaluation; places found by the weights themselves.
#include "train.h"

#include <math.h>
#include <string.h>

#include "optim.h"
#include "optimizer.h"
#include "train_loss.h"

void train_shuffle(struct random *r, uint32_t n, uint32_t *order)
{
    struct random *draw = r;
    uint32_t left = n;
    while (left--) order[left] = left;
    for (left = n; left > 1;) {
        uint32_t *one = order + random_below(draw, left), *last = order + --left;
        uint32_t number = *last;
        *last = *one;
        *one = number;
    }
}

int train_window(size_t n, const int32_t *ids, size_t begin, int T, int32_t *tokens,
                 int32_t *target)
{
    size_t have = begin + 1 < n ? n - 1 - begin : 0;
    int count = have < (size_t)T ? (int)have : T;
    for (int t = 0; t < T; t++) tokens[t] = 0, target[t] = -1;
    if (count) {
        memcpy(tokens, ids + begin, (size_t)count * sizeof *tokens);
        memcpy(target, ids + begin + 1, (size_t)count * sizeof *target);
    }
    return count;
}

double train_evaluate(const struct gpt *m, struct tape *t, size_t n, const int32_t *ids,
                      size_t most, size_t rows)
{
    CHECK(n >= 2 && rows >= 1, "n=%zu rows=%zu", n, rows);
    size_t T = (size_t)gpt_config(m)->context;
    // One window after the other: rows is how many may be seen at once, not how many must.
    (void)rows;
    size_t windows = (n - 1) / T + ((n - 1) % T != 0), count = 0;
    size_t used = most == 0 || most > windows ? windows : most;
    double sum = 0;
    for (size_t i = 0; i < used; i++) {
        int32_t tokens[4096], target[4096];
        CHECK(T <= 4096, "T=%zu", T);
        count += (size_t)train_window(n, ids, i * windows / used * T, (int)T, tokens, target);
        tape_reset(t);
        sum += (double)*tape_data(t, gpt_loss(m, t, 0, 1, (int)T, tokens, target, NULL));
    }
    tape_reset(t);  // leaves nothing behind
    return sum / (double)count;
}

void train_fold(const struct gpt *m, float *sum)
{
    float *grad = gpt_grad(m);
    size_t n = gpt_weights(m);
    if (sum != grad) {
        for (size_t i = 0; i < n; i++) sum[i] += grad[i];
        memset(grad, 0, sizeof *grad * n);
    }
}

float train_accumulate(struct train *r)
{
    const struct train_options *o = r->o;
    float total = (float)o->batch * (float)o->accumulate * (float)o->context;
    float mean = 0;
    for (int i = o->accumulate; i > 0; i--) {
        float nats;
        tape_reset(r->tape);
        corpus_next(r->corpus, o->batch, r->tokens, r->target);
        tape_backward(r->tape, train_loss(r, r->model, r->tape, r->tokens, r->target, &nats),
                      1 / total);
        train_fold(r->model, r->gradient);
        mean += nats / total;
    }
    return mean;
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
    float norm = gradient_norm(n, r->gradient);
    if (!(norm < INFINITY)) return 0;
    step.scale = clip_scale(norm, o->clip);
    step.lr = learning_rate(s->step++, o->warmup, o->steps, o->lr, o->lr_end * o->lr);
    step.step = s->step;
    for (int i = 0; i < gpt_params(r->model); i++) {
        struct param p = gpt_param(r->model, i);
        size_t at = (size_t)(p.data - gpt_data(r->model));
        optimizer_step(rule, &step, &p, &r->gradient[at], &s->m[at], &s->v[at]);
        memset(&r->gradient[at], 0, p.size * sizeof(float));
    }
    return 1;
}

int train_step(struct train *r)
{
    struct state *s = &r->state;
    float loss = train_accumulate(r);
    if (!isfinite(loss)) return 0;
    if (!train_update(r)) return 0;
    s->loss = (double)loss;
    s->position += (uint64_t)r->o->batch * (uint64_t)r->o->accumulate;
    return 1;
}

enum err train_resume(struct train *r, struct error *e)
{
    enum err code = checkpoint_load(r->o->out, r->model, &r->state, e);
    if (code) return code;
    corpus_seek(r->corpus, r->state.position);
    return ERR_NONE;
}
