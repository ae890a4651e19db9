#include "limits.h"

#include "todo.h"

#include <stdlib.h>
#include <string.h>

#include "error.h"

double limits_drop(size_t n, const float *g, double rate, double before, double after)
{
    TODO();
}

double limits_area(size_t n, const double *a, size_t m, const double *b)
{
    CHECK(n >= 1 && m >= 1, "n=%zu m=%zu", n, m);
    TODO();
}

void limits_rename(int V, struct random *r, int32_t *name)
{
    TODO();
}

double limits_surprise(int V, const float *bits, size_t n, const int32_t *ids, const int32_t *back)
{
    CHECK(n >= 3, "n=%zu", n);
    TODO();
}

double limits_climb(int V, const float *bits, size_t n, const int32_t *ids, int32_t *back)
{
    TODO();
}

double limits_bind(int V, const float *bits, size_t n, const int32_t *ids, int tries,
                   struct random *r, int32_t *back)
{
    TODO();
}
