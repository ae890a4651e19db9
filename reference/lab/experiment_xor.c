#include "experiment_xor.h"

#include <stdio.h>

#include "xor.h"

enum { RUNS = 500, STEPS = 5000 };
static const float RATE = 0.5f;

static void run(const struct experiment_ask *ask)
{
    printf("%6s%6s%7s%22s%22s\n", "units", "runs", "stuck", "solved by more steps",
           "solved by a unit more");
    for (int units = 2; units <= 4; units++) {
        struct random r = random_start(ask->seed, LAB_OWN);
        struct random grown = random_start(ask->seed, LAB_GROWN);
        int stuck = 0, by_steps = 0, by_unit = 0;
        for (int k = 0; k < RUNS; k++) {
            struct xor_net n = xor_new(units, &r);
            xor_train(&n, STEPS, RATE);
            if (xor_solved(&n)) continue;
            struct xor_net wider = n;
            xor_grow(&wider, &grown);
            xor_train(&n, STEPS, RATE);
            xor_train(&wider, STEPS, RATE);
            stuck++;
            by_steps += xor_solved(&n);
            by_unit += xor_solved(&wider);
        }
        printf("%6d%6d%7d%22d%22d\n", units, RUNS, stuck, by_steps, by_unit);
    }
}

const struct experiment EXPERIMENT_XOR = {
    .name = "xor",
    .plain = "how often gradient descent sticks on exclusive or, and whether a unit more helps",
    .run = run};
