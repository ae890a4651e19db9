// counts: rows keep their numbers and records while the table grows, and are found again.
#include "counts.h"

#include <criterion/criterion.h>

#include "random.h"

Test(counts, only_the_empty_row_at_first)
{
    struct counts *c = counts_new();
    cr_assert_eq(counts_rows(c, 0), 1);
    cr_assert_eq(counts_rows(c, 1), 0);
    cr_assert_eq(counts_find(c, COUNTS_EMPTY, 0), COUNTS_NONE);
    struct count *empty = counts_at(c, COUNTS_EMPTY);
    cr_assert(empty->times == 0 && empty->after == 0 && empty->kinds == 0 && empty->length == 0);
    counts_free(c);
    counts_free(NULL);
}

Test(counts, rows_by_their_ids)
{
    struct counts *c = counts_new();
    int32_t a = counts_add(c, COUNTS_EMPTY, 0), ab = counts_add(c, a, 1);
    int32_t b = counts_add(c, COUNTS_EMPTY, 1), ba = counts_add(c, b, 0);
    cr_assert_eq(counts_add(c, a, 1), ab, "the same row again");
    cr_assert_eq(counts_find(c, a, 1), ab);
    cr_assert_eq(counts_find(c, b, 0), ba);
    cr_assert_eq(counts_find(c, ab, 0), COUNTS_NONE);
    cr_assert_eq(counts_find(c, COUNTS_NONE, 0), COUNTS_NONE);
    cr_assert(ab != ba && a != b && a != COUNTS_EMPTY && b != COUNTS_EMPTY);
    cr_assert_eq(counts_at(c, ab)->length, 2);
    cr_assert_eq(counts_rows(c, 1), 2);
    cr_assert_eq(counts_rows(c, 2), 2);
    cr_assert_eq(counts_rows(c, 3), 0);
    counts_free(c);
}

Test(counts, records_stay_where_they_are)
{
    enum { N = 100000, IDS = 1000 };
    static int32_t row[N];
    static struct count *record[N];
    struct random r = random_start(1, RANDOM_TEST);
    struct counts *c = counts_new();
    size_t of_length[3] = {1};
    for (int i = 0; i < N; i++) {
        int32_t first = counts_add(c, COUNTS_EMPTY, (int32_t)random_below(&r, IDS));
        row[i] = counts_add(c, first, (int32_t)random_below(&r, IDS));
        record[i] = counts_at(c, row[i]);
        of_length[1] += counts_at(c, first)->times++ == 0;
        of_length[2] += record[i]->times++ == 0;
    }
    for (int i = 0; i < N; i++) cr_assert_eq(counts_at(c, row[i]), record[i], "row %d moved", i);
    for (size_t length = 0; length < 3; length++)
        cr_assert_eq(counts_rows(c, length), of_length[length], "length %zu", length);
    // The same draws once more find what they added.
    r = random_start(1, RANDOM_TEST);
    for (int i = 0; i < N; i++) {
        int32_t first = counts_find(c, COUNTS_EMPTY, (int32_t)random_below(&r, IDS));
        cr_assert_eq(counts_find(c, first, (int32_t)random_below(&r, IDS)), row[i]);
    }
    counts_free(c);
}
