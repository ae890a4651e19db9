#include "gpt.h"

#include <criterion/criterion.h>
#include <limits.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "optim.h"
#include "shape.h"

// --- what a model is made of -----------------------------------------------------------------

static const struct gpt_config TINY = {SIZES(13, 8, 2, 2, 8)};

// weights_of counts by the formula: two tables, per layer 12 C^2 and 13 C, the last norm.
static size_t weights_of(const struct gpt_config *c)
{
    size_t V = (size_t)c->vocab, T = (size_t)c->context, L = (size_t)c->layers;
    size_t C = (size_t)c->channels;
    return V * C + T * C + L * (12 * C * C + 13 * C) + 2 * C;
}

Test(gpt_given, has_as_many_weights_as_the_formula_says)
{
    static const struct gpt_config SOME[] = {{SIZES(1, 1, 1, 1, 1)},
                                             {SIZES(13, 8, 2, 2, 8)},
                                             {SIZES(29, 11, 1, 3, 15)},
                                             {SIZES(2, 100, 7, 1, 6)},
                                             {SIZES(300, 3, 3, 4, 12)}};
    for (int i = 0; i < 5; i++) {
        struct gpt *m = gpt_new(&SOME[i], 1);
        cr_assert(gpt_weights(m) == weights_of(&SOME[i]), "config %d: %zu", i, gpt_weights(m));
        struct gpt_config filled = gpt_filled(&SOME[i]);
        cr_assert(memcmp(gpt_config(m), &filled, sizeof filled) == 0, "config %d", i);
        gpt_free(m);
    }
    const struct gpt_config gpt2 = {SIZES(50257, 1024, 12, 12, 768)};
    cr_assert(weights_of(&gpt2) == 124439808, "the formula gives the published size");
    gpt_free(NULL);
}

static void check_param(const struct gpt *m, const char *name, int rows, int columns,
                        int transposed)
{
    for (int i = 0; i < gpt_params(m); i++) {
        struct param p = gpt_param(m, i);
        if (strcmp(p.name, name) != 0) continue;
        cr_assert(p.rank == (columns ? 2 : 1) && p.shape[0] == rows, "%s", name);
        cr_assert(!columns || p.shape[1] == columns, "%s: %d columns", name, p.shape[1]);
        cr_assert(!p.transposed == !transposed, "%s: transposed %d", name, p.transposed);
        return;
    }
    cr_assert(0, "no tensor %s", name);
}

Test(gpt_given, has_the_tensors_of_published_files)
{
    struct gpt *m = gpt_new(&TINY, 1);
    cr_assert(gpt_params(m) == 2 + 2 * 12 + 2);
    check_param(m, "wte.weight", 13, 8, 0);
    check_param(m, "wpe.weight", 8, 8, 0);
    for (int l = 0; l < 2; l++) {
        static const struct {
            const char *name;
            int rows, columns;
        } LAYER[] = {{"ln_1.weight", 8, 0},         {"ln_1.bias", 8, 0},
                     {"attn.c_attn.weight", 24, 8}, {"attn.c_attn.bias", 24, 0},
                     {"attn.c_proj.weight", 8, 8},  {"attn.c_proj.bias", 8, 0},
                     {"ln_2.weight", 8, 0},         {"ln_2.bias", 8, 0},
                     {"mlp.c_fc.weight", 32, 8},    {"mlp.c_fc.bias", 32, 0},
                     {"mlp.c_proj.weight", 8, 32},  {"mlp.c_proj.bias", 8, 0}};
        for (int i = 0; i < 12; i++) {
            char name[64];
            snprintf(name, sizeof name, "h.%d.%s", l, LAYER[i].name);
            check_param(m, name, LAYER[i].rows, LAYER[i].columns, LAYER[i].columns > 0);
        }
    }
    check_param(m, "ln_f.weight", 8, 0, 0);
    check_param(m, "ln_f.bias", 8, 0, 0);
    gpt_free(m);
}

Test(gpt_given, keeps_its_tensors_one_after_another)
{
    struct gpt *m = gpt_new(&TINY, 1);
    size_t at = 0;
    for (int i = 0; i < gpt_params(m); i++) {
        struct param p = gpt_param(m, i);
        cr_assert(p.data == gpt_data(m) + at && p.grad == gpt_grad(m) + at, "%s", p.name);
        cr_assert(p.size == (size_t)p.shape[0] * (size_t)(p.rank == 2 ? p.shape[1] : 1), "%s",
                  p.name);
        at += p.size;
    }
    cr_assert(at == gpt_weights(m));
    for (size_t i = 0; i < at; i++) cr_assert(gpt_grad(m)[i] == 0, "gradient %zu", i);
    gpt_free(m);
}

static int ends_with(const char *s, const char *end)
{
    return strlen(s) >= strlen(end) && strcmp(s + strlen(s) - strlen(end), end) == 0;
}

Test(gpt_given, first_weights_have_the_deviations_of_the_paper)
{
    struct gpt *m = gpt_new(&(struct gpt_config){SIZES(200, 100, 3, 4, 48)}, 5);
    for (int i = 0; i < gpt_params(m); i++) {
        struct param p = gpt_param(m, i);
        if (p.rank == 1) {
            float want = ends_with(p.name, "weight") ? 1 : 0;  // gains 1, biases and shifts 0
            for (size_t j = 0; j < p.size; j++) cr_assert(p.data[j] == want, "%s", p.name);
            continue;
        }
        double sum = 0, squares = 0, n = (double)p.size;
        for (size_t j = 0; j < p.size; j++) {
            sum += (double)p.data[j];
            squares += (double)p.data[j] * (double)p.data[j];
        }
        double base = 0.02 * sqrt(768 / 48.0);
        double want = ends_with(p.name, "c_proj.weight") ? base / sqrt(2 * 3) : base;
        // 5 standard errors of a deviation and of a mean.
        double off = fabs(sqrt(squares / n) / want - 1);
        cr_assert(off < 5 / sqrt(2 * n), "%s: deviation %g", p.name, sqrt(squares / n));
        cr_assert(fabs(sum / n) < 5 * want / sqrt(n), "%s: mean %g", p.name, sum / n);
    }
    gpt_free(m);
}

Test(gpt_given, first_weights_depend_on_the_seed_alone)
{
    struct gpt *a = gpt_new(&TINY, 5), *b = gpt_new(&TINY, 5), *other = gpt_new(&TINY, 6);
    check_same(gpt_weights(a), gpt_data(a), gpt_data(b), "seed 5 twice");
    int same = 0;
    for (int i = 0; i < 13 * 8; i++) same += gpt_data(a)[i] == gpt_data(other)[i];
    cr_assert(same < 5, "%d weights are those of another seed", same);
    gpt_free(a), gpt_free(b), gpt_free(other);
}

Test(gpt_given, no_matrix_begins_like_another)
{
    struct gpt *m = gpt_new(&TINY, 5);
    for (int i = 0; i < gpt_params(m); i++) {
        for (int j = 0; j < i; j++) {
            struct param p = gpt_param(m, i), q = gpt_param(m, j);
            if (p.rank == 1 || q.rank == 1) continue;
            // Nor is one a multiple of the other.
            float off = p.data[0] * q.data[1] - p.data[1] * q.data[0];
            cr_assert(fabsf(off) > 1e-5f * fabsf(p.data[0] * q.data[1]), "%s and %s", p.name,
                      q.name);
        }
    }
    gpt_free(m);
}

// --- configurations --------------------------------------------------------------------------

static void check_refused(struct gpt_config k, const char *name)
{
    struct error e = {0};
    cr_assert(gpt_config_check(&k, &e) == ERR_VALUE && e.code == ERR_VALUE, "%s", name);
    cr_assert(strstr(e.text, name) != NULL, "'%s' does not name %s", e.text, name);
    cr_assert(gpt_config_check(&k, NULL) == ERR_VALUE, "%s, without a message", name);
}

Test(gpt_given, config_check_names_what_is_wrong)
{
    static const int BAD[] = {0, -1, INT_MIN, INT_MAX};
    for (int i = 0; i < 4; i++) {
        check_refused((struct gpt_config){SIZES(BAD[i], 8, 2, 2, 8)}, "vocabulary");
        check_refused((struct gpt_config){SIZES(13, BAD[i], 2, 2, 8)}, "context");
        check_refused((struct gpt_config){SIZES(13, 8, BAD[i], 2, 8)}, "layers");
        check_refused((struct gpt_config){SIZES(13, 8, 2, BAD[i], 8)}, "heads");
        check_refused((struct gpt_config){SIZES(13, 8, 2, 2, BAD[i])}, "channels");
    }
    check_refused((struct gpt_config){SIZES(13, 8, 2, 3, 8)}, "heads");
    check_refused((struct gpt_config){SIZES(13, 8, 2, 16, 8)}, "heads");
}

Test(gpt_given, config_check_accepts_what_can_be_made)
{
    struct error e = {.code = ERR_MATCH};
    cr_assert(gpt_config_check(&TINY, &e) == ERR_NONE);
    cr_assert(gpt_config_check(&(struct gpt_config){SIZES(1, 1, 1, 1, 1)}, &e) == ERR_NONE);
    cr_assert(gpt_config_check(&(struct gpt_config){SIZES(50257, 1024, 48, 25, 1600)}, &e) ==
              ERR_NONE);
    cr_assert(e.code == ERR_MATCH, "nothing went wrong, so nothing is reported");
}

Test(gpt_given, refuses_to_make_what_the_check_refuses, .signal = SIGABRT)
{
    gpt_new(&(struct gpt_config){SIZES(13, 8, 2, 3, 8)}, 1);
}

Test(gpt_given, refuses_more_tokens_than_its_context, .signal = SIGABRT)
{
    int32_t tokens[9] = {0};
    gpt_forward(gpt_new(&TINY, 1), tape_new(), 0, 1, 9, tokens);
}

Test(gpt_given, refuses_a_token_it_does_not_have, .signal = SIGABRT)
{
    gpt_forward(gpt_new(&TINY, 1), tape_new(), 0, 1, 1, (int32_t[]){13});
}

// Positions that are not learned go on behind the context; those before it stay as they were.
Test(gpt_given, sees_further_than_it_was_made_for)
{
    static const enum position KINDS[] = {POSITION_WAVES, POSITION_ROTARY, POSITION_NONE};
    const int32_t tokens[20] = {3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3, 2, 3, 8, 4};
    for (int i = 0; i < 3; i++) {
        struct gpt_config k = TINY;
        k.position = KINDS[i];
        struct gpt *m = gpt_new(&k, 1);
        struct tape *t = tape_new();
        int before = gpt_forward(m, t, 0, 1, k.context, tokens);
        cr_assert(gpt_set_context(m, 20, NULL) == ERR_NONE && gpt_config(m)->context == 20);
        int after = gpt_forward(m, t, 0, 1, 20, tokens);
        check_same((size_t)(k.context * k.vocab), tape_data(t, after), tape_data(t, before),
                   "position %d", (int)KINDS[i]);
        tape_free(t);
        gpt_free(m);
    }
}

Test(gpt_given, sees_no_further_than_it_has_learned)
{
    struct gpt *m = gpt_new(&TINY, 1);
    struct error e = {0};
    cr_assert(gpt_set_context(m, TINY.context + 1, &e) == ERR_VALUE);
    cr_assert(strstr(e.text, "learned 8 positions"), "%s", e.text);
    cr_assert(gpt_set_context(m, 0, &e) == ERR_VALUE && strstr(e.text, "context 0"), "%s", e.text);
    cr_assert(gpt_config(m)->context == TINY.context);
    cr_assert(gpt_set_context(m, 3, &e) == ERR_NONE && gpt_config(m)->context == 3);
    cr_assert(gpt_set_context(m, TINY.context, &e) == ERR_NONE);
    gpt_free(m);
}

// --- what a model does -----------------------------------------------------------------------

Test(gpt_given, knows_nothing_at_first)
{
    struct check *c = check_begin(20);
    struct gpt *m = gpt_new(&(struct gpt_config){SIZES(300, 16, 2, 4, 32)}, 3);
    struct tape *t = tape_new();
    const int32_t *tokens = check_ids(c, 4 * 16, 300), *target = check_ids(c, 4 * 16, 300);
    double mean = (double)tape_data(t, gpt_loss(m, t, 0, 4, 16, tokens, target, NULL))[0] / 64;
    // The logits' deviation is d = 0.02 sqrt(768 / C) sqrt(C), whatever C: so the log of the mean
    // of exp of them is d^2 / 2 above 0.  The mean of 64 of them is off by d / 8; three are
    // allowed.
    double d = 0.02 * sqrt(768), want = log(300) + d * d / 2;
    cr_assert(fabs(mean - want) < 3 * d / 8, "loss %g, expected %g", mean, want);
    tape_free(t);
    gpt_free(m);
    check_end(c);
}

// model returns a tiny model whose weights are all random and large enough to matter.
static struct gpt *model(struct check *c)
{
    struct gpt *m = gpt_new(&TINY, 1);
    memcpy(gpt_data(m), check_normals(c, gpt_weights(m), 0.5f), gpt_weights(m) * sizeof(float));
    return m;
}

Test(gpt_given, a_later_token_changes_no_earlier_score)
{
    enum { T = 8, V = 13 };
    struct check *c = check_begin(21);
    struct gpt *m = model(c);
    struct tape *t = tape_new();
    int32_t *tokens = check_ids(c, T, V);
    const float *want = tape_data(t, gpt_forward(m, t, 0, 1, T, tokens));
    for (int changed = 0; changed < T; changed++) {
        int32_t kept = tokens[changed];
        tokens[changed] = (kept + 1) % V;
        const float *got = tape_data(t, gpt_forward(m, t, 0, 1, T, tokens));
        check_same((size_t)(changed * V), got, want, "before token %d", changed);
        for (int i = changed; i < T; i++) {
            cr_assert(memcmp(got + i * V, want + i * V, V * sizeof *got) != 0,
                      "token %d does not reach position %d", changed, i);
        }
        tokens[changed] = kept;
    }
    // A shorter text gives the same scores as far as it goes.
    for (int shorter = 1; shorter < T; shorter++) {
        const float *got = tape_data(t, gpt_forward(m, t, 0, 1, shorter, tokens));
        check_same((size_t)(shorter * V), got, want, "T=%d", shorter);
    }
    tape_free(t);
    gpt_free(m);
    check_end(c);
}

Test(gpt_given, sequences_of_a_batch_do_not_meet)
{
    enum { B = 3, T = 5, V = 13 };
    struct check *c = check_begin(22);
    struct gpt *m = model(c);
    struct tape *t = tape_new();
    const int32_t *tokens = check_ids(c, B * T, V);
    const float *all = tape_data(t, gpt_forward(m, t, 0, B, T, tokens));
    for (int b = 0; b < B; b++) {
        const float *one = tape_data(t, gpt_forward(m, t, 0, 1, T, tokens + b * T));
        check_same(T * V, all + b * T * V, one, "sequence %d", b);
    }
    tape_free(t);
    gpt_free(m);
    check_end(c);
}

Test(gpt_given, without_learning_no_gradient_is_touched)
{
    struct check *c = check_begin(23);
    struct gpt *m = model(c);
    struct tape *t = tape_new();
    const int32_t *tokens = check_ids(c, 8, 13), *target = check_ids(c, 8, 13);
    int loss = gpt_loss(m, t, 0, 1, 8, tokens, target, NULL);
    size_t used = tape_memory(t);
    tape_backward(t, loss, 1);
    cr_assert(tape_memory(t) == used, "memory was taken for gradients");
    check_same(gpt_weights(m), gpt_grad(m), check_zeros(c, gpt_weights(m)), "gradients");
    float value = tape_data(t, loss)[0];
    loss = gpt_loss(m, t, 1, 1, 8, tokens, target, NULL);
    check_same(1, tape_data(t, loss), &value, "the loss is the same either way");
    tape_free(t);
    gpt_free(m);
    check_end(c);
}

Test(gpt_given, two_halves_accumulate_to_the_whole)
{
    enum { B = 4, T = 8 };
    struct check *c = check_begin(24);
    struct gpt *m = model(c);
    struct tape *t = tape_new();
    size_t n = gpt_weights(m);
    const int32_t *tokens = check_ids(c, B * T, 13), *target = check_ids(c, B * T, 13);
    tape_backward(t, gpt_loss(m, t, 1, B, T, tokens, target, NULL), 0.25f);
    const float *whole = check_copy(c, n, gpt_grad(m));
    memset(gpt_grad(m), 0, n * sizeof(float));
    for (int half = 0; half < B * T; half += B * T / 2) {
        tape_reset(t);
        tape_backward(t, gpt_loss(m, t, 1, B / 2, T, tokens + half, target + half, NULL), 0.25f);
    }
    for (int i = 0; i < gpt_params(m); i++) {
        struct param p = gpt_param(m, i);
        // The sums over rows are taken in two parts; a weight's passes through about 60 of them.
        check_relative(p.size, p.grad, whole + (p.grad - gpt_grad(m)), 60 * CHECK_U, "%s", p.name);
    }
    tape_free(t);
    gpt_free(m);
    check_end(c);
}

// train takes steps on one batch and returns the last mean loss.
static float train(struct gpt *m, struct tape *t, int B, int T, const int32_t *tokens,
                   const int32_t *target, int steps, float *moments)
{
    size_t n = gpt_weights(m);
    float mean = 0;
    for (int step = 1; step <= steps; step++) {
        tape_reset(t);
        memset(gpt_grad(m), 0, n * sizeof(float));
        int loss = gpt_loss(m, t, 1, B, T, tokens, target, NULL);
        mean = tape_data(t, loss)[0] / (float)(B * T);
        tape_backward(t, loss, 1 / (float)(B * T));
        struct optim o = {.lr = 0.01f,
                          .beta1 = 0.9f,
                          .beta2 = 0.99f,
                          .epsilon = 1e-8f,
                          .scale = clip_scale(gradient_norm(n, gpt_grad(m)), 1),
                          .step = step};
        adamw_step(&o, n, gpt_data(m), gpt_grad(m), moments, moments + n);
    }
    return mean;
}

Test(gpt_given, learns_one_batch_by_heart)
{
    struct check *c = check_begin(25);
    struct gpt *m = gpt_new(&(struct gpt_config){SIZES(13, 8, 2, 2, 16)}, 4);
    struct tape *t = tape_new();
    int32_t *tokens = check_ids(c, 3 * 8, 13);
    const int32_t *target = check_ids(c, 3 * 8, 13);
    for (int b = 0; b < 3; b++) tokens[b * 8] = b;  // so that no two sequences begin alike
    check_set_threads(1);
    float mean = train(m, t, 3, 8, tokens, target, 200, check_zeros(c, 2 * gpt_weights(m)));
    cr_assert(mean < 0.05f, "the loss after 200 steps is %g", (double)mean);
    tape_free(t);
    gpt_free(m);
    check_end(c);
}

struct job {
    struct gpt_config config;
    const int32_t *tokens, *target;
};

enum { WORK_B = 3, WORK_T = 20, WORK_STEPS = 3 };

static void work(const void *context, float *out)
{
    const struct job *job = context;
    struct gpt *m = gpt_new(&job->config, 8);
    struct tape *t = tape_new();
    size_t n = gpt_weights(m);
    memset(out, 0, 2 * n * sizeof *out);
    out[3 * n] = train(m, t, WORK_B, WORK_T, job->tokens, job->target, WORK_STEPS, out);
    memcpy(out + 2 * n, gpt_data(m), n * sizeof *out);
    tape_free(t);
    gpt_free(m);
}

Test(gpt_given, threads_change_no_bit_of_a_trained_model)
{
    struct check *c = check_begin(26);
    struct job job = {{.vocab = 70, .context = WORK_T, .layers = 2, .heads = 3, .channels = 48},
                      check_ids(c, WORK_B * WORK_T, 70),
                      check_ids(c, WORK_B * WORK_T, 70)};
    check_threads(c, 3 * weights_of(&job.config) + 1, work, &job, "moments, weights, loss");
    check_end(c);
}

Test(gpt_given, counts_the_operations_of_its_products)
{
    static const struct gpt_config SOME[] = {{SIZES(13, 8, 2, 2, 8)}, {SIZES(29, 11, 1, 3, 15)}};
    for (int k = 0; k < 2; k++) {
        struct gpt *m = gpt_new(&SOME[k], 1);
        double B = 3, T = 7, want = 0;
        // Every matrix but the positions multiplies every row: wte as the head.
        for (int i = 0; i < gpt_params(m); i++) {
            struct param p = gpt_param(m, i);
            if (p.rank == 2 && strcmp(p.name, "wpe.weight") != 0)
                want += 2 * B * T * (double)p.size;
        }
        // Position t looks at t + 1 positions: a score and a sum of 2 C operations each.
        for (int t = 0; t < 7; t++) want += B * SOME[k].layers * (t + 1) * 4 * SOME[k].channels;
        cr_assert(gpt_flops(&SOME[k], 3, 7) == 3 * want, "%g", gpt_flops(&SOME[k], 3, 7));
        gpt_free(m);
    }
}
