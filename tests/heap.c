// heap: what goes in comes out in order.
#include "heap.h"

#include <criterion/criterion.h>

#include "random.h"

static int in_order(struct heap_item a, struct heap_item b)
{
    return a.first < b.first || (a.first == b.first && a.second <= b.second);
}

Test(heap, items_come_out_in_order)
{
    struct arena *memory = arena_new();
    struct heap *h = heap_new(memory);
    struct random r = random_start(5, RANDOM_TEST);
    for (uint32_t n = 0; n < 2000; n += 1 + n / 3) {
        int64_t first_in = 0, first_out = 0;
        uint64_t second_in = 0, second_out = 0;
        for (uint32_t i = 0; i < n; i++) {
            struct heap_item x = {(int64_t)random_below(&r, 40) - 20, random_below(&r, 40)};
            heap_push(h, x);
            first_in += x.first, second_in += x.second;
        }
        struct heap_item last = {INT64_MIN, 0}, x;
        for (uint32_t i = 0; i < n; i++) {
            cr_assert_eq(heap_pop(h, &x), 1, "%u of %u are there", i, n);
            cr_assert(in_order(last, x), "item %u of %u", i, n);
            first_out += x.first, second_out += x.second;
            last = x;
        }
        cr_assert(first_in == first_out && second_in == second_out, "not the same items");
        cr_assert_eq(heap_pop(h, &x), 0, "empty after %u", n);
    }
    arena_free(memory);
}

Test(heap, second_is_compared_without_sign)
{
    struct arena *memory = arena_new();
    struct heap *h = heap_new(memory);
    struct heap_item x;
    heap_push(h, (struct heap_item){-1, UINT64_MAX});
    heap_push(h, (struct heap_item){INT64_MAX, 0});
    heap_push(h, (struct heap_item){-1, 1});
    cr_assert(heap_pop(h, &x) && x.second == 1);
    cr_assert(heap_pop(h, &x) && x.second == UINT64_MAX);
    cr_assert(heap_pop(h, &x) && x.first == INT64_MAX);
    arena_free(memory);
}
