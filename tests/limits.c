// limits: the instruments, on numbers and words that a person can check, and beside the reference
// on random ones.
//
// Texts are written in letters: a is 0, b is 1, and so on.  Surprises are eighths of bits, so that
// their sums are exact in any order, and most texts have two characters more than a power of two,
// so that their mean is: an exchange helps or it does not.
#include "limits.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lesson.h"
#include "ref_limits.h"

FUNCTION(limits_drop, 2);
FUNCTION(limits_area, 3);
FUNCTION(limits_rename, 2);
FUNCTION(limits_surprise, 3);
FUNCTION(limits_climb, 4);
FUNCTION(limits_bind, 4);

enum { V_MOST = 8, LONGEST = 66, NUMBERS = 30 };
static const double NEAR = 1e-9;  // a few roundings of a double

// --- limits_drop -----------------------------------------------------------------------------

// The example of the text: the loss 2 w^2, at w = 1.
TEST(limits_drop, example_of_the_text)
{
    const float g[] = {4};
    given("the slope 4, rate 0.1, loss 2 before and 0.72 after");
    expect_double("the share of the promise", limits_drop(1, g, 0.1, 2, 0.72), 0.8, NEAR);
    given("the slope 4, rate 0.25, loss 2 before and 0 after");
    expect_double("the share of the promise", limits_drop(1, g, 0.25, 2, 0), 0.5, NEAR);
}

TEST(limits_drop, slopes_of_either_sign)
{
    const float g[] = {3, -4};
    given("the slopes 3 and -4, rate 0.5, loss 10 before and 9 after");
    expect_double("the share of the promise", limits_drop(2, g, 0.5, 10, 9), 0.08, NEAR);
}

TEST(limits_drop, a_loss_that_rose)
{
    const float g[] = {1, 1};
    given("the slopes 1 and 1, rate 2, loss 1 before and 3 after");
    expect_double("the share of the promise", limits_drop(2, g, 2, 1, 3), -0.5, NEAR);
}

TEST(limits_drop, many_slopes)
{
    enum { MANY = 300000 };
    float *g = malloc(MANY * sizeof *g);
    if (!g) die("out of memory: %d slopes", MANY);
    for (int i = 0; i < MANY; i++) g[i] = 0.1f;
    given("300000 slopes of 0.1 each, rate 0.01, loss 100 before and 70 after");
    expect_double("the share of the promise", limits_drop(MANY, g, 0.01, 100, 70), 1, 1e-6);
    free(g);
}

// --- limits_area -----------------------------------------------------------------------------

TEST(limits_area, one_of_each)
{
    given("a = 2, b = 1");
    expect_double("the area", limits_area(1, (double[]){2}, 1, (double[]){1}), 1, NEAR);
    given("a = 1, b = 2");
    expect_double("the area", limits_area(1, (double[]){1}, 1, (double[]){2}), 0, NEAR);
    given("a = 1, b = 1");
    expect_double("the area", limits_area(1, (double[]){1}, 1, (double[]){1}), 0.5, NEAR);
}

TEST(limits_area, example_of_the_text)
{
    given("a = 9 5 7, b = 5 6");
    expect_double("the area", limits_area(3, (double[]){9, 5, 7}, 2, (double[]){5, 6}), 4.5 / 6,
                  NEAR);
}

TEST(limits_area, more_of_b_than_of_a)
{
    given("a = 3, b = 5 1 2 4");
    expect_double("the area", limits_area(1, (double[]){3}, 4, (double[]){5, 1, 2, 4}), 0.5, NEAR);
    given("a = -1, b = -3 -2 -2 0");
    expect_double("the area", limits_area(1, (double[]){-1}, 4, (double[]){-3, -2, -2, 0}), 0.75,
                  NEAR);
}

TEST(limits_area, random_numbers)
{
    struct random r = random_start(1, RANDOM_TEST);
    for (size_t n = 1; n <= NUMBERS; n++) {
        double a[NUMBERS], b[NUMBERS];
        size_t m = 1 + random_below(&r, NUMBERS);
        for (size_t i = 0; i < n; i++) a[i] = random_below(&r, 12) / 4.0;
        for (size_t i = 0; i < m; i++) b[i] = random_below(&r, 10) / 4.0;
        given("%zu numbers a and %zu numbers b, quarters at random, in no order", n, m);
        expect_double("the area", limits_area(n, a, m, b), ref_limits_area(n, a, m, b), NEAR);
    }
}

// --- limits_rename ---------------------------------------------------------------------------

// most_often returns how often the number stands in x that does so most often; -1 if one is not in
// [0, V).
static int most_often(int V, const int32_t *x)
{
    int times[V_MOST * 8] = {0}, most = 0;
    for (int c = 0; c < V; c++) {
        if (x[c] < 0 || x[c] >= V) return -1;
        most = ++times[x[c]] > most ? times[x[c]] : most;
    }
    return most;
}

static void is_permutation(const char *what, int V, const int32_t *x)
{
    expect_int(what, most_often(V, x), 1);
}

static void renames(int V, uint64_t seed)
{
    int32_t got[V_MOST * 8], want[V_MOST * 8];
    struct random r = random_start(seed, RANDOM_TEST), ref = r;
    for (int c = 0; c < V; c++) got[c] = -7;
    given("V = %d, random numbers of seed %d", V, (int)seed);
    limits_rename(V, &r, got);
    ref_limits_rename(V, &ref, want);
    is_permutation("name: how often the most frequent of 0 … V - 1 stands in it (-1: others do)", V,
                   got);
    expect_ints("name", (size_t)V, got, (size_t)V, want);
    expect_int("how many random numbers were drawn", (int64_t)r.position, (int64_t)ref.position);
}

TEST(limits_rename, one_character)
{
    renames(1, 1);
}

TEST(limits_rename, two_characters)
{
    for (uint64_t seed = 1; seed <= 6; seed++) renames(2, seed);
}

TEST(limits_rename, more)
{
    for (int V = 3; V <= V_MOST * 8; V += 5) renames(V, (uint64_t)V);
}

// --- what reads: a model, a text -------------------------------------------------------------

// struct model: what z surprises with behind x y, in bits.
struct model {
    int V;
    float bits[V_MOST * V_MOST * V_MOST];
};

static size_t write_text(const char *letters, int32_t *ids)
{
    size_t n = strlen(letters);
    CHECK(n <= LONGEST, "n=%zu", n);
    for (size_t i = 0; i < n; i++) ids[i] = letters[i] - 'a';
    return n;
}

static float *at(struct model *m, int x, int y, int z)
{
    return m->bits + (x * m->V + y) * m->V + z;
}

// The model of the text: b is a, a is b and n is c here, so that banana is "abcbcb".  Known are
// ban, ana and nan, at 1 bit; all else costs 5.
static struct model banana(void)
{
    struct model m = {.V = 3};
    for (int i = 0; i < 27; i++) m.bits[i] = 5;
    *at(&m, 0, 1, 2) = *at(&m, 1, 2, 1) = *at(&m, 2, 1, 2) = 1;
    return m;
}

static struct model random_model(struct random *r, int V)
{
    struct model m = {.V = V};
    for (int i = 0; i < V * V * V; i++) m.bits[i] = (float)random_below(r, 64) / 8;
    return m;
}

// struct task: a model, a text, and what is read at first.
static const size_t EXACT[] = {4, 6, 10, 18, 34, 66};
struct task {
    struct model m;
    size_t n;
    int32_t ids[LONGEST], back[V_MOST];
};

static struct task random_task(struct random *r, int V, size_t n)
{
    struct task t = {.m = random_model(r, V), .n = n};
    // The last letter is not in the text if there are others.
    uint32_t letters = V > 1 ? (uint32_t)V - 1 : 1;
    for (size_t i = 0; i < n; i++) t.ids[i] = (int32_t)random_below(r, letters);
    ref_limits_rename(V, r, t.back);
    return t;
}

// --- limits_surprise -------------------------------------------------------------------------

TEST(limits_surprise, three_letters)
{
    struct model m = {.V = 3};
    int32_t ids[LONGEST], back[] = {0, 1, 2};
    for (int i = 0; i < 27; i++) m.bits[i] = (float)i;
    size_t n = write_text("bca", ids);
    given("V = 3, bits[i] = i, \"bca\", read as it stands");
    expect_double("the surprise", limits_surprise(3, m.bits, n, ids, back), 15, NEAR);
    given("V = 3, bits[i] = i, \"bca\", read with a as b, b as c, c as a");
    expect_double("the surprise", limits_surprise(3, m.bits, n, ids, (int32_t[]){1, 2, 0}), 19,
                  NEAR);
}

TEST(limits_surprise, example_of_the_text)
{
    struct model m = banana();
    int32_t ids[LONGEST];
    size_t n = write_text("cababa", ids);
    given("the model of banana with a, b, c for b, a, n; \"cababa\", read as it stands");
    expect_double("the surprise", limits_surprise(3, m.bits, n, ids, (int32_t[]){0, 1, 2}), 5,
                  NEAR);
    given("the same, with a and c exchanged: \"acbcbc\"");
    expect_double("the surprise", limits_surprise(3, m.bits, n, ids, (int32_t[]){2, 1, 0}), 2,
                  NEAR);
    given("the same, with a as b, b as c, c as a: \"abcbcb\"");
    expect_double("the surprise", limits_surprise(3, m.bits, n, ids, (int32_t[]){1, 2, 0}), 1,
                  NEAR);
}

TEST(limits_surprise, random_texts)
{
    struct random r = random_start(2, RANDOM_TEST);
    for (int i = 0; i < 40; i++) {
        int V = 1 + i % V_MOST;
        struct task t = random_task(&r, V, 3 + (size_t)i);
        given("V = %d, a text of %zu, bits and back at random", V, t.n);
        expect_double("the surprise", limits_surprise(V, t.m.bits, t.n, t.ids, t.back),
                      ref_limits_surprise(V, t.m.bits, t.n, t.ids, t.back), NEAR);
    }
}

// --- limits_climb ----------------------------------------------------------------------------

static void climbs(const struct task *t)
{
    int32_t got[V_MOST], want[V_MOST];
    size_t V = (size_t)t->m.V;
    memcpy(got, t->back, sizeof got);
    memcpy(want, t->back, sizeof want);
    double surprise = limits_climb(t->m.V, t->m.bits, t->n, t->ids, got);
    double best = ref_limits_climb(t->m.V, t->m.bits, t->n, t->ids, want);
    is_permutation("back: how often the most frequent of 0 … V - 1 stands in it (-1: others do)",
                   t->m.V, got);
    expect_ints("back", V, got, V, want);
    expect_double("the surprise that it returned", surprise, best, NEAR);
}

// The example of the text, which takes a second round.
TEST(limits_climb, example_of_the_text)
{
    struct task t = {.m = banana(), .back = {0, 1, 2}};
    int32_t back[] = {0, 1, 2};
    static const int32_t WANT[] = {1, 2, 0};
    t.n = write_text("cababa", t.ids);
    given("the model of banana with a, b, c for b, a, n; \"cababa\", read as it stands at first");
    double surprise = limits_climb(3, t.m.bits, t.n, t.ids, back);
    expect_ints("back", 3, back, 3, WANT);
    expect_double("the surprise that it returned", surprise, 1, NEAR);
}

TEST(limits_climb, what_is_best_stays)
{
    struct task t = {.m = banana(), .back = {1, 2, 0}};
    t.n = write_text("cababa", t.ids);
    given("the model of banana; \"cababa\", read as \"abcbcb\" from the beginning");
    climbs(&t);
}

TEST(limits_climb, an_exchange_that_changes_nothing_is_not_kept)
{
    struct task t = {.m = {.V = 4}, .back = {0, 1, 2, 3}};
    for (int i = 0; i < 64; i++) t.m.bits[i] = 2;
    t.n = write_text("abab", t.ids);
    given("V = 4, every row of three at 2 bits; \"abab\"");
    climbs(&t);
}

TEST(limits_climb, one_and_two_characters)
{
    struct random r = random_start(3, RANDOM_TEST);
    for (int i = 0; i < 10; i++) {
        struct task t = random_task(&r, 1 + i % 2, 4);
        given("V = %d, a text of 4, bits and back at random", t.m.V);
        climbs(&t);
    }
}

TEST(limits_climb, random_texts)
{
    struct random r = random_start(4, RANDOM_TEST);
    for (int i = 0; i < 40; i++) {
        int V = 3 + i % (V_MOST - 2);
        struct task t = random_task(&r, V, EXACT[i % 6]);
        given("V = %d, a text of %zu, bits and back at random", V, t.n);
        climbs(&t);
    }
}

// --- limits_bind -----------------------------------------------------------------------------

static void binds(const struct task *t, int tries, uint64_t seed)
{
    int32_t got[V_MOST], want[V_MOST];
    size_t V = (size_t)t->m.V;
    struct random r = random_start(seed, RANDOM_TEST), ref = r;
    memcpy(got, t->back, sizeof got);
    memcpy(want, t->back, sizeof want);
    double surprise = limits_bind(t->m.V, t->m.bits, t->n, t->ids, tries, &r, got);
    double best = ref_limits_bind(t->m.V, t->m.bits, t->n, t->ids, tries, &ref, want);
    is_permutation("back: how often the most frequent of 0 … V - 1 stands in it (-1: others do)",
                   t->m.V, got);
    expect_ints("back", V, got, V, want);
    expect_double("the surprise that it returned", surprise, best, NEAR);
    expect_int("how many random numbers were drawn", (int64_t)r.position, (int64_t)ref.position);
}

TEST(limits_bind, no_tries_is_to_climb)
{
    struct task t = {.m = banana(), .back = {0, 1, 2}};
    t.n = write_text("cababa", t.ids);
    given("the model of banana; \"cababa\", read as it stands at first; no tries");
    binds(&t, 0, 1);
}

// From here no single exchange helps, and a shake does.
TEST(limits_bind, leaves_where_no_exchange_helps)
{
    struct random r = random_start(5, RANDOM_TEST);
    for (int i = 0, seen = 0; seen < 3; i++) {
        struct task t = random_task(&r, 5, 18);
        int32_t back[V_MOST];
        struct random other = random_start((uint64_t)i, RANDOM_TEST);
        double climbed = ref_limits_climb(5, t.m.bits, t.n, t.ids, t.back);
        memcpy(back, t.back, sizeof back);
        double best = ref_limits_bind(5, t.m.bits, t.n, t.ids, 3, &other, back);
        if (best >= climbed) continue;
        seen++;
        given("V = 5, a text of 18, bits at random, back such that no exchange helps; 3 tries");
        binds(&t, 3, (uint64_t)i);
    }
}

TEST(limits_bind, random_texts)
{
    struct random r = random_start(6, RANDOM_TEST);
    for (int i = 0; i < 40; i++) {
        int V = 2 + i % (V_MOST - 1), tries = i % 7;
        struct task t = random_task(&r, V, EXACT[i % 6]);
        given("V = %d, a text of %zu, bits and back at random, %d tries", V, t.n, tries);
        binds(&t, tries, (uint64_t)i);
    }
}
