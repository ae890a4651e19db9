// simulate: which action is taken, what Q learns from a step, steps that are only imagined, and
// what is kept of what was tried out, on games of a few states that a person can work out, and
// against the reference on random ones.
#include "simulate.h"

#include <math.h>
#include <string.h>

#include "error.h"
#include "lesson.h"
#include "ref_simulate.h"

FUNCTION(simulate_action, 3);
FUNCTION(simulate_update, 4);
FUNCTION(simulate_remember, 2);
FUNCTION(simulate_imagine, 2);
FUNCTION(simulate_best, 4);
FUNCTION(simulate_judge, 3);

enum { S = 5, A = 4, PAIRS = S * A };
static const double NEAR = 2e-6;  // a few roundings of numbers around 1

// struct game: a learner and its room.
struct game {
    struct simulate s;
    float before[A];  // what a row before the first reads: the same large number each time
    float q[PAIRS];
    struct simulate_step model[PAIRS];
};

static void join(struct game *g)
{
    g->s.q = g->q;
    g->s.model = g->model;
}

// begin is a learner who expects nothing and has seen nothing.
static void begin(struct game *g, float alpha, float gamma)
{
    memset(g, 0, sizeof *g);
    g->s = (struct simulate){.S = S, .A = A, .alpha = alpha, .gamma = gamma};
    join(g);
    for (int i = 0; i < A; i++) g->before[i] = 7;
    for (int i = 0; i < PAIRS; i++) g->model[i] = (struct simulate_step){-9, -9, NAN, -9};
}

static struct simulate_step drawn_step(struct random *r)
{
    return (struct simulate_step){(int)random_below(r, S), (int)random_below(r, A),
                                  random_normal(r), (int)random_below(r, S + 1) - 1};
}

// drawn is a learner with expectations of its own, and a model of `steps` steps.
static void drawn(struct game *g, struct random *r, int steps)
{
    begin(g, 0.1f + 0.8f * random_float(r), 0.5f + 0.5f * random_float(r));
    for (int i = 0; i < PAIRS; i++) g->q[i] = random_normal(r);
    for (int i = 0; i < steps; i++) ref_simulate_remember(&g->s, drawn_step(r));
}

static void twin(const struct game *g, struct game *to)
{
    *to = *g;
    join(to);
}

static void same_q(const struct game *g, const struct game *want)
{
    double wide[PAIRS];
    for (int i = 0; i < PAIRS; i++) wide[i] = (double)want->q[i];
    expect_floats("Q, row by row", PAIRS, g->q, wide, NEAR * 4);
}

// --- simulate_action -------------------------------------------------------------------------

// choose counts what is chosen in 4000 calls in state 1, whose Q these are.
static void choose(const float *q, float epsilon, int32_t *count)
{
    struct game g;
    struct random r = random_start(1, RANDOM_TEST);
    begin(&g, 0.1f, 0.9f);
    for (int i = 0; i < PAIRS; i++) g.q[i] = (float)(i % 3);
    memcpy(g.q + A, q, A * sizeof *q);
    given("state 1, whose Q is %g %g %g %g; epsilon %g; 4000 times", (double)q[0], (double)q[1],
          (double)q[2], (double)q[3], (double)epsilon);
    memset(count, 0, A * sizeof *count);
    for (int i = 0; i < 4000; i++) {
        int action = simulate_action(&g.s, 1, epsilon, &r);
        if (!expect_true("an action is 0 … 3", action >= 0 && action < A)) return;
        count[action]++;
    }
}

TEST(simulate_action, the_largest_is_taken)
{
    int32_t count[A];
    choose((float[]){0, 0.2f, 0.5f, 0.1f}, 0, count);
    expect_ints("how often each was taken", A, count, A, ((int32_t[]){0, 0, 4000, 0}));
}

TEST(simulate_action, the_least_bad_is_taken)
{
    int32_t count[A];
    choose((float[]){-1, -3, -0.5f, -0.2f}, 0, count);
    expect_ints("how often each was taken", A, count, A, ((int32_t[]){0, 0, 0, 4000}));
}

TEST(simulate_action, of_equals_each_has_its_turn)
{
    int32_t count[A];
    choose((float[]){0.5f, 0, 0.5f, 0.5f}, 0, count);
    expect_int("how often 1 was taken, which is worse", count[1], 0);
    for (int a = 0; a < A; a++)
        if (a != 1)
            expect_true("each of the three best is taken 1200 to 1470 times",
                        count[a] > 1200 && count[a] < 1470);
}

TEST(simulate_action, epsilon_lets_the_lot_decide)
{
    int32_t count[A];
    choose((float[]){0, 1, 0, 0}, 0.4f, count);
    // The lot hits the best as well: 0.6 + 0.4 / 4.
    expect_true("the best is taken 2650 to 2950 times", count[1] > 2650 && count[1] < 2950);
    for (int a = 0; a < A; a++)
        if (a != 1)
            expect_true("each other is taken 310 to 490 times", count[a] > 310 && count[a] < 490);
}

TEST(simulate_action, as_the_numbers_are_drawn)
{
    struct random r = random_start(2, RANDOM_TEST);
    for (int i = 0; i < 40; i++) {
        struct game g;
        drawn(&g, &r, 0);
        for (int k = 0; k < PAIRS; k++) g.q[k] = (float)random_below(&r, 3);
        float epsilon = random_float(&r) * 0.7f;
        int state = (int)random_below(&r, S);
        struct random mine = random_start((uint64_t)i, RANDOM_TEST), theirs = mine;
        const float *q = g.q + state * A;
        given("Q of the state %g %g %g %g, epsilon %g", (double)q[0], (double)q[1], (double)q[2],
              (double)q[3], (double)epsilon);
        int want = ref_simulate_action(&g.s, state, epsilon, &theirs);
        expect_int("the action", simulate_action(&g.s, state, epsilon, &mine), want);
        expect_int("numbers drawn", (int64_t)mine.position, (int64_t)theirs.position);
    }
}

// --- simulate_update -------------------------------------------------------------------------

// The example of the text: alpha 0.5, gamma 0.9.
TEST(simulate_update, example_of_the_text)
{
    struct game g;
    begin(&g, 0.5f, 0.9f);
    given("alpha 0.5, gamma 0.9, all Q 0");
    simulate_update(&g.s, (struct simulate_step){1, 1, 1, SIMULATE_END});
    expect_floats("Q[1,1] after the step that won", 1, g.q + A + 1, (double[]){0.5}, NEAR);
    simulate_update(&g.s, (struct simulate_step){0, 1, 0, 1});
    expect_floats("Q[0,1] after the step before it", 1, g.q + 1, (double[]){0.225}, NEAR);
    simulate_update(&g.s, (struct simulate_step){1, 1, 1, SIMULATE_END});
    expect_floats("Q[1,1] after it won once more", 1, g.q + A + 1, (double[]){0.75}, NEAR);
}

TEST(simulate_update, the_best_that_may_follow_counts)
{
    struct game g;
    begin(&g, 0.5f, 0.5f);
    memcpy(g.q + 3 * A, ((float[]){0.2f, 0.8f, 0.4f, 0}), A * sizeof *g.q);
    given(
        "alpha 0.5, gamma 0.5; Q of state 3 is 0.2 0.8 0.4 0; from state 0 by action 2, reward 1");
    simulate_update(&g.s, (struct simulate_step){0, 2, 1, 3});
    expect_floats("Q[0,2]: 0.5 (1 + 0.5 · 0.8)", 1, g.q + 2, (double[]){0.7}, NEAR);
}

TEST(simulate_update, what_may_follow_can_all_be_bad)
{
    struct game g;
    begin(&g, 1, 1);
    memcpy(g.q + 3 * A, ((float[]){-4, -2, -3, -5}), A * sizeof *g.q);
    given("alpha 1, gamma 1; Q of state 3 is -4 -2 -3 -5; from state 0 by action 2, reward 0");
    simulate_update(&g.s, (struct simulate_step){0, 2, 0, 3});
    expect_floats("Q[0,2]", 1, g.q + 2, (double[]){-2}, NEAR);
}

TEST(simulate_update, behind_the_end_nothing_follows)
{
    struct game g;
    begin(&g, 0.5f, 0.9f);
    for (int i = 0; i < PAIRS; i++) g.q[i] = 7;
    given("alpha 0.5, all Q 7; from state 0 by action 0, reward 1, and the game is over");
    simulate_update(&g.s, (struct simulate_step){0, 0, 1, SIMULATE_END});
    expect_floats("Q[0,0]: 7 + 0.5 (1 - 7)", 1, g.q, (double[]){4}, NEAR);
}

TEST(simulate_update, random_steps)
{
    struct random r = random_start(3, RANDOM_TEST);
    for (int i = 0; i < 50; i++) {
        struct game g, want;
        drawn(&g, &r, 0);
        twin(&g, &want);
        struct simulate_step t = drawn_step(&r);
        given("alpha %g, gamma %g; state %d, action %d, reward %g, next %d; Q drawn",
              (double)g.s.alpha, (double)g.s.gamma, t.state, t.action, (double)t.reward, t.next);
        simulate_update(&g.s, t);
        ref_simulate_update(&want.s, t);
        same_q(&g, &want);
    }
}

// --- simulate_remember -----------------------------------------------------------------------

static void same_model(const struct game *g, const struct game *want)
{
    int32_t got[4 * PAIRS], wanted[4 * PAIRS];
    if (!expect_int("seen", g->s.seen, want->s.seen)) return;
    for (int i = 0; i < want->s.seen; i++) {
        const struct simulate_step *a = &g->model[i], *b = &want->model[i];
        float x[2] = {a->reward, b->reward};
        int32_t bits[2];
        memcpy(bits, x, sizeof bits);
        memcpy(got + 4 * i, ((int32_t[]){a->state, a->action, a->next, bits[0]}), 16);
        memcpy(wanted + 4 * i, ((int32_t[]){b->state, b->action, b->next, bits[1]}), 16);
    }
    size_t n = 4 * (size_t)want->s.seen;
    expect_ints("state, action, next and the bits of the reward, step by step", n, got, n, wanted);
}

TEST(simulate_remember, new_pairs_are_put_behind_the_others)
{
    struct game g;
    begin(&g, 0.1f, 0.9f);
    given(
        "state 2, action 1 leads to 3; then state 2, action 0 to 4; then state 1, action 1 to the end");
    simulate_remember(&g.s, (struct simulate_step){2, 1, 0, 3});
    expect_int("seen after the first", g.s.seen, 1);
    expect_int("where it led", g.model[0].next, 3);
    simulate_remember(&g.s, (struct simulate_step){2, 0, 0, 4});
    simulate_remember(&g.s, (struct simulate_step){1, 1, 1, SIMULATE_END});
    expect_int("seen after all three", g.s.seen, 3);
    expect_int("where the second led", g.model[1].next, 4);
    expect_int("where the third led", g.model[2].next, SIMULATE_END);
    expect_floats("the reward of the third", 1, &g.model[2].reward, (double[]){1}, 0);
}

TEST(simulate_remember, of_a_pair_the_newest_is_kept)
{
    struct game g;
    begin(&g, 0.1f, 0.9f);
    given(
        "state 2, action 1 leads to 3; state 0, action 1 to 2; then state 2, action 1 to 4, reward 5");
    simulate_remember(&g.s, (struct simulate_step){2, 1, 0, 3});
    simulate_remember(&g.s, (struct simulate_step){0, 1, 0, 2});
    simulate_remember(&g.s, (struct simulate_step){2, 1, 5, 4});
    expect_int("seen", g.s.seen, 2);
    expect_int("where the first leads", g.model[0].next, 4);
    expect_floats("its reward", 1, &g.model[0].reward, (double[]){5}, 0);
    expect_int("where the second leads", g.model[1].next, 2);
}

TEST(simulate_remember, random_steps)
{
    struct random r = random_start(4, RANDOM_TEST);
    struct game g, want;
    begin(&g, 0.1f, 0.9f);
    twin(&g, &want);
    for (int i = 0; i < 200; i++) {
        struct simulate_step t = drawn_step(&r);
        simulate_remember(&g.s, t);
        ref_simulate_remember(&want.s, t);
    }
    given("200 drawn steps of 20 pairs");
    same_model(&g, &want);
}

// --- simulate_imagine ------------------------------------------------------------------------

TEST(simulate_imagine, who_has_seen_nothing_imagines_nothing)
{
    struct game g, want;
    struct random r = random_start(1, RANDOM_TEST);
    begin(&g, 0.5f, 0.9f);
    for (int i = 0; i < PAIRS; i++) g.q[i] = 1;
    twin(&g, &want);
    given("nothing seen, 10 imagined steps");
    simulate_imagine(&g.s, 10, &r);
    same_q(&g, &want);
}

TEST(simulate_imagine, one_step_again_and_again)
{
    struct game g;
    struct random r = random_start(1, RANDOM_TEST);
    begin(&g, 0.5f, 0.9f);
    ref_simulate_remember(&g.s, (struct simulate_step){2, 1, 1, SIMULATE_END});
    given("alpha 0.5; seen: state 2, action 1, reward 1, the end; 3 imagined steps");
    simulate_imagine(&g.s, 3, &r);
    expect_floats("Q[2,1]: 0.5, 0.75, 0.875", 1, g.q + 2 * A + 1, (double[]){0.875}, NEAR);
    expect_int("seen", g.s.seen, 1);
}

TEST(simulate_imagine, the_reward_comes_back_along_the_way)
{
    struct game g;
    struct random r = random_start(1, RANDOM_TEST);
    begin(&g, 1, 0.5f);
    for (int s = 0; s < 4; s++) {
        int last = s == 3;
        ref_simulate_remember(
            &g.s, (struct simulate_step){s, 0, (float)last, last ? SIMULATE_END : s + 1});
    }
    given("alpha 1, gamma 0.5; seen: action 0 leads from 0 to 1, 2, 3 and the end, reward 1 there; "
          "200 imagined steps");
    simulate_imagine(&g.s, 200, &r);
    float q[4] = {g.q[0], g.q[A], g.q[2 * A], g.q[3 * A]};
    expect_floats("Q of action 0 in states 0 … 3", 4, q, ((double[]){0.125, 0.25, 0.5, 1}), NEAR);
}

TEST(simulate_imagine, as_the_numbers_are_drawn)
{
    struct random r = random_start(5, RANDOM_TEST);
    for (int i = 0; i < 30; i++) {
        struct game g, want;
        int n = (int)random_below(&r, 12);
        drawn(&g, &r, 1 + i % 15);
        twin(&g, &want);
        struct random mine = random_start((uint64_t)i, RANDOM_TEST), theirs = mine;
        given("%d pairs seen, %d imagined steps, the rest drawn", g.s.seen, n);
        simulate_imagine(&g.s, n, &mine);
        ref_simulate_imagine(&want.s, n, &theirs);
        same_q(&g, &want);
        same_model(&g, &want);
    }
}

// --- simulate_best ---------------------------------------------------------------------------

enum { ACTIONS = 9 };

// struct problem: what each action is worth, and which were tried.
struct problem {
    const float *worth;
    int32_t *tried;
    int *count;
};

static float look(const void *problem, int action)
{
    const struct problem *p = problem;
    CHECK(action >= 0 && action < ACTIONS, "action=%d: there is none", action);
    if (*p->count < 4 * ACTIONS) p->tried[(*p->count)++] = (int32_t)action;
    return p->worth[action];
}

// best tries out k actions of n, and expects the answer, and which were tried.
static void best(int n, const float *p, const float *worth, int k, int want, int count,
                 const int32_t *order)
{
    int32_t tried[4 * ACTIONS];
    int tries = 0, said = -9;
    struct problem problem = {worth, tried, &tries};
    int got = simulate_best(n, p, k, look, &problem, &said);
    expect_ints("what was tried, in this order", (size_t)tries, tried, (size_t)count, order);
    expect_int("tried, by its account", said, count);
    expect_int("the best", got, want);
}

TEST(simulate_best, one_look_takes_the_likeliest)
{
    given("p = 0.1 0.2 0.6 0.1, worth 0.9 0.8 0.1 0.7, k = 1");
    best(4, (float[]){0.1f, 0.2f, 0.6f, 0.1f}, (float[]){0.9f, 0.8f, 0.1f, 0.7f}, 1, 2, 1,
         (int32_t[]){2});
}

TEST(simulate_best, the_best_of_the_likeliest)
{
    given("p = 0.1 0.2 0.5 0.15 0.05, worth 0.3 0.6 0.1 0.5 0.9, k = 3");
    best(5, (float[]){0.1f, 0.2f, 0.5f, 0.15f, 0.05f}, (float[]){0.3f, 0.6f, 0.1f, 0.5f, 0.9f}, 3,
         1, 3, (int32_t[]){2, 1, 3});
}

TEST(simulate_best, ends_with_a_success)
{
    given("p = 0.1 0.2 0.5 0.15 0.05, worth 1 0.6 0.1 1 1, k = 5");
    best(5, (float[]){0.1f, 0.2f, 0.5f, 0.15f, 0.05f}, (float[]){1, 0.6f, 0.1f, 1, 1}, 5, 3, 3,
         (int32_t[]){2, 1, 3});
}

TEST(simulate_best, of_equally_good_ones_the_likelier)
{
    given("p = 0.1 0.2 0.4 0.3, worth 0.5 0.5 0.2 0.5, k = 4");
    best(4, (float[]){0.1f, 0.2f, 0.4f, 0.3f}, (float[]){0.5f, 0.5f, 0.2f, 0.5f}, 4, 3, 4,
         (int32_t[]){2, 3, 1, 0});
}

TEST(simulate_best, equally_likely_ones_in_their_order)
{
    given("p = 0.25 0.25 0.25 0.25, worth 0 0.1 0.2 0.3, k = 3");
    best(4, (float[]){0.25f, 0.25f, 0.25f, 0.25f}, (float[]){0, 0.1f, 0.2f, 0.3f}, 3, 2, 3,
         (int32_t[]){0, 1, 2});
}

TEST(simulate_best, all_may_be_worth_less_than_nothing)
{
    given("p = 0.5 0 0 0.5, worth -3 -1 -2 -4, k = 4");
    best(4, (float[]){0.5f, 0, 0, 0.5f}, (float[]){-3, -1, -2, -4}, 4, 1, 4,
         (int32_t[]){0, 3, 1, 2});
}

TEST(simulate_best, random_actions)
{
    struct random r = random_start(6, RANDOM_TEST);
    for (int i = 0; i < 60; i++) {
        float p[ACTIONS], worth[ACTIONS];
        int32_t order[4 * ACTIONS];
        int n = 1 + i % ACTIONS, k = 1 + (int)random_below(&r, (uint32_t)n), count = 0, said;
        for (int a = 0; a < n; a++) {
            p[a] = (float)random_below(&r, 6) / 8;
            worth[a] = 1 - (float)random_below(&r, 5) / 4;
            if (i % 2 && worth[a] >= 1) worth[a] = 0.9f;
        }
        given("%d actions, p of eighths, worth of quarters, k = %d, the rest drawn", n, k);
        struct problem problem = {worth, order, &count};
        int want = ref_simulate_best(n, p, k, look, &problem, &said);
        best(n, p, worth, k, want, count, order);
    }
}

// --- simulate_judge --------------------------------------------------------------------------

TEST(simulate_judge, the_likelier_of_two)
{
    float p[] = {0.5f, 0.1f, 0.5f, 0.2f};
    given("two texts of 2: p = 0.5 0.1 and 0.5 0.2");
    expect_int("the text", simulate_judge(2, 2, (int[]){2, 2}, p), 1);
}

TEST(simulate_judge, a_long_text_is_not_worse_for_being_long)
{
    float p[] = {0.2f, NAN, NAN, NAN, 0.4f, 0.4f, 0.4f, 0.4f};
    given("a text of 1 character, p = 0.2, and one of 4, p = 0.4 each");
    expect_int("the text", simulate_judge(2, 4, (int[]){1, 4}, p), 1);
}

TEST(simulate_judge, nor_better)
{
    float p[] = {0.5f, NAN, NAN, NAN, 0.4f, 0.4f, 0.4f, 0.4f};
    given("a text of 1 character, p = 0.5, and one of 4, p = 0.4 each");
    expect_int("the text", simulate_judge(2, 4, (int[]){1, 4}, p), 0);
}

// A single character that nobody would write weighs as much as many good ones.
TEST(simulate_judge, one_impossible_character_spoils_a_text)
{
    float p[] = {0.9f, 0.9f, 0.0001f, 0.5f, 0.5f, 0.5f};
    given("two texts of 3: p = 0.9 0.9 0.0001 and 0.5 0.5 0.5");
    expect_int("the text", simulate_judge(2, 3, (int[]){3, 3}, p), 1);
}

TEST(simulate_judge, of_equals_the_first)
{
    float p[] = {0.1f, 0.3f, 0.3f, 0.3f};
    given("four texts of 1 character: p = 0.1 0.3 0.3 0.3");
    expect_int("the text", simulate_judge(4, 1, (int[]){1, 1, 1, 1}, p), 1);
}

TEST(simulate_judge, long_texts_do_not_vanish)
{
    enum { LONG = 60 };
    static float p[2 * LONG];
    for (int i = 0; i < LONG; i++) p[i] = 0.001f, p[LONG + i] = 0.002f;
    given("two texts of 60 characters: p = 0.001 each and 0.002 each");
    expect_int("the text", simulate_judge(2, LONG, (int[]){LONG, LONG}, p), 1);
}

TEST(simulate_judge, random_texts)
{
    enum { TEXTS = 6, LONGEST = 8 };
    struct random r = random_start(7, RANDOM_TEST);
    for (int i = 0; i < 60; i++) {
        float p[TEXTS * LONGEST];
        int length[TEXTS], N = 1 + i % TEXTS;
        for (int k = 0; k < TEXTS * LONGEST; k++) p[k] = 0.001f + 0.99f * random_float(&r);
        for (int n = 0; n < N; n++) length[n] = 1 + (int)random_below(&r, LONGEST);
        given("%d texts of 1 to 8 characters, p drawn", N);
        int want = ref_simulate_judge(N, LONGEST, length, p);
        expect_int("the text", simulate_judge(N, LONGEST, length, p), want);
    }
}
