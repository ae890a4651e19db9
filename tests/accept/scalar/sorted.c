// Nodes are pointers, each in memory of its own.  The backward looks for an order itself: it walks
// from the end to all that the end is computed from, and writes a node down when all before it are.
#include "scalar.h"

#include <stdlib.h>

#include "error.h"
#include "mathf.h"

struct node {
    enum scalar_op op;
    int number[2];
    struct node *input[2];
    float value, grad;
    int inputs, seen;
};

struct scalar_graph {
    int count, room;
    struct node **node;
};

struct scalar_graph *scalar_new(void)
{
    struct scalar_graph *g = malloc(sizeof *g);
    if (!g) die("out of memory");
    *g = (struct scalar_graph){0, 1000, malloc(1000 * sizeof *g->node)};
    if (!g->node) die("out of memory");
    return g;
}

void scalar_reset(struct scalar_graph *g)
{
    while (g->count > 0) free(g->node[--g->count]);
}

void scalar_free(struct scalar_graph *g)
{
    if (!g) return;
    scalar_reset(g);
    free(g->node);
    free(g);
}

static struct node *create(struct scalar_graph *g, enum scalar_op op, int inputs)
{
    struct node *n = malloc(sizeof *n);
    if (g->count == g->room) {
        g->room *= 3;
        g->node = realloc(g->node, (size_t)g->room * sizeof *g->node);
    }
    if (!n || !g->node) die("out of memory");
    *n = (struct node){.op = op, .inputs = inputs, .number = {-1, -1}};
    return g->node[g->count++] = n;
}

int scalar_leaf(struct scalar_graph *g, float value)
{
    create(g, SCALAR_LEAF, 0)->value = value;
    return g->count - 1;
}

static void update(struct node *n)
{
    float x = n->inputs > 0 ? n->input[0]->value : 0, z = n->inputs > 1 ? n->input[1]->value : 0;
    if (n->op == SCALAR_ADD) n->value = x + z;
    if (n->op == SCALAR_MUL) n->value = x * z;
    if (n->op == SCALAR_TANH) n->value = mathf_tanh(x);
    if (n->op == SCALAR_EXP) n->value = mathf_exp(x);
    if (n->op == SCALAR_LOG) n->value = mathf_log(x);
}

int scalar_record(struct scalar_graph *g, enum scalar_op op, int a, int b)
{
    struct node *n = create(g, op, b == SCALAR_NONE ? 1 : 2);
    n->number[0] = a;
    n->number[1] = b;
    for (int k = 0; k < n->inputs; k++) n->input[k] = g->node[n->number[k]];
    update(n);
    return g->count - 1;
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
    return scalar_add(g, scalar_scale(g, b, -1), a);
}

// The sum of two halves, and of their halves.
static int halves(struct scalar_graph *g, int n, const int *w, const int *x)
{
    if (n == 1) return scalar_mul(g, *x, *w);
    int left = halves(g, n / 2, w, x);
    return scalar_add(g, left, halves(g, n - n / 2, w + n / 2, x + n / 2));
}

int scalar_linear(struct scalar_graph *g, int n, const int *w, const int *x, int b)
{
    return n ? scalar_add(g, halves(g, n, w, x), b) : b;
}

int scalar_neuron(struct scalar_graph *g, int n, const int *w, const int *x, int b)
{
    return scalar_tanh(g, scalar_linear(g, n, w, x, b));
}

void scalar_set(struct scalar_graph *g, int leaf, float value)
{
    g->node[leaf]->value = value;
}

void scalar_forward(struct scalar_graph *g)
{
    for (int i = 0; i < g->count; i++) update(g->node[i]);
}

// sort writes down what n is computed from, then n, from *at on.
static void sort(struct node *n, struct node ***at)
{
    if (n->seen) return;
    n->seen = 1;
    for (int k = n->inputs - 1; k >= 0; k--) sort(n->input[k], at);
    *(*at)++ = n;
}

static void spread(const struct node *n)
{
    float dy = n->grad, y = n->value;
    struct node *const *in = n->input;
    switch (n->op) {
    case SCALAR_LEAF:
        break;
    case SCALAR_ADD:
        in[1]->grad += dy;
        in[0]->grad += dy;
        break;
    case SCALAR_MUL:
        in[1]->grad += dy * in[0]->value;
        in[0]->grad += dy * in[1]->value;
        break;
    case SCALAR_TANH:
        in[0]->grad += dy - dy * y * y;
        break;
    case SCALAR_EXP:
        in[0]->grad += dy * y;
        break;
    case SCALAR_LOG:
        in[0]->grad += dy * (1 / in[0]->value);
        break;
    }
}

void scalar_backward(struct scalar_graph *g, int end)
{
    struct node **order = malloc((size_t)(end + 1) * sizeof *order), **at = order;
    if (!order) die("out of memory");
    for (int i = 0; i < g->count; i++) {
        g->node[i]->grad = 0;
        g->node[i]->seen = 0;
    }
    g->node[end]->grad = 1;
    sort(g->node[end], &at);
    while (at > order) spread(*--at);
    free(order);
}

float scalar_value(const struct scalar_graph *g, int node)
{
    return g->node[node]->value;
}

float scalar_grad(const struct scalar_graph *g, int node)
{
    return g->node[node]->grad;
}

enum scalar_op scalar_kind(const struct scalar_graph *g, int node)
{
    return g->node[node]->op;
}

int scalar_input(const struct scalar_graph *g, int node, int i)
{
    return g->node[node]->number[i];
}

int scalar_count(const struct scalar_graph *g)
{
    return g->count;
}

size_t scalar_bytes(const struct scalar_graph *g)
{
    return (size_t)g->count * (sizeof **g->node + sizeof *g->node);
}
