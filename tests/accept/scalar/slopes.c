// A node keeps its two slopes beside its value.  The backward then needs to know no operation: it
// multiplies and adds.
#include "scalar.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "mathf.h"

struct scalar_graph {
    int count, room;
    enum scalar_op *op;
    int (*input)[2];
    float (*slope)[2];
    float *value, *grad;
};

struct scalar_graph *scalar_new(void)
{
    struct scalar_graph *g = malloc(sizeof *g);
    if (!g) die("out of memory");
    memset(g, 0, sizeof *g);
    return g;
}

void scalar_reset(struct scalar_graph *g)
{
    g->count = 0;
}

void scalar_free(struct scalar_graph *g)
{
    if (!g) return;
    free(g->op);
    free(g->input);
    free(g->slope);
    free(g->value);
    free(g->grad);
    free(g);
}

static void *longer(void *array, int room, size_t size)
{
    array = realloc(array, (size_t)room * size);
    if (!array) die("out of memory");
    return array;
}

static int another(struct scalar_graph *g, enum scalar_op op, int a, int b)
{
    if (g->count == g->room) {
        g->room = g->room + g->room / 2 + 16;
        g->op = longer(g->op, g->room, sizeof *g->op);
        g->input = longer(g->input, g->room, sizeof *g->input);
        g->slope = longer(g->slope, g->room, sizeof *g->slope);
        g->value = longer(g->value, g->room, sizeof *g->value);
        g->grad = longer(g->grad, g->room, sizeof *g->grad);
    }
    int i = g->count++;
    g->op[i] = op;
    g->input[i][0] = a;
    g->input[i][1] = b;
    g->grad[i] = 0;
    return i;
}

int scalar_leaf(struct scalar_graph *g, float value)
{
    int i = another(g, SCALAR_LEAF, SCALAR_NONE, SCALAR_NONE);
    g->value[i] = value;
    return i;
}

// compute sets value and slopes of a node.
static void compute(struct scalar_graph *g, int i)
{
    float *y = &g->value[i], *slope = g->slope[i];
    if (g->op[i] == SCALAR_LEAF) return;
    float x = g->value[g->input[i][0]], z = 0;
    if (g->input[i][1] != SCALAR_NONE) z = g->value[g->input[i][1]];
    switch (g->op[i]) {
    case SCALAR_ADD:
        *y = z + x;
        slope[0] = slope[1] = 1;
        break;
    case SCALAR_MUL:
        *y = z * x;
        slope[0] = z;
        slope[1] = x;
        break;
    case SCALAR_TANH:
        *y = mathf_tanh(x);
        slope[0] = (1 - *y) * (1 + *y);
        break;
    case SCALAR_EXP:
        slope[0] = *y = mathf_exp(x);
        break;
    case SCALAR_LOG:
        *y = mathf_log(x);
        slope[0] = 1 / x;
        break;
    case SCALAR_LEAF:
        break;
    }
}

int scalar_record(struct scalar_graph *g, enum scalar_op op, int a, int b)
{
    int i = another(g, op, a, b);
    compute(g, i);
    return i;
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
    return scalar_mul(g, scalar_leaf(g, factor), a);
}

int scalar_sub(struct scalar_graph *g, int a, int b)
{
    return scalar_add(g, a, scalar_scale(g, b, -1));
}

// The sum from the last product down, and the bias at the end.
int scalar_linear(struct scalar_graph *g, int n, const int *w, const int *x, int b)
{
    if (n == 0) return b;
    int sum = scalar_mul(g, w[n - 1], x[n - 1]);
    while (--n > 0) sum = scalar_add(g, scalar_mul(g, w[n - 1], x[n - 1]), sum);
    return scalar_add(g, sum, b);
}

int scalar_neuron(struct scalar_graph *g, int n, const int *w, const int *x, int b)
{
    int sum = scalar_linear(g, n, w, x, b);
    return scalar_tanh(g, sum);
}

void scalar_set(struct scalar_graph *g, int leaf, float value)
{
    g->value[leaf] = value;
}

void scalar_forward(struct scalar_graph *g)
{
    for (int i = 0; i < g->count; i++) compute(g, i);
}

void scalar_backward(struct scalar_graph *g, int end)
{
    memset(g->grad, 0, sizeof *g->grad * (size_t)g->count);
    g->grad[end] = 1;
    for (int i = end; i >= 0; i--) {
        for (int k = 0; k < 2; k++) {
            int from = g->input[i][k];
            if (from == SCALAR_NONE || g->grad[i] == 0) continue;
            g->grad[from] += g->grad[i] * g->slope[i][k];
        }
    }
}

float scalar_value(const struct scalar_graph *g, int node)
{
    return g->value[node];
}

float scalar_grad(const struct scalar_graph *g, int node)
{
    return g->grad[node];
}

enum scalar_op scalar_kind(const struct scalar_graph *g, int node)
{
    return g->op[node];
}

int scalar_input(const struct scalar_graph *g, int node, int i)
{
    return g->input[node][i];
}

int scalar_count(const struct scalar_graph *g)
{
    return g->count;
}

size_t scalar_bytes(const struct scalar_graph *g)
{
    return (size_t)g->count *
           (sizeof *g->op + sizeof *g->input + sizeof *g->slope + 2 * sizeof(float));
}
