// As the hints have it: loops with a branch, pointers that walk, sums in double.
#include "train.h"

#include <math.h>
#include <string.h>

#include "optim.h"
#include "optimizer.h"
#include "train_loss.h"

void train_shuffle(struct random *r, uint32_t n, uint32_t *order)
{
    uint32_t i, j, x;
    for (i = 0; i != n; ++i) order[i] = i;
    for (i = n; i > 1; i--) {
        j = random_below(r, i);
        x = order[i - 1];
        order[i - 1] = order[j];
        order[j] = x;
    }
}

int train_window(size_t n, const int32_t *ids, size_t begin, int T, int32_t *tokens,
                 int32_t *target)
{
    int t, count = 0;
    for (t = 0; t < T; t++) {
        if (begin + t + 1 < n) {
            tokens[t] = ids[begin + t];
            target[t] = ids[begin + t + 1];
            count++;
        } else {
            tokens[t] = 0;
            target[t] = -1;
        }
    }
    return count;
}

double train_evaluate(const struct gpt *m, struct tape *t, size_t n, const int32_t *ids,
                      size_t most, size_t rows)
{
    CHECK(n >= 2 && rows >= 1, "n=%zu rows=%zu", n, rows);
    size_t T = (size_t)gpt_config(m)->context;
    size_t windows = (n - 1 + T - 1) / T, used = windows, count = 0, i = 0;
    double sum = 0;
    if (most > 0 && most < windows) used = most;
    while (i < used) {
        size_t B = rows;
        if (B > used - i) B = used - i;
        tape_reset(t);
        int32_t *tokens = tape_alloc(t, sizeof(int32_t) * B * T);
        int32_t *target = tape_alloc(t, sizeof(int32_t) * B * T);
        for (size_t b = 0; b < B; b++, i++)
            count +=
                train_window(n, ids, i * windows / used * T, T, tokens + b * T, target + b * T);
        sum += *tape_data(t, gpt_loss(m, t, 0, B, T, tokens, target, NULL));
    }
    return sum / count;
}

void train_fold(const struct gpt *m, float *sum)
{
    float *grad = gpt_grad(m);
    size_t n = gpt_weights(m);
    if (sum == grad) return;
    for (size_t i = 0; i < n; i++) {
        sum[i] = sum[i] + grad[i];
        grad[i] = 0;
    }
}

float train_accumulate(struct train *r)
{
    const struct train_options *o = r->o;
    float total = (float)o->batch * (float)o->accumulate * (float)o->context;
    double sum = 0;
    for (int i = 0; i < o->accumulate; i++) {
        float nats;
        tape_reset(r->tape);
        corpus_next(r->corpus, o->batch, r->tokens, r->target);
        int loss = train_loss(r, r->model, r->tape, r->tokens, r->target, &nats);
        tape_backward(r->tape, loss, 1.0f / total);
        train_fold(r->model, r->gradient);
        sum += nats;
    }
    return sum / total;
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
    if (isnan(norm) || isinf(norm)) return 0;
    step.step = ++s->step;
    step.lr = learning_rate(step.step - 1, o->warmup, o->steps, o->lr, o->lr * o->lr_end);
    step.scale = clip_scale(norm, o->clip);
    float *g = r->gradient, *m = s->m, *v = s->v;
    for (int i = 0; i < gpt_params(r->model); i++) {
        struct param p = gpt_param(r->model, i);
        optimizer_step(rule, &step, &p, g, m, v);
        g += p.size;
        m += p.size;
        v += p.size;
    }
    for (size_t i = 0; i < n; i++) r->gradient[i] = 0;
    return 1;
}

int train_step(struct train *r)
{
    float loss = train_accumulate(r);
    int taken = isfinite(loss) && train_update(r);
    if (taken) {
        r->state.position = corpus_position(r->corpus);
        r->state.loss = loss;
    }
    return taken;
}

enum err train_resume(struct train *r, struct error *e)
{
    int code = checkpoint_load(r->o->out, r->model, &r->state, e);
    if (code == ERR_NONE) corpus_seek(r->corpus, r->state.position);
    return code;
}
