// xor: the smallest thing that a network cannot learn without a hidden layer, learnt by the
// smallest network that can: exclusive or, of two inputs that are -1 or 1.
//
//   h[u] = tanh(b[u] + w[u][0] x[0] + w[u][1] x[1]),  u = 0 … units - 1
//   p    = 1 / (1 + exp(-(c + sum of v[u] h[u]))), the probability of "they differ"
//
// Source: Rumelhart, Hinton & Williams 1986, "Learning internal representations by error
// propagation", where gradient descent was first seen to stick on it.
#ifndef GPT_XOR_H
#define GPT_XOR_H

#include "random.h"

enum { XOR_CASES = 4, XOR_UNITS = 8 };  // XOR_UNITS: the most hidden units

struct xor_net {
    int units;
    float w[XOR_UNITS][2], b[XOR_UNITS], v[XOR_UNITS], c;
};

// xor_new draws all weights of a network from the normal distribution; biases are 0.
struct xor_net xor_new(int units, struct random *r);

// xor_answer writes p of case i, whose inputs are the bits of i, and returns whether it is on the
// right side of a half.
int xor_answer(const struct xor_net *n, int i, float *p);

// xor_train takes `steps` steps of gradient descent on the mean cross-entropy of the four cases.
void xor_train(struct xor_net *n, int steps, float rate);

// xor_grow gives a network one unit more, which it hears nothing of yet (grow.h): its weights are
// drawn from the normal distribution, its v and its bias are 0.
void xor_grow(struct xor_net *n, struct random *r);

// xor_solved tells whether all four answers are right.
int xor_solved(const struct xor_net *n);

#endif
