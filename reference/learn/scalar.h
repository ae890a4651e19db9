// scalar: numbers that remember where they come from, so that slopes can be sent back.
//
// Every number is a node of a graph: a leaf, which somebody sets, or the result of an operation on
// one or two earlier nodes.  Nodes are numbered 0, 1, 2 … in the order in which they are recorded;
// so the inputs of a node always have smaller numbers than the node.
//
// scalar_backward finds, for one node called the end, the slope of its value with respect to every
// node: by how much it grows for each unit that the node grows, all other leaves kept.  That slope
// is the node's gradient.  An operation that is y = f(a, b) hands on, where dy is its own gradient:
//
//   add   y = a + b      a's gradient += dy              b's gradient += dy
//   mul   y = a b        a's gradient += dy * b          b's gradient += dy * a
//   tanh  y = tanh a     a's gradient += dy * (1 - y y)
//   exp   y = e^a        a's gradient += dy * y
//   log   y = ln a       a's gradient += dy / a
//
// All in float; exp, log and tanh are mathf's.  The reference takes the nodes in the reverse of
// their numbers, input a before b, and rounds each product before it adds (no fmaf); any other
// order in which a node comes after all that use it is as right, and may differ in the last bits.
// Source: Griewank & Walther 2008, "Evaluating derivatives", section 3.2 (reverse mode).
#ifndef GPT_SCALAR_H
#define GPT_SCALAR_H

#include <stddef.h>

enum scalar_op { SCALAR_LEAF, SCALAR_ADD, SCALAR_MUL, SCALAR_TANH, SCALAR_EXP, SCALAR_LOG };
enum { SCALAR_NONE = -1 };  // in place of an input that an operation does not have

struct scalar_graph;

// scalar_new returns an empty graph.  scalar_reset forgets all nodes and keeps the memory.
struct scalar_graph *scalar_new(void);
void scalar_reset(struct scalar_graph *g);
void scalar_free(struct scalar_graph *g);  // g may be NULL

// scalar_leaf adds a node that is no operation's result, and returns its number.
int scalar_leaf(struct scalar_graph *g, float value);

// scalar_record adds the result of an operation: a node that knows the operation and its inputs,
// and has its value at once.  Returns its number.
//   op    not SCALAR_LEAF
//   a, b  nodes of this graph; they may be the same one.  b is SCALAR_NONE for tanh, exp and log.
int scalar_record(struct scalar_graph *g, enum scalar_op op, int a, int b);

// The operations by name: each is one scalar_record.
int scalar_add(struct scalar_graph *g, int a, int b);
int scalar_mul(struct scalar_graph *g, int a, int b);
int scalar_tanh(struct scalar_graph *g, int a);
int scalar_exp(struct scalar_graph *g, int a);
int scalar_log(struct scalar_graph *g, int a);

// scalar_scale returns a times a constant, which becomes a leaf; scalar_sub returns a - b.
int scalar_scale(struct scalar_graph *g, int a, float factor);
int scalar_sub(struct scalar_graph *g, int a, int b);

// scalar_linear returns a node that is w[0] x[0] + … + w[n-1] x[n-1] + b, added up in any order.
//   w, x  (n)  nodes of this graph; n >= 0
//   b          a node of this graph
int scalar_linear(struct scalar_graph *g, int n, const int *w, const int *x, int b);

// scalar_neuron returns a node that is the tanh of that.
int scalar_neuron(struct scalar_graph *g, int n, const int *w, const int *x, int b);

// scalar_set gives a leaf another value.  The nodes computed from it are out of date until
// scalar_forward computes the value of every operation in the graph again.
void scalar_set(struct scalar_graph *g, int leaf, float value);
void scalar_forward(struct scalar_graph *g);

// scalar_backward sets the gradient of every node in the graph: 1 for the end itself; for a node
// from which the end is computed, the sum of what it is handed by the operations on the way there;
// 0 for every other node.  What an earlier call left is gone.  A node from which the end is not
// computed hands on nothing, even if its own slope is infinite.  (For one on the way whose gradient
// comes out as 0, infinite slopes are left open: 0 or NaN.)  Its time depends on how many nodes
// there are, not on how many ways lead from the end to a node: n nodes can have 2^n.
void scalar_backward(struct scalar_graph *g, int end);

// What a node is.  Its gradient is that of the last scalar_backward; 0 before the first.
float scalar_value(const struct scalar_graph *g, int node);
float scalar_grad(const struct scalar_graph *g, int node);
enum scalar_op scalar_kind(const struct scalar_graph *g, int node);
int scalar_input(const struct scalar_graph *g, int node, int i);  // i is 0 for a, 1 for b

// scalar_count returns how many nodes there are; scalar_bytes what they take in memory.
int scalar_count(const struct scalar_graph *g);
size_t scalar_bytes(const struct scalar_graph *g);

#endif
