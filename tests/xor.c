// xor: a network by hand, a step of descent beside differences, and runs that stick.
#include "xor.h"

#include <criterion/criterion.h>
#include <math.h>

// One unit says "either", one "both": together they differ.
static const struct xor_net BY_HAND = {
    .units = 2, .w = {{5, 5}, {5, 5}}, .b = {5, -5}, .v = {4, -4}, .c = -4};

static double loss(const struct xor_net *n)
{
    double sum = 0;
    float p;
    for (int i = 0; i < XOR_CASES; i++) {
        int right = xor_answer(n, i, &p);
        int says = p > 0.5f;
        int differ = right ? says : !says;
        sum -= log((double)(differ ? p : 1 - p)) / XOR_CASES;
    }
    return sum;
}

Test(xor, two_units_can)
{
    cr_assert(xor_solved(&BY_HAND), "the network set by hand has a wrong answer");
}

Test(xor, one_unit_cannot)
{
    struct random r = random_start(1, RANDOM_TEST);
    for (int k = 0; k < 20; k++) {
        struct xor_net n = xor_new(1, &r);
        xor_train(&n, 2000, 0.5f);
        cr_assert_not(xor_solved(&n), "run %d: one tanh unit solved exclusive or", k);
    }
}

Test(xor, a_step_goes_down_the_slope)
{
    struct random r = random_start(1, RANDOM_TEST);
    struct xor_net n = xor_new(3, &r);
    float *weight[] = {&n.w[1][0], &n.w[2][1], &n.b[0], &n.v[2], &n.c};
    for (int i = 0; i < 5; i++) {
        const float eps = 1e-2f, rate = 1e-2f;
        float was = *weight[i];
        *weight[i] = was + eps;
        double above = loss(&n);
        *weight[i] = was - eps;
        double slope = (above - loss(&n)) / (2 * (double)eps);
        *weight[i] = was;
        struct xor_net before = n;
        xor_train(&n, 1, rate);
        double moved = (double)(*weight[i] - was);
        cr_assert(fabs(moved + (double)rate * slope) < 2e-6, "weight %d moved by %g, slope %g", i,
                  moved, slope);
        n = before;
    }
}

Test(xor, more_units_stick_less)
{
    int stuck[2] = {0, 0};
    for (int k = 0; k < 2; k++) {
        struct random r = random_start(1, RANDOM_TEST);
        for (int run = 0; run < 40; run++) {
            struct xor_net n = xor_new(k ? 4 : 2, &r);
            xor_train(&n, 2000, 0.5f);
            stuck[k] += !xor_solved(&n);
        }
    }
    cr_assert(stuck[0] > stuck[1] + 4, "2 units stuck %d times of 40, 4 units %d times", stuck[0],
              stuck[1]);
}

Test(xor, a_unit_more_changes_no_answer_and_frees_what_was_stuck)
{
    struct random r = random_start(1, RANDOM_TEST);
    int stuck = 0, freed = 0;
    for (int run = 0; run < 40; run++) {
        struct xor_net n = xor_new(2, &r);
        xor_train(&n, 2000, 0.5f);
        if (xor_solved(&n)) continue;
        struct xor_net was = n;
        xor_grow(&n, &r);
        cr_expect_eq(n.units, 3);
        for (int i = 0; i < XOR_CASES; i++) {
            float before, after;
            xor_answer(&was, i, &before), xor_answer(&n, i, &after);
            cr_expect_eq(before, after, "case %d: %g, then %g", i, (double)before, (double)after);
        }
        xor_train(&n, 5000, 0.5f);
        stuck++, freed += xor_solved(&n);
    }
    cr_expect(stuck > 4 && freed >= stuck - 1, "%d of %d", freed, stuck);
}
