// protocol: what a rule is shown and how it is judged, by rules made for it.
#include "protocol.h"

#include <criterion/criterion.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>

enum { V = 4, COUNT = 1000 };

// struct spy: a rule that notes what it is shown, and always says the same.
struct spy {
    size_t shown, sum;
    int times[COUNT];
    struct lab_setting told;
};

static void *spy_open(const struct lab_setting *s)
{
    struct spy *spy = calloc(1, sizeof *spy);
    cr_assert_not_null(spy);
    spy->told = *s;
    return spy;
}

static void spy_learn(void *state, struct lab_places x)
{
    struct spy *spy = state;
    for (int i = 0; i < x.N; i++) {
        // The sum of products tells one order from another.
        spy->sum += x.at[i] * (spy->shown + (size_t)i);
        spy->times[x.at[i]]++;
    }
    spy->shown += (size_t)x.N;
}

static void says_a_half(void *state, struct lab_places x, float *p)
{
    (void)state;
    for (int i = 0; i < x.N * V; i++) p[i] = i % V == 1 ? 0.5f : i % V == 0 ? 0 : 0.25f;
}

static void says_too_much(void *state, struct lab_places x, float *p)
{
    (void)state;
    for (int i = 0; i < x.N * V; i++) p[i] = 0.5f;
}

static size_t spy_numbers(const void *state)
{
    (void)state;
    return 12;
}

static const struct lab_rule DRAWN = {.name = "drawn",
                                      .open = spy_open,
                                      .learn = spy_learn,
                                      .predict = says_a_half,
                                      .numbers = spy_numbers,
                                      .close = free};
static const struct lab_rule LIAR = {.name = "liar",
                                     .open = spy_open,
                                     .learn = spy_learn,
                                     .predict = says_too_much,
                                     .numbers = spy_numbers,
                                     .close = free};

// text_of is the ids 1 2 3 1 2 3 …
static struct lab_text text_of(int32_t *ids)
{
    for (int i = 0; i < COUNT; i++) ids[i] = 1 + i % 3;
    return (struct lab_text){COUNT, ids};
}

Test(protocol, a_rule_is_told_what_will_come)
{
    struct lab_learner l = lab_begin(&DRAWN, V, 300, 5);
    struct spy *spy = l.state;
    cr_expect(spy->told.V == V && spy->told.examples == 300 && spy->told.seed == 5);
    lab_end(&l);
}

Test(protocol, every_place_is_shown_once_before_any_is_again)
{
    int32_t ids[COUNT];
    struct lab_text text = text_of(ids);
    size_t order[3];
    for (int k = 0; k < 3; k++) {
        struct lab_learner l = lab_begin(&DRAWN, V, COUNT + 10, k < 2 ? 1 : 2);
        struct spy *spy = l.state;
        lab_learn(&l, &text, COUNT);
        for (int i = 0; i < COUNT; i++) cr_assert_eq(spy->times[i], 1, "place %d", i);
        order[k] = spy->sum;
        lab_learn(&l, &text, 10);
        cr_expect_eq(l.examples, COUNT + 10);
        cr_expect_eq(spy->shown, COUNT + 10);
        lab_end(&l);
    }
    cr_expect_eq(order[0], order[1], "the same seed, the same order");
    cr_expect_neq(order[0], order[2]);
}

Test(protocol, a_second_round_has_another_order)
{
    int32_t ids[COUNT];
    struct lab_text text = text_of(ids);
    struct lab_learner l = lab_begin(&DRAWN, V, 2 * COUNT, 1);
    struct spy *spy = l.state;
    lab_learn(&l, &text, COUNT);
    size_t first = spy->sum;
    lab_end(&l);
    l = lab_begin(&DRAWN, V, 2 * COUNT, 1);
    spy = l.state;
    lab_learn(&l, &text, 2 * COUNT);
    size_t places = COUNT * (COUNT - 1) / 2;
    cr_expect_neq(spy->sum, 2 * first + COUNT * places);
    for (int i = 0; i < COUNT; i++) cr_assert_eq(spy->times[i], 2, "place %d", i);
    lab_end(&l);
}

Test(protocol, in_parts_as_in_one)
{
    int32_t ids[COUNT];
    struct lab_text text = text_of(ids);
    size_t sum[2];
    for (int k = 0; k < 2; k++) {
        struct lab_learner l = lab_begin(&DRAWN, V, 2 * COUNT, 1);
        const struct spy *spy = l.state;
        if (k == 0) lab_learn(&l, &text, 2 * COUNT);
        if (k == 1) lab_learn(&l, &text, 10 * LAB_BATCH);
        if (k == 1) lab_learn_on(&l, &text, 2 * COUNT - 10 * LAB_BATCH);
        cr_expect_eq(l.examples, 2 * COUNT);
        cr_expect_eq(spy->shown, 2 * COUNT);
        sum[k] = spy->sum;
        lab_end(&l);
    }
    cr_expect_eq(sum[0], sum[1], "the same places in the same order");
}

Test(protocol, bits_are_those_of_what_stood_there)
{
    int32_t ids[COUNT];
    struct lab_text text = text_of(ids);
    struct lab_learner l = lab_begin(&DRAWN, V, 1, 1);
    struct lab_score s = lab_judge(&l, V, &text, 0);
    // 334 times the 1, whose half is one bit; else a quarter, two bits.
    cr_expect(fabs(s.bits - (334 + 2 * 666) / 1000.0) < 1e-9);
    cr_expect(fabs(s.right - 0.334) < 1e-9);
    cr_expect(fabs(s.calibration - (0.5 - 0.334)) < 1e-6);
    cr_expect_eq(s.numbers, 12);
    s = lab_judge(&l, V, &text, 1);
    cr_expect(fabs(s.bits - 1) < 1e-9, "only the first");
    ids[0] = 0;
    s = lab_judge(&l, V, &text, 1);
    cr_expect(fabs(s.bits - 64) < 1e-9, "what had no probability costs 64 bits");
    lab_end(&l);
}

Test(protocol, no_probabilities_end_the_program, .exit_code = 1)
{
    int32_t ids[COUNT];
    struct lab_text text = text_of(ids);
    struct lab_learner l = lab_begin(&LIAR, V, 1, 1);
    lab_judge(&l, V, &text, 0);
}
