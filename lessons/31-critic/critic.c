#include "critic.h"

#include "todo.h"

#include <string.h>

#include "linear.h"
#include "loss.h"
#include "mathf.h"

void critic_errors(const struct critic *c)
{
    TODO();
}

float critic_tension(const struct critic *c)
{
    TODO();
}

void critic_relax(const struct critic *c, float rate)
{
    TODO();
}

void critic_slopes(const struct critic *c, float *by_mu1, float *dw2, float *db2, float *dw3,
                   float *db3)
{
    TODO();
}

float critic_trust(int N, int V, const float *p, const int32_t *target, float epsilon, float rate,
                   float *q)
{
    TODO();
}
