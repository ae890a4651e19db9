// rule_artmap: Fuzzy ARTMAP with its vectors written out, complement coded, beside what they come
// to; and a category's steps by hand.
#include "rule_artmap.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "artmap.h"
#include "protocol.h"
#include "random.h"
#include "rule_counting.h"

enum { V = 4, WINDOW = 3, ROOM = 400, INPUTS = WINDOW * (V + 1), LENGTH = 400 };
static const struct artmap_shape SHAPE = {
    .V = V, .window = WINDOW, .room = ROOM, .near = {40, 20, 10}, .vigilance = 0.5f};

// struct plain: the network of the paper: weights of all inputs and of their complements.
struct plain {
    int count, room;
    double vigilance, w[ROOM][2 * INPUTS];
    int32_t stands[ROOM];
};

static void coded(const int32_t *ids, size_t at, double *I)
{
    for (int t = 0; t < WINDOW; t++)
        for (int c = 0; c <= V; c++) {
            int there = (at > (size_t)t ? ids[at - 1 - (size_t)t] : V) == c;
            double a = there ? SHAPE.near[t] / (double)SHAPE.near[0] : 0;
            I[t * (V + 1) + c] = a, I[INPUTS + t * (V + 1) + c] = 1 - a;
        }
}

static double sum_of_smaller(const double *a, const double *b)
{
    double sum = 0;
    for (int i = 0; i < 2 * INPUTS; i++) sum += fmin(a[i], b[i]);
    return sum;
}

static int plain_learn(struct plain *p, const double *I, int32_t c)
{
    int asked[ROOM] = {0};
    double rho = p->vigilance - 1e-9, whole = sum_of_smaller(I, I);
    for (;;) {
        int best = -1;
        double most = -1;
        for (int k = 0; k < p->count; k++) {
            double both = sum_of_smaller(I, p->w[k]), w = sum_of_smaller(p->w[k], p->w[k]);
            double T = both / (0.001 + w);
            if (asked[k] || both / whole < rho || T <= most + 1e-12) continue;
            best = k, most = T;
        }
        if (best < 0) break;
        if (p->stands[best] == c) {
            for (int i = 0; i < 2 * INPUTS; i++) p->w[best][i] = fmin(I[i], p->w[best][i]);
            return best;
        }
        asked[best] = 1;
        rho = sum_of_smaller(I, p->w[best]) / whole + 1e-9;  // match tracking
    }
    cr_assert(p->count < ROOM);
    memcpy(p->w[p->count], I, sizeof p->w[p->count]);
    p->stands[p->count] = c;
    return p->count++;
}

static void letters(size_t count, uint64_t seed, int32_t *ids)
{
    struct random r = random_start(seed, RANDOM_TEST);
    for (size_t i = 0; i < count; i++)
        ids[i] = i && random_below(&r, 4) ? (ids[i - 1] + 1) % V : (int32_t)random_below(&r, V);
}

static void beside(double vigilance)
{
    int32_t ids[LENGTH];
    struct plain *p = calloc(1, sizeof *p);
    cr_assert(p);
    letters(LENGTH, 3, ids);
    struct artmap_shape shape = SHAPE;
    shape.vigilance = (float)vigilance, p->vigilance = vigilance;
    struct artmap *m = artmap_new(&shape);
    double unit = SHAPE.near[0];
    for (size_t at = 0; at < LENGTH; at++) {
        double I[2 * INPUTS];
        coded(ids, at, I);
        const uint8_t *cost = artmap_costs(m, ids, at);
        for (int k = 0; k < p->count; k++) {
            double w = sum_of_smaller(p->w[k], p->w[k]), both = sum_of_smaller(I, p->w[k]);
            cr_assert_float_eq(artmap_whole(m) - artmap_size(m, k), w * unit, 1e-6);
            cr_assert_float_eq(cost[k], (w - both) * unit, 1e-6, "place %zu, category %d", at, k);
        }
        int want = plain_learn(p, I, ids[at]), got = artmap_learn(m, ids, at, ids[at]);
        cr_assert_eq(got, want, "place %zu: %d learns, expected %d", at, got, want);
        cr_assert_eq(artmap_stands(m)[got], ids[at]);
        cr_assert_eq(artmap_count(m), p->count);
    }
    artmap_free(m);
    free(p);
}

Test(artmap, is_the_paper_s_network_without_vigilance)
{
    beside(0);
}

Test(artmap, is_the_paper_s_network_with_vigilance)
{
    beside(0.9);
    beside(0.97);
}

Test(artmap, a_category_by_hand)
{
    static const int32_t ids[] = {0, 1, 2, 0, 1, 3, 0, 1, 1};
    struct artmap *m = artmap_new(&SHAPE);
    cr_expect_eq(artmap_whole(m), 3 * 5 * 40);
    cr_expect_eq(artmap_learn(m, ids, 3, 0), 0, "the first begins one");
    cr_expect_eq(artmap_size(m, 0), 0);
    cr_expect_eq(artmap_costs(m, ids, 3)[0], 0, "what it is made of costs it nothing");
    cr_expect_eq(artmap_costs(m, ids, 6)[0], 80, "a second character costs 2 a");
    cr_expect_eq(artmap_learn(m, ids, 6, 0), 0);
    cr_expect_eq(artmap_size(m, 0), 80);
    cr_expect_eq(artmap_costs(m, ids, 3)[0], 0, "it knows both now");
    cr_expect_eq(artmap_costs(m, ids, 9)[0], 40 + 0 + 0, "a third one costs a");
    cr_expect_eq(artmap_costs(m, ids, 1)[0], 40 + 40 + 20, "nothing stands there: a character too");
    artmap_free(m);
}

// What stands before both is the same, what follows is not: no match is above the first's.
Test(artmap, the_same_input_twice_begins_a_second_category)
{
    static const int32_t ids[] = {0, 1, 2};
    struct artmap_shape shape = SHAPE;
    shape.room = 2;
    struct artmap *m = artmap_new(&shape);
    cr_expect_eq(artmap_learn(m, ids, 3, 0), 0);
    cr_expect_eq(artmap_learn(m, ids, 3, 1), 1);
    cr_expect_eq(artmap_learn(m, ids, 3, 2), ARTMAP_NONE, "no room, and none stands for 2");
    cr_expect_eq(artmap_learn(m, ids, 2, 1), 1, "no room: the one that stands for 1");
    cr_expect_eq(artmap_count(m), 2);
    artmap_free(m);
}

Test(artmap, without_room_none_learns)
{
    static const int32_t ids[] = {0, 1, 2, 3, 3, 3};
    struct artmap_shape shape = SHAPE;
    shape.room = 1, shape.vigilance = 0.99f;
    struct artmap *m = artmap_new(&shape);
    cr_expect_eq(artmap_learn(m, ids, 3, 0), 0);
    cr_expect_eq(artmap_learn(m, ids, 6, 0), 0, "the nearest, which does not match");
    cr_expect_eq(artmap_size(m, 0), 0);
    artmap_free(m);
}

// --- the rule --------------------------------------------------------------------------------

static struct lab_text walk(size_t count, uint64_t seed)
{
    struct lab_text t = {count, malloc(count * sizeof *t.ids)};
    cr_assert(t.ids);
    letters(count, seed, t.ids);
    return t;
}

Test(artmap, the_rule_learns_and_repeats_itself)
{
    struct lab_data d = {.V = V, .train = walk(3000, 1), .val = walk(1000, 2)};
    struct lab_score one = lab_run(&LAB_ARTMAP, &d, 3000, 1);
    double unigram = lab_run(&LAB_NGRAM[0], &d, 3000, 1).bits;
    double bigram = lab_run(&LAB_NGRAM[1], &d, 3000, 1).bits;
    cr_expect(unigram > 1.9 && one.bits < unigram - 0.5, "%g %g", unigram, one.bits);
    cr_expect(one.bits > bigram - 0.01, "there is no more to know than %g: %g", bigram, one.bits);
    cr_expect_eq(one.bits, lab_run(&LAB_ARTMAP, &d, 3000, 1).bits);
    free(d.train.ids);
    free(d.val.ids);
}
