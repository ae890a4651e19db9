// categories: rows of characters keep their numbers and counts while the table grows.
#include "categories.h"

#include <criterion/criterion.h>
#include <signal.h>

#include "random.h"

Test(categories, nothing_has_followed_the_root)
{
    struct categories *k = categories_new(3);
    cr_expect_eq(categories_vocab(k), 3);
    cr_expect_eq(categories_after(k, CATEGORIES_ROOT), 0);
    cr_expect_eq(categories_kinds(k, CATEGORIES_ROOT), 0);
    cr_expect_eq(categories_first(k, CATEGORIES_ROOT), CATEGORIES_NONE);
    cr_expect_eq(categories_find(k, CATEGORIES_ROOT, 0), CATEGORIES_NONE);
    cr_expect_eq(categories_numbers(k), 0);
    categories_free(k);
    categories_free(NULL);
}

Test(categories, a_child_looks_one_character_further_back)
{
    struct categories *k = categories_new(3);
    int32_t b = categories_add(k, CATEGORIES_ROOT, 1), ab = categories_add(k, b, 0);
    int32_t a = categories_add(k, CATEGORIES_ROOT, 0), ba = categories_add(k, a, 1);
    cr_expect_eq(categories_add(k, b, 0), ab, "the same again");
    cr_expect_eq(categories_find(k, b, 0), ab);
    cr_expect_eq(categories_find(k, a, 1), ba);
    cr_expect_eq(categories_find(k, a, 0), CATEGORIES_NONE);
    cr_expect(a != b && ab != ba && a != ab);
    categories_free(k);
}

Test(categories, counts_what_follows)
{
    struct categories *k = categories_new(3);
    int32_t a = categories_add(k, CATEGORIES_ROOT, 0);
    categories_count(k, a, 2);
    categories_count(k, a, 1);
    categories_count(k, a, 2);
    categories_count(k, CATEGORIES_ROOT, 0);
    cr_expect_eq(categories_times(k, a, 2), 2);
    cr_expect_eq(categories_times(k, a, 1), 1);
    cr_expect_eq(categories_times(k, a, 0), 0);
    cr_expect_eq(categories_after(k, a), 3);
    cr_expect_eq(categories_kinds(k, a), 2);
    cr_expect_eq(categories_after(k, CATEGORIES_ROOT), 1);
    cr_expect_eq(categories_numbers(k), 3);
    int32_t seen[3] = {0}, c, times;
    for (int32_t f = categories_first(k, a); f != CATEGORIES_NONE;) {
        f = categories_next(k, f, &c, &times);
        seen[c] += times;
    }
    cr_expect(seen[0] == 0 && seen[1] == 1 && seen[2] == 2);
    categories_free(k);
}

Test(categories, many_are_as_if_counted_in_a_table)
{
    enum { V = 20, N = 60000 };
    static int32_t table[V][V][V];
    struct random r = random_start(1, RANDOM_TEST);
    struct categories *k = categories_new(V);
    for (int i = 0; i < N; i++) {
        int32_t x = (int32_t)random_below(&r, V), y = (int32_t)random_below(&r, V);
        int32_t c = (int32_t)random_below(&r, V);
        categories_count(k, categories_add(k, categories_add(k, CATEGORIES_ROOT, x), y), c);
        table[x][y][c]++;
    }
    size_t numbers = 0;
    for (int x = 0; x < V; x++) {
        for (int y = 0; y < V; y++) {
            int32_t row = categories_find(k, categories_find(k, CATEGORIES_ROOT, x), y);
            for (int c = 0; c < V; c++) {
                int32_t want = table[x][y][c];
                int32_t got = row == CATEGORIES_NONE ? 0 : categories_times(k, row, c);
                cr_assert_eq(got, want, "%d %d %d: %d, want %d", x, y, c, got, want);
                numbers += want > 0;
            }
        }
    }
    cr_expect_eq(categories_numbers(k), numbers);
    categories_free(k);
}

Test(categories, refuses_a_character_it_does_not_have, .signal = SIGABRT)
{
    categories_count(categories_new(3), CATEGORIES_ROOT, 3);
}
