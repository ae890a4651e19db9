// pairs: numbers given once and found again, also after the table has grown many times.
#include "pairs.h"

#include <criterion/criterion.h>
#include <signal.h>

enum { COUNT = 90000 };

// Few left ids, and right ids without any pattern that the table's hash could be lucky with.
static int32_t left_of(int32_t n)
{
    return n % 3;
}

static int32_t right_of(int32_t n)
{
    return (n / 3) * (n / 3);
}

Test(pairs, numbers_follow_the_order_of_adding)
{
    struct arena *memory = arena_new();
    struct pairs *p = pairs_new(memory);
    cr_assert_eq(pairs_find(p, 7, 7), -1);
    for (int32_t n = 0; n < COUNT; n++) {
        cr_assert_eq(pairs_count(p), n);
        cr_assert_eq(pairs_add(p, left_of(n), right_of(n)), n);
    }
    for (int32_t n = 0; n < COUNT; n++) {
        int32_t left, right;
        cr_assert_eq(pairs_find(p, left_of(n), right_of(n)), n);
        cr_assert_eq(pairs_add(p, left_of(n), right_of(n)), n, "pair %d is new again", n);
        pairs_get(p, n, &left, &right);
        cr_assert(left == left_of(n) && right == right_of(n), "pair %d is %d, %d", n, left, right);
        cr_assert_eq(pairs_find(p, left_of(n) + 3, right_of(n)), -1);
        cr_assert_eq(pairs_find(p, left_of(n), right_of(n) + 2), -1);
    }
    cr_assert_eq(pairs_count(p), COUNT);
    arena_free(memory);
}

Test(pairs, the_two_sides_do_not_mix)
{
    struct arena *memory = arena_new();
    struct pairs *p = pairs_new(memory);
    cr_assert_eq(pairs_add(p, INT32_MAX, 0), 0);
    cr_assert_eq(pairs_find(p, 0, INT32_MAX), -1);
    cr_assert_eq(pairs_add(p, 0, INT32_MAX), 1);
    arena_free(memory);
}

Test(pairs, after_clearing_numbers_start_again)
{
    struct arena *memory = arena_new();
    struct pairs *p = pairs_new(memory);
    for (int32_t n = 0; n < COUNT; n++) pairs_add(p, left_of(n), right_of(n));
    pairs_clear(p);
    cr_assert_eq(pairs_count(p), 0);
    cr_assert_eq(pairs_find(p, left_of(7), right_of(7)), -1);
    for (int32_t n = COUNT - 1; n >= 0; n--)
        cr_assert_eq(pairs_add(p, left_of(n), right_of(n)), COUNT - 1 - n);
    arena_free(memory);
}

Test(pairs, the_limit_is_for_the_pairs_of_a_round)
{
    struct arena *memory = arena_new();
    struct pairs *p = pairs_new(memory);
    pairs_limit(p, 2);
    for (int32_t round = 0; round < 3; round++) {
        cr_assert_eq(pairs_add(p, round, 1), 0);
        cr_assert_eq(pairs_add(p, round, 2), 1);
        cr_assert_eq(pairs_add(p, round, 1), 0);
        pairs_clear(p);
    }
    arena_free(memory);
}

Test(pairs, more_pairs_than_the_limit_are_a_bug, .signal = SIGABRT)
{
    struct pairs *p = pairs_new(arena_new());
    pairs_limit(p, 2);
    pairs_add(p, 1, 1), pairs_add(p, 1, 2), pairs_add(p, 1, 3);
}

Test(pairs, before_is_by_the_left_id_then_the_right)
{
    struct arena *memory = arena_new();
    struct pairs *p = pairs_new(memory);
    pairs_add(p, 2, 1), pairs_add(p, 1, 5), pairs_add(p, 1, 7);
    static const int before[3][3] = {{0, 0, 0}, {1, 0, 1}, {1, 0, 0}};
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            cr_assert_eq(pairs_before(p, i, j), before[i][j], "%d %d", i, j);
    arena_free(memory);
}
