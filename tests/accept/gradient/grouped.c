// Takes equal pairs together, one row after the other; goes through the chain forwards, keeps what
// it meets, and multiplies on the way back; all sums in double.
#include "gradient.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "error.h"

double gradient_slope(function_of_one *f, void *context, double x, double h)
{
    double forward = (f(context, x + h) - f(context, x)) / h;
    double backward = (f(context, x) - f(context, x - h)) / h;
    return (forward + backward) / 2;
}

double gradient_width(double x)
{
    return fabs(x) > 1 ? cbrt(DBL_EPSILON) * fabs(x) : cbrt(DBL_EPSILON);
}

void gradient_differences(function_of_many *f, void *context, size_t n, double *x, double *g)
{
    for (double *at = x; at < x + n; at++) {
        const double here = *at, h = gradient_width(here);
        *at = here - h;
        double rise = -f(context, n, x);
        *at = here + h;
        rise += f(context, n, x);
        *at = here;
        *g++ = rise / h / 2;
    }
}

double gradient_chain(size_t n, const struct chain_link *links, double x, double *slope)
{
    double *in = malloc((n + 1) * sizeof *in), product = 1;
    if (!in) die("out of memory");
    in[0] = x;
    for (size_t i = 0; i < n; i++) in[i + 1] = links[i].value(in[i]);
    for (size_t i = n; i > 0; i--) product *= links[i - 1].slope(in[i - 1]);
    double value = in[n];
    free(in);
    *slope = product;
    return value;
}

double gradient_surprise(void *context, int V, const float *x, int32_t target, float scale,
                         float *dx)
{
    double most = -HUGE_VAL, sum = 0;
    for (int v = 0; v < V; v++) most = fmax(most, (double)x[v]);
    for (int v = 0; v < V; v++) sum += exp((double)x[v] - most);
    double whole = most + log(sum);
    for (int v = 0; v < V; v++) {
        double p = exp((double)x[v] - whole);
        dx[v] = (float)((double)dx[v] + (double)scale * (v == target ? p - 1 : p));
    }
    return whole - (double)x[target];
}

double gradient_step(const struct row_loss *loss, int V, float *scores, const struct pairs *p,
                     float lr, float *g)
{
    size_t width = (size_t)V, cells = width * width;
    unsigned *times = calloc(cells, sizeof *times);
    if (!times) die("out of memory");
    double sum = 0, n = (double)p->n;
    for (size_t i = 0; i < p->n; i++) times[(size_t)p->before[i] * width + (size_t)p->after[i]]++;
    for (size_t row = 0; row < cells; row += width) {
        for (size_t v = 0; v < width; v++) g[row + v] = 0;
        for (size_t v = 0; v < width; v++) {
            double share = times[row + v] / n;
            if (times[row + v])
                sum += share *
                       loss->row(loss->context, V, scores + row, (int32_t)v, (float)share, g + row);
        }
        for (size_t v = 0; v < width; v++) scores[row + v] -= lr * g[row + v];
    }
    free(times);
    return sum;
}
