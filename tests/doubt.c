// doubt: shares and counts that can be done by hand; epsilon where the share of lots is known.
#include "doubt.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

#include "check.h"
#include "loss.h"
#include "train.h"
#include "train_loss.h"

static void near(double got, double want, double most, const char *what)
{
    cr_expect(fabs(got - want) <= most, "%s: got %.9g, want %.9g", what, got, want);
}

// A target of 9 in 10, one of 1 in 2, one passed over, one of 1 in 20.
enum { N = 4 };
static const int32_t TARGET[N] = {3, 0, -1, 1};
static const float LOSSES[N] = {0.105360516f, 0.693147181f, 0, 2.99573227f};

Test(doubt, what_is_known_well_enough_sends_nothing_back)
{
    struct doubt d = {.intend = 0.8f, .V = 4};
    float share[N];
    doubt_weigh(&d, N, TARGET, LOSSES, share);
    cr_expect(share[0] == 0 && share[1] == 1 && share[2] == 0 && share[3] == 1);
    cr_expect(d.targets == 3 && d.skipped == 1);
    doubt_step(&d);
    doubt_weigh(&d, N, TARGET, LOSSES, share);
    cr_expect(d.targets == 6 && d.skipped == 2, "they are counted over all steps");
    cr_expect_eq(d.epsilon, 0);
}

Test(doubt, at_the_bound_it_is_known)
{
    struct doubt d = {.intend = 1, .V = 4};
    float share[1];
    doubt_weigh(&d, 1, (int32_t[]){2}, (float[]){0}, share);
    cr_expect_eq(share[0], 0);
    doubt_weigh(&d, 1, (int32_t[]){2}, (float[]){0.01f}, share);
    cr_expect_eq(share[0], 1);
}

Test(doubt, without_either_all_counts)
{
    struct doubt d = {.V = 4};
    float share[N];
    doubt_weigh(&d, N, TARGET, LOSSES, share);
    cr_expect(share[0] == 1 && share[1] == 1 && share[2] == 0 && share[3] == 1);
    cr_expect_eq(d.skipped, 0);
}

Test(doubt, trust_is_the_share_of_the_real_ones)
{
    struct doubt d = {.trust = 1, .V = 4, .epsilon = 0.2f};
    float share[N];
    doubt_weigh(&d, N, TARGET, LOSSES, share);
    // (1 - e) p / ((1 - e) p + e / V) with e = 1/5: 0.72 / 0.77, 0.4 / 0.45, 0.04 / 0.09.
    near((double)share[0], 0.72 / 0.77, 1e-6, "p = .9");
    near((double)share[1], 0.4 / 0.45, 1e-6, "p = .5");
    near((double)share[3], 0.04 / 0.09, 1e-6, "p = .05");
    cr_expect_eq(share[2], 0);
    double mean = (0.05 / 0.77 + 0.05 / 0.45 + 0.05 / 0.09) / 3;
    doubt_step(&d);
    near((double)d.epsilon, 0.2 + (double)DOUBT_RATE * (mean - 0.2), 1e-6, "epsilon");
    float before = d.epsilon;
    doubt_step(&d);
    cr_expect_eq(d.epsilon, before, "a step without targets moves nothing");
}

Test(doubt, both_together)
{
    struct doubt d = {.intend = 0.8f, .trust = 1, .V = 4, .epsilon = 0.2f};
    float share[N];
    doubt_weigh(&d, N, TARGET, LOSSES, share);
    cr_expect_eq(share[0], 0);
    near((double)share[1], 0.4 / 0.45, 1e-6, "p = .5");
}

static size_t lots(size_t n, const int32_t *ids, int V, float noise, uint64_t seed,
                   int32_t *answers)
{
    struct random r = random_start(seed, RANDOM_NOISE);
    return doubt_lots(n, ids, V, noise, &r, answers);
}

// A model that is sure of one of V tokens, and is right about every target that is none of the
// lots: epsilon must find their share.
Test(doubt, epsilon_finds_the_share_of_the_lots)
{
    enum { V = 50, COUNT = 1000, STEPS = 400 };
    static int32_t ids[COUNT], answers[COUNT];
    static float losses[COUNT], share[COUNT];
    lots(COUNT, ids, V, 0.3f, 7, answers);
    int moved = 0;
    for (int i = 0; i < COUNT; i++) {
        moved += answers[i] != 0;
        losses[i] = answers[i] == 0 ? -logf(0.9999f) : -logf(0.0001f / (V - 1));
    }
    cr_assert(moved > 250 && moved < 340, "%d of %d lots", moved, COUNT);
    struct doubt d = {.trust = 1, .V = V, .epsilon = DOUBT_FIRST};
    for (int step = 0; step < STEPS; step++) {
        doubt_weigh(&d, COUNT, answers, losses, share);
        doubt_step(&d);
    }
    near((double)d.epsilon, 0.3, 0.03, "epsilon");
}

Test(doubt, lots_are_drawn_from_all_and_leave_the_rest)
{
    enum { COUNT = 20000, V = 8 };
    static int32_t ids[COUNT], answers[COUNT], again[COUNT], none[COUNT], all[COUNT];
    for (int i = 0; i < COUNT; i++) ids[i] = 3;
    lots(COUNT, ids, V, 0.25f, 1, answers);
    lots(COUNT, ids, V, 0.25f, 1, again);
    cr_assert(lots(COUNT, ids, V, 0, 1, none) == 0);
    cr_assert(lots(COUNT, ids, V, 1, 1, all) == COUNT);
    int count[V] = {0}, every[V] = {0};
    for (int i = 0; i < COUNT; i++) {
        cr_assert(answers[i] >= 0 && answers[i] < V && answers[i] == again[i] && none[i] == 3);
        count[answers[i]]++, every[all[i]]++;
    }
    for (int v = 0; v < V; v++) {
        near(every[v], COUNT / V, 200, "all by lot");
        if (v != 3) near(count[v], COUNT / 4 / V, 100, "a quarter by lot");
    }
}

// The slope of a doubted loss is that of -ln((1 - e) p + e / V).
Test(doubt, a_trusting_loss_has_the_slope_of_the_mixture)
{
    enum { V = 5 };
    static const float X[V] = {0.5f, -1, 2, 0, 0.25f};
    const double e = 0.3;
    int32_t target = 1;
    float dx[V] = {0}, lse, loss, share;
    cross_entropy_forward(1, V, X, &target, &lse, &loss);
    struct doubt d = {.trust = 1, .V = V, .epsilon = (float)e};
    doubt_weigh(&d, 1, &target, &loss, &share);
    cross_entropy_backward(1, V, X, &target, &lse, share, dx);
    for (int v = 0; v < V; v++) {
        double value[2];
        for (int side = 0; side < 2; side++) {
            double sum = 0, x[V], h = side ? 1e-5 : -1e-5;
            for (int u = 0; u < V; u++) sum += exp(x[u] = (double)X[u] + (u == v ? h : 0));
            value[side] = -log((1 - e) * exp(x[target]) / sum + e / V);
        }
        near((double)dx[v], (value[1] - value[0]) / 2e-5, 1e-5, "slope");
    }
}
