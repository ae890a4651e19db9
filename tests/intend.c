// intend: which places fail, their rows, slopes, the rival, how far to move, and what a failed plan
// teaches; on inputs that a person can work out, and against the reference on random ones.
#include "intend.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "error.h"
#include "lesson.h"
#include "random.h"
#include "ref_intend.h"

FUNCTION(intend_unsure, 3);
FUNCTION(intend_gather, 3);
FUNCTION(intend_slopes, 3);
FUNCTION(intend_rival, 3);
FUNCTION(intend_passive, 3);
FUNCTION(intend_hindsight, 4);

enum { N_MOST = 12, V_MOST = 9, MOST = N_MOST * V_MOST };
static const double NEAR = 1e-6;  // a few roundings of numbers around 1

// The batch of the text: four places, three characters.
static const float P[] = {0.9f, 0.05f, 0.05f,   // the truth is the first
                          0.3f, 0.6f,  0.1f,    // the first
                          0.1f, 0.1f,  0.8f,    // the third
                          0.2f, 0.45f, 0.35f};  // the second
static const int32_t TARGET[] = {0, 0, 2, 1};
#define GIVEN_TEXT "p = .9 .05 .05 | .3 .6 .1 | .1 .1 .8 | .2 .45 .35, targets 0, 0, 2, 1"

static void nothing(size_t n, float *x)
{
    for (size_t i = 0; i < n; i++) x[i] = NAN;
}

// draw_rows writes N rows of probabilities, and a target of each.
static void draw_rows(struct random *r, int N, int V, float *p, int32_t *target)
{
    for (int n = 0; n < N; n++) {
        float sum = 0;
        for (int c = 0; c < V; c++) sum += p[n * V + c] = 0.01f + random_float(r);
        for (int c = 0; c < V; c++) p[n * V + c] /= sum;
        target[n] = (int32_t)random_below(r, (uint32_t)V);
    }
}

static void sizes(struct random *r, int *N, int *V)
{
    *N = 1 + (int)random_below(r, N_MOST);
    *V = 2 + (int)random_below(r, V_MOST - 1);
}

// --- intend_unsure ---------------------------------------------------------------------------

TEST(intend_unsure, example_of_the_text)
{
    int32_t failed[4] = {-1, -1, -1, -1};
    given(GIVEN_TEXT ", tau 0.8");
    int count = intend_unsure(4, 3, P, TARGET, 0.8f, failed);
    if (!expect_int("how many fail", count, 2)) return;
    expect_ints("which", 2, failed, 2, ((int32_t[]){1, 3}));
}

TEST(intend_unsure, sure_of_something_else)
{
    int32_t failed[2] = {-1, -1}, target[] = {1, 0};
    const float p[] = {0.95f, 0.05f, 0.9f, 0.1f};
    given("p = 0.95 0.05 | 0.9 0.1, targets 1 and 0, tau 0.8");
    if (!expect_int("how many fail", intend_unsure(2, 2, p, target, 0.8f, failed), 1)) return;
    expect_int("which", failed[0], 0);
}

TEST(intend_unsure, exactly_tau_is_enough)
{
    int32_t failed[2] = {-1, -1}, target[] = {0, 1};
    const float p[] = {0.5f, 0.5f, 0.75f, 0.25f};
    given("p = 0.5 0.5 | 0.75 0.25, targets 0 and 1, tau 0.5");
    if (!expect_int("how many fail", intend_unsure(2, 2, p, target, 0.5f, failed), 1)) return;
    expect_int("which", failed[0], 1);
}

TEST(intend_unsure, none_and_all)
{
    int32_t failed[4] = {-1, -1, -1, -1};
    given(GIVEN_TEXT ", tau 0.1");
    expect_int("how many fail", intend_unsure(4, 3, P, TARGET, 0.1f, failed), 0);
    given(GIVEN_TEXT ", tau 1");
    if (!expect_int("how many fail", intend_unsure(4, 3, P, TARGET, 1, failed), 4)) return;
    expect_ints("which", 4, failed, 4, ((int32_t[]){0, 1, 2, 3}));
}

TEST(intend_unsure, random_batches)
{
    struct random r = random_start(1, RANDOM_TEST);
    for (int i = 0; i < 30; i++) {
        float p[MOST], tau = random_float(&r) / 2;
        int32_t target[N_MOST], failed[N_MOST], want[N_MOST];
        int N, V;
        sizes(&r, &N, &V);
        draw_rows(&r, N, V, p, target);
        given("%d places, %d characters, tau %g, p drawn", N, V, (double)tau);
        int count = intend_unsure(N, V, p, target, tau, failed);
        int wanted = ref_intend_unsure(N, V, p, target, tau, want);
        if (!expect_int("how many fail", count, wanted)) return;
        expect_ints("which", (size_t)count, failed, (size_t)wanted, want);
    }
}

// --- intend_gather ---------------------------------------------------------------------------

TEST(intend_gather, example_of_the_text)
{
    float rows[] = {1, 2, 3, 4, 5, 6, 7, 8};
    given("rows 1 2 | 3 4 | 5 6 | 7 8, of which 1 and 3 failed");
    intend_gather(2, ((int32_t[]){1, 3}), 2, rows);
    expect_floats("the first two rows", 4, rows, ((double[]){3, 4, 7, 8}), 0);
}

TEST(intend_gather, a_row_that_failed_may_stay_where_it_is)
{
    float rows[] = {1, 2, 3, 4, 5, 6};
    given("rows 1 2 | 3 4 | 5 6, of which all failed; then of which 0 and 2 did");
    intend_gather(3, ((int32_t[]){0, 1, 2}), 2, rows);
    expect_floats("all three rows", 6, rows, ((double[]){1, 2, 3, 4, 5, 6}), 0);
    intend_gather(2, ((int32_t[]){0, 2}), 2, rows);
    expect_floats("the first two rows", 4, rows, ((double[]){1, 2, 5, 6}), 0);
}

TEST(intend_gather, nothing_failed_nothing_moves)
{
    float rows[] = {1, 2, 3};
    given("rows 1 | 2 | 3, of which none failed");
    intend_gather(0, ((int32_t[]){2}), 1, rows);
    expect_floats("the rows", 3, rows, ((double[]){1, 2, 3}), 0);
}

TEST(intend_gather, random_rows)
{
    struct random r = random_start(2, RANDOM_TEST);
    for (int i = 0; i < 20; i++) {
        float rows[MOST], want[MOST];
        int32_t failed[N_MOST];
        int count = 0, width = 1 + (int)random_below(&r, V_MOST);
        for (int32_t n = 0; n < N_MOST; n++)
            if (random_below(&r, 2)) failed[count++] = n;
        for (int k = 0; k < MOST; k++) rows[k] = random_normal(&r);
        memcpy(want, rows, sizeof want);
        given("%d rows of %d numbers, of which %d failed", N_MOST, width, count);
        intend_gather(count, failed, width, rows);
        ref_intend_gather(count, failed, width, want);
        double wide[MOST];
        for (int k = 0; k < MOST; k++) wide[k] = (double)want[k];
        expect_floats("the rows that failed", (size_t)(count * width), rows, wide, 0);
    }
}

// --- intend_slopes ---------------------------------------------------------------------------

TEST(intend_slopes, example_of_the_text)
{
    float slopes[6];
    nothing(6, slopes);
    given("p = .3 .6 .1 | .2 .45 .35, targets 0 and 1, weights 1/4");
    intend_slopes(2, 3, (const float[]){0.3f, 0.6f, 0.1f, 0.2f, 0.45f, 0.35f},
                  (const int32_t[]){0, 1}, (const float[]){0.25f, 0.25f}, slopes);
    expect_floats("the slopes", 6, slopes, ((double[]){-0.175, 0.15, 0.025, 0.05, -0.1375, 0.0875}),
                  NEAR);
}

TEST(intend_slopes, each_row_has_a_weight_of_its_own_which_may_be_below_zero)
{
    float slopes[4];
    nothing(4, slopes);
    given("p = .5 .5 | .75 .25, targets 0 and 0, weights 2 and -1");
    intend_slopes(2, 2, (const float[]){0.5f, 0.5f, 0.75f, 0.25f}, (const int32_t[]){0, 0},
                  (const float[]){2, -1}, slopes);
    expect_floats("the slopes", 4, slopes, ((double[]){-1, 1, 0.25, -0.25}), NEAR);
}

TEST(intend_slopes, may_lie_where_p_does)
{
    float p[] = {0.5f, 0.5f, 0.75f, 0.25f};
    given("p = .5 .5 | .75 .25, targets 1 and 0, weights 1, slopes in the place of p");
    intend_slopes(2, 2, p, (const int32_t[]){1, 0}, (const float[]){1, 1}, p);
    expect_floats("the slopes", 4, p, ((double[]){0.5, -0.5, -0.25, 0.25}), NEAR);
}

TEST(intend_slopes, random_rows)
{
    struct random r = random_start(3, RANDOM_TEST);
    for (int i = 0; i < 20; i++) {
        float p[MOST], weight[N_MOST], slopes[MOST], answer[MOST];
        double want[MOST];
        int32_t target[N_MOST];
        int N, V;
        sizes(&r, &N, &V);
        draw_rows(&r, N, V, p, target);
        for (int n = 0; n < N; n++) weight[n] = random_normal(&r);
        nothing(MOST, slopes);
        given("%d places, %d characters, the rest drawn", N, V);
        intend_slopes(N, V, p, target, weight, slopes);
        ref_intend_slopes(N, V, p, target, weight, answer);
        for (int k = 0; k < N * V; k++) want[k] = (double)answer[k];
        expect_floats("the slopes", (size_t)(N * V), slopes, want, NEAR);
    }
}

// --- intend_rival ----------------------------------------------------------------------------

TEST(intend_rival, the_best_of_the_others)
{
    const float score[] = {2, 5, 3, -1};
    given("scores 2 5 3 -1");
    expect_int("the rival of 0", intend_rival(4, score, 0), 1);
    expect_int("the rival of 1, which is the best itself", intend_rival(4, score, 1), 2);
    expect_int("the rival of 3", intend_rival(4, score, 3), 1);
}

TEST(intend_rival, below_zero)
{
    const float score[] = {-4, -2, -3};
    given("scores -4 -2 -3");
    expect_int("the rival of 1", intend_rival(3, score, 1), 2);
    expect_int("the rival of 2", intend_rival(3, score, 2), 1);
}

TEST(intend_rival, of_several_the_first)
{
    const float score[] = {0, 0, 0, 0};
    given("four scores of 0");
    expect_int("the rival of 0", intend_rival(4, score, 0), 1);
    expect_int("the rival of 2", intend_rival(4, score, 2), 0);
}

TEST(intend_rival, random_scores)
{
    struct random r = random_start(4, RANDOM_TEST);
    for (int i = 0; i < 50; i++) {
        float score[V_MOST];
        int N, V;
        sizes(&r, &N, &V);
        for (int c = 0; c < V; c++) score[c] = (float)random_below(&r, 5) - 2;
        int32_t target = (int32_t)random_below(&r, (uint32_t)V);
        given("%d scores from -2 to 2, target %d; the last score is %g", V, (int)target,
              (double)score[V - 1]);
        expect_int("the rival", intend_rival(V, score, target), ref_intend_rival(V, score, target));
    }
}

// --- intend_passive --------------------------------------------------------------------------

TEST(intend_passive, example_of_the_text)
{
    const float score[] = {0.5f, 0.25f, -1};
    given("scores 0.5 0.25 -1, the target is the second, two weights in use, at most 1");
    expect_double("the step: (1 + 0.25) / 4", (double)intend_passive(3, score, 1, 2, 1), 0.3125,
                  NEAR);
}

TEST(intend_passive, first_but_not_by_enough)
{
    const float score[] = {0.5f, 0.25f};
    given("scores 0.5 0.25, the target is the first, three weights in use, at most 1");
    expect_double("the step: (1 - 0.25) / 6", (double)intend_passive(2, score, 0, 3, 1), 0.125,
                  NEAR);
}

TEST(intend_passive, passive_where_nothing_is_missing)
{
    const float score[] = {3, 1}, just[] = {2, 1};
    given("scores 3 1, the target is the first");
    expect_double("the step", (double)intend_passive(2, score, 0, 1, 1), 0, 0);
    given("scores 2 1, the target is the first: just enough");
    expect_double("the step", (double)intend_passive(2, just, 0, 1, 1), 0, 0);
}

TEST(intend_passive, never_more_than_the_most)
{
    const float score[] = {-8, 1};
    given("scores -8 1, the target is the first, two weights in use, at most 0.5");
    expect_double("the step", (double)intend_passive(2, score, 0, 2, 0.5f), 0.5, 0);
}

// After the step the target is ahead by 1.
TEST(intend_passive, moves_just_as_far_as_it_must)
{
    struct random r = random_start(5, RANDOM_TEST);
    for (int i = 0; i < 30; i++) {
        float score[V_MOST];
        int N, V;
        sizes(&r, &N, &V);
        for (int c = 0; c < V; c++) score[c] = random_normal(&r);
        int32_t target = (int32_t)random_below(&r, (uint32_t)V);
        int32_t rival = ref_intend_rival(V, score, target);
        given("%d scores, drawn; the target has %g, its rival %g; %d weights in use, at most 100",
              V, (double)score[target], (double)score[rival], N);
        float step = intend_passive(V, score, target, N, 100);
        double ahead = (double)(score[target] - score[rival]);
        expect_double("how far the target is ahead after the step", ahead + 2 * N * (double)step,
                      ahead > 1 ? ahead : 1, 3e-6);
    }
}

// --- intend_hindsight ------------------------------------------------------------------------

static int same(const struct intend_lesson *got, const struct intend_lesson *want, int n)
{
    for (int i = 0; i < n; i++) {
        char what[64];
        snprintf(what, sizeof what, "lesson %d: of, goal, plan", i);
        if (!expect_ints(what, 3, ((int32_t[]){got[i].of, got[i].goal, got[i].plan}), 3,
                         ((int32_t[]){want[i].of, want[i].goal, want[i].plan})))
            return 0;
    }
    return 1;
}

// lessons_of compares what some tries teach with what they should.
static void lessons_of(int N, const struct intend_try *tries, int wanted,
                       const struct intend_lesson *want)
{
    struct intend_lesson lessons[2 * N_MOST];
    for (int i = 0; i < 2 * N_MOST; i++) lessons[i] = (struct intend_lesson){-9, -9, -9};
    int count = intend_hindsight(N, tries, lessons);
    if (!expect_int("how many lessons", count, wanted)) return;
    same(lessons, want, wanted);
}

TEST(intend_hindsight, example_of_the_text)
{
    given("the goal was 33, plan 84 reached 4, and plan 90 would have reached 33");
    lessons_of(1, &(struct intend_try){33, 84, 4, 90, 33}, 2,
               (const struct intend_lesson[]){{0, 4, 84}, {0, 33, 90}});
}

TEST(intend_hindsight, who_reaches_the_goal_learns_that)
{
    given("the goal was 30, plan 5 reached it, plan 70 would have reached 12");
    lessons_of(1, &(struct intend_try){30, 5, 30, 70, 12}, 1,
               &(const struct intend_lesson){0, 30, 5});
}

TEST(intend_hindsight, what_leads_nowhere_teaches_nothing)
{
    given("the goal was 30, plan 5 led nowhere, plan 70 would have reached 12");
    lessons_of(1, &(struct intend_try){30, 5, INTEND_NOTHING, 70, 12}, 1,
               &(const struct intend_lesson){0, 12, 70});
    given("the goal was 30, plan 5 reached 14, plan 70 would have led nowhere");
    lessons_of(1, &(struct intend_try){30, 5, 14, 70, INTEND_NOTHING}, 1,
               &(const struct intend_lesson){0, 14, 5});
    given("the goal was 30, both plans lead nowhere");
    lessons_of(1, &(struct intend_try){30, 5, INTEND_NOTHING, 70, INTEND_NOTHING}, 0, NULL);
}

TEST(intend_hindsight, each_lesson_knows_its_try)
{
    given("three tries: the first and the third failed");
    lessons_of(3,
               (const struct intend_try[]){
                   {8, 1, 9, 2, 10}, {7, 3, 7, 4, INTEND_NOTHING}, {6, 5, INTEND_NOTHING, 6, 6}},
               4, (const struct intend_lesson[]){{0, 9, 1}, {0, 10, 2}, {1, 7, 3}, {2, 6, 6}});
}

TEST(intend_hindsight, random_tries)
{
    struct random r = random_start(6, RANDOM_TEST);
    for (int i = 0; i < 20; i++) {
        struct intend_try tries[N_MOST];
        struct intend_lesson want[2 * N_MOST];
        for (int n = 0; n < N_MOST; n++)
            tries[n] =
                (struct intend_try){1 + (int32_t)random_below(&r, 3),
                                    (int32_t)random_below(&r, 108), (int32_t)random_below(&r, 4),
                                    (int32_t)random_below(&r, 108), (int32_t)random_below(&r, 4)};
        int N = 1 + i % N_MOST;
        given("%d tries at goals from 1 to 3, drawn", N);
        int wanted = ref_intend_hindsight(N, tries, want);
        lessons_of(N, tries, wanted, want);
    }
}
