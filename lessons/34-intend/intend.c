#include "intend.h"

#include "todo.h"

#include <string.h>

int intend_unsure(int N, int V, const float *p, const int32_t *target, float tau, int32_t *failed)
{
    TODO();
}

void intend_gather(int count, const int32_t *failed, int width, float *rows)
{
    TODO();
}

void intend_slopes(int N, int V, const float *p, const int32_t *target, const float *weight,
                   float *slopes)
{
    TODO();
}

int32_t intend_rival(int V, const float *score, int32_t target)
{
    TODO();
}

float intend_passive(int V, const float *score, int32_t target, int F, float most)
{
    TODO();
}

int intend_hindsight(int N, const struct intend_try *tries, struct intend_lesson *lessons)
{
    TODO();
}
