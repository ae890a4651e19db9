// train_batches: the bits of train_step, however many batches are computed at once.
#include "train_batches.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "arena.h"
#include "check.h"
#include "error.h"
#include "memory.h"
#include "random.h"
#include "shape.h"

enum { V = 7, T = 5, TEXT = 200, STEPS = 3 };

// struct running: a run with its memory.
struct running {
    struct train_options o;
    struct doubt doubt;
    struct train at;
    struct arena *arena;
};

static void begin(struct running *r, int accumulate, const char *loss)
{
    const struct gpt_config shape = {SIZES(V, T, 2, 2, 8)};
    struct error e;
    r->o = train_options_defaults;
    r->o.batch = 2, r->o.accumulate = accumulate, r->o.context = T, r->o.warmup = 1;
    r->o.loss = loss;
    r->arena = arena_new();
    struct random random = random_start(5, RANDOM_SHUFFLE);
    int32_t *ids = arena_alloc(r->arena, TEXT * sizeof *ids);
    for (int i = 0; i < TEXT; i++) ids[i] = (int32_t)random_below(&random, V);
    r->at = (struct train){.o = &r->o, .model = gpt_new(&shape, 1), .tape = tape_new()};
    CHECK(!corpus_new(TEXT, ids, T, 1, train_shuffle, &r->at.corpus, &e), "%s", e.text);
    size_t n = gpt_weights(r->at.model);
    r->at.tokens = arena_alloc(r->arena, sizeof(int32_t) * 2 * T);
    r->at.target = arena_alloc(r->arena, sizeof(int32_t) * 2 * T);
    r->at.gradient = arena_zeros(r->arena, n);
    r->at.state.m = arena_zeros(r->arena, n), r->at.state.v = arena_zeros(r->arena, n);
}

static void end(struct running *r)
{
    tape_free(r->at.tape);
    gpt_free(r->at.model);
    corpus_free(r->at.corpus);
    arena_free(r->arena);
}

// try compares steps of `at_once` batches on so many threads with train_step.
static void try(int accumulate, int at_once, int threads, const char *loss)
{
    struct running one, many;
    begin(&one, accumulate, loss), begin(&many, accumulate, loss);
    size_t n = gpt_weights(one.at.model);
    struct train_batches *b = train_batches_new(&many.at, at_once);
    for (int i = 0; i < STEPS; i++) {
        check_set_threads(1);
        cr_assert_eq(train_step(&one.at), 1);
        check_set_threads(threads);
        cr_assert_eq(train_batches_step(b), 1);
    }
    check_same(n, gpt_data(many.at.model), gpt_data(one.at.model), "weights, %d of %d, %d threads",
               at_once, accumulate, threads);
    check_same(n, many.at.state.m, one.at.state.m, "m");
    check_same(n, many.at.state.v, one.at.state.v, "v");
    cr_expect_eq(many.at.state.loss, one.at.state.loss);
    cr_expect_eq(many.at.state.step, STEPS);
    cr_expect_eq(many.at.state.position, one.at.state.position);
    for (size_t i = 0; i < n; i++) cr_assert_eq(many.at.gradient[i], 0);
    train_batches_free(b);
    end(&one), end(&many);
}

Test(train_batches, the_bits_of_train_step)
{
    static const int THREADS[] = {1, 2, 3, 8};
    for (int i = 0; i < 4; i++) {
        try(2, 2, THREADS[i], "cross-entropy");
        try(4, 2, THREADS[i], "cross-entropy");
        try(5, 3, THREADS[i], "cross-entropy");  // a wave that is not full
        try(8, 8, THREADS[i], "cross-entropy");
        try(4, 3, THREADS[i], "cross-entropy");  // one that has one batch
    }
}

Test(train_batches, another_loss)
{
    try(4, 2, 2, "smooth");
}

Test(train_batches, doubts)
{
    for (int threads = 1; threads <= 4; threads++) {
        struct running one, many;
        begin(&one, 4, "cross-entropy"), begin(&many, 4, "cross-entropy");
        one.doubt = many.doubt =
            (struct doubt){.intend = 0.2f, .trust = 1, .V = V, .epsilon = 0.3f};
        one.at.doubt = &one.doubt, many.at.doubt = &many.doubt;
        struct train_batches *b = train_batches_new(&many.at, 3);
        for (int i = 0; i < STEPS; i++) {
            check_set_threads(1);
            cr_assert_eq(train_step(&one.at), 1);
            doubt_step(&one.doubt);
            check_set_threads(threads);
            cr_assert_eq(train_batches_step(b), 1);
            doubt_step(&many.doubt);
        }
        check_same(gpt_weights(one.at.model), gpt_data(many.at.model), gpt_data(one.at.model),
                   "weights, %d threads", threads);
        cr_expect_eq(one.doubt.epsilon, many.doubt.epsilon);
        cr_expect_eq(one.doubt.skipped, many.doubt.skipped);
        cr_expect_eq(one.doubt.targets, STEPS * 4 * 2 * T);
        cr_expect(one.doubt.skipped > 0 && one.doubt.skipped < one.doubt.targets);
        train_batches_free(b);
        end(&one), end(&many);
    }
}

Test(train_batches, a_loss_that_is_no_number_changes_nothing)
{
    struct running r, before;
    begin(&r, 3, "cross-entropy"), begin(&before, 3, "cross-entropy");
    struct train_batches *b = train_batches_new(&r.at, 2);
    gpt_data(r.at.model)[3] = gpt_data(before.at.model)[3] = (float)NAN;
    cr_expect_eq(train_batches_step(b), 0);
    size_t n = gpt_weights(r.at.model);
    cr_expect_eq(memcmp(gpt_data(r.at.model), gpt_data(before.at.model), n * sizeof(float)), 0);
    cr_expect_eq(r.at.state.step, 0);
    cr_expect_eq(r.at.state.position, 0);
    train_batches_free(b);
    end(&r), end(&before);
}

static int asked(const char *how, int accumulate, const char *teacher, int channels, int threads,
                 struct error *e)
{
    struct train_options o = train_options_defaults;
    o.parallel = how, o.accumulate = accumulate, o.teacher = teacher;
    const struct gpt_config shape = {SIZES(65, 128, 3, 4, channels)};
    int n = -1;
    enum err code = train_batches_at_once(&o, &shape, threads, &n, e);
    return code ? -(int)code : n;
}

Test(train_batches, how_many_at_once)
{
    struct error e;
    cr_expect_eq(asked("auto", 1, "", 128, 2, &e), 1);
    cr_expect_eq(asked("auto", 2, "", 128, 2, &e), 2);
    cr_expect_eq(asked("auto", 8, "", 128, 2, &e), 2);
    cr_expect_eq(asked("auto", 2, "", 128, 4, &e), 1, "kernels have work for all four");
    cr_expect_eq(asked("auto", 2, "", 768, 2, &e), 1, "kernels are long enough");
    cr_expect_eq(asked("auto", 2, "there", 128, 2, &e), 1);
    cr_expect_eq(asked("auto", 8, "", 128, 1, &e), 1);
    cr_expect_eq(asked("kernels", 8, "", 128, 2, &e), 1);
    cr_expect_eq(asked("batches", 8, "", 768, 3, &e), 3);
    cr_expect_eq(asked("batches", 2, "", 128, 8, &e), 2);
    cr_expect_eq(asked("batches", 1, "", 128, 2, &e), -(int)ERR_VALUE);
    cr_expect_not_null(strstr(e.text, "--accumulate 2"));
    cr_expect_eq(asked("batches", 2, "there", 128, 2, &e), -(int)ERR_VALUE);
    cr_expect_not_null(strstr(e.text, "--teacher"));
    cr_expect_eq(asked("each", 2, "", 128, 2, &e), -(int)ERR_VALUE);
    cr_expect_not_null(strstr(e.text, "auto, batches or kernels"));
}

Test(train_batches, memory)
{
    const struct gpt_config shape = {SIZES(65, 64, 4, 4, 128)};
    size_t one = memory_step(&shape, GPT_MAPS, 12, 64),
           gradients = sizeof(float) * gpt_count(&shape).total;
    size_t tape = one - gpt_bytes(&shape);
    cr_expect_eq(memory_batches(&shape, GPT_MAPS, 12, 64, 2), one + 2 * gradients + tape);
    cr_expect_eq(memory_batches(&shape, GPT_MAPS, 12, 64, 3), one + 3 * gradients + 2 * tape);
}

// --- a twin ----------------------------------------------------------------------------------

Test(gpt_twin, has_the_weights_and_gradients_of_its_own)
{
    const struct gpt_config shape = {SIZES(V, T, 2, 2, 8)};
    struct gpt *m = gpt_new(&shape, 1), *twin = gpt_twin(m);
    gpt_grad(m)[0] = 5;
    cr_expect_eq(gpt_data(twin), gpt_data(m));
    cr_expect_neq(gpt_grad(twin), gpt_grad(m));
    cr_expect_eq(gpt_params(twin), gpt_params(m));
    for (int i = 0; i < gpt_params(m); i++) {
        struct param a = gpt_param(m, i), b = gpt_param(twin, i);
        cr_expect_eq(a.data, b.data);
        cr_expect_eq(a.grad - gpt_grad(m), b.grad - gpt_grad(twin));
        for (size_t k = 0; k < b.size; k++) cr_assert_eq(b.grad[k], 0);
    }
    gpt_free(twin);
    gpt_data(m)[0] = 1;  // still there
    gpt_free(m);
}
