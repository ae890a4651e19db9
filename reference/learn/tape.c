#include "tape.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "error.h"

struct node {
    int rank, count;  // of shape and inputs
    int shape[TAPE_RANK], inputs[TAPE_INPUTS];
    size_t size;
    const float *data;
    float *result;   // data, where it is ours to write: NULL for a leaf
    float *grad;     // NULL until backward reaches the node
    int needs_grad;  // a leaf with a gradient stands somewhere before it
    tape_backward_fn *backward;
    void *saved;
};

struct tape {
    struct arena *arena;
    struct node *nodes;
    int count, room;
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
    return t;
}

void tape_reset(struct tape *t)
{
    arena_reset(t->arena);
    t->count = 0;
}

void tape_free(struct tape *t)
{
    if (!t) return;
    arena_free(t->arena);
    free(t->nodes);
    free(t);
}

// push adds an empty node of the given shape.
static struct node *push(struct tape *t, int rank, const int *shape)
{
    CHECK(rank >= 0 && rank <= TAPE_RANK, "rank=%d", rank);
    if (t->count == t->room) {
        t->room = t->room ? 2 * t->room : 256;
        t->nodes = realloc(t->nodes, sizeof *t->nodes * (size_t)t->room);
        if (!t->nodes) die("out of memory: %d nodes", t->room);
    }
    struct node *n = &t->nodes[t->count++];
    *n = (struct node){.rank = rank, .size = 1};
    for (int i = 0; i < rank; i++) {
        CHECK(shape[i] > 0, "shape[%d]=%d", i, shape[i]);
        n->shape[i] = shape[i];
        n->size *= (size_t)shape[i];
    }
    return n;
}

int tape_leaf(struct tape *t, int rank, const int *shape, const float *data, float *grad)
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
    struct node *n = push(t, rank, shape);
    n->count = count;
    for (int i = 0; i < count; i++) {
        n->inputs[i] = inputs[i];
        n->needs_grad |= at(t, inputs[i])->needs_grad;
    }
    n->data = n->result = arena_floats(t->arena, n->size);
    n->backward = backward;
    n->saved = saved;
    return t->count - 1;
}

// want_grad gives a node its gradient, zero, if it needs one and has none yet.
static void want_grad(struct tape *t, struct node *n)
{
    if (n->needs_grad && !n->grad) n->grad = arena_zeros(t->arena, n->size);
}

void tape_backward(struct tape *t, int node, float seed)
{
    struct node *end = at(t, node);
    if (!end->needs_grad) return;
    want_grad(t, end);
    for (size_t i = 0; i < end->size; i++) end->grad[i] = seed;
    for (int i = node; i >= 0; i--) {
        struct node *n = at(t, i);
        if (!n->grad || !n->backward) continue;  // not on a path to `node`, or a leaf
        for (int j = 0; j < n->count; j++) want_grad(t, at(t, n->inputs[j]));
        n->backward(t, i);
    }
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
    return at(t, node)->grad;
}

void *tape_alloc(struct tape *t, size_t bytes)
{
    return arena_alloc(t->arena, bytes);
}

size_t tape_memory(const struct tape *t)
{
    return arena_used(t->arena);
}
