// names: what goes in is found, and nothing else.
#include "names.h"

#include <criterion/criterion.h>

static const char *const BYTES[] = {"b", "", "ab\0c", "ab", "\xFF", "abc"};
static const size_t SIZE[] = {1, 0, 4, 2, 1, 3};

Test(names, all_are_found_and_others_are_not)
{
    struct arena *memory = arena_new();
    int32_t one = 42, two = 42;
    const struct names *m = names_new(memory, 6, BYTES, SIZE);
    for (int32_t i = 0; i < 6; i++) cr_assert_eq(names_find(m, SIZE[i], BYTES[i]), i);
    cr_assert_eq(names_find(m, 1, "a"), -1);
    cr_assert_eq(names_find(m, 4, "abcd"), -1);
    cr_assert_eq(names_find(m, 1, "\0"), -1);
    cr_assert_eq(names_twice(m, &one, &two), 0);
    cr_assert(one == 42 && two == 42);
    arena_free(memory);
}

Test(names, none_and_twice)
{
    struct arena *memory = arena_new();
    int32_t one, two;
    cr_assert_eq(names_find(names_new(memory, 0, NULL, NULL), 1, "a"), -1);
    static const char *const bytes[] = {"x", "ab", "y", "ab"};
    static const size_t size[] = {1, 2, 1, 2};
    cr_assert_eq(names_twice(names_new(memory, 4, bytes, size), &one, &two), 1);
    cr_assert(one == 1 && two == 3, "%d %d", one, two);
    arena_free(memory);
}
