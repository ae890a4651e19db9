// policy: probabilities, and what a step does to the loss it is given the slopes of.
#include "policy.h"

#include <criterion/criterion.h>
#include <math.h>

enum { N = 8, INPUTS = 5, ACTIONS = 4 };

static void states(float *x, int *wanted)
{
    for (int n = 0; n < N; n++) {
        for (int i = 0; i < INPUTS; i++)
            x[n * INPUTS + i] = i == n % INPUTS || i == (n + 1 + n / INPUTS) % INPUTS;
        wanted[n] = (3 * n + 1) % ACTIONS;
    }
}

static double loss(const float *p, const int *wanted)
{
    double sum = 0;
    for (int n = 0; n < N; n++) sum -= log((double)p[n * ACTIONS + wanted[n]]) / N;
    return sum;
}

Test(policy, rows_add_up)
{
    struct policy *net = policy_new(INPUTS, 2, 16, ACTIONS, 1);
    float x[N * INPUTS], p[N * ACTIONS];
    int wanted[N];
    states(x, wanted);
    policy_probabilities(net, N, x, p);
    for (int n = 0; n < N; n++) {
        double sum = 0;
        for (int a = 0; a < ACTIONS; a++) sum += (double)p[n * ACTIONS + a];
        cr_expect(fabs(sum - 1) < 1e-6, "state %d: %g", n, sum);
    }
    cr_expect(fabs(loss(p, wanted) - log(ACTIONS)) < 0.2, "knows nothing yet: %g", loss(p, wanted));
    policy_free(net);
}

Test(policy, learns_what_it_is_told)
{
    struct policy *net = policy_new(INPUTS, 2, 32, ACTIONS, 1);
    float x[N * INPUTS], p[N * ACTIONS], slope[N * ACTIONS];
    int wanted[N];
    double last = HUGE_VAL;
    states(x, wanted);
    for (int step = 0; step < 200; step++) {
        policy_probabilities(net, N, x, p);
        if (step % 40 == 0) {
            cr_expect(loss(p, wanted) < last, "step %d: %g after %g", step, loss(p, wanted), last);
            last = loss(p, wanted);
        }
        for (int i = 0; i < N * ACTIONS; i++)
            slope[i] = (p[i] - (float)(wanted[i / ACTIONS] == i % ACTIONS)) / N;
        policy_step(net, N, x, slope, 1e-2f);
    }
    policy_probabilities(net, N, x, p);
    cr_expect(loss(p, wanted) < 0.02, "%g", loss(p, wanted));
    policy_free(net);
}

Test(policy, the_seed_draws_the_weights)
{
    struct policy *a = policy_new(INPUTS, 2, 16, ACTIONS, 1),
                  *b = policy_new(INPUTS, 2, 16, ACTIONS, 1),
                  *c = policy_new(INPUTS, 2, 16, ACTIONS, 2);
    float x[INPUTS] = {1, 0, 0, 1, 0}, pa[ACTIONS], pb[ACTIONS], pc[ACTIONS];
    policy_probabilities(a, 1, x, pa);
    policy_probabilities(b, 1, x, pb);
    policy_probabilities(c, 1, x, pc);
    cr_expect(pa[0] == pb[0] && pa[0] != pc[0], "%g %g %g", (double)pa[0], (double)pb[0],
              (double)pc[0]);
    policy_free(a), policy_free(b), policy_free(c);
}
