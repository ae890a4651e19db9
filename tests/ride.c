// ride: the highest of several scores, and the loop, on models small enough to do by hand.
#include "ride.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lesson.h"
#include "random.h"
#include "ref_ride.h"

FUNCTION(ride_argmax, 2);
FUNCTION(ride_loop, 3);

// --- ride_argmax -----------------------------------------------------------------------------

// A search that goes one score too far meets this one.
enum { MOST = 1024 };
static const float BEHIND = INFINITY;

// highest compares twice: where a higher score stands behind the last, and where nothing may be
// read there.
static void highest(int V, const float *score, int want)
{
    enum { SHOWN = 44 };
    char text[SHOWN + 24] = "";
    for (int v = 0, at = 0; v < V; v++) {
        at += snprintf(text + at, 20, v ? ", %g" : "%g", (double)score[v]);
        if (at > SHOWN && v < V - 1) {
            strcpy(text + SHOWN, "…");
            break;
        }
    }
    float row[MOST + 1];
    memcpy(row, score, (size_t)V * sizeof *row);
    row[V] = BEHIND;
    given("V = %d, score = {%s}", V, text);
    if (!expect_int("ride_argmax: index of the highest score", ride_argmax(V, row), want)) return;
    const float *alone = lesson_input((size_t)V * sizeof *score, score);
    expect_int("ride_argmax, where nothing behind the scores may be read", ride_argmax(V, alone),
               want);
}

#define HIGHEST(want, ...)                                                                       \
    highest((int)(sizeof((float[]){__VA_ARGS__}) / sizeof(float)), (const float[]){__VA_ARGS__}, \
            want)

TEST(ride_argmax, one_score)
{
    HIGHEST(0, 3);
    HIGHEST(0, -3);
    HIGHEST(0, 0);
}

TEST(ride_argmax, wherever_it_stands)
{
    HIGHEST(0, 2, 1);
    HIGHEST(1, 1, 2);
    HIGHEST(0, 3, 1, 2);
    HIGHEST(1, 1, 3, 2);
    HIGHEST(2, 1, 2, 3);
    HIGHEST(1, 2, 4, 1, 3);
    HIGHEST(3, 1, 2, 3, 5, 0, 4);
    HIGHEST(7, 20, 30, 0, 50, 10, 0, 45, 95, 70);
}

TEST(ride_argmax, below_zero)
{
    HIGHEST(1, -2, -1);
    HIGHEST(0, -1, -2);
    HIGHEST(2, -3, -2, -1, -4);
    HIGHEST(3, -9, -7, -8, -6, -7);
    HIGHEST(1, -1, 0, -1);
    HIGHEST(0, -1e10f);
    HIGHEST(1, -2e10f, -1e10f);
}

TEST(ride_argmax, first_of_equals)
{
    HIGHEST(0, 1, 1);
    HIGHEST(1, 0, 2, 2);
    HIGHEST(1, 0, 2, 1, 2, 2);
    HIGHEST(0, 0, 0, 0);
    HIGHEST(0, -1, -1, -2);
}

TEST(ride_argmax, parts_of_whole_numbers)
{
    HIGHEST(1, 0.25f, 0.75f, 0.5f);
    HIGHEST(2, 7.125f, 7.25f, 7.5f, 7.375f);
    HIGHEST(1, -0.75f, -0.25f, -0.5f);
}

TEST(ride_argmax, very_small_and_very_large)
{
    HIGHEST(1, 0, 1e-40f);
    HIGHEST(1, 1e-40f, 3e-40f, 2e-40f);
    HIGHEST(1, 1e30f, FLT_MAX, 1e38f);
    HIGHEST(1, -FLT_MAX, -1e38f);
    HIGHEST(2, 3e9f, 4e9f, 5e9f);
}

TEST(ride_argmax, infinite)
{
    HIGHEST(1, -INFINITY, -FLT_MAX);
    HIGHEST(2, -INFINITY, -INFINITY, -5, -INFINITY);
    HIGHEST(0, -INFINITY);
    HIGHEST(0, -INFINITY, -INFINITY, -INFINITY);
    HIGHEST(1, FLT_MAX, INFINITY, 0);
}

TEST(ride_argmax, as_many_as_a_vocabulary)
{
    float score[MOST + 1];
    for (int round = 0; round < 60; round++) {
        struct random r = random_start((uint64_t)round, RANDOM_TEST);
        int V = round < 40 ? 1 + round / 4 : MOST - round % 2;
        // Few different scores, so that there are equals.
        for (int v = 0; v < V; v++) score[v] = (float)(int)(random_float(&r) * 6) - 8;
        if (round % 3 == 0) score[V - 1] = -1;
        score[V] = BEHIND;
        if (ride_argmax(V, score) == ref_ride_argmax(V, score) && round < 58) continue;
        highest(V, score, ref_ride_argmax(V, score));
    }
}

// --- ride_loop -------------------------------------------------------------------------------

enum { MOST_IDS = 64, GUARD = 5, UNTOUCHED = -7 };

// struct toy: a model made up for a test, and what it was asked.
struct toy {
    int V;
    int (*next)(int n, const int32_t *ids, int V);  // the id it scores highest; -1: none
    int asked;
    int strangers;        // how often self was something else
    int sizes[MOST_IDS];  // n of each call
    float score[16];      // overwritten by each call
};

// riding is the toy of this test: where `self` was not passed on it answers all the same, so that
// this can be told.
static struct toy *riding;

static const float *toy_scores(void *self, int n, const int32_t *ids)
{
    struct toy *t = riding;
    t->strangers += self != t;
    if (t->asked < MOST_IDS) t->sizes[t->asked] = n;
    // A loop that asks for ever is ended here, so that its mistake can be told.
    if (t->asked++ >= MOST_IDS) return NULL;
    if (n < 0 || n > MOST_IDS) return NULL;
    int next = t->next(n, ids, t->V);
    if (next < 0) return NULL;
    // The runner-up comes behind, and all scores are below zero.
    for (int v = 0; v < t->V; v++) t->score[v] = v == next ? -1 : v == (next + 1) % t->V ? -2 : -3;
    return t->score;
}

static int one_up(int n, const int32_t *ids, int V)
{
    return n ? (ids[n - 1] + 1) % V : 0;
}

static int sum_of_two(int n, const int32_t *ids, int V)
{
    return n < 2 ? 1 % V : (ids[n - 2] + ids[n - 1]) % V;
}

// The number of ids, and each of them times its place, counted from 1.
static int sum_of_all(int n, const int32_t *ids, int V)
{
    int sum = n;
    for (int i = 0; i < n; i++) sum += (i + 1) * ids[i];
    return sum % V;
}

static int until_four(int n, const int32_t *ids, int V)
{
    return n && ids[n - 1] == 4 ? -1 : one_up(n, ids, V);
}

static int silent(int n, const int32_t *ids, int V)
{
    (void)n, (void)ids, (void)V;
    return -1;
}

static const char *row(int n, const int32_t *ids)
{
    static char text[2][400];
    static int turn;
    char *to = text[turn ^= 1];
    int at = 0;
    to[0] = 0;
    for (int i = 0; i < n && at < 380; i++)
        at += snprintf(to + at, 400 - (size_t)at, i ? " %d" : "%d", ids[i]);
    return to;
}

// rides lets the loop go on from `start` and compares what it wrote, what it returned, and what it
// asked with what comes out by hand: want[0..total).
static void rides(const char *answer, int (*next)(int, const int32_t *, int), int V, int n,
                  const int32_t *start, int room, int total, const int32_t *want)
{
    int32_t memory[GUARD + MOST_IDS + GUARD], *ids = memory + GUARD;
    for (int i = 0; i < GUARD + MOST_IDS + GUARD; i++) memory[i] = UNTOUCHED;
    if (n) memcpy(ids, start, (size_t)n * sizeof *ids);
    struct toy toy = {.V = V, .next = next};
    riding = &toy;
    given("V=%d, n=%d, room=%d, ids={%s}; the model answers %s", V, n, room, row(n, start), answer);
    int got = ride_loop(V, toy_scores, &toy, n, room, ids);
    int written = MOST_IDS + GUARD;
    while (written > 0 && ids[written - 1] == UNTOUCHED) written--;
    // With the right number, what has been written behind them is a mistake of its own.
    int shown = got == total && written > total ? total : written;
    expect_ids("ids after ride_loop", (size_t)shown, ids, (size_t)total, want);
    expect_int("what ride_loop returns: how many ids there are", got, total);
    if (got == total) {
        char what[60];
        snprintf(what, sizeof what, "ids[%d], behind the end, which was %d before", total,
                 UNTOUCHED);
        expect_int(what, ids[total], UNTOUCHED);
        expect_true("nothing further behind the end is changed", written <= total + 1);
    }
    expect_true("self, which the model is given, is the one that ride_loop was given",
                !toy.strangers);
    int most = toy.asked < MOST_IDS ? toy.asked : MOST_IDS;
    // Asked once for each id that was added, and once more if that was when the model ended.
    int asks = total < room ? total - n + 1 : total - n;
    expect_int("how often the model was asked", toy.asked, asks);
    int sizes[MOST_IDS];
    for (int i = 0; i < asks; i++) sizes[i] = n + i;
    expect_ids("n in each question to the model", (size_t)most, toy.sizes, (size_t)asks, sizes);
}

#define IDS(...)      \
    (const int32_t[]) \
    {                 \
        __VA_ARGS__   \
    }

TEST(ride_loop, one_id)
{
    rides("last+1", one_up, 5, 1, IDS(2), 2, 2, IDS(2, 3));
}

TEST(ride_loop, a_few_ids)
{
    rides("last+1", one_up, 5, 1, IDS(2), 4, 4, IDS(2, 3, 4, 0));
    rides("last+1", one_up, 5, 3, IDS(4, 4, 1), 6, 6, IDS(4, 4, 1, 2, 3, 4));
}

TEST(ride_loop, no_room)
{
    rides("last+1", one_up, 5, 2, IDS(2, 3), 2, 2, IDS(2, 3));
    rides("last+1", one_up, 5, 0, NULL, 0, 0, NULL);
}

TEST(ride_loop, from_nothing)
{
    rides("last+1, first 0", one_up, 3, 0, NULL, 4, 4, IDS(0, 1, 2, 0));
}

TEST(ride_loop, the_model_sees_all_there_is)
{
    rides("the sum of the last two", sum_of_two, 10, 2, IDS(1, 1), 10, 10,
          IDS(1, 1, 2, 3, 5, 8, 3, 1, 4, 5));
    // After 1: 1 + 1*1 = 2.  After 1 2: 2 + 1*1 + 2*2 = 7, which is 0 modulo V = 7.
    rides("a sum of all ids", sum_of_all, 7, 1, IDS(1), 4, 4, IDS(1, 2, 0, 1));
}

TEST(ride_loop, the_model_ends_the_text)
{
    rides("last+1, NULL after 4", until_four, 6, 1, IDS(2), 30, 3, IDS(2, 3, 4));
    rides("last+1, NULL after 4", until_four, 6, 2, IDS(5, 4), 30, 2, IDS(5, 4));
    rides("NULL", silent, 6, 0, NULL, 30, 0, NULL);
}

TEST(ride_loop, the_end_comes_with_the_last_room)
{
    rides("last+1, NULL after 4", until_four, 6, 1, IDS(2), 3, 3, IDS(2, 3, 4));
}

TEST(ride_loop, one_word)
{
    rides("0", one_up, 1, 1, IDS(0), 5, 5, IDS(0, 0, 0, 0, 0));
}

TEST(ride_loop, long_rides)
{
    for (int round = 0; round < 24; round++) {
        int V = 2 + round % 13, n = round % 5, room = n + 50 - round;
        int32_t ids[MOST_IDS] = {3 % V, 1, 0, 1}, start[4] = {3 % V, 1, 0, 1};
        struct toy toy = {.V = V, .next = sum_of_all};
        riding = &toy;
        int total = ref_ride_loop(V, toy_scores, &toy, n, room, ids);
        rides("a sum of all ids", sum_of_all, V, n, start, room, total, ids);
    }
}
