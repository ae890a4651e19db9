#include "experiment_countdown.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "countdown.h"
#include "error.h"
#include "net.h"
#include "policy.h"
#include "simulate.h"

enum {
    FIRST = 25000,
    PROBLEMS = 400000,
    HIDDEN = 256,
    ONES = COUNTDOWN_NUMBERS + 1,
    BATCH = POLICY_BATCH
};
// Of 0.002, 0.004, 0.008, 0.016, 0.032, by what is held back with seed 11, after 100,000 and
// 400,000.
static const float RATE = 0.016f;

// struct result: of the problems held back, each a share of 0 to 1, or a mean.
struct result {
    double greedy, top4, top16;  // solved by the likeliest, by the best of the 4 or 16 likeliest
    double tries, lot;           // plans tried out until one solves it: the likeliest first; by lot
};

// teach shows the network n problems with the plan by which each was made.
static struct policy *teach(const struct countdown_sets *s, size_t n, uint64_t seed)
{
    struct policy *net = policy_new(COUNTDOWN_INPUTS, ONES, HIDDEN, COUNTDOWN_PLANS, seed);
    struct random r = random_start(seed, RANDOM_SHUFFLE);
    float x[BATCH * COUNTDOWN_INPUTS], p[BATCH * COUNTDOWN_PLANS];
    int plan[BATCH], steps = (int)((n + BATCH - 1) / BATCH);
    for (int step = 0; step < steps; step++) {
        for (int i = 0; i < BATCH; i++) {
            const struct countdown *c = countdown_draw(s->train, s->train_count, &r);
            countdown_input(c, x + i * COUNTDOWN_INPUTS);
            plan[i] = c->plan;
        }
        policy_probabilities(net, BATCH, x, p);
        for (int i = 0; i < BATCH; i++) p[i * COUNTDOWN_PLANS + plan[i]] -= 1;
        for (int i = 0; i < BATCH * COUNTDOWN_PLANS; i++) p[i] /= BATCH;
        policy_step(net, BATCH, x, p, net_rate(step, steps, RATE));
    }
    return net;
}

// worth: a plan is worth the more, the nearer it comes to the target: 1 is there, 0 is nothing.
static float worth(const void *problem, int plan)
{
    const struct countdown *c = problem;
    int reached = countdown_reaches(c->number, plan);
    return reached ? 1 - (float)abs(reached - c->target) / COUNTDOWN_TARGETS : 0;
}

static int solved(const struct countdown *c, const float *p, int k, int *tried)
{
    return countdown_solves(c, simulate_best(COUNTDOWN_PLANS, p, k, worth, c, tried));
}

static struct result judge(struct policy *net, const struct countdown_sets *s, uint64_t seed)
{
    struct result sum = {0};
    struct random r = random_start(seed, LAB_OWN);
    for (int i = 0; i < s->test_count; i++) {
        const struct countdown *c = s->test + i;
        float x[COUNTDOWN_INPUTS], p[COUNTDOWN_PLANS], lot[COUNTDOWN_PLANS];
        int tried, by_lot;
        countdown_input(c, x);
        policy_probabilities(net, 1, x, p);
        for (int plan = 0; plan < COUNTDOWN_PLANS; plan++) lot[plan] = random_float(&r);
        sum.greedy += solved(c, p, 1, &tried);
        sum.top4 += solved(c, p, 4, &tried);
        sum.top16 += solved(c, p, 16, &tried);
        solved(c, p, COUNTDOWN_PLANS, &tried);
        solved(c, lot, COUNTDOWN_PLANS, &by_lot);
        sum.tries += tried, sum.lot += by_lot;
    }
    double n = s->test_count;
    return (struct result){sum.greedy / n, sum.top4 / n, sum.top16 / n, sum.tries / n, sum.lot / n};
}

// print_row teaches a network by one way of holding back, and prints what it and trying out can do.
static void print_row(enum countdown_held held, size_t n, uint64_t seed)
{
    struct countdown_sets s = countdown_split(held, seed);
    struct policy *net = teach(&s, n, seed);
    struct result r = judge(net, &s, seed);
    printf("%-10s%9zu%8.3f%8.3f%8.3f%8.1f%8.1f\n", held == BY_NUMBERS ? "numbers" : "problems", n,
           r.greedy, r.top4, r.top16, r.tries, r.lot);
    fflush(stdout);
    policy_free(net);
    countdown_free(&s);
}

static void run(const struct experiment_ask *ask)
{
    printf("%-10s%9s%8s%8s%8s%8s%8s\n", "held back", "shown", "top 1", "top 4", "top 16", "tries",
           "by lot");
    size_t last = ask->examples ? ask->examples : PROBLEMS;
    for (size_t n = ask->examples ? last : FIRST; n <= last; n *= 2)
        for (int k = 0; k < ask->seeds; k++) print_row(BY_NUMBERS, n, ask->seed + (uint64_t)k);
    for (int k = 0; k < ask->seeds; k++) print_row(BY_PROBLEM, last, ask->seed + (uint64_t)k);
}

const struct experiment EXPERIMENT_COUNTDOWN = {
    .name = "countdown",
    .plain = "plans for a game of numbers, tried out before one answers",
    .run = run};
