#include "scalar.h"

#include "todo.h"

#include <limits.h>
#include <stdlib.h>

#include "error.h"
#include "mathf.h"

struct node {
    enum scalar_op op;
    int a, b;  // the inputs; SCALAR_NONE where there is none
    float value, grad;
};

struct scalar_graph {
    struct node *nodes;  // (room), of which `count` are in use
    int count, room;
};

struct scalar_graph *scalar_new(void)
{
    struct scalar_graph *g = calloc(1, sizeof *g);
    if (!g) die("out of memory: a graph");
    return g;
}

void scalar_reset(struct scalar_graph *g)
{
    g->count = 0;
}

void scalar_free(struct scalar_graph *g)
{
    if (!g) return;
    free(g->nodes);
    free(g);
}

// at returns a node by its number.  The address is good until the next push, which may move them
// all.
static struct node *at(const struct scalar_graph *g, int node)
{
    CHECK(node >= 0 && node < g->count, "node %d of %d", node, g->count);
    return &g->nodes[node];
}

// push adds a node at the end and returns its number.  The node has no inputs, value 0, gradient 0.
static int push(struct scalar_graph *g, enum scalar_op op)
{
    if (g->count == g->room) {
        CHECK(g->room <= INT_MAX / 2, "%d nodes", g->count);
        g->room = g->room ? 2 * g->room : 256;
        g->nodes = realloc(g->nodes, (size_t)g->room * sizeof *g->nodes);
        if (!g->nodes) die("out of memory: %d nodes of a graph", g->room);
    }
    g->nodes[g->count] = (struct node){.op = op, .a = SCALAR_NONE, .b = SCALAR_NONE};
    return g->count++;
}

int scalar_leaf(struct scalar_graph *g, float value)
{
    int leaf = push(g, SCALAR_LEAF);
    at(g, leaf)->value = value;
    return leaf;
}

// evaluate returns the value of a node, from the values of its inputs; a leaf keeps its own.
static float evaluate(const struct scalar_graph *g, const struct node *n)
{
    TODO();
}

int scalar_record(struct scalar_graph *g, enum scalar_op op, int a, int b)
{
    int two = op == SCALAR_ADD || op == SCALAR_MUL;
    CHECK(op != SCALAR_LEAF && two == (b != SCALAR_NONE), "op=%d b=%d", (int)op, b);
    CHECK(a >= 0 && a < g->count && b < g->count, "inputs %d, %d of %d nodes", a, b, g->count);
    TODO();
}

int scalar_add(struct scalar_graph *g, int a, int b)
{
    return scalar_record(g, SCALAR_ADD, a, b);
}

int scalar_mul(struct scalar_graph *g, int a, int b)
{
    return scalar_record(g, SCALAR_MUL, a, b);
}

int scalar_tanh(struct scalar_graph *g, int a)
{
    return scalar_record(g, SCALAR_TANH, a, SCALAR_NONE);
}

int scalar_exp(struct scalar_graph *g, int a)
{
    return scalar_record(g, SCALAR_EXP, a, SCALAR_NONE);
}

int scalar_log(struct scalar_graph *g, int a)
{
    return scalar_record(g, SCALAR_LOG, a, SCALAR_NONE);
}

int scalar_scale(struct scalar_graph *g, int a, float factor)
{
    return scalar_mul(g, a, scalar_leaf(g, factor));
}

int scalar_sub(struct scalar_graph *g, int a, int b)
{
    return scalar_add(g, a, scalar_scale(g, b, -1));
}

int scalar_linear(struct scalar_graph *g, int n, const int *w, const int *x, int b)
{
    TODO();
}

int scalar_neuron(struct scalar_graph *g, int n, const int *w, const int *x, int b)
{
    TODO();
}

void scalar_set(struct scalar_graph *g, int leaf, float value)
{
    struct node *n = at(g, leaf);
    CHECK(n->op == SCALAR_LEAF, "node %d is no leaf: its value is computed", leaf);
    n->value = value;
}

void scalar_forward(struct scalar_graph *g)
{
    TODO();
}

// hand_on adds to the gradient of each input of n what n's own gradient comes to there.
static void hand_on(struct scalar_graph *g, const struct node *n)
{
    TODO();
}

void scalar_backward(struct scalar_graph *g, int end)
{
    CHECK(end >= 0 && end < g->count, "node %d of %d", end, g->count);
    TODO();
}

float scalar_value(const struct scalar_graph *g, int node)
{
    return at(g, node)->value;
}

float scalar_grad(const struct scalar_graph *g, int node)
{
    return at(g, node)->grad;
}

enum scalar_op scalar_kind(const struct scalar_graph *g, int node)
{
    return at(g, node)->op;
}

int scalar_input(const struct scalar_graph *g, int node, int i)
{
    CHECK(i == 0 || i == 1, "input %d", i);
    return i == 0 ? at(g, node)->a : at(g, node)->b;
}

int scalar_count(const struct scalar_graph *g)
{
    return g->count;
}

size_t scalar_bytes(const struct scalar_graph *g)
{
    return (size_t)g->count * sizeof *g->nodes;
}
