// countdown: what plans reach, how they are written, what a network is told, and splits that hold
// back what they say they do.
#include "countdown.h"

#include <criterion/criterion.h>
#include <string.h>

#include "error.h"

static int plan_of(int pair, int first, int second)
{
    return 36 * pair + 6 * first + second;
}

Test(countdown, what_plans_reach)
{
    const int n[] = {2, 4, 9};
    static const struct {
        int pair, first, second, reaches;
        const char *text;
    } CASES[] = {
        {0, 0, 0, 15, "(2 + 4) + 9"}, {0, 3, 0, 17, "(2 * 4) + 9"}, {0, 5, 3, 18, "(4 / 2) * 9"},
        {0, 4, 3, 0, "(2 / 4) * 9"},  {1, 2, 3, 28, "(9 - 2) * 4"}, {1, 1, 2, 11, "4 - (2 - 9)"},
        {2, 2, 1, 3, "(9 - 4) - 2"},  {2, 3, 4, 18, "(4 * 9) / 2"}, {2, 1, 3, 0, "(4 - 9) * 2"},
        {2, 0, 5, 0, "2 / (4 + 9)"},  {0, 3, 3, 72, "(2 * 4) * 9"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char text[COUNTDOWN_TEXT];
        int plan = plan_of(CASES[i].pair, CASES[i].first, CASES[i].second);
        int got = countdown_reaches(n, plan);
        cr_expect_eq(got, CASES[i].reaches, "%s: %d", CASES[i].text, got);
        countdown_write(n, plan, text);
        cr_expect_str_eq(text, CASES[i].text);
    }
}

Test(countdown, what_is_no_target)
{
    cr_expect_eq(countdown_reaches((int[]){9, 9, 9}, plan_of(0, 3, 3)), 0, "729 is too large");
    cr_expect_eq(countdown_reaches((int[]){4, 4, 7}, plan_of(0, 1, 3)), 0, "0 is too small");
    cr_expect_eq(countdown_reaches((int[]){4, 4, 7}, plan_of(0, 1, 5)), 0, "7 / 0");
    cr_expect_eq(countdown_reaches((int[]){4, 4, 7}, plan_of(0, 1, 4)), 0, "0 / 7");
}

Test(countdown, solutions_are_counted)
{
    // 1 1 1 and 3: (1 + 1) + 1 from three pairs, and nothing else.
    struct countdown c = {.number = {1, 1, 1}, .target = 3};
    cr_expect_eq(countdown_solutions(&c), 3);
    cr_expect(countdown_solves(&c, plan_of(2, 0, 0)));
    cr_expect_not(countdown_solves(&c, plan_of(2, 0, 3)));
}

Test(countdown, what_a_network_is_told)
{
    struct countdown c = {.number = {1, 7, 9}, .target = 100};
    float x[COUNTDOWN_INPUTS], sum = 0;
    countdown_input(&c, x);
    for (int i = 0; i < COUNTDOWN_INPUTS; i++) sum += x[i];
    cr_expect(sum == 4 && x[0] == 1 && x[9 + 6] == 1 && x[18 + 8] == 1 && x[126] == 1);
}

enum { ALL = 29352, TARGETS = COUNTDOWN_TARGETS + 1 };

// key returns a number that two problems share if they have the same numbers in any order, and with
// `ordered` in the same; and the same target, if `target`.
static int key(const struct countdown *c, int ordered, int target)
{
    int n[COUNTDOWN_NUMBERS];
    memcpy(n, c->number, sizeof n);
    for (int pass = 0; pass < 2 && !ordered; pass++)
        for (int i = 0; i < 2; i++)
            if (n[i] > n[i + 1]) {
                int was = n[i];
                n[i] = n[i + 1], n[i + 1] = was;
            }
    return ((n[0] * 10 + n[1]) * 10 + n[2]) * TARGETS + (target ? c->target : 0);
}

// met counts how many test problems share their key with one of training.
static int met(const struct countdown_sets *s, int ordered, int target)
{
    static char seen[1000 * TARGETS];
    int count = 0;
    memset(seen, 0, sizeof seen);
    for (int i = 0; i < s->train_count; i++) seen[key(&s->train[i], ordered, target)] = 1;
    for (int i = 0; i < s->test_count; i++) count += seen[key(&s->test[i], ordered, target)];
    return count;
}

Test(countdown, held_back_numbers_are_new)
{
    struct countdown_sets s = countdown_split(BY_NUMBERS, 1);
    cr_assert_eq(s.train_count + s.test_count, ALL, "%d + %d", s.train_count, s.test_count);
    cr_expect(s.test_count > ALL / 7 && s.test_count < ALL / 4, "%d", s.test_count);
    for (int i = 0; i < s.test_count; i++)
        cr_assert(countdown_solves(&s.test[i], s.test[i].plan), "%d", i);
    cr_expect_eq(met(&s, 0, 0), 0, "%d of %d were met", met(&s, 0, 0), s.test_count);
    countdown_free(&s);
}

Test(countdown, held_back_problems_are_known_in_another_order)
{
    struct countdown_sets s = countdown_split(BY_PROBLEM, 1);
    cr_assert_eq(s.train_count + s.test_count, ALL, "%d + %d", s.train_count, s.test_count);
    cr_expect(s.test_count > ALL / 7 && s.test_count < ALL / 4, "%d", s.test_count);
    cr_expect_eq(met(&s, 1, 1), 0, "%d of %d were met", met(&s, 1, 1), s.test_count);
    cr_expect(met(&s, 0, 1) > s.test_count * 9 / 10, "%d of %d", met(&s, 0, 1), s.test_count);
    countdown_free(&s);
}

Test(countdown, another_seed_holds_back_others)
{
    struct countdown_sets a = countdown_split(BY_NUMBERS, 1), b = countdown_split(BY_NUMBERS, 1),
                          c = countdown_split(BY_NUMBERS, 2);
    size_t size = (size_t)a.test_count * sizeof *a.test;
    cr_expect(a.test_count == b.test_count && memcmp(a.test, b.test, size) == 0);
    cr_expect(a.test_count != c.test_count || memcmp(a.test, c.test, size) != 0);
    struct random r = random_start(1, RANDOM_TEST);
    for (int i = 0; i < 100; i++) {
        const struct countdown *p = countdown_draw(a.test, a.test_count, &r);
        cr_assert(p >= a.test && p < a.test + a.test_count);
    }
    countdown_free(&a), countdown_free(&b), countdown_free(&c);
}
