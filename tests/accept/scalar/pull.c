// Each node collects its gradient from all nodes that use it.
#include "scalar.h"

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
    float x = n->a == SCALAR_NONE ? 0 : g->nodes[n->a].value;
    float z = n->b == SCALAR_NONE ? 0 : g->nodes[n->b].value;
    return n->op == SCALAR_ADD  ? x + z
         : n->op == SCALAR_MUL  ? x * z
         : n->op == SCALAR_TANH ? mathf_tanh(x)
         : n->op == SCALAR_EXP  ? mathf_exp(x)
         : n->op == SCALAR_LOG  ? mathf_log(x)
                                : n->value;
}

int scalar_record(struct scalar_graph *g, enum scalar_op op, int a, int b)
{
    int two = op == SCALAR_ADD || op == SCALAR_MUL;
    CHECK(op != SCALAR_LEAF && two == (b != SCALAR_NONE), "op=%d b=%d", (int)op, b);
    CHECK(a >= 0 && a < g->count && b < g->count, "inputs %d, %d of %d nodes", a, b, g->count);
    struct node n = {op, a, b, 0, 0};
    n.value = evaluate(g, &n);
    int number = push(g, op);
    g->nodes[number] = n;
    return number;
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
    for (; n > 0; n--, w++, x++) b = scalar_add(g, scalar_mul(g, *x, *w), b);
    return b;
}

int scalar_neuron(struct scalar_graph *g, int n, const int *w, const int *x, int b)
{
    b = scalar_linear(g, n, w, x, b);
    return scalar_tanh(g, b);
}

void scalar_set(struct scalar_graph *g, int leaf, float value)
{
    struct node *n = at(g, leaf);
    CHECK(n->op == SCALAR_LEAF, "node %d is no leaf: its value is computed", leaf);
    n->value = value;
}

void scalar_forward(struct scalar_graph *g)
{
    for (struct node *n = g->nodes; n < g->nodes + g->count; n++) n->value = evaluate(g, n);
}

// slope returns how fast a node moves with its input 0 or 1.
static float slope(const struct scalar_graph *g, const struct node *n, int input)
{
    if (n->op == SCALAR_ADD) return 1;
    if (n->op == SCALAR_MUL) return g->nodes[input ? n->a : n->b].value;
    if (n->op == SCALAR_TANH) return 1 - n->value * n->value;
    if (n->op == SCALAR_EXP) return n->value;
    return 1 / g->nodes[n->a].value;
}

void scalar_backward(struct scalar_graph *g, int end)
{
    CHECK(end >= 0 && end < g->count, "node %d of %d", end, g->count);
    for (int i = g->count - 1; i >= 0; i--) {
        float grad = i == end;
        // All that use node i come after it and have their gradients already.
        for (int user = i + 1; user <= end; user++) {
            const struct node *n = &g->nodes[user];
            if (n->grad == 0) continue;
            if (n->a == i) grad += n->grad * slope(g, n, 0);
            if (n->b == i) grad += n->grad * slope(g, n, 1);
        }
        g->nodes[i].grad = grad;
    }
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
