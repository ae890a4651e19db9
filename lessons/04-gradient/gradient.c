#include "gradient.h"

#include "todo.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "error.h"
#include "mathf.h"
#include "vec.h"

double gradient_slope(function_of_one *f, void *context, double x, double h)
{
    CHECK(h > 0, "h=%g", h);
    TODO();
}

double gradient_width(double x)
{
    TODO();
}

void gradient_differences(function_of_many *f, void *context, size_t n, double *x, double *g)
{
    TODO();
}

double gradient_chain(size_t n, const struct chain_link *links, double x, double *slope)
{
    TODO();
}

// log_of_sum returns log(exp(x[0]) + … + exp(x[V-1])).  The largest is taken out of the sum first
// and put back after the logarithm: exp of a large number has no float.  (Lesson 05 says more.)
static float log_of_sum(int V, const float *x)
{
    enum { RUN = 64 };  // exp of that many at once: compilers do several in one instruction
    float most = vec_max(V, x), sum = 0, e[RUN];
    for (int v = 0; v < V; v += RUN) {
        int run = vec_left(V, v, RUN);
        for (int i = 0; i < run; i++) e[i] = mathf_exp(x[v + i] - most);
        sum += vec_sum(run, e);
    }
    return most + mathf_log(sum);
}

double gradient_surprise(void *context, int V, const float *x, int32_t target, float scale,
                         float *dx)
{
    (void)context;  // other losses have numbers of their own there
    CHECK(target >= 0 && target < V, "target=%d V=%d", target, V);
    float log_sum = log_of_sum(V, x);  // so log P(v) is x[v] - log_sum
    TODO();
    return (double)(log_sum - x[target]);
}

double gradient_step(const struct row_loss *loss, int V, float *scores, const struct pairs *p,
                     float lr, float *g)
{
    CHECK(p->n >= 1, "n=%zu", p->n);
    TODO();
}
