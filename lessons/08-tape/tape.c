#include "tape.h"

#include "todo.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "error.h"
#include "mathf.h"
#include "tensor.h"

_Static_assert((int)TAPE_RANK == (int)TENSOR_RANK, "a node is seen as a tensor");

struct node {
    int rank, count;  // of shape and inputs
    int shape[TAPE_RANK], inputs[TAPE_INPUTS];
    size_t size;                 // elements, from the shape
    float *data;                 // the elements
    float *result;               // data, where it is ours to write: NULL for a leaf
    float *grad;                 // NULL until backward reaches the node
    int fresh;                   // nobody has asked for grad yet: what it holds means nothing
    float *spare;                // on a lean tape, the memory of a gradient that was given back
    int next;                    // the next node with such memory, or -1
    int needs_grad;              // a leaf with a gradient stands somewhere before it
    tape_backward_fn *backward;  // NULL for a leaf
    void *saved;
};

struct tape {
    struct arena *arena, *scratch;
    struct node *nodes;
    int count, room;
    int lean, spare;    // spare: the first node that has memory to spare, or -1
    float *place;       // what is left of a result whose gradient took its place, on a lean tape
    size_t place_left;  // numbers
};

static struct node *at(const struct tape *t, int node)
{
    CHECK(node >= 0 && node < t->count, "node %d of %d", node, t->count);
    return &t->nodes[node];
}

struct tape *tape_new(void)
{
    struct tape *t = calloc(1, sizeof *t);
    if (!t) die("out of memory: tape");
    t->arena = arena_new();
    t->scratch = arena_new();
    t->spare = -1;
    return t;
}

void tape_lean(struct tape *t)
{
    t->lean = 1;  // tape_backward looks at it
}

void tape_reset(struct tape *t)
{
    arena_reset(t->arena);
    t->count = 0;
    t->spare = -1;
    t->place_left = 0;
}

void tape_free(struct tape *t)
{
    if (!t) return;
    arena_free(t->arena);
    arena_free(t->scratch);
    free(t->nodes);
    free(t);
}

// --- the machine ---------------------------------------------------------------------------------

// push adds a node of the given shape, in which all else is 0 or NULL.  The nodes may move; shape
// may be one's own.
static struct node *push(struct tape *t, int rank, const int *shape)
{
    CHECK(rank >= 0 && rank <= TAPE_RANK, "rank=%d", rank);
    struct node n = {.rank = rank, .size = 1};
    for (int i = 0; i < rank; i++) {
        CHECK(shape[i] > 0, "shape[%d]=%d", i, shape[i]);
        n.shape[i] = shape[i];
        n.size *= (size_t)shape[i];
    }
    if (t->count == t->room) {
        t->room = t->room ? 2 * t->room : 256;
        t->nodes = realloc(t->nodes, sizeof *t->nodes * (size_t)t->room);
        if (!t->nodes) die("out of memory: %d nodes", t->room);
    }
    t->nodes[t->count] = n;
    return &t->nodes[t->count++];
}

int tape_leaf(struct tape *t, int rank, const int *shape, float *data, float *grad)
{
    struct node *n = push(t, rank, shape);
    n->data = data;
    n->grad = grad;
    n->needs_grad = grad != NULL;
    return t->count - 1;
}

int tape_record(struct tape *t, int rank, const int *shape, int count, const int *inputs,
                tape_backward_fn *backward, void *saved)
{
    CHECK(count >= 0 && count <= TAPE_INPUTS, "count=%d", count);
    for (int i = 0; i < count; i++) at(t, inputs[i]);  // is there such a node?
    struct node *n = push(t, rank, shape);
    // Fill in the rest of n.  The memory of its result: arena_floats(t->arena, n->size).
    TODO();
    return t->count - 1;
}

void tape_backward(struct tape *t, int node, float seed)
{
    TODO();
}

int tape_detach(struct tape *t, int node)
{
    TODO();
}

int tape_rank(const struct tape *t, int node)
{
    return at(t, node)->rank;
}

int tape_dim(const struct tape *t, int node, int i)
{
    const struct node *n = at(t, node);
    if (i < 0) i += n->rank;
    CHECK(i >= 0 && i < n->rank, "dimension %d of rank %d", i, n->rank);
    return n->shape[i];
}

size_t tape_size(const struct tape *t, int node)
{
    return at(t, node)->size;
}

int tape_input(const struct tape *t, int node, int i)
{
    const struct node *n = at(t, node);
    CHECK(i >= 0 && i < n->count, "input %d of %d", i, n->count);
    return n->inputs[i];
}

int tape_needs_grad(const struct tape *t, int node)
{
    return at(t, node)->needs_grad;
}

void *tape_saved(const struct tape *t, int node)
{
    return at(t, node)->saved;
}

const float *tape_data(const struct tape *t, int node)
{
    return at(t, node)->data;
}

float *tape_result(struct tape *t, int node)
{
    return at(t, node)->result;
}

float *tape_grad(const struct tape *t, int node)
{
    struct node *n = at(t, node);
    if (!n->fresh || !n->grad) return n->grad;
    n->fresh = 0;
#pragma omp parallel for if (n->size > 1 << 14)
    for (size_t i = 0; i < n->size; i++) n->grad[i] = 0;
    return n->grad;
}

float *tape_grad_into(struct tape *t, int node, int *add)
{
    struct node *n = at(t, node);
    *add = !n->fresh;
    n->fresh = 0;
    return n->grad;
}

void *tape_alloc(struct tape *t, size_t bytes)
{
    return arena_alloc(t->arena, bytes);
}

void *tape_scratch(struct tape *t, size_t bytes)
{
    // The next gradient is cut from there too, but not while a backward lasts.
    if (bytes <= t->place_left * sizeof *t->place) return t->place;
    arena_reset(t->scratch);
    if (bytes > arena_peak(t->scratch)) {
        // Beside the memory that is too small now, new memory would be wanted.
        arena_free(t->scratch);
        t->scratch = arena_new();
    }
    return arena_alloc(t->scratch, bytes);
}

size_t tape_memory(const struct tape *t)
{
    return arena_used(t->arena) + arena_peak(t->scratch);
}

// --- operations ----------------------------------------------------------------------------------

// A node's elements, and their gradients, as lesson 07 sees them.  The gradients of what needs none
// have data NULL.
static struct tensor data_of(const struct tape *t, int node)
{
    const struct node *n = at(t, node);
    return tensor_of(n->rank, n->shape, n->data);
}

static struct tensor grad_of(const struct tape *t, int node)
{
    const struct node *n = at(t, node);
    return tensor_of(n->rank, n->shape, tape_grad(t, node));
}

// record_pair records a result of the shape to which a and b are broadcast.
static int record_pair(struct tape *t, int a, int b, tape_backward_fn *backward)
{
    int shape[TAPE_RANK], rank = tensor_common(data_of(t, a), data_of(t, b), shape);
    return tape_record(t, rank, shape, 2, (int[]){a, b}, backward, NULL);
}

static int record_same(struct tape *t, int x, tape_backward_fn *backward)
{
    const struct node *n = at(t, x);
    return tape_record(t, n->rank, n->shape, 1, &x, backward, NULL);
}

// same_size says whether nothing is broadcast between a node and the result made from it.
static int same_size(const struct tape *t, int x, int node)
{
    return tape_size(t, x) == tape_size(t, node);
}

// hand_on adds the gradient of node, as it is, to that of its input x.
static void hand_on(struct tape *t, int node, int x)
{
    if (!same_size(t, x, node)) {
        tensor_sum_to(grad_of(t, node), grad_of(t, x));
        return;
    }
    // What every block of a GPT does: straight through, not through a tensor's index.
    int add;
    const float *dy = tape_grad(t, node);
    float *dx = tape_grad_into(t, x, &add);
    ptrdiff_t n = (ptrdiff_t)tape_size(t, node);
#pragma omp parallel for
    for (ptrdiff_t i = 0; i < n; i++) dx[i] = (add ? dx[i] : 0) + dy[i];
}

// The slope of a + b in either is 1.
static void add_backward(struct tape *t, int node)
{
    for (int i = 0; i < 2; i++) {
        int x = tape_input(t, node, i);
        if (at(t, x)->grad) hand_on(t, node, x);
    }
}

int tape_add(struct tape *t, int a, int b)
{
    int node = record_pair(t, a, b, add_backward);
    if (!same_size(t, a, node) || !same_size(t, b, node)) {
        tensor_add(data_of(t, a), data_of(t, b), data_of(t, node));
        return node;
    }
    const float *x = tape_data(t, a), *y = tape_data(t, b);
    float *out = tape_result(t, node);
    ptrdiff_t n = (ptrdiff_t)tape_size(t, node);
#pragma omp parallel for
    for (ptrdiff_t i = 0; i < n; i++) out[i] = x[i] + y[i];
    return node;
}

void tape_mul_backward(struct tape *t, int node)
{
    TODO();
}

int tape_mul(struct tape *t, int a, int b)
{
    int node = record_pair(t, a, b, tape_mul_backward);
    tensor_mul(data_of(t, a), data_of(t, b), data_of(t, node));
    return node;
}

void tape_matmul_backward(struct tape *t, int node)
{
    TODO();
}

int tape_matmul(struct tape *t, int a, int b)
{
    CHECK(tape_rank(t, a) == 2 && tape_rank(t, b) == 2, "rank %d and %d", tape_rank(t, a),
          tape_rank(t, b));
    CHECK(tape_dim(t, a, 1) == tape_dim(t, b, 0), "a has rows of %d, b columns of %d",
          tape_dim(t, a, 1), tape_dim(t, b, 0));
    int shape[] = {tape_dim(t, a, 0), tape_dim(t, b, 1)};
    int node = tape_record(t, 2, shape, 2, (int[]){a, b}, tape_matmul_backward, NULL);
    tensor_matmul(data_of(t, a), data_of(t, b), data_of(t, node));
    return node;
}

void tape_tanh_backward(struct tape *t, int node)
{
    TODO();
}

int tape_tanh(struct tape *t, int x)
{
    int node = record_same(t, x, tape_tanh_backward);
    const float *in = tape_data(t, x);
    float *out = tape_result(t, node);
    ptrdiff_t n = (ptrdiff_t)tape_size(t, node);
#pragma omp parallel for
    for (ptrdiff_t i = 0; i < n; i++) out[i] = mathf_tanh(in[i]);
    return node;
}

static void sum_backward(struct tape *t, int node)
{
    struct tensor dx = grad_of(t, tape_input(t, node, 0));
    tensor_add(dx, grad_of(t, node), dx);  // the one dy is broadcast to all
}

int tape_sum(struct tape *t, int x)
{
    int node = tape_record(t, 0, NULL, 1, &x, sum_backward, NULL);
    *tape_result(t, node) = 0;
    tensor_sum_to(data_of(t, x), data_of(t, node));
    return node;
}
