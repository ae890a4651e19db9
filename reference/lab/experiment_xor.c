#include "experiment_xor.h"

#include <stdio.h>

#include "xor.h"

enum { RUNS = 500, STEPS = 5000 };
static const float RATE = 0.5f;

static void run(const struct experiment_ask *ask)
{
    printf("%6s%6s%7s\n", "units", "runs", "stuck");
    for (int units = 2; units <= 4; units++) {
        struct random r = random_start(ask->seed, LAB_OWN);
        int stuck = 0;
        for (int k = 0; k < RUNS; k++) {
            struct xor_net n = xor_new(units, &r);
            xor_train(&n, STEPS, RATE);
            stuck += !xor_solved(&n);
        }
        printf("%6d%6d%7d\n", units, RUNS, stuck);
    }
}

const struct experiment EXPERIMENT_XOR = {
    .name = "xor", .plain = "how often gradient descent sticks on exclusive or", .run = run};
