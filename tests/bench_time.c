// bench_time: the best, the median, and when it is enough.
#include "bench_time.h"

#include <criterion/criterion.h>
#include <math.h>

static void count(void *context)
{
    ++*(int *)context;
}

Test(bench_time, work_is_called_once_each_time)
{
    struct bench_times t = {0};
    int calls = 0;
    for (int i = 0; i < 5; i++) bench_time(&t, count, &calls);
    cr_assert(calls == 5 && t.count == 5);
    for (int i = 0; i < 5; i++) cr_assert(t.seconds[i] >= 0 && t.seconds[i] < 10);
}

Test(bench_time, what_is_measured_too_often_is_not_noted)
{
    struct bench_times t = {0};
    int calls = 0;
    for (int i = 0; i < BENCH_TIMES + 3; i++) bench_time(&t, count, &calls);
    cr_assert(calls == BENCH_TIMES + 3 && t.count == BENCH_TIMES);
}

Test(bench_time, best_and_median)
{
    struct bench_times none = {0}, one = {1, {2}}, odd = {3, {5, 1, 2}}, even = {4, {8, 1, 4, 2}};
    cr_assert(bench_best(&none) == 0 && bench_median(&none) == 0);
    cr_assert(bench_best(&one) == 2 && bench_median(&one) == 2);
    cr_assert(bench_best(&odd) == 1 && bench_median(&odd) == 2);
    cr_assert(bench_best(&even) == 1 && bench_median(&even) == 3);
    cr_assert(odd.seconds[0] == 5, "the times stay as they are");
}

Test(bench_time, rounds_that_were_asked_for_are_taken)
{
    cr_assert(bench_more(0, 1, 0, 0) && bench_more(6, 7, 1e9, 1));
    cr_assert(!bench_more(1, 1, 0, 100) && !bench_more(7, 7, 0, 100));
}

Test(bench_time, else_three_and_what_fits)
{
    for (int done = 0; done < 3; done++) cr_assert(bench_more(done, 0, 1000, 1));
    cr_assert(!bench_more(3, 0, 1000, 1));
    cr_assert(bench_more(3, 0, 6, 10), "a fourth round of two seconds fits into ten");
    cr_assert(bench_more(4, 0, 7.9, 10), "and a fifth");
    cr_assert(!bench_more(4, 0, 8, 10), "until there is no room");
}
