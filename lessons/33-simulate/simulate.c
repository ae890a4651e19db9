#include "simulate.h"

#include "todo.h"

#include <math.h>

#include "mathf.h"

int simulate_action(const struct simulate *s, int state, float epsilon, struct random *r)
{
    TODO();
}

void simulate_update(struct simulate *s, struct simulate_step t)
{
    TODO();
}

void simulate_remember(struct simulate *s, struct simulate_step t)
{
    TODO();
}

void simulate_imagine(struct simulate *s, int n, struct random *r)
{
    TODO();
}

int simulate_best(int A, const float *p, int k, simulate_value *value, const void *problem,
                  int *tried)
{
    TODO();
}

int simulate_judge(int N, int L, const int *length, const float *p)
{
    TODO();
}
