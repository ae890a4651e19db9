#include "train.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "file.h"
#include "loss.h"
#include "losses.h"
#include "model_file.h"
#include "ops.h"
#include "optimizer.h"
#include "rungs.h"
#include "tokenizer_file.h"
#include "vec.h"
#include "vocab.h"

// check_characters says whether a vocabulary of characters can hold a text.
static enum err check_characters(const struct part *p, struct error *e)
{
    static const char hint[] = "--tokenizer bpe takes any bytes";
    int32_t code = 0;
    for (size_t at = 0; at < p->size;) {
        int length = bytes_decode(p->size - at, p->bytes + at, &code);
        if (!length)
            return error_set(e, ERR_UTF8,
                             "%s: byte %zu: expected a UTF-8 character, found 0x%02X; %s", p->path,
                             p->begin + at, (unsigned)(unsigned char)p->bytes[at], hint);
        if (code == 0)
            return error_set(e, ERR_VALUE,
                             "%s: byte %zu: found U+0000, which has no place in a "
                             "tokenizer.json; %s",
                             p->path, p->begin + at, hint);
        at += (size_t)length;
    }
    return ERR_NONE;
}

// characters makes the vocabulary of all characters in both parts: one that only the validation
// part has must have a number too.
static enum err characters(const struct dataset *d, struct tokenizer **t, struct error *e)
{
    enum err code = check_characters(&d->train, e);
    if (!code) code = check_characters(&d->val, e);
    if (code) return code;
    size_t size = d->train.size + d->val.size;
    char *all = malloc(size);
    if (!all) die("out of memory: %zu bytes of text", size);
    memcpy(all, d->train.bytes, d->train.size);
    memcpy(all + d->train.size, d->val.bytes, d->val.size);
    struct chars *c;
    code = chars_new(size, all, &c, e);
    free(all);
    if (!code) *t = tokenizer_of_chars(c);
    return code;
}

// byte_pairs learns merges from the part that is trained on.
static enum err byte_pairs(const struct dataset *d, int tokens, struct tokenizer **t,
                           struct error *e)
{
    const char *special = VOCAB_END_OF_TEXT;
    struct vocab *v;
    enum err code = RUNGS.train(d->train.size, d->train.bytes, tokens, 1, &special, &v, e);
    if (!code) *t = tokenizer_of_bpe(v);
    return code;
}

enum err train_tokenizer(const struct train_options *o, const struct dataset *d,
                         struct tokenizer **t, struct error *e)
{
    if (o->resume) return model_tokenizer(o->out, t, e);
    if (strcmp(o->tokenizer, "chars") == 0) return characters(d, t, e);
    if (strcmp(o->tokenizer, "bpe") == 0) return byte_pairs(d, o->vocab, t, e);
    if (!file_exists(o->tokenizer))
        return error_set(e, ERR_IO,
                         "--tokenizer %s: expected chars, bpe, or a file, and there is "
                         "no such file",
                         o->tokenizer);
    return tokenizer_file_read(o->tokenizer, t, e);
}

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

void train_fold(const struct gpt *m, float *sum)
{
    float *grad = gpt_grad(m);
    size_t n = gpt_weights(m);
#pragma omp parallel for
    for (size_t i = 0; i < n; i++) {
        sum[i] += grad[i];
        grad[i] = 0;
    }
}

int train_update(const struct gpt *m, const struct train_options *o, struct state *s, float *sum)
{
    size_t n = gpt_weights(m);
    float norm = gradient_norm(n, sum);
    if (!isfinite(norm)) return 0;
    enum optimizer which;
    struct error e;
    CHECK(optimizer_find(o->optimizer, &which, &e) == ERR_NONE, "%s", e.text);
    struct optim step = {.lr =
                             learning_rate(s->step, o->warmup, o->steps, o->lr, o->lr * o->lr_end),
                         .scale = clip_scale(norm, o->clip),
                         .decay = o->decay,
                         .momentum = o->momentum,
                         .beta1 = o->beta1,
                         .beta2 = o->beta2,
                         .epsilon = o->epsilon,
                         .step = s->step + 1};
    size_t at = 0;
    for (int i = 0; i < gpt_params(m); i++) {
        struct param p = gpt_param(m, i);
        optimizer_step(which, &step, &p, sum + at, s->m + at, s->v + at);
        at += p.size;
    }
    memset(sum, 0, n * sizeof *sum);
    s->step++;
    return 1;
}
