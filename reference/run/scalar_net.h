// scalar_net: layers of neurons on a scalar graph, and the step down.
#ifndef GPT_SCALAR_NET_H
#define GPT_SCALAR_NET_H

#include "random.h"
#include "scalar.h"

// scalar_net_weights returns how many weights a layer of O units of C inputs has: O (C + 1).
int scalar_net_weights(int C, int O);

// scalar_net_start fills w[0 … O (C + 1)) with the first weights of a layer: for each unit C from
// the normal distribution, of the deviation 1/sqrt(C), and a zero.
void scalar_net_start(struct random *r, int C, int O, float *w);

// scalar_net_layer adds a layer to the graph.
//   first  the layer's first weight; its others are the leaves after it
//   x      (C) nodes, the inputs        y  (O) set to the units' nodes
//   bend   1 for neurons, 0 for the linear part only
void scalar_net_layer(struct scalar_graph *g, int C, int O, int first, int bend, const int *x,
                      int *y);

// scalar_net_square returns a node that is (y - want)^2 * factor.
int scalar_net_square(struct scalar_graph *g, int y, float want, float factor);

// scalar_net_step moves the leaves first … first + n - 1 against their gradients: w -= lr *
// gradient.
void scalar_net_step(struct scalar_graph *g, int first, int n, float lr);

#endif
