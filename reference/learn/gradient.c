#include "gradient.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "error.h"
#include "mathf.h"
#include "vec.h"

double gradient_slope(function_of_one *f, void *context, double x, double h)
{
    CHECK(h > 0, "h=%g", h);
    // SOLUTION BEGIN
    return (f(context, x + h) - f(context, x - h)) / (2 * h);
    // SOLUTION END
}

double gradient_width(double x)
{
    // SOLUTION BEGIN
    return cbrt(DBL_EPSILON) * fmax(1, fabs(x));
    // SOLUTION END
}

void gradient_differences(function_of_many *f, void *context, size_t n, double *x, double *g)
{
    // SOLUTION BEGIN
    for (size_t i = 0; i < n; i++) {
        double x_i = x[i], h = gradient_width(x_i);
        x[i] = x_i + h;
        double above = f(context, n, x);
        x[i] = x_i - h;
        double below = f(context, n, x);
        x[i] = x_i;
        g[i] = (above - below) / (2 * h);
    }
    // SOLUTION END
}

double gradient_chain(size_t n, const struct chain_link *links, double x, double *slope)
{
    // SOLUTION BEGIN
    *slope = 1;
    for (size_t i = 0; i < n; i++) {
        *slope *= links[i].slope(x);
        x = links[i].value(x);
    }
    return x;
    // SOLUTION END
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
    // SOLUTION BEGIN
    for (int v = 0; v < V; v++) dx[v] += scale * mathf_exp(x[v] - log_sum);
    dx[target] -= scale;
    // SOLUTION END
    return (double)(log_sum - x[target]);
}

double gradient_step(const struct row_loss *loss, int V, float *scores, const struct pairs *p,
                     float lr, float *g)
{
    CHECK(p->n >= 1, "n=%zu", p->n);
    // SOLUTION BEGIN
    size_t size = (size_t)V * (size_t)V;
    memset(g, 0, size * sizeof *g);
    float scale = 1 / (float)p->n;
    double sum = 0;
    for (size_t i = 0; i < p->n; i++) {
        ptrdiff_t row = (ptrdiff_t)p->before[i] * V;
        sum += loss->row(loss->context, V, scores + row, p->after[i], scale, g + row);
    }
    for (size_t i = 0; i < size; i++) scores[i] -= lr * g[i];
    return sum / (double)p->n;
    // SOLUTION END
}
