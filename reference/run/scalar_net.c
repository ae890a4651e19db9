#include "scalar_net.h"

#include <math.h>
#include <stdlib.h>

#include "error.h"

int scalar_net_weights(int C, int O)
{
    return O * (C + 1);
}

void scalar_net_start(struct random *r, int C, int O, float *w)
{
    float deviation = 1 / sqrtf((float)C);
    for (int o = 0; o < O; o++, w += C + 1) {
        for (int c = 0; c < C; c++) w[c] = deviation * random_normal(r);
        w[C] = 0;
    }
}

void scalar_net_layer(struct scalar_graph *g, int C, int O, int first, int bend, const int *x,
                      int *y)
{
    int *w = malloc(((size_t)C + 1) * sizeof *w);
    if (!w) die("out of memory: %d weights", C);
    for (int o = 0; o < O; o++) {
        for (int c = 0; c <= C; c++) w[c] = first++;
        y[o] = bend ? scalar_neuron(g, C, w, x, w[C]) : scalar_linear(g, C, w, x, w[C]);
    }
    free(w);
}

int scalar_net_square(struct scalar_graph *g, int y, float want, float factor)
{
    int off = scalar_sub(g, y, scalar_leaf(g, want));
    return scalar_scale(g, scalar_mul(g, off, off), factor);
}

void scalar_net_step(struct scalar_graph *g, int first, int n, float lr)
{
    for (int i = first; i < first + n; i++)
        scalar_set(g, i, scalar_value(g, i) - lr * scalar_grad(g, i));
}
