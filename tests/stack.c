// stack: the gate by hand, beside the reference and beside its formula in double precision; and a
// rule of the learner's own, of which only the contract is asked.
//
// The tests of stack_mine ask questions with yes or no for an answer, and end with the first that
// is not met: what comes after it depends on which rule it is.
#include "stack.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "lesson.h"
#include "protocol.h"
#include "random.h"
#include "ref_stack.h"
#include "rule_counting.h"

FUNCTION(stack_cell, 2);
FUNCTION(stack_mix, 4);
FUNCTION(stack_learn, 5);
FUNCTION(stack_mine, 6);

enum { V_MOST = 70, BETWEEN = 4 };
static const double NEAR = 2e-5;  // log and exp of numbers up to 50, and sums of up to 70

// --- stack_cell ------------------------------------------------------------------------------

static void cell_is(int V, int depth, const float *net, int want)
{
    given("V = %d, depth %d, the largest probability %g", V, depth, (double)*net);
    expect_int("the cell", stack_cell(V, depth, net), want);
}

TEST(stack_cell, example_of_the_text)
{
    given("V = 3, depth 2, net = 0.7, 0.2, 0.1");
    expect_int("the cell", stack_cell(3, 2, (float[]){0.7f, 0.2f, 0.1f}), 2 * 8 + 5);
}

TEST(stack_cell, buckets_begin_where_they_should)
{
    cell_is(2, 0, (float[]){0.5f, 0.5f}, 4);
    cell_is(2, 0, (float[]){0.625f, 0.375f}, 5);
    cell_is(2, 0, (float[]){0.62f, 0.38f}, 4);
    cell_is(2, 0, (float[]){0.99f, 0.01f}, 7);
    cell_is(8, 0, (float[]){0.125f, 0.125f, 0.125f, 0.125f, 0.125f, 0.125f, 0.125f, 0.125f}, 1);
}

TEST(stack_cell, quite_sure_is_the_last_bucket)
{
    cell_is(2, 0, (float[]){1, 0}, 7);
    cell_is(2, 3, (float[]){1, 0}, 31);
}

TEST(stack_cell, the_largest_may_stand_anywhere)
{
    given("V = 4, depth 1, net = 0.1, 0.2, 0.1, 0.6");
    expect_int("the cell", stack_cell(4, 1, (float[]){0.1f, 0.2f, 0.1f, 0.6f}), 12);
    given("V = 4, depth 1, net = 0.1, 0.8, 0.05, 0.05");
    expect_int("the cell", stack_cell(4, 1, (float[]){0.1f, 0.8f, 0.05f, 0.05f}), 14);
}

TEST(stack_cell, each_depth_has_cells_of_its_own)
{
    for (int depth = 0; depth <= 15; depth++)
        cell_is(2, depth, (float[]){0.75f, 0.25f}, 8 * depth + 6);
}

// --- rows ------------------------------------------------------------------------------------

// draw fills in a row of probabilities; some of them may be 0.
static void draw(struct random *r, int V, float *p, int zeros)
{
    float sum = 0;
    for (int c = 0; c < V; c++) {
        float x = random_float(r);
        p[c] = x * x * x;
        if (zeros && V > 1 && random_below(r, 4) == 0) p[c] = 0;
        sum += p[c];
    }
    if (sum == 0) p[0] = sum = 1;
    for (int c = 0; c < V; c++) p[c] /= sum;
}

static double least(float p)
{
    return log(fmax((double)p, (double)STACK_LEAST));
}

// mixed writes what stack_mix should, in double precision.
static void mixed(int V, const float *w, const float *memory, const float *net, double *p)
{
    double most = -HUGE_VAL, sum = 0;
    for (int c = 0; c < V; c++) {
        p[c] = (double)w[0] * least(memory[c]) + (double)w[1] * least(net[c]);
        most = fmax(most, p[c]);
    }
    for (int c = 0; c < V; c++) sum += p[c] = exp(p[c] - most);
    for (int c = 0; c < V; c++) p[c] /= sum;
}

// --- stack_mix -------------------------------------------------------------------------------

static void mixes(int V, const float *w, const float *memory, const float *net, const double *want)
{
    float room[V_MOST + 2 * BETWEEN], *p = room + BETWEEN;
    for (int i = 0; i < V_MOST + 2 * BETWEEN; i++) room[i] = 7;
    for (int c = 0; c < V; c++) p[c] = NAN;
    stack_mix(V, w, memory, net, p);
    if (!expect_floats("p", (size_t)V, p, want, NEAR)) return;
    expect_true("nothing is written before p or behind it", p[-1] == 7 && p[V] == 7);
}

TEST(stack_mix, example_of_the_text)
{
    given("V = 2, memory = 0.8, 0.2, net = 0.5, 0.5, w = 1, 1");
    mixes(2, (float[]){1, 1}, (float[]){0.8f, 0.2f}, (float[]){0.5f, 0.5f}, (double[]){0.8, 0.2});
    given("V = 2, memory = 0.8, 0.2, net = 0.9, 0.1, w = 0.5, 0.5");
    mixes(2, (float[]){0.5f, 0.5f}, (float[]){0.8f, 0.2f}, (float[]){0.9f, 0.1f},
          (double[]){6.0 / 7, 1.0 / 7});
}

TEST(stack_mix, one_of_them_alone)
{
    const float memory[] = {0.5f, 0.25f, 0.25f}, net[] = {0.125f, 0.75f, 0.125f};
    given("V = 3, memory = 0.5, 0.25, 0.25, net = 0.125, 0.75, 0.125, w = 1, 0");
    mixes(3, (float[]){1, 0}, memory, net, (double[]){0.5, 0.25, 0.25});
    given("V = 3, memory = 0.5, 0.25, 0.25, net = 0.125, 0.75, 0.125, w = 0, 1");
    mixes(3, (float[]){0, 1}, memory, net, (double[]){0.125, 0.75, 0.125});
}

TEST(stack_mix, who_believes_neither_takes_all_for_alike)
{
    given("V = 4, w = 0, 0");
    mixes(4, (float[]){0, 0}, (float[]){0.7f, 0.1f, 0.1f, 0.1f}, (float[]){0.1f, 0.1f, 0.1f, 0.7f},
          (double[]){0.25, 0.25, 0.25, 0.25});
}

TEST(stack_mix, more_than_one_sharpens)
{
    given("V = 2, memory = 0.8, 0.2, net = 0.5, 0.5, w = 2, 0");
    mixes(2, (float[]){2, 0}, (float[]){0.8f, 0.2f}, (float[]){0.5f, 0.5f},
          (double[]){16.0 / 17, 1.0 / 17});
}

TEST(stack_mix, below_zero_it_believes_the_opposite)
{
    given("V = 2, memory = 0.8, 0.2, net = 0.5, 0.5, w = -1, 1");
    mixes(2, (float[]){-1, 1}, (float[]){0.8f, 0.2f}, (float[]){0.5f, 0.5f}, (double[]){0.2, 0.8});
}

TEST(stack_mix, what_one_takes_for_impossible)
{
    given("V = 2, memory = 0, 1, net = 0.5, 0.5, w = 0.0625, 1");
    // 2^-64 to the power of a sixteenth is 2^-4.
    mixes(2, (float[]){0.0625f, 1}, (float[]){0, 1}, (float[]){0.5f, 0.5f},
          (double[]){1.0 / 17, 16.0 / 17});
    given("V = 2, memory = 0.5, 0.5, net = 1, 0, w = 1, 0");
    mixes(2, (float[]){1, 0}, (float[]){0.5f, 0.5f}, (float[]){1, 0}, (double[]){0.5, 0.5});
}

TEST(stack_mix, weights_so_large_that_exp_has_no_float)
{
    given("V = 2, memory = 0, 1, net = 0.5, 0.5, w = 10, 10");
    mixes(2, (float[]){10, 10}, (float[]){0, 1}, (float[]){0.5f, 0.5f}, (double[]){0, 1});
    given("V = 2, memory = 0.5, 0.5, net = 0.5, 0.5, w = 100, 100");
    mixes(2, (float[]){100, 100}, (float[]){0.5f, 0.5f}, (float[]){0.5f, 0.5f},
          (double[]){0.5, 0.5});
    given("V = 2, memory = 0, 1, net = 0, 1, w = -3, 3.0625");
    mixes(2, (float[]){-3, 3.0625f}, (float[]){0, 1}, (float[]){0, 1},
          (double[]){1.0 / 17, 16.0 / 17});
}

TEST(stack_mix, random_rows)
{
    struct random r = random_start(1, RANDOM_TEST);
    for (int i = 0; i < 40; i++) {
        int V = 1 + (i * 7) % V_MOST;
        float memory[V_MOST], net[V_MOST], w[2];
        double want[V_MOST];
        draw(&r, V, memory, i % 2), draw(&r, V, net, i % 3 == 0);
        for (int k = 0; k < 2; k++) w[k] = 2 * random_float(&r) - 0.5f;
        mixed(V, w, memory, net, want);
        given("V = %d, rows at random, w = %g, %g", V, (double)w[0], (double)w[1]);
        mixes(V, w, memory, net, want);
    }
}

// --- stack_learn -----------------------------------------------------------------------------

// learns mixes, lets the gate learn, and checks what it has then.
static void learns(int V, const float *memory, const float *net, int32_t target,
                   struct stack_weights weights, const double *want, double tolerance)
{
    float p[V_MOST];
    struct stack_weights got = weights;
    ref_stack_mix(V, weights.w, memory, net, p);
    stack_learn(V, memory, net, p, target, &got);
    if (!expect_floats("w, of the memory and of the network", 2, got.w, want, tolerance)) return;
    expect_int("times", got.times, weights.times + 1);
}

TEST(stack_learn, example_of_the_text)
{
    given("V = 2, memory = 0.8, 0.2, net = 0.5, 0.5, w = 1, 1, never learnt, the second came");
    // p = 0.8, 0.2: 0.02 (ln 0.2 - 0.8 ln 0.8 - 0.2 ln 0.2) = 0.02 * 0.8 ln (0.2 / 0.8)
    learns(2, (float[]){0.8f, 0.2f}, (float[]){0.5f, 0.5f}, 1, (struct stack_weights){{1, 1}, 0},
           (double[]){1 + 0.016 * log(0.25), 1}, 1e-6);
}

TEST(stack_learn, who_was_right_is_believed_more)
{
    given("V = 2, memory = 0.8, 0.2, net = 0.2, 0.8, w = 0.5, 0.5, never learnt, the first came");
    // p = 0.5, 0.5: each moves by 0.02 * 0.5 ln 4.
    learns(2, (float[]){0.8f, 0.2f}, (float[]){0.2f, 0.8f}, 0,
           (struct stack_weights){{0.5f, 0.5f}, 0},
           (double[]){0.5 + 0.01 * log(4), 0.5 - 0.01 * log(4)}, 1e-6);
}

TEST(stack_learn, steps_grow_shorter)
{
    given("V = 2, memory = 0.8, 0.2, net = 0.5, 0.5, w = 0, 0, 400 times learnt, the first came");
    // 0.02 / (1 + 0.05 * 20) = 0.01, p = 0.5, 0.5
    learns(2, (float[]){0.8f, 0.2f}, (float[]){0.5f, 0.5f}, 0, (struct stack_weights){{0, 0}, 400},
           (double[]){0.005 * log(4), 0}, 1e-6);
}

TEST(stack_learn, expects_by_the_mixture)
{
    given("V = 2, memory = 0.8, 0.2, net = 0.2, 0.8, w = 0, 1, never learnt, the first came");
    // p = 0.2, 0.8, not the memory's own: it was more right than the mixture let it be.
    learns(2, (float[]){0.8f, 0.2f}, (float[]){0.2f, 0.8f}, 0, (struct stack_weights){{0, 1}, 0},
           (double[]){0.016 * log(4), 1 - 0.016 * log(4)}, 1e-6);
}

TEST(stack_learn, who_takes_all_for_alike_is_left_alone)
{
    given("V = 4, memory and net all 0.25, w = 0.6, 0.4, never learnt, the third came");
    const float alike[] = {0.25f, 0.25f, 0.25f, 0.25f};
    learns(4, alike, alike, 2, (struct stack_weights){{0.6f, 0.4f}, 0}, (double[]){0.6, 0.4}, 1e-6);
}

TEST(stack_learn, what_one_took_for_impossible)
{
    given("V = 2, memory = 1, 0, net = 0.5, 0.5, w = 0, 1, never learnt, the second came");
    // ln 2^-64 counts; p = 0.5, 0.5
    learns(2, (float[]){1, 0}, (float[]){0.5f, 0.5f}, 1, (struct stack_weights){{0, 1}, 0},
           (double[]){-0.01 * 64 * log(2), 1}, 1e-5);
}

// slope returns the slope of -log p(target) by weight k, by differences.
static double slope(int V, const float *w, const float *memory, const float *net, int32_t target,
                    int k)
{
    double p[V_MOST], at[2];
    for (int side = 0; side < 2; side++) {
        float moved[2] = {w[0], w[1]};
        moved[k] += side ? 0x1p-8f : -0x1p-8f;
        mixed(V, moved, memory, net, p);
        at[side] = -log(p[target]);
    }
    return (at[1] - at[0]) / 0x1p-7;
}

TEST(stack_learn, down_the_slope_by_differences)
{
    struct random r = random_start(3, RANDOM_TEST);
    for (int i = 0; i < 20; i++) {
        int V = 2 + i;
        float memory[V_MOST], net[V_MOST], w[2] = {random_float(&r), random_float(&r)};
        double want[2];
        int32_t target = (int32_t)random_below(&r, (uint32_t)V);
        draw(&r, V, memory, 0), draw(&r, V, net, 0);
        for (int k = 0; k < 2; k++)
            want[k] = (double)w[k] - 0.02 * slope(V, w, memory, net, target, k);
        given("V = %d, rows at random, w = %g, %g, never learnt, target %d", V, (double)w[0],
              (double)w[1], target);
        // Differences are off by h^2 times the third derivative, at most about 0.02 * 1e-5 * 1000.
        learns(V, memory, net, target, (struct stack_weights){{w[0], w[1]}, 0}, want, 3e-4);
    }
}

TEST(stack_learn, random_rows)
{
    struct random r = random_start(4, RANDOM_TEST);
    for (int i = 0; i < 40; i++) {
        int V = 1 + (i * 11) % V_MOST;
        float memory[V_MOST], net[V_MOST], p[V_MOST];
        struct stack_weights start = {{random_float(&r), random_float(&r)},
                                      (int32_t)random_below(&r, 100000)};
        struct stack_weights want = start;
        int32_t target = (int32_t)random_below(&r, (uint32_t)V);
        draw(&r, V, memory, i % 2), draw(&r, V, net, i % 3 == 0);
        ref_stack_mix(V, start.w, memory, net, p);
        ref_stack_learn(V, memory, net, p, target, &want);
        given("V = %d, rows at random, w = %g, %g, %d times learnt, target %d", V,
              (double)start.w[0], (double)start.w[1], start.times, target);
        learns(V, memory, net, target, start, (double[]){(double)want.w[0], (double)want.w[1]},
               1e-5);
    }
}

TEST(stack_learn, comes_to_believe_the_one_who_knows)
{
    struct random r = random_start(5, RANDOM_TEST);
    struct stack_weights weights = {{0.5f, 0.5f}, 0};
    float memory[8], net[8], p[8];
    for (int i = 0; i < 5000; i++) {
        draw(&r, 8, memory, 0), draw(&r, 8, net, 0);
        // The character is drawn as the network says.
        float lot = random_float(&r);
        int32_t target = 0;
        for (; target < 7 && lot >= net[target]; target++) lot -= net[target];
        stack_mix(8, weights.w, memory, net, p);
        stack_learn(8, memory, net, p, target, &weights);
    }
    given("5000 places, each drawn as the network says; began with w = 0.5, 0.5; now %g, %g",
          (double)weights.w[0], (double)weights.w[1]);
    expect_true("the memory's weight is near 0, the network's near 1",
                fabsf(weights.w[0]) < 0.1f && fabsf(weights.w[1] - 1) < 0.1f);
}

// --- stack_mine ------------------------------------------------------------------------------

enum { LETTERS = 12, TEXT = 3200, SHOWN = 3000, ASKED = 40 };

// whole returns the rule if all is there that has to be, else NULL.
static const struct lab_rule *whole(void)
{
    const struct lab_rule *m = stack_mine();
    if (!expect_true("stack_mine returns a rule", m != NULL)) return NULL;
    int there = m->name && m->plain && m->open && m->learn && m->predict && m->numbers && m->close;
    if (!expect_true("name, plain, open, learn, predict, numbers and close are there", there))
        return NULL;
    return expect_true("the name is \"mine\"", strcmp(m->name, "mine") == 0) ? m : NULL;
}

// show lets it learn n places of a text, LAB_BATCH at a time and at last what is left.
static void show(const struct lab_rule *m, void *state, const int32_t *ids, size_t n)
{
    for (size_t begin = 0; begin < n; begin += LAB_BATCH) {
        size_t at[LAB_BATCH];
        int N = (int)(n - begin < LAB_BATCH ? n - begin : LAB_BATCH);
        for (int i = 0; i < N; i++) at[i] = begin + (size_t)i;
        m->learn(state, (struct lab_places){ids, N, at});
    }
}

static void ask(const struct lab_rule *m, void *state, const int32_t *ids, size_t from, int N,
                float *p)
{
    size_t at[LAB_BATCH];
    for (int i = 0; i < N * LETTERS; i++) p[i] = NAN;
    for (int i = 0; i < N; i++) at[i] = from + (size_t)i;
    m->predict(state, (struct lab_places){ids, N, at}, p);
}

// proper says whether these are rows of probabilities.
static int proper(int N, int V, const float *p)
{
    for (int i = 0; i < N; i++) {
        double sum = 0;
        float least = INFINITY;
        for (int c = 0; c < V; c++) sum += (double)p[i * V + c], least = fminf(least, p[i * V + c]);
        if (!expect_true("predict writes a number for each character", isfinite(sum))) return 0;
        if (!expect_true("a row adds up to 1", fabs(sum - 1) < 1e-3)) return 0;
        if (!expect_true("each probability is above 0", least > 0)) return 0;
    }
    return 1;
}

// alike says whether two answers are the same but for roundings.
static int alike(int n, const float *a, const float *b)
{
    for (int i = 0; i < n; i++)
        if (!(fabsf(a[i] - b[i]) < 1e-5f)) return 0;
    return 1;
}

static void *begin(const struct lab_rule *m, size_t examples)
{
    return m->open(&(struct lab_setting){.V = LETTERS, .examples = examples, .seed = 1});
}

TEST(stack_mine, a_whole_rule)
{
    whole();
}

TEST(stack_mine, opened_and_closed)
{
    const struct lab_rule *m = whole();
    if (!m) return;
    void *state = begin(m, SHOWN);
    if (!expect_true("open returns something", state != NULL)) return;
    m->close(state);
}

TEST_SLOW(stack_mine, probabilities, 4)
{
    const struct lab_rule *m = whole();
    if (!m) return;
    int32_t ids[TEXT];
    float p[LAB_BATCH * LETTERS];
    check_chatter(LETTERS, TEXT, 1, ids);
    void *state = begin(m, SHOWN);
    given("asked before it has learnt anything, from the first character of a text on");
    ask(m, state, ids, 0, LAB_BATCH, p);
    if (!proper(LAB_BATCH, LETTERS, p)) return;
    given("asked after %d examples, from the first character of a text on", SHOWN);
    show(m, state, ids, SHOWN);
    for (size_t at = 0; at + LAB_BATCH <= TEXT; at += LAB_BATCH) {
        ask(m, state, ids, at, LAB_BATCH, p);
        if (!proper(LAB_BATCH, LETTERS, p)) return;
    }
    m->close(state);
}

TEST(stack_mine, of_what_it_never_saw)
{
    const struct lab_rule *m = whole();
    if (!m) return;
    int32_t ids[TEXT] = {0};
    float p[LAB_BATCH * LETTERS];
    void *state = begin(m, LAB_BATCH);
    show(m, state, ids, LAB_BATCH);  // of one character only
    check_chatter(LETTERS, TEXT, 2, ids);
    given("it learnt from a text of one character, and is asked about one of %d", LETTERS);
    ask(m, state, ids, 0, LAB_BATCH, p);
    if (!proper(LAB_BATCH, LETTERS, p)) return;
    m->close(state);
}

TEST_SLOW(stack_mine, does_not_look, 4)
{
    const struct lab_rule *m = whole();
    if (!m) return;
    int32_t ids[TEXT];
    float before[LETTERS], after[LETTERS];
    check_chatter(LETTERS, TEXT, 3, ids);
    void *state = begin(m, SHOWN);
    show(m, state, ids, SHOWN);
    size_t at = TEXT - 100;
    ask(m, state, ids, at, 1, before);
    ids[at] = (ids[at] + 1) % LETTERS;
    ask(m, state, ids, at, 1, after);
    given("asked about a place twice, where different characters stood at it");
    if (!expect_true("it answers the same", alike(LETTERS, before, after))) return;
    for (size_t i = at + 1; i < TEXT; i++) ids[i] = (ids[i] + 1) % LETTERS;
    ask(m, state, ids, at, 1, after);
    given("asked about a place twice, where different characters stood behind it");
    if (!expect_true("it answers the same", alike(LETTERS, before, after))) return;
    m->close(state);
}

TEST_SLOW(stack_mine, the_same_alone_and_in_company, 4)
{
    const struct lab_rule *m = whole();
    if (!m) return;
    int32_t ids[TEXT];
    float together[ASKED * LETTERS], alone[LETTERS];
    check_chatter(LETTERS, TEXT, 4, ids);
    void *state = begin(m, SHOWN);
    show(m, state, ids, SHOWN);
    ask(m, state, ids, 0, ASKED, together);
    given("asked about the first %d places of a text at once, and about each by itself", ASKED);
    for (int i = 0; i < ASKED; i++) {
        ask(m, state, ids, (size_t)i, 1, alone);
        if (!expect_true("it answers the same", alike(LETTERS, together + i * LETTERS, alone)))
            return;
    }
    m->close(state);
}

TEST_SLOW(stack_mine, the_same_again, 4)
{
    const struct lab_rule *m = whole();
    if (!m) return;
    int32_t ids[TEXT];
    float p[2][ASKED * LETTERS];
    size_t numbers[2];
    check_chatter(LETTERS, TEXT, 5, ids);
    for (int run = 0; run < 2; run++) {
        void *state = begin(m, SHOWN);
        show(m, state, ids, SHOWN);
        ask(m, state, ids, 0, ASKED, p[run]);
        numbers[run] = m->numbers(state);
        m->close(state);
    }
    given("two of the same seed, one after the other, shown the same %d examples", SHOWN);
    if (!expect_true("the same numbers", memcmp(p[0], p[1], sizeof p[0]) == 0)) return;
    given("numbers says %zu, then %zu", numbers[0], numbers[1]);
    expect_true("it keeps at least one number, and as many each time",
                numbers[0] >= 1 && numbers[0] == numbers[1]);
}

TEST_SLOW(stack_mine, two_at_once, 4)
{
    const struct lab_rule *m = whole();
    if (!m) return;
    int32_t ids[TEXT], others[TEXT];
    float before[ASKED * LETTERS], after[ASKED * LETTERS];
    check_chatter(LETTERS, TEXT, 6, ids);
    for (size_t i = 0; i < TEXT; i++) others[i] = LETTERS - 1 - ids[i];
    void *one = begin(m, SHOWN);
    show(m, one, ids, SHOWN);
    ask(m, one, ids, 0, ASKED, before);
    void *two = begin(m, SHOWN);
    show(m, two, others, SHOWN);
    ask(m, one, ids, 0, ASKED, after);
    given("one has learnt; then another is opened, and learns another text");
    if (!expect_true("the first one answers as before", alike(ASKED * LETTERS, before, after)))
        return;
    m->close(two);
    m->close(one);
}

TEST_SLOW(stack_mine, better_than_unigram, 6)
{
    const struct lab_rule *m = whole();
    if (!m) return;
    int32_t ids[TEXT], asked[TEXT];
    check_chatter(LETTERS, TEXT, 7, ids), check_chatter(LETTERS, TEXT, 8, asked);
    struct lab_data d = {.V = LETTERS, .train = {TEXT, ids}, .val = {TEXT, asked}};
    void *state = begin(m, TEXT);
    show(m, state, ids, TEXT);
    double bits = 0;
    float p[LAB_BATCH * LETTERS];
    for (size_t at = 0; at < TEXT; at += LAB_BATCH) {
        ask(m, state, asked, at, LAB_BATCH, p);
        if (!proper(LAB_BATCH, LETTERS, p)) return;
        for (int i = 0; i < LAB_BATCH; i++)
            bits -= log2((double)p[i * LETTERS + asked[at + (size_t)i]]) / TEXT;
    }
    m->close(state);
    double unigram = lab_run(&LAB_NGRAM[0], &d, TEXT, 1).bits;
    given("a text where nine of ten characters follow from the one before, after %d examples:\n"
          "%.3f bits a character, unigram %.3f",
          TEXT, bits, unigram);
    expect_true("it is better by a tenth of a bit", bits < unigram - 0.1);
}
