// A GPT-2 and a Llama beside those that make_golden.py wrote in PyTorch, in double precision.
#include <criterion/criterion.h>
#include <string.h>

#include "check.h"
#include "gpt.h"
#include "optim.h"
#include "shape.h"

enum { GPT2, LLAMA };

// struct golden: a model of tests/golden with its weights, and its batch.
struct golden {
    struct check *c;
    struct safetensors *st;
    struct gpt *m;
    struct tape *t;
    int B, T, N, V, count;  // count: targets that are not -1
    const int32_t *tokens, *target;
};

static struct golden golden_begin(const char *name, int llama, int B, int T)
{
    struct golden g = {.c = check_begin(1), .st = check_golden(name), .B = B, .T = T, .N = B * T};
    const int32_t *k = check_golden_ids(g.st, "config", llama ? 7 : 5);
    struct gpt_config shape = {SIZES(k[0], k[1], k[2], k[3], k[4])};
    if (llama) {
        gpt_llama(&shape);
        shape.groups = k[5], shape.hidden = k[6];
    }
    g.V = k[0];
    g.m = gpt_new(&shape, 1);
    memcpy(gpt_data(g.m), check_golden_floats(g.st, "weights", gpt_weights(g.m)),
           gpt_weights(g.m) * sizeof(float));
    g.t = tape_new();
    g.tokens = check_golden_ids(g.st, "tokens", (size_t)g.N);
    g.target = check_golden_ids(g.st, "target", (size_t)g.N);
    for (int i = 0; i < g.N; i++) g.count += g.target[i] >= 0;
    return g;
}

static void golden_end(struct golden *g)
{
    tape_free(g->t);
    gpt_free(g->m);
    safetensors_close(g->st);
    check_end(g->c);
}

// Of the largest value of a tensor: a model of two layers chains about ten sums of up to 60
// products and nine reductions, 600 u = 4e-5 at worst; roundings that fall both ways make less.
static const double SHARE = 1e-5;

static void check_against_pytorch(const char *name, int llama, int B, int T)
{
    struct golden g = golden_begin(name, llama, B, T);
    size_t N = (size_t)g.N;
    float *losses = check_nans(g.c, N);
    int logits = gpt_forward(g.m, g.t, 0, B, T, g.tokens);
    cr_assert(tape_rank(g.t, logits) == 3 && tape_dim(g.t, logits, 0) == B &&
              tape_dim(g.t, logits, 1) == T && tape_dim(g.t, logits, 2) == g.V);
    const float *want = check_golden_floats(g.st, "logits", N * (size_t)g.V);
    check_relative(N * (size_t)g.V, tape_data(g.t, logits), want, SHARE, "logits");

    int loss = gpt_loss(g.m, g.t, 1, B, T, g.tokens, g.target, losses);
    want = check_golden_floats(g.st, "losses", N);
    check_relative(N, losses, want, SHARE, "losses");
    float sum = 0;
    for (int i = 0; i < g.N; i++) {
        cr_assert(g.target[i] >= 0 || losses[i] == 0, "a target of -1 costs nothing");
        sum += want[i];
    }
    check_relative(1, tape_data(g.t, loss), &sum, SHARE, "loss");

    tape_backward(g.t, loss, 1);
    want = check_golden_floats(g.st, "grads", gpt_weights(g.m));
    for (int i = 0; i < gpt_params(g.m); i++) {
        struct param p = gpt_param(g.m, i);
        check_relative(p.size, p.grad, want + (p.grad - gpt_grad(g.m)), SHARE, "%s", p.name);
    }
    golden_end(&g);
}

// The optimizer of make_golden.py, for three steps on one batch.
static void check_training(const char *name, int llama, int B, int T)
{
    struct golden g = golden_begin(name, llama, B, T);
    size_t n = gpt_weights(g.m);
    float *m = check_zeros(g.c, n), *v = check_zeros(g.c, n), total[3];
    struct optim o = {
        .lr = 0.01f, .beta1 = 0.9f, .beta2 = 0.95f, .epsilon = 1e-3f, .decay = 0.1f, .step = 1};
    for (; o.step <= 3; o.step++) {
        tape_reset(g.t);
        memset(gpt_grad(g.m), 0, n * sizeof(float));
        int loss = gpt_loss(g.m, g.t, 1, B, T, g.tokens, g.target, NULL);
        total[o.step - 1] = tape_data(g.t, loss)[0] / (float)g.count;
        tape_backward(g.t, loss, 1 / (float)g.count);
        float norm = gradient_norm(n, gpt_grad(g.m));
        cr_assert(norm > 0.5f, "clipping takes part");
        o.scale = clip_scale(norm, 0.5f);
        adamw_step(&o, n, gpt_data(g.m), gpt_grad(g.m), m, v);
    }
    check_relative(3, total, check_golden_floats(g.st, "train_losses", 3), SHARE, "mean losses");
    check_relative(n, gpt_data(g.m), check_golden_floats(g.st, "trained", n), SHARE, "weights");
    golden_end(&g);
}

Test(gpt_golden, equals_pytorch_in_a_small_model)
{
    check_against_pytorch("gpt_small", GPT2, 2, 8);
}

Test(gpt_golden, equals_pytorch_in_a_model_of_odd_sizes)
{
    check_against_pytorch("gpt_odd", GPT2, 3, 7);
}

Test(gpt_golden, trains_like_pytorch_in_a_small_model)
{
    check_training("gpt_small", GPT2, 2, 8);
}

Test(gpt_golden, trains_like_pytorch_in_a_model_of_odd_sizes)
{
    check_training("gpt_odd", GPT2, 3, 7);
}

Test(gpt_golden, equals_pytorch_in_a_small_llama)
{
    check_against_pytorch("llama_small", LLAMA, 2, 7);
}

Test(gpt_golden, trains_like_pytorch_in_a_small_llama)
{
    check_training("llama_small", LLAMA, 2, 7);
}
