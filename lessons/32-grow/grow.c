#include "grow.h"

#include "todo.h"

#include <math.h>

void grow_matrix(int O, int I, const float *w, int O2, int I2, float deviation, struct random *r,
                 float *y)
{
    TODO();
}

int grow_plateau(struct grow_progress *p, int N, float bits)
{
    TODO();
}

float grow_covariance(int N, int V, const float *out, const float *error, float keep,
                      float *covariance, float *slope)
{
    TODO();
}

void grow_usual(struct grow_watch *w, int n, const float *bits)
{
    TODO();
}

int grow_novel(struct grow_watch *w, float bits)
{
    TODO();
}

int grow_route(int columns, float keep, const float *bits, float *average)
{
    TODO();
}
