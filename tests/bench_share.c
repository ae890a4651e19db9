// bench_share: a step, its kernels one by one, and the memory it takes.
#include "bench_share.h"

#include <criterion/criterion.h>
#include <math.h>

#include "bench_step.h"
#include "memory.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(SANITIZED)
enum { WATCHED = 1 };  // the sanitizer's own memory is many times as much
#else
enum { WATCHED = 0 };
#endif

static const struct bench_setting SMALL = {
    .name = "small",
    .what = "for tests",
    .shape = {.vocab = 33, .context = 24, .layers = 2, .heads = 2, .channels = 16},
    .batch = 3,
    .tokens = 20,
    .accumulate = 1};

static int all_finite(size_t n, const float *x)
{
    for (size_t i = 0; i < n; i++)
        if (!isfinite(x[i])) return 0;
    return 1;
}

static int all_zero(size_t n, const float *x)
{
    for (size_t i = 0; i < n; i++)
        if (x[i] != 0) return 0;
    return 1;
}

Test(bench_share, a_step_is_a_training_step)
{
    struct bench_step *b = bench_step_new(&SMALL);
    const struct train *run = bench_step_run(b);
    double first = 0;
    for (int i = 0; i < 8; i++) {
        bench_step_take(b);
        cr_assert(run->state.step == i + 1 && isfinite(run->state.loss));
        if (i == 0) first = run->state.loss;
    }
    cr_assert(fabs(first - log(33)) < 0.3, "it begins at %g", first);
    bench_step_free(b);
}

Test(bench_share, kernels_run_again_and_again_and_leave_the_run_as_it_was)
{
    struct bench_step *b = bench_step_new(&SMALL);
    const struct train *run = bench_step_run(b);
    size_t n = gpt_weights(run->model);
    bench_step_take(b);
    struct bench_share *s = bench_share_new(&SMALL, b);
    for (int round = 0; round < 3; round++) {
        for (int k = 0; k < BENCH_ZERO; k++) bench_share_run(s, (enum bench_kernel)k);
        cr_assert(all_finite(n, gpt_data(run->model)) && all_finite(n, run->gradient));
        cr_assert(!all_zero(n, run->gradient), "the kernels have left no gradient");
        bench_share_run(s, BENCH_ZERO);
        bench_share_renew(s);
        cr_assert(all_zero(n, gpt_grad(run->model)) && all_zero(n, run->gradient));
    }
    bench_step_take(b);
    cr_assert(run->state.step == 2 && isfinite(run->state.loss));
    bench_share_free(s);
    bench_step_free(b);
}

Test(bench_share, every_tensor_gets_a_gradient)
{
    struct bench_step *b = bench_step_new(&SMALL);
    struct bench_share *s = bench_share_new(&SMALL, b);
    const struct gpt *m = bench_step_run(b)->model;
    bench_step_take(b);
    for (int k = 0; k < BENCH_ZERO; k++) bench_share_run(s, (enum bench_kernel)k);
    for (int i = 0; i < gpt_params(m); i++) {
        struct param p = gpt_param(m, i);
        cr_assert(!all_zero(p.size, p.grad), "%s: no kernel has come to it", p.name);
    }
    bench_share_free(s);
    bench_step_free(b);
}

// Of small models the program's own stacks and the ends of large pages are a larger part.
static const struct bench_setting LARGER = {
    .name = "larger",
    .what = "for tests",
    .shape = {.vocab = 300, .context = 128, .layers = 4, .heads = 4, .channels = 256},
    .batch = 16,
    .tokens = 128,
    .accumulate = 1};

// Most of its memory is for the scores of its tokens.
static const struct bench_setting WORDY = {
    .name = "wordy",
    .what = "for tests",
    .shape = {.vocab = 20000, .context = 64, .layers = 1, .heads = 2, .channels = 32},
    .batch = 8,
    .tokens = 64,
    .accumulate = 1};

static void compare(const struct bench_setting *s)
{
    size_t predicted = memory_step(&s->shape, s->attention, s->batch, s->tokens), whole;
    cr_assert(predicted > gpt_bytes(&s->shape));
    if (WATCHED) return;
    size_t measured = bench_step_memory(s, 2, &whole);
    double off = (double)predicted / (double)measured - 1;
    cr_assert(fabs(off) < 0.05, "%zu bytes predicted, %zu measured", predicted, measured);
    cr_assert(whole > measured);
}

Test(bench_share, memory_of_a_step_is_what_its_formula_says)
{
    compare(&LARGER);
    compare(&WORDY);
}

// A context at which maps alone would take ten times as much.
Test(bench_share, and_without_maps)
{
    struct bench_setting s = LARGER;
    s.attention = GPT_FLASH, s.batch = 1, s.tokens = s.shape.context = 2048;
    compare(&s);
    cr_assert(memory_step(&s.shape, GPT_MAPS, 1, 2048) >
              2 * memory_step(&s.shape, GPT_FLASH, 1, 2048));
}
