// train: orders and windows that a person can redo by hand; means over windows against each token
// by itself; gradients of a step against one batch after the other; updates against the rules of
// optim.h on a model of some hundred weights; runs that are copied, saved and killed.
//
// The corpus here deals out its windows in their natural order, so that no test of a step depends
// on train_shuffle.  Runs come in twins: the learner's functions work on one, the reference's on
// the other.
#include "train.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bytes.h"
#include "file.h"
#include "lesson.h"
#include "optim.h"
#include "ref_train.h"
#include "train_loss.h"

FUNCTION(train_shuffle, 2);
FUNCTION(train_window, 2);
FUNCTION(train_evaluate, 3);
FUNCTION(train_fold, 1);
FUNCTION(train_accumulate, 3);
FUNCTION(train_update, 4);
FUNCTION(train_step, 1);
FUNCTION(train_resume, 2);

enum { ROOM = 2048, GUARD = 8, UNTOUCHED = -77 };

// --- train_shuffle -----------------------------------------------------------------------------

static void shuffled(uint32_t n, uint64_t seed)
{
    static int32_t got[ROOM], want[ROOM];
    CHECK(n + GUARD <= ROOM, "n=%u", n);
    for (int i = 0; i < ROOM; i++) got[i] = want[i] = UNTOUCHED;
    struct random r = random_start(seed, RANDOM_TEST), s = r, draw = r;
    char draws[40] = "none";
    for (uint32_t i = n - 1, used = 0; n <= 6 && i > 0; i--)
        used += (uint32_t)snprintf(draws + used, sizeof draws - used, "%s%u", used ? ", " : "",
                                   random_below(&draw, i + 1));
    ref_train_shuffle(&s, n, (uint32_t *)want);
    if (n <= 6)
        given("n = %u, random_below gives: %s", n, draws);
    else
        given("n = %u, seed %d", n, (int)seed);
    train_shuffle(&r, n, (uint32_t *)got);
    char seen[ROOM] = "";
    uint32_t once = 0;
    for (uint32_t i = 0; i < n; i++)
        if (got[i] >= 0 && got[i] < (int)n && !seen[got[i]]++) once++;
    expect_int("how many of 0 … n-1 are in the order", once, n);
    expect_ints("order", n, got, n, want);
    expect_int("how many numbers were drawn from r", (int64_t)r.position, (int64_t)s.position);
    expect_ints("what stands behind the order", GUARD, got + n, GUARD, want + n);
}

TEST(train_shuffle, one_number)
{
    shuffled(1, 1);
}

TEST(train_shuffle, two_numbers)
{
    for (uint64_t seed = 1; seed <= 4; seed++) shuffled(2, seed);
}

TEST(train_shuffle, three_and_four_numbers)
{
    for (uint64_t seed = 1; seed <= 4; seed++) shuffled(3, seed), shuffled(4, seed);
}

TEST(train_shuffle, many_numbers)
{
    shuffled(100, 1), shuffled(2000, 2);
}

// --- train_window ------------------------------------------------------------------------------

// windowed checks one window of a text in letters: a is id 0, b is id 1.
static void windowed(const char *text, size_t begin, int T, const int32_t *tokens,
                     const int32_t *target, int count)
{
    size_t n = strlen(text), size = (size_t)T;
    int32_t text_ids[64], got[2][32], rest[GUARD];
    CHECK(n <= 64 && T + GUARD <= 32, "n=%zu T=%d", n, T);
    for (int i = 0; i < 64; i++) text_ids[i] = 1000 + i;  // behind the text stands something, too
    for (size_t i = 0; i < n; i++) text_ids[i] = text[i] - 'a';
    for (int i = 0; i < 32; i++) got[0][i] = got[1][i] = UNTOUCHED;
    for (int i = 0; i < GUARD; i++) rest[i] = UNTOUCHED;
    given("ids of %s, n = %zu, begin = %zu, T = %d", lesson_quote(n, text), n, begin, T);
    int returned = train_window(n, text_ids, begin, T, got[0], got[1]);
    expect_ids("tokens", size, got[0], size, tokens);
    expect_ids("target", size, got[1], size, target);
    expect_int("train_window", returned, count);
    expect_ids("what stands behind the tokens", GUARD, got[0] + T, GUARD, rest);
    expect_ids("what stands behind the targets", GUARD, got[1] + T, GUARD, rest);
}

TEST(train_window, the_first)
{
    windowed("bcd", 0, 2, (int32_t[]){1, 2}, (int32_t[]){2, 3}, 2);
    windowed("bc", 0, 1, (int32_t[]){1}, (int32_t[]){2}, 1);
}

TEST(train_window, one_further_on)
{
    windowed("bcdefg", 2, 2, (int32_t[]){3, 4}, (int32_t[]){4, 5}, 2);
    windowed("bcdefg", 3, 2, (int32_t[]){4, 5}, (int32_t[]){5, 6}, 2);
}

TEST(train_window, nothing_follows_the_last_token)
{
    windowed("bcd", 0, 3, (int32_t[]){1, 2, 0}, (int32_t[]){2, 3, -1}, 2);
    windowed("bcde", 2, 2, (int32_t[]){3, 0}, (int32_t[]){4, -1}, 1);
}

TEST(train_window, longer_than_the_text)
{
    windowed("bcd", 0, 6, (int32_t[]){1, 2, 0, 0, 0, 0}, (int32_t[]){2, 3, -1, -1, -1, -1}, 2);
    windowed("bcde", 3, 2, (int32_t[]){0, 0}, (int32_t[]){-1, -1}, 0);
    windowed("bcde", 4, 1, (int32_t[]){0}, (int32_t[]){-1}, 0);
    windowed("bcde", 9, 1, (int32_t[]){0}, (int32_t[]){-1}, 0);
}

TEST(train_window, all_places_of_a_text)
{
    for (size_t begin = 0; begin <= 12; begin++) {
        for (int T = 1; T <= 7; T += 2) {
            static const int32_t IDS[] = {3, 1, 4, 1, 5, 9, 2, 6, 5, 3};
            const char *text = "dbebfjcgfd";
            int32_t tokens[8], target[8];
            int count = ref_train_window(10, IDS, begin, T, tokens, target);
            windowed(text, begin, T, tokens, target, count);
        }
    }
}

TEST(train_window, reads_nothing_behind_the_text)
{
    static const int32_t IDS[] = {3, 1, 4, 1, 5};
    const int32_t *text = lesson_input(sizeof IDS, IDS);
    for (size_t begin = 0; begin <= 5; begin++) {
        int32_t tokens[2][4], target[2][4];
        int count = ref_train_window(5, IDS, begin, 4, tokens[1], target[1]);
        given("memory that ends with the text, n = 5, begin = %zu, T = 4", begin);
        expect_int("train_window", train_window(5, text, begin, 4, tokens[0], target[0]), count);
        expect_ids("tokens", 4, tokens[0], 4, tokens[1]);
        expect_ids("target", 4, target[0], 4, target[1]);
    }
}

// --- models and runs -----------------------------------------------------------------------------

enum { V = 7, T = 4, IDS = 101 };

static void in_order(struct random *r, uint32_t n, uint32_t *order)
{
    (void)r;
    for (uint32_t i = 0; i < n; i++) order[i] = i;
}

static int32_t ids[IDS];

static void draw_ids(void)
{
    struct random r = random_start(11, RANDOM_TEST);
    for (int i = 0; i < IDS; i++) ids[i] = (int32_t)random_below(&r, V);
}

// model_of returns a model that does not find all tokens alike.
static struct gpt *model_of(uint64_t seed)
{
    const struct gpt_config c = {.vocab = V, .context = T, .layers = 1, .heads = 1, .channels = 4};
    struct gpt *m = gpt_new(&c, seed);
    struct random r = random_start(seed, RANDOM_TEST);
    for (size_t i = 0; i < gpt_weights(m); i++) gpt_data(m)[i] += 0.3f * random_normal(&r);
    return m;
}

static const struct train_options SMALL = {
    .loss = "cross-entropy",
    .loss_weight = -1,
    .teacher = "",
    .optimizer = "adamw",
    .momentum = 0.9f,
    .lr = 0.01f,
    .lr_end = 0.1f,
    .beta1 = 0.9f,
    .beta2 = 0.99f,
    .epsilon = 1e-8f,
    .decay = 0.1f,
    .clip = 1,
    .context = T,
    .batch = 2,
    .accumulate = 1,
    .steps = 20,
    .warmup = 3,
};

static float *floats(size_t n, float fill)
{
    CHECK(n < SIZE_MAX / 8, "n=%zu", n);
    float *x = malloc(n * sizeof *x);
    if (!x) die("out of memory: %zu floats", n);
    for (size_t i = 0; i < n; i++) x[i] = fill;
    return x;
}

// run_of returns a run at its beginning.  A test is a process: what it makes ends with it.
static struct train *run_of(const struct train_options *o)
{
    static struct train made[24];
    static int count;
    CHECK(count < 24, "%d runs", count);
    struct train *r = &made[count++];
    if (count == 1) draw_ids();
    size_t window = (size_t)o->batch * T * sizeof *r->tokens;
    *r = (struct train){.o = o, .model = model_of(5), .tape = tape_new()};
    struct error e;
    CHECK(!corpus_new(IDS, ids, T, 1, in_order, &r->corpus, &e), "%s", e.text);
    size_t n = gpt_weights(r->model);
    r->tokens = malloc(window), r->target = malloc(window);
    CHECK(r->tokens && r->target, "out of memory");
    r->gradient = floats(n, 0), r->state.m = floats(n, 0), r->state.v = floats(n, 0);
    r->state.data = 42;
    return r;
}

// has compares with what the reference has.  A tolerance of 0 wants the same bits.
static int has(const char *what, size_t n, const float *got, const float *want, double tolerance)
{
    double *wanted = malloc(n * sizeof *wanted);
    if (!wanted) die("out of memory: %zu numbers", n);
    for (size_t i = 0; i < n; i++) wanted[i] = (double)want[i];
    int good = expect_floats(what, n, got, wanted, tolerance);
    free(wanted);
    return good;
}

static int zero(const char *what, size_t n, const float *got)
{
    float *want = floats(n, 0);
    int good = has(what, n, got, want, 0);
    free(want);
    return good;
}

static size_t weights_of(const struct train *r)
{
    return gpt_weights(r->model);
}

// state_is compares everything that a run between two steps is.
static void state_is(const struct train *got, const struct train *want, double tolerance)
{
    size_t n = weights_of(want);
    expect_int("r->state.step", got->state.step, want->state.step);
    expect_int("r->state.position", (int64_t)got->state.position, (int64_t)want->state.position);
    expect_double("r->state.loss", got->state.loss, want->state.loss, tolerance);
    has("the weights", n, gpt_data(got->model), gpt_data(want->model), tolerance);
    has("r->state.m", n, got->state.m, want->state.m, tolerance);
    has("r->state.v", n, got->state.v, want->state.v, tolerance);
}

// --- train_evaluate ------------------------------------------------------------------------------

// token_losses writes the loss of ids[i], from what stands before it in its window, to loss[i].
static void token_losses(const struct gpt *m, size_t n, double *loss)
{
    struct tape *t = tape_new();
    for (size_t from = 0; from + 1 < n; from += T) {
        size_t count = n - 1 - from < T ? n - 1 - from : T;
        tape_reset(t);
        int logits = gpt_forward(m, t, 0, 1, (int)count, ids + from);
        for (size_t i = 0; i < count; i++) {
            const float *x = tape_data(t, logits) + i * V;
            double sum = 0;
            for (int v = 0; v < V; v++) sum += exp((double)x[v]);
            loss[from + i + 1] = log(sum) - (double)x[ids[from + i + 1]];
        }
    }
    tape_free(t);
}

// evaluated checks a mean over the first n ids.
static int evaluated(size_t n, size_t most, size_t rows)
{
    static struct gpt *m;
    static struct tape *t;
    if (!m) m = model_of(3), t = tape_new(), draw_ids();
    double loss[IDS], sum = 0;
    size_t windows = (n - 2) / T + 1, used = most && most < windows ? most : windows, count = 0;
    token_losses(m, n, loss);
    for (size_t i = 0; i < used; i++) {
        size_t from = i * windows / used * T;
        for (size_t k = from + 1; k <= from + T && k < n; k++) sum += loss[k], count++;
    }
    given("n = %zu, context %d, most = %zu, rows = %zu", n, T, most, rows);
    double got = train_evaluate(m, t, n, lesson_input(n * sizeof *ids, ids), most, rows);
    return expect_double("train_evaluate", got, sum / (double)count, 2e-6);
}

TEST(train_evaluate, one_window)
{
    evaluated(T + 1, 0, 1);
    evaluated(2, 0, 1);
    evaluated(3, 0, 1);
}

TEST(train_evaluate, windows_one_after_the_other)
{
    evaluated(2 * T + 1, 0, 1);
    evaluated(5 * T + 1, 0, 1);
}

TEST(train_evaluate, the_last_window_is_shorter)
{
    evaluated(T + 2, 0, 1);
    evaluated(2 * T, 0, 1);
    for (size_t n = 2; n < 30; n++) evaluated(n, 0, 1);
}

TEST(train_evaluate, several_at_once)
{
    evaluated(2 * T + 1, 0, 2);
    evaluated(5 * T + 1, 0, 2);
    evaluated(5 * T + 3, 0, 3);
    evaluated(2 * T + 1, 0, 50);
    evaluated(IDS, 0, 4);
}

TEST(train_evaluate, some_windows_spread_over_the_text)
{
    evaluated(4 * T + 1, 2, 1);
    evaluated(5 * T + 1, 2, 1);
    evaluated(IDS, 1, 1);
    evaluated(IDS, 7, 3);
    evaluated(IDS, 24, 5);
    evaluated(2 * T + 1, 9, 1);
}

TEST(train_evaluate, asks_for_no_gradient_and_for_room_once)
{
    struct gpt *m = model_of(3);
    struct tape *t = tape_new();
    draw_ids();
    given("n = %d, context %d, rows = 1: a tape that is in use, and 25 windows", IDS, T);
    gpt_loss(m, t, 0, 1, T, ids, ids + 1, NULL);
    size_t room = tape_memory(t);
    tape_reset(t);
    size_t empty = tape_memory(t);  // what was worked in stays
    tape_alloc(t, 100);
    train_evaluate(m, t, IDS, ids, 0, 1);
    if (tape_memory(t) > empty)  // who resets it once more, in the end, leaves no node to ask
        expect_int("whether the weights on the tape want a gradient", tape_needs_grad(t, 0), 0);
    expect_true("the tape holds no more than two windows' forward in the end",
                tape_memory(t) < 2 * room);
    zero("the model's gradients", gpt_weights(m), gpt_grad(m));
}

// --- train_fold ----------------------------------------------------------------------------------

TEST(train_fold, adds_and_zeroes)
{
    struct gpt *m = model_of(1);
    size_t n = gpt_weights(m);
    float *sum = floats(n, 1), *want = floats(n, 3);
    for (size_t i = 0; i < n; i++) gpt_grad(m)[i] = 2;
    given("all gradients 2, sum all 1");
    train_fold(m, sum);
    has("sum", n, sum, want, 0);
    zero("the model's gradients afterwards", n, gpt_grad(m));
}

TEST(train_fold, every_weight_has_its_own)
{
    struct gpt *m = model_of(1);
    size_t n = gpt_weights(m);
    float *sum = floats(n + 1, 0), *want = floats(n, 0);
    sum[n] = -0.0f;  // whatever is added to it changes its sign
    given("three batches, the gradient of weight i is i, 10 i, -i");
    for (int batch = 0; batch < 3; batch++) {
        float times = (float[]){1, 10, -1}[batch];
        for (size_t i = 0; i < n; i++) gpt_grad(m)[i] = times * (float)i, want[i] = 10 * (float)i;
        train_fold(m, sum);
    }
    has("sum", n, sum, want, 1e-2);
    zero("the model's gradients afterwards", n, gpt_grad(m));
    expect_true("nothing is added behind the end of sum", signbit(sum[n]));
}

TEST(train_fold, into_itself)
{
    struct gpt *m = model_of(1);
    size_t n = gpt_weights(m);
    float *want = floats(n, 0);
    for (size_t i = 0; i < n; i++) want[i] = gpt_grad(m)[i] = 1 + (float)(i % 5);
    given("sum is the model's gradients themselves: the step is one batch");
    train_fold(m, gpt_grad(m));
    has("sum", n, gpt_grad(m), want, 0);
}

// --- train_accumulate ----------------------------------------------------------------------------

// by_hand does a step's batches one by one, and returns their mean loss.
static float by_hand(struct train *r)
{
    const struct train_options *o = r->o;
    float total = (float)(o->batch * o->accumulate * T), sum = 0, nats;
    for (int i = 0; i < o->accumulate; i++) {
        corpus_next(r->corpus, o->batch, r->tokens, r->target);
        tape_reset(r->tape);
        int loss = train_loss(r, r->model, r->tape, r->tokens, r->target, &nats);
        tape_backward(r->tape, loss, 1 / total);
        for (size_t i2 = 0; i2 < weights_of(r); i2++) {
            r->gradient[i2] += gpt_grad(r->model)[i2];
            gpt_grad(r->model)[i2] = 0;
        }
        sum += nats;
    }
    return sum / total;
}

// accumulated checks one call; the caller has said what is given.
static void accumulated(struct train *mine, struct train *other, double tolerance)
{
    size_t n = weights_of(other);
    float want = by_hand(other), got = train_accumulate(mine);
    expect_double("train_accumulate", (double)got, (double)want, 2e-6);
    has("r->gradient", n, mine->gradient, other->gradient, tolerance);
    expect_int("windows taken from the corpus", (int64_t)corpus_position(mine->corpus),
               (int64_t)corpus_position(other->corpus));
    zero("the model's gradients afterwards", n, gpt_grad(mine->model));
}

static void divided(int batch, int accumulate, const char *loss, double tolerance)
{
    struct train_options o = SMALL;
    o.batch = batch, o.accumulate = accumulate, o.loss = loss;
    given("batch %d, accumulate %d, context %d%s%s", batch, accumulate, T,
          strcmp(loss, "cross-entropy") == 0 ? "" : ", loss ",
          strcmp(loss, "cross-entropy") == 0 ? "" : loss);
    accumulated(run_of(&o), run_of(&o), tolerance);
}

TEST(train_accumulate, one_window)
{
    divided(1, 1, "cross-entropy", 1e-6);
}

TEST(train_accumulate, one_batch)
{
    divided(3, 1, "cross-entropy", 1e-6);
}

TEST(train_accumulate, several_batches)
{
    divided(1, 2, "cross-entropy", 1e-6);
    divided(2, 3, "cross-entropy", 1e-6);
}

TEST(train_accumulate, the_next_windows)
{
    struct train_options o = SMALL;
    o.batch = 1, o.accumulate = 2;
    struct train *mine = run_of(&o), *other = run_of(&o);
    for (int step = 0; step < 3; step++) {
        given("batch 1, accumulate 2: call %d, r->gradient zeroed before", step + 1);
        for (size_t i = 0; i < weights_of(mine); i++) mine->gradient[i] = other->gradient[i] = 0;
        accumulated(mine, other, 1e-6);
    }
}

TEST(train_accumulate, adds_to_what_is_there)
{
    struct train *mine = run_of(&SMALL), *other = run_of(&SMALL);
    for (size_t i = 0; i < weights_of(mine); i++) mine->gradient[i] = other->gradient[i] = 2;
    given("batch 2, accumulate 1, r->gradient all 2 before");
    accumulated(mine, other, 1e-6);
}

TEST(train_accumulate, whatever_the_loss)
{
    divided(2, 2, "focal", 1e-6);
    divided(2, 2, "z", 1e-6);
}

TEST(train_accumulate, one_batch_on_the_tape_at_a_time)
{
    struct train_options o = SMALL;
    o.accumulate = 1;
    struct train *one = run_of(&o);
    by_hand(one);
    size_t room = tape_memory(one->tape);
    o.accumulate = 8;
    struct train *mine = run_of(&o), *other = run_of(&o);
    given("batch 2, accumulate 8, and a tape that is in use");
    gpt_loss(mine->model, mine->tape, 1, 1, T, ids, ids + 1, NULL);
    accumulated(mine, other, 1e-6);
    expect_true("the tape holds no more than two batches in the end",
                tape_memory(mine->tape) < 2 * room);
}

TEST(train_accumulate, the_same_bits_as_one_by_one)
{
    divided(1, 4, "cross-entropy", 0);
    divided(3, 5, "cross-entropy", 0);
}

// --- train_update --------------------------------------------------------------------------------

static struct train_options descent(float lr)
{
    struct train_options o = SMALL;
    o.optimizer = "sgd", o.lr = lr, o.lr_end = 1, o.warmup = 0, o.clip = 0, o.decay = 0;
    return o;
}

// fill sets all weights and gradients.  What train_fold has been through is in r->gradient; the
// model's own gradients, which an update does not ask, are 5 here.
static void fill(struct train *r, float weight, float gradient)
{
    for (size_t i = 0; i < weights_of(r); i++) {
        gpt_data(r->model)[i] = weight, r->gradient[i] = gradient;
        gpt_grad(r->model)[i] = 5;
    }
}

// moved checks that an update was taken, and that all weights are w.
static void moved(struct train *r, double w, double tolerance)
{
    size_t n = weights_of(r);
    float *want = floats(n, (float)w);
    int step = r->state.step;
    expect_int("train_update", train_update(r), 1);
    has("the weights", n, gpt_data(r->model), want, tolerance);
    zero("r->gradient afterwards", n, r->gradient);
    expect_int("r->state.step", r->state.step, step + 1);
    free(want);
}

TEST(train_update, one_step_down)
{
    struct train_options o = descent(0.5f);
    struct train *r = run_of(&o);
    fill(r, 1, 2);
    given("sgd, lr 0.5 for ever, no clipping; all weights 1, all gradients 2");
    moved(r, 0, 1e-6);
    fill(r, 1, -2);
    given("the next step: all weights 1, all gradients -2");
    moved(r, 2, 1e-6);
}

TEST(train_update, the_rate_of_its_step)
{
    struct train_options o = descent(0.4f);
    o.warmup = 3, o.lr_end = 0.1f, o.steps = 6;
    struct train *r = run_of(&o);
    for (int step = 0; step < o.steps; step++) {
        double rate = (double)learning_rate(step, 3, 6, 0.4f, 0.04f);
        fill(r, 1, 1);
        given("sgd, lr 0.4, lr_end 0.1, warmup 3, steps 6; %d steps done", step);
        moved(r, 1 - rate, 1e-6);
    }
}

TEST(train_update, clips_all_tensors_by_one_norm)
{
    struct train_options o = descent(0.5f);
    o.clip = 1;
    struct train *r = run_of(&o), *other = run_of(&o);
    size_t n = weights_of(r);
    static const float CASES[][2] = {{3, 4}, {0.3f, 0.4f}, {0, -20}};
    for (int i = 0; i < 3; i++) {
        fill(r, 1, 0), fill(other, 1, 0);
        r->gradient[0] = other->gradient[0] = CASES[i][0];
        r->gradient[n - 1] = other->gradient[n - 1] = CASES[i][1];
        given("sgd, lr 0.5, clip 1; weights 1, gradients 0 but the first %g and the last %g",
              (double)CASES[i][0], (double)CASES[i][1]);
        expect_int("train_update", train_update(r), 1);
        ref_train_update(other);
        has("the weights", n, gpt_data(r->model), gpt_data(other->model), 1e-6);
    }
}

// ramp gives every weight numbers of its own.
static void ramp(struct train *r)
{
    for (size_t i = 0; i < weights_of(r); i++) {
        gpt_data(r->model)[i] = 0.01f * (float)i;
        gpt_grad(r->model)[i] = 5;
        r->gradient[i] = 0.001f * (float)(i + 1);
        r->state.m[i] = 0.002f * (float)i;
        r->state.v[i] = 1e-4f * (float)(i + 1);
    }
}

// as_the_reference checks one update of twins.
static void as_the_reference(struct train *mine, struct train *other)
{
    size_t n = weights_of(mine);
    expect_int("train_update", train_update(mine), ref_train_update(other));
    has("the weights", n, gpt_data(mine->model), gpt_data(other->model), 2e-6);
    has("r->state.m", n, mine->state.m, other->state.m, 1e-6);
    has("r->state.v", n, mine->state.v, other->state.v, 1e-6);
    has("r->gradient afterwards", n, mine->gradient, other->gradient, 0);
    expect_int("r->state.step", mine->state.step, other->state.step);
}

TEST(train_update, every_tensor_its_part)
{
    struct train_options o = descent(0.5f);
    struct train *mine = run_of(&o), *other = run_of(&o);
    ramp(mine), ramp(other);
    given("sgd, lr 0.5; weight i is i / 100, its gradient (i + 1) / 1000");
    as_the_reference(mine, other);
    o.optimizer = "momentum";
    ramp(mine), ramp(other);
    given("momentum, lr 0.5; the same, and m of weight i is i / 500");
    as_the_reference(mine, other);
}

TEST(train_update, adamw_counts_its_steps)
{
    struct train_options o = SMALL;
    o.warmup = 0, o.lr_end = 1, o.clip = 0, o.decay = 0, o.lr = 0.5f;
    struct train *mine = run_of(&o), *other = run_of(&o);
    for (int i = 0; i < 3; i++) {
        int step = (int[]){4, 0, 1}[i];
        fill(mine, 1, 3), fill(other, 1, 3);
        mine->state.step = other->state.step = step;
        given("adamw, lr 0.5, no decay, no clipping; weights 1, gradients 3; %d steps done", step);
        as_the_reference(mine, other);
    }
}

TEST(train_update, every_rule)
{
    static const char *const RULES[] = {"sgd", "momentum", "nesterov", "adamw", "muon"};
    for (int i = 0; i < 5; i++) {
        struct train_options o = SMALL;
        o.optimizer = RULES[i], o.clip = 0.5f;
        struct train *mine = run_of(&o), *other = run_of(&o);
        for (int step = 0; step < 3; step++) {
            ramp(mine), ramp(other);
            mine->state.step = other->state.step = step;
            given("%s with the settings of the tests; weight i is i / 100; %d steps done", RULES[i],
                  step);
            as_the_reference(mine, other);
        }
    }
}

TEST(train_update, what_is_not_finite_changes_nothing)
{
    static const float BAD[] = {INFINITY, NAN, -INFINITY, 3e38f};
    for (int i = 0; i < 4; i++) {
        struct train *mine = run_of(&SMALL), *other = run_of(&SMALL);
        ramp(mine), ramp(other);
        mine->state.step = other->state.step = 7;
        for (size_t k = 3; k < (i == 3 ? 20 : 4); k++) mine->gradient[k] = BAD[i];
        given("adamw; gradient 3 is %g, of the others each is a number; 7 steps done",
              (double)BAD[i]);
        if (i == 3) given("adamw; 17 gradients of 3e38: their norm is not finite; 7 steps done");
        expect_int("train_update", train_update(mine), 0);
        state_is(mine, other, 0);
    }
}

// --- train_step ----------------------------------------------------------------------------------

TEST(train_step, one_step)
{
    struct train *mine = run_of(&SMALL), *other = run_of(&SMALL);
    given("batch 2, accumulate 1, adamw; the first step");
    expect_int("train_step", train_step(mine), ref_train_step(other));
    expect_int("r->state.step", mine->state.step, 1);
    state_is(mine, other, 1e-5);
    zero("r->gradient afterwards", weights_of(mine), mine->gradient);
}

TEST(train_step, several_steps)
{
    struct train_options o = SMALL;
    o.batch = 1, o.accumulate = 3, o.optimizer = "momentum";
    struct train *mine = run_of(&o), *other = run_of(&o);
    for (int step = 0; step < 6; step++) {
        given("batch 1, accumulate 3, momentum; step %d", step + 1);
        expect_int("train_step", train_step(mine), ref_train_step(other));
        state_is(mine, other, 1e-4);
    }
}

TEST(train_step, a_loss_that_is_no_number)
{
    struct train *mine = run_of(&SMALL), *other = run_of(&SMALL);
    mine->state.step = other->state.step = 5, mine->state.position = other->state.position = 10;
    mine->state.loss = other->state.loss = 1.5;
    given("5 steps done, loss 1.5, position 10; a weight that is NaN");
    gpt_data(mine->model)[3] = gpt_data(other->model)[3] = NAN;
    expect_int("train_step", train_step(mine), 0);
    gpt_data(mine->model)[3] = gpt_data(other->model)[3] = 0;
    state_is(mine, other, 0);
}

TEST(train_step, a_gradient_that_is_no_number)
{
    struct train *mine = run_of(&SMALL), *other = run_of(&SMALL);
    mine->state.loss = other->state.loss = 1.5;
    given("position 0, loss 1.5; r->gradient[3] is NaN, so that train_update returns 0");
    mine->gradient[3] = NAN;
    expect_int("train_step", train_step(mine), 0);
    state_is(mine, other, 0);
}

// copy_run gives a fresh run what a checkpoint holds of another.
static struct train *copy_run(const struct train *from)
{
    struct train *to = run_of(from->o);
    size_t bytes = weights_of(from) * sizeof(float);
    memcpy(gpt_data(to->model), gpt_data(from->model), bytes);
    memcpy(to->state.m, from->state.m, bytes);
    memcpy(to->state.v, from->state.v, bytes);
    to->state.step = from->state.step, to->state.position = from->state.position;
    to->state.loss = from->state.loss;
    corpus_seek(to->corpus, from->state.position);
    return to;
}

TEST(train_step, nothing_else_is_remembered)
{
    struct train_options o = SMALL;
    o.accumulate = 2;
    struct train *whole = run_of(&o);
    for (int step = 0; step < 4; step++) train_step(whole);
    struct train *copy = copy_run(whole);
    for (int step = 0; step < 4; step++) train_step(whole);
    for (int step = 0; step < 4; step++) train_step(copy);
    given("8 steps; and 4 steps, weights, m, v, step, position copied, 4 steps: the same bits");
    state_is(copy, whole, 0);
}

// --- train_resume --------------------------------------------------------------------------------

static char directory[] = "/tmp/train-XXXXXX";

static void remove_directory(void)
{
    static const char *const FILES[] = {
        "state.safetensors",     "model.safetensors",     "config.json",     "tokenizer.json",
        "state.safetensors.new", "model.safetensors.new", "config.json.new", "tokenizer.json.new"};
    for (size_t i = 0; i < sizeof FILES / sizeof *FILES; i++) {
        char path[80];
        snprintf(path, sizeof path, "%s/%s", directory, FILES[i]);
        unlink(path);
    }
    rmdir(directory);
}

static struct tokenizer *seven_letters(void)
{
    struct chars *c;
    struct error e;
    CHECK(!chars_new(V, "abcdefg", &c, &e), "%s", e.text);
    return tokenizer_of_chars(c);
}

static void save(const struct train *r)
{
    struct error e;
    static int before;
    static struct tokenizer *letters;
    if (!letters) letters = seven_letters();
    enum err code = (before++ ? checkpoint_save : checkpoint_begin)(directory, r->model, letters,
                                                                    &r->state, 0, NULL, &e);
    CHECK(!code, "%s", e.text);
}

static struct train_options in_directory(void)
{
    struct train_options o = SMALL;
    CHECK(mkdtemp(directory), "%s: cannot make it", directory);
    o.out = directory;
    return o;
}

TEST(train_resume, is_where_it_was)
{
    struct train_options o = in_directory();
    struct train *other = run_of(&o), *mine = run_of(&o);
    for (int step = 0; step < 3; step++) ref_train_step(other);
    save(other);
    given("a run saved after 3 steps of 2 windows");
    struct error e;
    expect_code("train_resume", train_resume(mine, &e), ERR_NONE);
    state_is(mine, other, 0);
    expect_int("corpus_position", (int64_t)corpus_position(mine->corpus), 6);
    remove_directory();
}

TEST(train_resume, goes_on_to_the_same_bits)
{
    struct train_options o = in_directory();
    struct train *whole = run_of(&o), *mine = run_of(&o);
    for (int step = 0; step < 5; step++) ref_train_step(whole);
    save(whole);
    for (int step = 0; step < 5; step++) ref_train_step(whole);
    struct error e;
    int code = (int)train_resume(mine, &e);
    for (int step = 0; !code && step < 5; step++) ref_train_step(mine);
    given("saved after 5 steps, resumed, 5 steps more; beside 10 steps");
    state_is(mine, whole, 0);
    remove_directory();
}

TEST(train_resume, nothing_to_resume)
{
    struct train_options o = in_directory();
    struct train *mine = run_of(&o);
    struct error e = {.text = ""};
    corpus_seek(mine->corpus, 3);
    mine->state.position = 8;
    given("a directory without a checkpoint; the corpus is at window 3, r->state.position is 8");
    expect_code("train_resume", train_resume(mine, &e), ERR_IO);
    expect_text_has("the message", e.text, "state.safetensors");
    expect_int("corpus_position", (int64_t)corpus_position(mine->corpus), 3);
    remove_directory();
}

TEST(train_resume, another_text)
{
    struct train_options o = in_directory();
    struct train *mine = run_of(&o);
    struct error e;
    save(run_of(&o));
    mine->state.data = 43;
    given("a run on another text");
    expect_code("train_resume", train_resume(mine, &e), ERR_MATCH);
    remove_directory();
}

// A process trains and saves after step 4; in the midst of step 6 it is killed.
TEST(train_resume, killed_and_resumed)
{
    struct train_options o = in_directory();
    o.accumulate = 2;
    struct train *whole = run_of(&o), *mine = run_of(&o);
    fflush(NULL);
    pid_t child = fork();
    CHECK(child >= 0, "fork");
    if (child == 0) {
        for (int step = 0; step < 4; step++) train_step(whole);
        save(whole);
        train_step(whole);
        train_accumulate(whole);
        raise(SIGKILL);
    }
    int status;
    waitpid(child, &status, 0);
    given("a run is saved after step 4, killed in step 6, resumed: as if it had not been");
    expect_true("SIGKILL ended it", WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    for (int step = 0; step < 8; step++) train_step(whole);
    struct error e;
    expect_code("train_resume", train_resume(mine, &e), ERR_NONE);
    for (int step = 4; step < 8; step++) train_step(mine);
    state_is(mine, whole, 0);
    remove_directory();
}
