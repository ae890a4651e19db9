#include "recall.h"

#include <math.h>
#include <stdlib.h>

#include "loss.h"
#include "mathf.h"
#include "part_ids.h"
#include "train.h"

enum err recall_open(const struct recall_kind *kind, const char *data, const struct tokenizer *tok,
                     float share, struct recall *out, struct error *e)
{
    struct dataset d;
    struct part_ids ids;
    enum err code = dataset_read(data, &d, e);
    if (code) return code;
    code = part_ids_read(tok, &d.train, &ids, e);
    dataset_free(&d);
    if (code) return code;
    int V = tokenizer_vocab(tok);
    CHECK(kind->longest <= RECALL_LONGEST, "%d", kind->longest);
    *out = (struct recall){kind, kind->read(V, ids.count, ids.ids), V, ids.count, {0}};
    for (int i = 0; i <= RECALL_LONGEST; i++) out->share[i] = share;
    free(ids.ids);
    return ERR_NONE;
}

void recall_close(struct recall *r)
{
    if (r->self) r->kind->free(r->self);
}

void recall_mix(const struct recall *r, size_t n, const int32_t *ids, const float *logits,
                float *work, float *out)
{
    float lse = log_sum_exp(r->V, logits);
    float share = r->share[r->kind->predict(r->self, n, ids, work)];
    for (int v = 0; v < r->V; v++) {
        float own = mathf_exp(logits[v] - lse);
        // A token that neither expects is not impossible: its logarithm has to be a number.
        float p = fmaf(share, work[v] - own, own);
        out[v] = mathf_log(p > 0x1p-100f ? p : 0x1p-100f);
    }
}

void recall_learn(struct recall *r, int match, float own, float memory)
{
    float s = r->share[match], p = fmaf(s, memory - own, own);
    if (p > 0) r->share[match] += RECALL_RATE * (s * memory / p - s);
}

// add_window adds the losses of a window that begins at ids[begin].
static void add_window(struct recall *r, size_t begin, const int32_t *ids, int T,
                       const float *logits, const int32_t *target, float *p,
                       struct recall_loss *sum)
{
    for (int t = 0; t < T && target[t] >= 0; t++, logits += r->V) {
        float loss = log_sum_exp(r->V, logits) - logits[target[t]], own = mathf_exp(-loss);
        int match = r->kind->predict(r->self, begin + (size_t)t + 1, ids, p);
        float memory = p[target[t]], s = r->share[match];
        sum->own += (double)loss;
        sum->memory -= (double)mathf_log(memory);
        sum->mixed -= (double)mathf_log(fmaf(s, memory - own, own));
        recall_learn(r, match, own, memory);
    }
}

struct recall_loss recall_evaluate(struct recall *r, const struct gpt *m, struct tape *t, size_t n,
                                   const int32_t *ids)
{
    CHECK(n >= 2, "n=%zu", n);
    struct recall_loss sum = {0};
    size_t T = (size_t)gpt_config(m)->context;
    for (size_t begin = 0; begin + 1 < n; begin += T) {
        tape_reset(t);
        int32_t *tokens = tape_alloc(t, T * sizeof *tokens);
        int32_t *target = tape_alloc(t, T * sizeof *target);
        float *p = tape_alloc(t, sizeof *p * (size_t)r->V);
        train_window(n, ids, begin, (int)T, tokens, target);
        int logits = gpt_forward(m, t, 0, 1, (int)T, tokens);
        add_window(r, begin, ids, (int)T, tape_data(t, logits), target, p, &sum);
    }
    double count = (double)(n - 1);
    return (struct recall_loss){sum.mixed / count, sum.own / count, sum.memory / count};
}
