// scalar: graphs of a few numbers that a person can redo on paper; random graphs against values and
// slopes in double precision, where slopes go forward, leaf by leaf, and not back; XOR.
//
// Which order the sums are made in is free, so nothing is compared to the last bit.
#include "scalar.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lesson.h"
#include "random.h"
#include "ref_scalar.h"

FUNCTION(scalar_record, 3);
FUNCTION(scalar_forward, 2);
FUNCTION(scalar_backward, 6);
FUNCTION(scalar_linear, 2);
FUNCTION(scalar_neuron, 1);

static const double NEAR = 1e-5;

// expect_values, expect_grads compare nodes 0, 1, … of a graph.
static int expect_values(const struct scalar_graph *g, int n, const double *want)
{
    float got[64];
    CHECK(n <= 64, "n=%d", n);
    if (!expect_int("scalar_count: the nodes in the graph", scalar_count(g), n)) return 0;
    for (int i = 0; i < n; i++) got[i] = scalar_value(g, i);
    return expect_floats("scalar_value of node 0, 1, …", (size_t)n, got, want, NEAR);
}

static int expect_grads(const struct scalar_graph *g, int n, const double *want)
{
    float got[64];
    CHECK(n <= 64, "n=%d", n);
    if (!expect_int("scalar_count: the nodes in the graph", scalar_count(g), n)) return 0;
    for (int i = 0; i < n; i++) got[i] = scalar_grad(g, i);
    return expect_floats("scalar_grad of node 0, 1, …", (size_t)n, got, want, NEAR);
}

// expect_slopes goes backward from a node and compares the first n gradients.
static void expect_slopes(struct scalar_graph *g, int from, const char *what, int n,
                          const double *want)
{
    float got[8];
    CHECK(n <= 8, "n=%d", n);
    scalar_backward(g, from);
    for (int i = 0; i < n; i++) got[i] = scalar_grad(g, i);
    expect_floats(what, (size_t)n, got, want, NEAR);
}

// has returns 1 if the graph has the node; a number that is none is reported.
static int has(const struct scalar_graph *g, const char *what, int node)
{
    if (node >= 0 && node < scalar_count(g)) return 1;
    return expect_int(what, node, scalar_count(g) - 1);
}

// --- random graphs ---------------------------------------------------------------------------

enum { NODES = 60 };

// struct plan: a graph as a list, with what double precision says of it.
struct plan {
    int count, leaves;
    enum scalar_op op[NODES];
    int a[NODES], b[NODES];
    double value[NODES];
};

static int is_two(enum scalar_op op)
{
    return op == SCALAR_ADD || op == SCALAR_MUL;
}

static double operate(enum scalar_op op, double x, double y)
{
    switch (op) {
    case SCALAR_ADD:
        return x + y;
    case SCALAR_MUL:
        return x * y;
    case SCALAR_TANH:
        return tanh(x);
    case SCALAR_EXP:
        return exp(x);
    default:
        return log(x);
    }
}

static void plan_values(struct plan *p)
{
    for (int i = p->leaves; i < p->count; i++)
        p->value[i] =
            operate(p->op[i], p->value[p->a[i]], p->value[is_two(p->op[i]) ? p->b[i] : 0]);
}

// plan_slope returns how fast node `end` moves when node `from` does: of each later node the slope,
// from those of its inputs.  *sum gets the same with every term taken as positive.
static double plan_slope(const struct plan *p, int end, int from, double *sum)
{
    double slope[NODES] = {0}, most[NODES] = {0};
    slope[from] = most[from] = 1;
    for (int i = from + 1; i <= end; i++) {
        if (p->op[i] == SCALAR_LEAF) continue;
        int a = p->a[i], b = is_two(p->op[i]) ? p->b[i] : a;
        double x = p->value[a], z = p->value[b], y = p->value[i], to_a = 1, to_b = 0;
        if (p->op[i] == SCALAR_ADD) to_b = 1;
        if (p->op[i] == SCALAR_MUL) to_a = z, to_b = x;
        if (p->op[i] == SCALAR_TANH) to_a = 1 - y * y;
        if (p->op[i] == SCALAR_EXP) to_a = y;
        if (p->op[i] == SCALAR_LOG) to_a = 1 / x;
        slope[i] = to_a * slope[a] + to_b * slope[b];
        most[i] = fabs(to_a) * most[a] + fabs(to_b) * most[b];
    }
    *sum = most[end];
    return slope[end];
}

// tame says whether an operation's value and slopes stay near 1.
static int tame(enum scalar_op op, double x, double y)
{
    if (op == SCALAR_LOG && x < 0.3) return 0;
    return fabs(operate(op, x, y)) < 4;
}

// plan_random makes a graph of few leaves, so that most nodes are used more than once.
static struct plan plan_random(struct random *r, int leaves, int count)
{
    struct plan p = {.count = count, .leaves = leaves};
    for (int i = 0; i < leaves; i++) p.value[i] = (double)(2 * random_normal(r));
    for (int i = leaves; i < count; i++) {
        do {
            p.op[i] = SCALAR_ADD + random_below(r, 5);
            p.a[i] = (int)random_below(r, (uint32_t)i);
            p.b[i] = is_two(p.op[i]) ? (int)random_below(r, (uint32_t)i) : SCALAR_NONE;
        } while (!tame(p.op[i], p.value[p.a[i]], p.value[is_two(p.op[i]) ? p.b[i] : 0]));
        p.value[i] = operate(p.op[i], p.value[p.a[i]], p.value[is_two(p.op[i]) ? p.b[i] : 0]);
    }
    return p;
}

static struct scalar_graph *plan_build(const struct plan *p)
{
    struct scalar_graph *g = scalar_new();
    for (int i = 0; i < p->count; i++) {
        if (i < p->leaves)
            scalar_leaf(g, (float)p->value[i]);
        else
            scalar_record(g, p->op[i], p->a[i], p->b[i]);
    }
    return g;
}

// plan_given describes a graph as far as a line goes.
static void plan_given(const struct plan *p, const char *what)
{
    static const char *const NAMES[] = {"leaf", "+", "*", "tanh", "exp", "log"};
    char text[65];
    size_t used = (size_t)snprintf(text, sizeof text, "%s", what);
    for (int i = p->leaves; i < p->count && used < sizeof text; i++) {
        char *to = text + used;
        size_t room = sizeof text - used;
        if (is_two(p->op[i]))
            used +=
                (size_t)snprintf(to, room, " n%d=n%d%sn%d", i, p->a[i], NAMES[p->op[i]], p->b[i]);
        else
            used += (size_t)snprintf(to, room, " n%d=%s n%d", i, NAMES[p->op[i]], p->a[i]);
    }
    given("%s%s", text, used < sizeof text ? "" : " ...");
}

static void expect_plan_values(const struct plan *p, const struct scalar_graph *g)
{
    expect_values(g, p->count, p->value);
}

// expect_plan_grads compares the gradients that a backward from `end` has left.
static void expect_plan_grads(const struct plan *p, const struct scalar_graph *g, int end)
{
    float got[NODES];
    double want[NODES] = {0}, most = 1;
    if (!expect_int("scalar_count: the nodes in the graph", scalar_count(g), p->count)) return;
    for (int i = 0; i < p->count; i++) {
        double sum = 0;
        got[i] = scalar_grad(g, i);
        if (i <= end) want[i] = plan_slope(p, end, i, &sum);
        most = fmax(most, sum);
    }
    expect_floats("scalar_grad of node 0, 1, …", (size_t)p->count, got, want, NEAR * most);
}

// --- scalar_record ---------------------------------------------------------------------------

// expect_operation checks an operation on leaves of the values x and, for two inputs, z.
static void expect_operation(struct scalar_graph *g, int node, enum scalar_op op, double want)
{
    int last = is_two(op) ? 2 : 1;
    if (!expect_int("the number of the new node", node, last)) return;
    expect_int("scalar_kind: the operation", (int)scalar_kind(g, node), (int)op);
    expect_int("scalar_input 0", scalar_input(g, node, 0), 0);
    expect_int("scalar_input 1 (-1 for none)", scalar_input(g, node, 1), is_two(op) ? 1 : -1);
    expect_double("scalar_value", (double)scalar_value(g, node), want, NEAR);
    expect_double("scalar_grad, before any backward", (double)scalar_grad(g, node), 0, 0);
    scalar_free(g);
}

static struct scalar_graph *leaves(int n, const float *values)
{
    struct scalar_graph *g = scalar_new();
    for (int i = 0; i < n; i++) scalar_leaf(g, values[i]);
    return g;
}

// lessons_graph goes on from leaves a and b to (a b + c) a, with the numbers that the text gives.
static void lessons_graph(struct scalar_graph *g)
{
    int product = scalar_mul(g, 0, 1), c = scalar_leaf(g, 10);
    scalar_mul(g, scalar_add(g, product, c), 0);
}

TEST(scalar_record, a_sum)
{
    struct scalar_graph *g = leaves(2, (float[]){2, -5});
    given("n0 = 2, n1 = -5, n2 = n0 + n1");
    expect_operation(g, scalar_add(g, 0, 1), SCALAR_ADD, -3);
}

TEST(scalar_record, a_product)
{
    struct scalar_graph *g = leaves(2, (float[]){2, -5});
    given("n0 = 2, n1 = -5, n2 = n0 * n1");
    expect_operation(g, scalar_mul(g, 0, 1), SCALAR_MUL, -10);
}

TEST(scalar_record, a_tanh)
{
    struct scalar_graph *g = leaves(1, (float[]){0.5f});
    given("n0 = 0.5, n1 = tanh n0");
    expect_operation(g, scalar_tanh(g, 0), SCALAR_TANH, tanh(0.5));
}

TEST(scalar_record, an_exp)
{
    struct scalar_graph *g = leaves(1, (float[]){0.5f});
    given("n0 = 0.5, n1 = exp n0");
    expect_operation(g, scalar_exp(g, 0), SCALAR_EXP, exp(0.5));
}

TEST(scalar_record, a_log)
{
    struct scalar_graph *g = leaves(1, (float[]){0.5f});
    given("n0 = 0.5, n1 = log n0");
    expect_operation(g, scalar_log(g, 0), SCALAR_LOG, log(0.5));
}

TEST(scalar_record, one_node_twice)
{
    struct scalar_graph *g = leaves(1, (float[]){3});
    given("n0 = 3, n1 = n0 + n0, n2 = n1 * n1");
    int sum = scalar_add(g, 0, 0);
    if (!has(g, "the number of the new node", sum)) return;
    int square = scalar_mul(g, sum, sum);
    if (!has(g, "the number of the new node", square)) return;
    expect_values(g, 3, (double[]){3, 6, 36});
    expect_int("scalar_input 0 of n2", scalar_input(g, square, 0), sum);
    expect_int("scalar_input 1 of n2", scalar_input(g, square, 1), sum);
    scalar_free(g);
}

TEST(scalar_record, the_lessons_graph)
{
    struct scalar_graph *g = leaves(2, (float[]){2, -3});
    given("n2 = n0 * n1, n3 = 10, n4 = n2 + n3, n5 = n4 * n0; n0 = 2, n1 = -3");
    lessons_graph(g);
    expect_values(g, 6, (double[]){2, -3, -6, 10, 4, 8});
    scalar_free(g);
}

TEST(scalar_record, after_a_reset)
{
    struct scalar_graph *g = leaves(2, (float[]){1, 2});
    scalar_add(g, 0, 1);
    scalar_reset(g);
    given("a reset; then n0 = 7, n1 = n0 + n0");
    scalar_leaf(g, 7);
    expect_int("the number of the new node", scalar_add(g, 0, 0), 1);
    expect_values(g, 2, (double[]){7, 14});
    scalar_free(g);
}

// The array of nodes grows while it is written to.
TEST(scalar_record, thousands)
{
    enum { N = 5000 };
    struct scalar_graph *g = leaves(1, (float[]){1});
    given("n0 = 1, and each later node is the one before + n0");
    for (int i = 1; i < N; i++) {
        if (!expect_int("the number of the new node", scalar_add(g, i - 1, 0), i)) return;
        if (!expect_double("its value", (double)scalar_value(g, i), i + 1, 0)) return;
    }
    for (int i = 1; i < N; i++) {
        if (!expect_int("scalar_input 0 of a node, afterwards", scalar_input(g, i, 0), i - 1))
            return;
        if (!expect_double("its value, afterwards", (double)scalar_value(g, i), i + 1, 0)) return;
    }
    scalar_free(g);
}

TEST(scalar_record, random_graphs)
{
    struct random r = random_start(1, RANDOM_TEST);
    for (int i = 0; i < 30; i++) {
        struct plan p = plan_random(&r, 1 + i % 3, 3 + i % 3 + i);
        struct scalar_graph *g = plan_build(&p);
        plan_given(&p, "random:");
        expect_plan_values(&p, g);
        scalar_free(g);
    }
}

// --- scalar_forward --------------------------------------------------------------------------

TEST(scalar_forward, one_operation)
{
    struct scalar_graph *g = leaves(2, (float[]){2, 3});
    given("n0 = 2, n1 = 3, n2 = n0 * n1; then n0 is set to 5");
    if (!has(g, "the number of the new node", scalar_mul(g, 0, 1))) return;
    scalar_set(g, 0, 5);
    scalar_forward(g);
    expect_values(g, 3, (double[]){5, 3, 15});
    scalar_free(g);
}

TEST(scalar_forward, every_operation)
{
    struct scalar_graph *g = leaves(1, (float[]){1});
    given("n0 = 1; n0 + n0, n0 * n0, tanh, exp, log n0; n0 is set to 2");
    scalar_add(g, 0, 0);
    scalar_mul(g, 0, 0);
    scalar_tanh(g, 0);
    scalar_exp(g, 0);
    scalar_log(g, 0);
    scalar_set(g, 0, 2);
    scalar_forward(g);
    expect_values(g, 6, (double[]){2, 4, 4, tanh(2), exp(2), log(2)});
    scalar_free(g);
}

TEST(scalar_forward, through_the_whole_graph)
{
    struct scalar_graph *g = leaves(3, (float[]){2, -3, 10});
    given("n3 = n0 * n1, n4 = n3 + n2, n5 = n4 * n0; n1 is set to 4");
    scalar_mul(g, scalar_add(g, scalar_mul(g, 0, 1), 2), 0);
    scalar_set(g, 1, 4);
    scalar_forward(g);
    expect_values(g, 6, (double[]){2, 4, 10, 8, 18, 36});
    given("n3 = n0 * n1, n4 = n3 + n2, n5 = n4 * n0; n1 = 4, then n0 = -1");
    scalar_set(g, 0, -1);
    scalar_forward(g);
    expect_values(g, 6, (double[]){-1, 4, 10, -4, 6, -6});
    scalar_free(g);
}

TEST(scalar_forward, leaves_between)
{
    struct scalar_graph *g = leaves(1, (float[]){1});
    given("n0 = 1, n1 = n0 + n0, n2 = 5 (a leaf), n3 = n1 * n2; n0 = 3");
    scalar_add(g, 0, 0);
    scalar_leaf(g, 5);
    scalar_mul(g, 1, 2);
    scalar_set(g, 0, 3);
    scalar_forward(g);
    expect_values(g, 4, (double[]){3, 6, 5, 30});
    scalar_free(g);
}

TEST(scalar_forward, nothing_to_do)
{
    struct scalar_graph *g = scalar_new();
    given("a graph without nodes; then one leaf");
    scalar_forward(g);
    scalar_leaf(g, 4);
    scalar_forward(g);
    expect_values(g, 1, (double[]){4});
    scalar_free(g);
}

TEST(scalar_forward, random_graphs)
{
    struct random r = random_start(2, RANDOM_TEST);
    for (int i = 0; i < 30; i++) {
        struct plan p = plan_random(&r, 1 + i % 3, 3 + i % 3 + i);
        struct scalar_graph *g = plan_build(&p);
        for (int leaf = 0; leaf < p.leaves; leaf++) {
            p.value[leaf] *= 1.0 + 0.01 * (double)random_float(&r);
            scalar_set(g, leaf, (float)p.value[leaf]);
        }
        plan_values(&p);
        scalar_forward(g);
        plan_given(&p, "leaves changed:");
        double most = 1;
        float got[NODES];
        for (int n = 0; n < p.count; n++) most = fmax(most, fabs(p.value[n]));
        if (!expect_int("scalar_count: the nodes in the graph", scalar_count(g), p.count)) return;
        for (int n = 0; n < p.count; n++) got[n] = scalar_value(g, n);
        expect_floats("scalar_value of node 0, 1, …", (size_t)p.count, got, p.value, NEAR * most);
        scalar_free(g);
    }
}

// --- scalar_backward -------------------------------------------------------------------------

TEST(scalar_backward, a_leaf)
{
    struct scalar_graph *g = leaves(2, (float[]){3, 4});
    given("n0 = 3, n1 = 4; backward from n0");
    scalar_backward(g, 0);
    expect_grads(g, 2, (double[]){1, 0});
    scalar_free(g);
}

TEST(scalar_backward, a_sum)
{
    struct scalar_graph *g = leaves(2, (float[]){2, -5});
    given("n0 = 2, n1 = -5, n2 = n0 + n1; backward from n2");
    scalar_add(g, 0, 1);
    scalar_backward(g, 2);
    expect_grads(g, 3, (double[]){1, 1, 1});
    scalar_free(g);
}

TEST(scalar_backward, a_product)
{
    struct scalar_graph *g = leaves(2, (float[]){2, -5});
    given("n0 = 2, n1 = -5, n2 = n0 * n1; backward from n2");
    scalar_mul(g, 0, 1);
    scalar_backward(g, 2);
    expect_grads(g, 3, (double[]){-5, 2, 1});
    scalar_free(g);
}

TEST(scalar_backward, a_tanh)
{
    struct scalar_graph *g = leaves(1, (float[]){0.5f});
    given("n0 = 0.5, n1 = tanh n0 = 0.4621; backward from n1");
    scalar_tanh(g, 0);
    scalar_backward(g, 1);
    expect_grads(g, 2, (double[]){1 - tanh(0.5) * tanh(0.5), 1});
    scalar_free(g);
}

TEST(scalar_backward, an_exp)
{
    struct scalar_graph *g = leaves(1, (float[]){0.5f});
    given("n0 = 0.5, n1 = exp n0 = 1.6487; backward from n1");
    scalar_exp(g, 0);
    scalar_backward(g, 1);
    expect_grads(g, 2, (double[]){exp(0.5), 1});
    scalar_free(g);
}

TEST(scalar_backward, a_log)
{
    struct scalar_graph *g = leaves(1, (float[]){0.25f});
    given("n0 = 0.25, n1 = log n0 = -1.3863; backward from n1");
    scalar_log(g, 0);
    scalar_backward(g, 1);
    expect_grads(g, 2, (double[]){4, 1});
    scalar_free(g);
}

TEST(scalar_backward, one_node_twice)
{
    struct scalar_graph *g = leaves(1, (float[]){3});
    given("n0 = 3, n1 = n0 + n0; backward from n1");
    scalar_add(g, 0, 0);
    scalar_backward(g, 1);
    expect_grads(g, 2, (double[]){2, 1});
    scalar_reset(g);
    scalar_leaf(g, 3);
    given("n0 = 3, n1 = n0 * n0; backward from n1");
    scalar_mul(g, 0, 0);
    scalar_backward(g, 1);
    expect_grads(g, 2, (double[]){6, 1});
    scalar_free(g);
}

// A gradient other than 1 arrives at each kind of operation.
TEST(scalar_backward, each_after_another)
{
    struct scalar_graph *g = leaves(2, (float[]){0.5f, -3});
    static const enum scalar_op OPS[] = {SCALAR_TANH, SCALAR_EXP, SCALAR_LOG};
    static const char *const NAMES[] = {"tanh", "exp", "log"};
    for (int i = 0; i < 3; i++) {
        double x = 0.5, y = operate(OPS[i], x, 0);
        double slope = i == 0 ? 1 - y * y : i == 1 ? y : 1 / x;
        scalar_reset(g);
        scalar_leaf(g, 0.5f);
        scalar_leaf(g, -3);
        given("n0 = 0.5, n1 = -3, n2 = %s n0, n3 = n2 * n1; from n3", NAMES[i]);
        scalar_mul(g, scalar_record(g, OPS[i], 0, SCALAR_NONE), 1);
        scalar_backward(g, 3);
        expect_grads(g, 4, (double[]){-3 * slope, y, -3, 1});
    }
    given("n0 = 0.5, n1 = -3, n2 = n0 + n1, n3 = n2 * n1; from n3");
    scalar_reset(g);
    scalar_leaf(g, 0.5f);
    scalar_leaf(g, -3);
    scalar_mul(g, scalar_add(g, 0, 1), 1);
    scalar_backward(g, 3);
    expect_grads(g, 4, (double[]){-3, -5.5, -3, 1});
    scalar_free(g);
}

TEST(scalar_backward, the_lessons_graph)
{
    struct scalar_graph *g = leaves(2, (float[]){2, -3});
    given("n2 = n0*n1, n3 = 10, n4 = n2+n3, n5 = n4*n0; n0 = 2, n1 = -3; from n5");
    lessons_graph(g);
    scalar_backward(g, 5);
    expect_grads(g, 6, (double[]){-2, 4, 2, 2, 2, 1});
    scalar_free(g);
}

// An operation's result that two others use, of which one uses the other.
TEST(scalar_backward, a_shared_result)
{
    struct scalar_graph *g = leaves(1, (float[]){2});
    given("n0 = 2, n1 = n0 * n0, n2 = n1 * n1, n3 = n1 + n2; from n3");
    scalar_mul(g, 0, 0);
    scalar_mul(g, 1, 1);
    scalar_add(g, 1, 2);
    scalar_backward(g, 3);
    expect_grads(g, 4, (double[]){36, 9, 1, 1});
    given("n0 = 2, n1 = n0 * n0, n2 = n1 * n1, n3 = n2 + n1; from n3");
    scalar_reset(g);
    scalar_leaf(g, 2);
    scalar_mul(g, 0, 0);
    scalar_mul(g, 1, 1);
    scalar_add(g, 2, 1);
    scalar_backward(g, 3);
    expect_grads(g, 4, (double[]){36, 9, 1, 1});
    scalar_free(g);
}

TEST(scalar_backward, from_the_middle)
{
    struct scalar_graph *g = leaves(2, (float[]){2, 3});
    given("n2 = n0 * n1, n3 = n0 + n2, n4 = n2 * n2; n0 = 2, n1 = 3; from n2");
    scalar_mul(g, 0, 1);
    scalar_add(g, 0, 2);
    scalar_mul(g, 2, 2);
    scalar_backward(g, 2);
    expect_grads(g, 5, (double[]){3, 2, 1, 0, 0});
    scalar_free(g);
}

TEST(scalar_backward, what_is_not_on_the_way)
{
    struct scalar_graph *g = leaves(2, (float[]){2, 3});
    given("n0 = 2, n1 = 3, n2 = n0 * n0, n3 = n1 * n1, n4 = n2 + n0; from n4");
    scalar_mul(g, 0, 0);
    scalar_mul(g, 1, 1);
    scalar_add(g, 2, 0);
    scalar_backward(g, 4);
    expect_grads(g, 5, (double[]){5, 0, 1, 0, 1});
    scalar_free(g);
}

TEST(scalar_backward, twice_is_as_once)
{
    struct scalar_graph *g = leaves(2, (float[]){2, 3});
    given("n0 = 2, n1 = 3, n2 = n0 * n1, n3 = n2 + n0; from n3, two times");
    scalar_mul(g, 0, 1);
    scalar_add(g, 2, 0);
    scalar_backward(g, 3);
    scalar_backward(g, 3);
    expect_grads(g, 4, (double[]){4, 2, 1, 1});
    given("n0 = 2, n1 = 3, n2 = n0 * n1, n3 = n2 + n0; from n3, then n2");
    scalar_backward(g, 2);
    expect_grads(g, 4, (double[]){3, 2, 1, 0});
    scalar_free(g);
}

TEST(scalar_backward, after_a_forward)
{
    struct scalar_graph *g = leaves(2, (float[]){2, 3});
    given("n2 = n0 * n1, n3 = exp n2; n0 = 2, n1 = 3; then n0 = 0");
    scalar_mul(g, 0, 1);
    scalar_exp(g, 2);
    scalar_backward(g, 3);
    scalar_set(g, 0, 0);
    scalar_forward(g);
    scalar_backward(g, 3);
    expect_grads(g, 4, (double[]){3, 0, 1, 1});
    scalar_free(g);
}

TEST(scalar_backward, values_stay)
{
    struct scalar_graph *g = leaves(2, (float[]){2, -3});
    given("n2 = n0*n1, n3 = 10, n4 = n2+n3, n5 = n4*n0; n0 = 2, n1 = -3; from n5");
    lessons_graph(g);
    scalar_backward(g, 5);
    expect_values(g, 6, (double[]){2, -3, -6, 10, 4, 8});
    scalar_free(g);
}

TEST(scalar_backward, random_graphs)
{
    struct random r = random_start(3, RANDOM_TEST);
    for (int i = 0; i < 50; i++) {
        int count = 3 + i % 3 + i;
        struct plan p = plan_random(&r, 1 + i % 3, count);
        struct scalar_graph *g = plan_build(&p);
        for (int end = count - 1; end >= 0; end -= 1 + count / 3) {
            char what[32];
            scalar_backward(g, end);
            snprintf(what, sizeof what, "from n%d:", end);
            plan_given(&p, what);
            expect_plan_grads(&p, g, end);
        }
        scalar_free(g);
    }
}

// What the definition says: a leaf is moved a little, and the end moves by its gradient as much.
TEST(scalar_backward, as_differences_say)
{
    static const double H = 1.0 / 64;
    struct scalar_graph *g = leaves(2, (float[]){0.5f, -0.75f});
    int y = scalar_tanh(g, scalar_add(g, scalar_mul(g, 0, 1), scalar_exp(g, 0)));
    if (!has(g, "the number of the new node", y)) return;
    for (int leaf = 0; leaf < 2; leaf++) {
        float x = scalar_value(g, leaf);
        scalar_backward(g, y);
        double slope = (double)scalar_grad(g, leaf);
        scalar_set(g, leaf, x + (float)H);
        scalar_forward(g);
        double above = (double)scalar_value(g, y);
        scalar_set(g, leaf, x - (float)H);
        scalar_forward(g);
        double below = (double)scalar_value(g, y);
        scalar_set(g, leaf, x);
        scalar_forward(g);
        given("tanh(a b + exp a) at a = 0.5, b = -0.75; %c moved by 1/64", "ab"[leaf]);
        expect_double("scalar_grad, against a difference", slope, (above - below) / (2 * H), 1e-3);
    }
    scalar_free(g);
}

TEST(scalar_backward, a_long_chain)
{
    enum { N = 4096 };  // nodes as many as there is room for: reading on is seen by sanitizers
    struct scalar_graph *g = leaves(1, (float[]){1});
    given("n0 = 1, and each of 4095 later nodes is the one before + n0");
    for (int i = 1; i < N; i++) scalar_add(g, i - 1, 0);
    scalar_backward(g, N - 1);
    expect_double("scalar_grad of n0", (double)scalar_grad(g, 0), N, 0);
    expect_double("scalar_grad of n1", (double)scalar_grad(g, 1), 1, 0);
    scalar_free(g);
}

TEST(scalar_backward, an_infinite_slope_beside)
{
    struct scalar_graph *g = leaves(1, (float[]){0});
    given("n0 = 0, n1 = log n0 (-inf), n2 = n0 + n0; backward from n2");
    scalar_log(g, 0);
    scalar_add(g, 0, 0);
    scalar_backward(g, 2);
    expect_grads(g, 3, (double[]){2, 0, 1});
    scalar_free(g);
}

// There are 2^60 ways from the last node to the first, and 61 nodes.  Its name lets it run last: a
// test that is out of time ends others.
TEST(scalar_backward, with_many_ways)
{
    struct scalar_graph *g = leaves(1, (float[]){1});
    given("n0 = 1, and each of 60 later nodes is the one before + itself");
    for (int i = 0; i < 60; i++) scalar_add(g, i, i);
    scalar_backward(g, 60);
    expect_double("scalar_grad of n0", (double)scalar_grad(g, 0), 0x1p60, 0);
    scalar_free(g);
}

// --- scalar_linear ---------------------------------------------------------------------------

static const int NO_NODES[1] = {-1};

TEST(scalar_linear, one_input)
{
    struct scalar_graph *g = leaves(3, (float[]){2, 5, -3});
    given("w[0] = 2, x[0] = 5, b = -3");
    int y = scalar_linear(g, 1, (int[]){0}, (int[]){1}, 2);
    if (!has(g, "the node", y)) return;
    expect_double("scalar_value", (double)scalar_value(g, y), 7, NEAR);
    scalar_free(g);
}

TEST(scalar_linear, no_input)
{
    struct scalar_graph *g = leaves(2, (float[]){9, -3});
    given("n = 0, b = -3");
    int y = scalar_linear(g, 0, NO_NODES, NO_NODES, 1);
    if (!has(g, "the node", y)) return;
    expect_double("scalar_value", (double)scalar_value(g, y), -3, NEAR);
    scalar_backward(g, y);
    expect_double("scalar_grad of b", (double)scalar_grad(g, 1), 1, NEAR);
    scalar_free(g);
}

TEST(scalar_linear, two_inputs)
{
    struct scalar_graph *g = leaves(5, (float[]){2, 3, 5, 7, 100});
    given("w = 2 3, x = 5 7, b = 100");
    int y = scalar_linear(g, 2, (int[]){0, 1}, (int[]){2, 3}, 4);
    if (!has(g, "the node", y)) return;
    expect_double("scalar_value", (double)scalar_value(g, y), 131, NEAR);
    expect_slopes(g, y, "scalar_grad of w[0], w[1], x[0], x[1], b", 5, (double[]){5, 7, 2, 3, 1});
    scalar_free(g);
}

// The same inputs go to two neurons, and one node is input and weight.
TEST(scalar_linear, shared_nodes)
{
    struct scalar_graph *g = leaves(3, (float[]){2, 3, -1});
    given("w = n0 n1, x = n0 n0, b = n2; n0 = 2, n1 = 3, n2 = -1");
    int y = scalar_linear(g, 2, (int[]){0, 1}, (int[]){0, 0}, 2);
    if (!has(g, "the node", y)) return;
    expect_double("scalar_value", (double)scalar_value(g, y), 9, NEAR);
    expect_slopes(g, y, "scalar_grad of n0, n1, n2", 3, (double[]){7, 2, 1});
    scalar_free(g);
}

// A changed leaf has to reach the result: it may not be computed beside the graph.
TEST(scalar_linear, after_a_forward)
{
    struct scalar_graph *g = leaves(3, (float[]){2, 5, -3});
    given("w[0] = 2, x[0] = 5, b = -3; then x[0] is set to 1, b to 4");
    int y = scalar_linear(g, 1, (int[]){0}, (int[]){1}, 2);
    if (!has(g, "the node", y)) return;
    scalar_set(g, 1, 1);
    scalar_set(g, 2, 4);
    scalar_forward(g);
    expect_double("scalar_value", (double)scalar_value(g, y), 6, NEAR);
    expect_double("scalar_value of b", (double)scalar_value(g, 2), 4, NEAR);
    scalar_free(g);
}

TEST(scalar_linear, random_numbers)
{
    struct random r = random_start(4, RANDOM_TEST);
    for (int n = 0; n < 20; n++) {
        struct scalar_graph *g = scalar_new();
        int w[20], x[20];
        double sum = (double)random_normal(&r);
        int b = scalar_leaf(g, (float)sum);
        for (int i = 0; i < n; i++) {
            float wi = random_normal(&r), xi = random_normal(&r);
            w[i] = scalar_leaf(g, wi);
            x[i] = scalar_leaf(g, xi);
            sum += (double)wi * (double)xi;
        }
        given("n = %d, random weights and inputs", n);
        int y = scalar_linear(g, n, w, x, b);
        if (!has(g, "the node", y)) return;
        expect_double("scalar_value", (double)scalar_value(g, y), sum, NEAR);
        scalar_free(g);
    }
}

// --- scalar_neuron ---------------------------------------------------------------------------

TEST(scalar_neuron, one_input)
{
    struct scalar_graph *g = leaves(3, (float[]){2, 0.5f, -0.25f});
    given("w[0] = 2, x[0] = 0.5, b = -0.25");
    int y = scalar_neuron(g, 1, (int[]){0}, (int[]){1}, 2);
    if (!has(g, "the node", y)) return;
    double t = tanh(0.75), slope = 1 - t * t;
    expect_double("scalar_value", (double)scalar_value(g, y), t, NEAR);
    expect_slopes(g, y, "scalar_grad of w[0], x[0], b", 3,
                  (double[]){0.5 * slope, 2 * slope, slope});
    scalar_free(g);
}

TEST(scalar_neuron, no_input)
{
    struct scalar_graph *g = leaves(1, (float[]){-1});
    given("n = 0, b = -1");
    int y = scalar_neuron(g, 0, NO_NODES, NO_NODES, 0);
    if (!has(g, "the node", y)) return;
    expect_double("scalar_value", (double)scalar_value(g, y), tanh(-1), NEAR);
    scalar_free(g);
}

TEST(scalar_neuron, three_inputs)
{
    struct scalar_graph *g = leaves(7, (float[]){1, -2, 3, 0.5f, 0.25f, 0.125f, 0.5f});
    given("w = 1 -2 3, x = 0.5 0.25 0.125, b = 0.5");
    int y = scalar_neuron(g, 3, (int[]){0, 1, 2}, (int[]){3, 4, 5}, 6);
    if (!has(g, "the node", y)) return;
    expect_double("scalar_value", (double)scalar_value(g, y), tanh(0.875), NEAR);
    scalar_free(g);
}

// struct xor_net: two neurons that see both inputs, and one that sees those two.
struct xor_net {
    struct scalar_graph *g;
    int weight[9], input[4][2], output[4], loss;
};

static const float XOR_INPUT[4][2] = {{-1, -1}, {-1, 1}, {1, -1}, {1, 1}};
static const float XOR_WANT[4] = {-1, 1, 1, -1};

// xor_build makes the net for all four inputs; the loss is the mean square of what is missing.
static int xor_build(struct xor_net *net)
{
    static const float FIRST[9] = {0.5f, -0.6f, 0.1f, -0.4f, 0.7f, 0.2f, 0.6f, 0.5f, -0.1f};
    struct scalar_graph *g = net->g = scalar_new();
    for (int i = 0; i < 9; i++) net->weight[i] = scalar_leaf(g, FIRST[i]);
    const int *w = net->weight;
    net->loss = scalar_leaf(g, 0);
    for (int i = 0; i < 4; i++) {
        int hidden[2];
        for (int k = 0; k < 2; k++) net->input[i][k] = scalar_leaf(g, XOR_INPUT[i][k]);
        for (int k = 0; k < 2; k++)
            hidden[k] = scalar_neuron(g, 2, w + 3 * k, net->input[i], w[3 * k + 2]);
        net->output[i] = scalar_neuron(g, 2, w + 6, hidden, w[8]);
        if (!has(g, "a neuron's node", net->output[i])) return 0;
        int off = scalar_sub(g, net->output[i], scalar_leaf(g, XOR_WANT[i]));
        net->loss = scalar_add(g, net->loss, scalar_scale(g, scalar_mul(g, off, off), 0.25f));
    }
    return 1;
}

TEST(scalar_neuron, learns_xor)
{
    struct xor_net net;
    if (!xor_build(&net)) return;
    for (int step = 0; step < 400; step++) {
        scalar_forward(net.g);
        scalar_backward(net.g, net.loss);
        for (int i = 0; i < 9; i++) {
            float w = scalar_value(net.g, net.weight[i]), slope = scalar_grad(net.g, net.weight[i]);
            scalar_set(net.g, net.weight[i], w - 0.3f * slope);
        }
    }
    scalar_forward(net.g);
    for (int i = 0; i < 4; i++) {
        given("a 2-2-1 net, 400 steps down; inputs %g, %g", (double)XOR_INPUT[i][0],
              (double)XOR_INPUT[i][1]);
        expect_double("its output, XOR", (double)scalar_value(net.g, net.output[i]),
                      (double)XOR_WANT[i], 0.25);
    }
    scalar_free(net.g);
}
