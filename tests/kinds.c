// kinds: one is as if nothing were around it; of several the one that knows the text is asked,
// and told.
#include "kinds.h"

#include <criterion/criterion.h>
#include <string.h>

#include "random.h"
#include "rule_counting.h"

enum { V = 8, LENGTH = 4000 };

// cycle writes a text that goes round in steps, but for one character in ten.
static void cycle(int32_t *ids, int32_t step, uint64_t seed)
{
    struct random r = random_start(seed, RANDOM_TEST);
    ids[0] = 0;
    for (int i = 1; i < LENGTH; i++)
        ids[i] = random_below(&r, 10) ? (ids[i - 1] + step) % V : (int32_t)random_below(&r, V);
}

static struct lab_places places(const int32_t *ids, size_t from, int N, size_t *at)
{
    for (int i = 0; i < N; i++) at[i] = from + (size_t)i;
    return (struct lab_places){ids, N, at};
}

static void show(struct kinds *k, const int32_t *ids)
{
    size_t at[LAB_BATCH];
    for (size_t from = 0; from + LAB_BATCH <= LENGTH; from += LAB_BATCH)
        kinds_learn(k, places(ids, from, LAB_BATCH, at));
}

static struct kinds *begin(void)
{
    return kinds_open(&LAB_NGRAM[1], &(struct lab_setting){V, LENGTH, 1});
}

Test(kinds, one_is_as_if_nothing_were_around_it)
{
    int32_t ids[LENGTH];
    size_t at[LAB_BATCH];
    float got[LAB_BATCH * V], want[LAB_BATCH * V];
    cycle(ids, 1, 1);
    struct kinds *k = begin();
    void *alone = LAB_NGRAM[1].open(&(struct lab_setting){V, LENGTH, 1});
    show(k, ids);
    for (size_t from = 0; from + LAB_BATCH <= LENGTH; from += LAB_BATCH)
        LAB_NGRAM[1].learn(alone, places(ids, from, LAB_BATCH, at));
    kinds_predict(k, places(ids, 0, LAB_BATCH, at), got);
    LAB_NGRAM[1].predict(alone, places(ids, 0, LAB_BATCH, at), want);
    cr_expect_eq(memcmp(got, want, sizeof got), 0);
    cr_expect_eq(kinds_count(k), 1);
    cr_expect_eq(kinds_numbers(k), LAB_NGRAM[1].numbers(alone));
    LAB_NGRAM[1].close(alone);
    kinds_close(k);
}

Test(kinds, who_knows_the_text_is_asked_and_told)
{
    int32_t first[LENGTH], second[LENGTH];
    size_t at[LAB_BATCH];
    float before[LAB_BATCH * V], after[LAB_BATCH * V], p[LAB_BATCH * V];
    cycle(first, 1, 2), cycle(second, 3, 3);
    struct kinds *k = begin();
    show(k, first);
    kinds_predict(k, places(first, 100, LAB_BATCH, at), before);
    kinds_add(k, LENGTH);
    cr_expect_eq(kinds_count(k), 2);
    show(k, second);
    kinds_predict(k, places(first, 100, LAB_BATCH, at), after);
    cr_expect_eq(memcmp(before, after, sizeof before), 0, "the first text is answered as before");
    kinds_predict(k, places(second, 100, LAB_BATCH, at), p);
    int right = 0;
    for (int i = 0; i < LAB_BATCH; i++) right += p[i * V + (second[at[i] - 1] + 3) % V] > 0.7f;
    cr_expect(right > LAB_BATCH * 9 / 10, "%d of %d places of the second", right, LAB_BATCH);
    // Where a text begins there is nothing to tell by.
    kinds_predict(k, places(second, 0, 1, at), p);
    kinds_close(k);
}

Test(kinds, no_more_than_there_is_room_for)
{
    struct kinds *k = begin();
    for (int i = 0; i < 2 * KINDS_MOST; i++) kinds_add(k, 1);
    cr_expect_eq(kinds_count(k), KINDS_MOST);
    kinds_again(k, 1);
    kinds_close(k);
}
