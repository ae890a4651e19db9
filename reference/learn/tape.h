// tape: tensor autograd.  Forward, each operation is recorded as a node; backward, the nodes
// are visited in reverse order and each one adds to the gradients of its inputs.
//
// A node is an integer: nodes are numbered in the order they were recorded, so every input of a
// node has a smaller number than the node, and "reverse order" needs no sorting.
// All memory comes from one arena and is given back by tape_reset, once per step.
// Source: Griewank & Walther 2008, "Evaluating derivatives", section 3.2 (reverse mode).
#ifndef GPT_TAPE_H
#define GPT_TAPE_H

#include <stddef.h>

enum { TAPE_RANK = 4, TAPE_INPUTS = 3 };

struct tape;

// tape_backward_fn adds to tape_grad(t, i) for each input i of the node, given
// tape_grad(t, node).  An input whose gradient is NULL needs none.
typedef void tape_backward_fn(struct tape *t, int node);

// tape_new returns an empty tape.  tape_reset forgets the nodes and keeps the memory.
struct tape *tape_new(void);
void tape_reset(struct tape *t);
void tape_free(struct tape *t);  // t may be NULL

// tape_lean makes a tape lean, for good: tape_backward gives back the gradient of an inner node as
// soon as it has been passed on to the node's inputs, and uses its memory again.  tape_grad of that
// node is NULL then.  For training, which asks for the leaves' gradients alone.
// An operation may offer a lean tape the place for a large gradient: its last input is a leaf whose
// gradient is the first input's result.  If the first input has no gradient yet, its gradient is
// that array then, as tape_grad says; it does not begin as zeros but as the data, which the
// operation's backward reads and writes over.  A tape may take no notice of it.
void tape_lean(struct tape *t);

// tape_leaf adds an array of the caller's: data that gradients flow to when grad is not NULL.
//   shape  (rank)  rank <= TAPE_RANK
//   data, grad     as large as the shape's product; they stay the caller's.  data is only read.
int tape_leaf(struct tape *t, int rank, const int *shape, float *data, float *grad);

// tape_record adds the result of an operation and returns its number.  The caller then computes
// the result into tape_result(t, node).  The node needs a gradient if one of its inputs does.
//   inputs  (count)  the nodes it is computed from; count <= TAPE_INPUTS
//   saved            what the backward will need besides, from tape_alloc; may be NULL
int tape_record(struct tape *t, int rank, const int *shape, int count, const int *inputs,
                tape_backward_fn *backward, void *saved);

// tape_backward sets the gradient of node to seed (in every element) and replays the tape
// backwards, from node down: the backward of each node that has a gradient by then is called, once,
// its inputs' gradients being there.  A gradient of an inner node begins as zeros; those of leaves
// are the caller's and are added to, so the caller zeroes them first.  What needs no gradient gets
// none, and takes no memory.  Once between two resets.
void tape_backward(struct tape *t, int node, float seed);

// tape_detach returns a new node with node's shape and its very data, which needs no gradient:
// whatever is computed from it passes none on to node.
int tape_detach(struct tape *t, int node);

// What a node is.
int tape_rank(const struct tape *t, int node);
int tape_dim(const struct tape *t, int node, int i);  // i < 0 counts from the end
size_t tape_size(const struct tape *t, int node);     // number of elements
int tape_input(const struct tape *t, int node, int i);
int tape_needs_grad(const struct tape *t, int node);  // 1 or 0
void *tape_saved(const struct tape *t, int node);
const float *tape_data(const struct tape *t, int node);

// tape_result returns the array that the operation that recorded node fills; NULL if there is
// none, because the data are a leaf's.
float *tape_result(struct tape *t, int node);

// tape_grad returns the gradient of node, shaped like it; NULL if it needs none, if backward has
// not come to it, or if a lean tape has given it back.
float *tape_grad(const struct tape *t, int node);

// tape_grad_into is tape_grad for a backward that goes through the whole gradient of an input
// anyway. *add is 1 if it is to be added to.  0: nothing has been added yet, and what it holds
// means nothing; then write over it, and nobody has to write the zeros that it would begin with.
float *tape_grad_into(struct tape *t, int node, int *add);

// tape_alloc returns memory that lasts until the reset.
void *tape_alloc(struct tape *t, size_t bytes);

// tape_scratch returns memory to work in while one forward or backward lasts: the next call takes
// it again, so that a node's costs nothing but while it is at work.
void *tape_scratch(struct tape *t, size_t bytes);

// tape_memory returns the bytes in use since the reset, and the most that tape_scratch was asked
// for at a time since the tape is there.
size_t tape_memory(const struct tape *t);

// Operations.  Each records one node, computes its result and returns its number.  Their backwards
// round each product, and then add it: dx += dy * slope.

// tape_add: a + b.  tape_mul: a * b, element by element.  Both broadcast, as tensor_broadcast does.
int tape_add(struct tape *t, int a, int b);
int tape_mul(struct tape *t, int a, int b);

// tape_matmul: the matrix product.  a (N, K), b (K, M); result (N, M).
int tape_matmul(struct tape *t, int a, int b);

// tape_tanh: element by element.
int tape_tanh(struct tape *t, int x);

// tape_sum: the sum of all elements; result of rank 0.
int tape_sum(struct tape *t, int x);

// The backwards of three of them, for tape_backward to call: each adds to the gradients of the
// node's inputs, given that of the node.
void tape_mul_backward(struct tape *t, int node);
void tape_matmul_backward(struct tape *t, int node);
void tape_tanh_backward(struct tape *t, int node);

#endif
