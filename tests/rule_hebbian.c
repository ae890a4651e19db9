// rule_hebbian: a column beside its formula written out over all units and all shares; Hebb's rule
// as a mean; the readout's delta; and that columns which are told nothing find what text is made
// of.
#include "rule_hebbian.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "column.h"
#include "protocol.h"
#include "random.h"
#include "rule_counting.h"

enum { V = 5, UNITS = 12, WINDOW = 3, LENGTH = 400 };
static const struct column_shape SHAPE = {.V = V,
                                          .units = UNITS,
                                          .window = WINDOW,
                                          .near = 0.7f,
                                          .sharp = 2,
                                          .shy = 0.5f,
                                          .least = 0.05f};

static void letters(size_t count, int kinds, uint64_t seed, int32_t *ids)
{
    struct random r = random_start(seed, RANDOM_TEST);
    for (size_t i = 0; i < count; i++) ids[i] = (int32_t)random_below(&r, (uint32_t)kinds);
}

// struct plain: a column as its formula has it, in double, with the shares themselves.
struct plain {
    double share[UNITS][WINDOW][V + 1], won[UNITS];
};

static struct plain plain_of(const struct column *c)
{
    struct plain p;
    for (int h = 0; h < UNITS; h++) {
        p.won[h] = (double)column_won(c, h);
        for (int t = 0; t < WINDOW; t++)
            for (int v = 0; v <= V; v++) p.share[h][t][v] = (double)column_share(c, h, t, v);
    }
    return p;
}

static int back(const int32_t *ids, size_t at, int t)
{
    return at > (size_t)t ? ids[at - 1 - (size_t)t] : V;
}

static void plain_active(const struct plain *p, const int32_t *ids, size_t at, double *y)
{
    double best = -(double)INFINITY, sum = 0;
    for (int h = 0; h < UNITS; h++) {
        y[h] = -0.5 * log(p->won[h]);
        for (int t = 0; t < WINDOW; t++)
            y[h] += pow((double)0.7f, t) * log(p->share[h][t][back(ids, at, t)]);
        best = fmax(best, y[h]);
    }
    for (int h = 0; h < UNITS; h++) {
        y[h] = exp(2 * (y[h] - best));
        if (y[h] < 0.05) y[h] = 0;
        sum += y[h];
    }
    for (int h = 0; h < UNITS; h++) y[h] /= sum;
}

static void plain_learn(struct plain *p, const int32_t *ids, size_t at, const double *y)
{
    for (int h = 0; h < UNITS; h++) {
        p->won[h] += y[h];
        for (int t = 0; t < WINDOW; t++)
            for (int v = 0; v <= V; v++) {
                double *w = &p->share[h][t][v];
                *w += y[h] / p->won[h] * ((v == back(ids, at, t)) - *w);
            }
    }
}

Test(column, is_its_formula)
{
    int32_t ids[LENGTH], unit[UNITS];
    letters(LENGTH, V, 1, ids);
    struct random random = random_start(1, RANDOM_INIT);
    struct column *c = column_new(&SHAPE, 0.5f, &random);
    struct plain p = plain_of(c);
    for (size_t at = 0; at < LENGTH; at++) {
        float y[UNITS];
        double want[UNITS], got[UNITS] = {0};
        int count = column_active(c, ids, at, unit, y);
        plain_active(&p, ids, at, want);
        cr_assert(count >= 1 && count <= UNITS);
        for (int i = 0; i < count; i++) {
            cr_assert(i == 0 || unit[i] > unit[i - 1]);
            cr_assert(y[i] > 0);
            got[unit[i]] = (double)y[i];
        }
        for (int h = 0; h < UNITS; h++)
            cr_assert(fabs(got[h] - want[h]) < 1e-4, "place %zu, unit %d: %g %g", at, h, got[h],
                      want[h]);
        column_learn(c, ids, at, count, unit, y);
        plain_learn(&p, ids, at, want);
        struct plain now = plain_of(c);
        for (int h = 0; h < UNITS; h++) {
            cr_assert(fabs(now.won[h] - p.won[h]) < 1e-3 * p.won[h]);
            for (int t = 0; t < WINDOW; t++)
                for (int v = 0; v <= V; v++)
                    cr_assert(fabs(now.share[h][t][v] - p.share[h][t][v]) < 1e-3,
                              "place %zu: share %d %d %d: %g %g", at, h, t, v, now.share[h][t][v],
                              p.share[h][t][v]);
        }
    }
    column_free(c);
}

Test(column, a_unit_becomes_the_mean_of_what_it_won)
{
    static const int32_t ids[] = {0, 1, 2, 0, 1, 3, 0, 1, 2};
    const int32_t only = 4;
    const float whole = 1;
    struct random random = random_start(1, RANDOM_INIT);
    struct column *c = column_new(&SHAPE, 1e-3f, &random);
    for (size_t at = 3; at <= 9; at += 3) column_learn(c, ids, at, 1, &only, &whole);
    cr_expect_float_eq(column_won(c, only), 3.001f, 1e-5f);
    cr_expect_float_eq(column_share(c, only, 0, 2), 2.f / 3, 2e-3f, "one back: 2, 3, 2");
    cr_expect_float_eq(column_share(c, only, 0, 3), 1.f / 3, 2e-3f);
    cr_expect_float_eq(column_share(c, only, 1, 1), 1, 2e-3f, "two back: always 1");
    cr_expect_float_eq(column_won(c, only + 1), 1e-3f, 0, "a silent unit stays as it is");
    column_free(c);
}

Test(column, who_wins_much_is_held_back)
{
    int32_t ids[LENGTH], unit[UNITS];
    int busy[2] = {0};
    // All the same: without `shy` a single unit takes everything it is alike to.
    memset(ids, 0, sizeof ids);
    for (int shy = 0; shy < 2; shy++) {
        struct column_shape shape = SHAPE;
        shape.shy = shy ? 0.5f : -1;
        struct random random = random_start(1, RANDOM_INIT);
        struct column *c = column_new(&shape, 0.5f, &random);
        for (size_t at = WINDOW; at < LENGTH; at++) {
            float y[UNITS];
            column_learn(c, ids, at, column_active(c, ids, at, unit, y), unit, y);
        }
        for (int h = 0; h < UNITS; h++) busy[shy] += column_won(c, h) > 10;
        column_free(c);
    }
    cr_expect(busy[0] <= 2 && busy[1] >= UNITS / 2, "%d %d", busy[0], busy[1]);
}

// --- the rule --------------------------------------------------------------------------------

static struct lab_text sum_of_two(size_t count, uint64_t seed)
{
    struct lab_text t = {count, malloc(count * sizeof *t.ids)};
    struct random r = random_start(seed, RANDOM_TEST);
    cr_assert(t.ids);
    for (size_t i = 0; i < count; i++) {
        int known = i >= 2 && random_below(&r, 20);
        t.ids[i] = known ? (t.ids[i - 1] + t.ids[i - 2]) % V : (int32_t)random_below(&r, V);
    }
    return t;
}

// The delta rule moves the logits of what is asked by rate (what came - p) (1 + sum_i y_i^2) where
// the columns stand still; they move a little, after each example.
Test(hebb, the_first_example_moves_the_readout_by_the_delta)
{
    static int32_t ids[] = {0, 1, 2, 3, 4, 0, 1, 2, 3};
    const size_t at = 8;
    struct lab_places x = {ids, 1, &at};
    struct lab_learner l = lab_begin(&LAB_HEBB, V, 64, 1);
    float before[V], after[V];
    LAB_HEBB.predict(l.state, x, before);
    for (int c = 0; c < V; c++) cr_assert_float_eq(before[c], 1.f / V, 1e-6f, "nothing is known");
    LAB_HEBB.learn(l.state, x);
    LAB_HEBB.predict(l.state, x, after);
    // All that did not come are alike; what came has risen against them by rate (1 + sum y^2): the
    // bias alone gives 0.3, five columns with one active unit each would give six times that.
    for (int c = 0; c < V; c++)
        if (c != 3) cr_expect_float_eq(after[c], after[c == 0], 1e-6f);
    double rise = log((double)after[3] / (double)after[0]);
    cr_expect(rise > 0.3 && rise < 0.3 * 6 + 0.001, "%g", rise);
    lab_end(&l);
}

Test(hebb, learns_what_takes_two_characters)
{
    struct lab_data d = {.V = V, .train = sum_of_two(6400, 1), .val = sum_of_two(1000, 2)};
    struct lab_score hebb = lab_run(&LAB_HEBB, &d, 6400, 1);
    double bigram = lab_run(&LAB_NGRAM[1], &d, 6400, 1).bits;
    cr_expect(bigram > 2.2 && hebb.bits < 0.8, "%g %g", bigram, hebb.bits);
    cr_expect_eq(hebb.bits, lab_run(&LAB_HEBB, &d, 6400, 1).bits, "the same seed, the same bits");
    cr_expect_neq(hebb.bits, lab_run(&LAB_HEBB, &d, 6400, 2).bits, "another seed, other units");
    free(d.train.ids);
    free(d.val.ids);
}
