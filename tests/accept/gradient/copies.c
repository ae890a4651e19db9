// Moves a copy of x, calls itself down the chain, makes all probabilities before it uses them, and
// divides by n at the very end.
#include "gradient.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"

double gradient_slope(function_of_one *f, void *context, double x, double h)
{
    double right = x + h, left = x - h;
    double rise = f(context, right) - f(context, left);
    return rise / (right - left);
}

double gradient_width(double x)
{
    double size = x < 0 ? -x : x;
    if (size < 1) size = 1;
    return pow(DBL_EPSILON, 1.0 / 3) * size;
}

// struct along: f, with all numbers but one held fast.
struct along {
    function_of_many *f;
    void *context;
    size_t n, i;
    double *x;
};

static double value_along(void *context, double moved)
{
    struct along *a = context;
    a->x[a->i] = moved;
    return a->f(a->context, a->n, a->x);
}

void gradient_differences(function_of_many *f, void *context, size_t n, double *x, double *g)
{
    double *copy = malloc((n + 1) * sizeof *copy);
    if (!copy) die("out of memory");
    struct along a = {f, context, n, 0, copy};
    for (a.i = 0; a.i < n; a.i++) {
        memcpy(copy, x, n * sizeof *copy);
        g[a.i] = gradient_slope(value_along, &a, x[a.i], gradient_width(x[a.i]));
    }
    free(copy);
}

double gradient_chain(size_t n, const struct chain_link *links, double x, double *slope)
{
    if (n == 0) {
        *slope = 1;
        return x;
    }
    double rest, value = gradient_chain(n - 1, links + 1, links->value(x), &rest);
    *slope = rest * links->slope(x);
    return value;
}

double gradient_surprise(void *context, int V, const float *x, int32_t target, float scale,
                         float *dx)
{
    float *p = malloc((size_t)V * sizeof *p), most = x[0], sum = 0;
    if (!p) die("out of memory");
    for (int v = 1; v < V; v++) most = fmaxf(most, x[v]);
    for (int v = 0; v < V; v++) sum += p[v] = expf(x[v] - most);
    for (int v = 0; v < V; v++) p[v] /= sum;
    p[target] -= 1;
    for (int v = 0; v < V; v++) dx[v] += p[v] * scale;
    free(p);
    return (double)(logf(sum) + most - x[target]);
}

double gradient_step(const struct row_loss *loss, int V, float *scores, const struct pairs *p,
                     float lr, float *g)
{
    double total = 0;
    int cells = V * V;
    for (int i = 0; i < cells; i++) g[i] = 0;
    for (size_t i = p->n; i-- > 0;) {
        int begin = p->before[i] * V;
        total += loss->row(loss->context, V, &scores[begin], p->after[i], 1, &g[begin]);
    }
    for (int i = 0; i < cells; i++) {
        g[i] /= (float)p->n;
        scores[i] = scores[i] - g[i] * lr;
    }
    return total / (double)p->n;
}
