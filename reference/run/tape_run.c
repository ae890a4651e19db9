#include "tape_run.h"

#include <math.h>
#include <string.h>

#include "arena.h"
#include "random.h"
#include "scalar.h"
#include "tape.h"
#include "vec.h"

// --- the example -----------------------------------------------------------------------------

// numbers writes n of them into text; "-" if there are none.
static const char *numbers(size_t n, const float *x, char *text, size_t room)
{
    size_t at = 0;
    snprintf(text, room, "-");
    for (size_t i = 0; x && i < n && at < room; i++)
        at += (size_t)snprintf(text + at, room - at, "%s%g", i ? " " : "", (double)x[i]);
    return text;
}

static void print_node(const struct tape *t, int node, const char *how, FILE *out)
{
    char shape[32] = "()";
    size_t at = 0;
    for (int i = 0; i < tape_rank(t, node); i++)
        at += (size_t)snprintf(shape + at, sizeof shape - at, "%s%d%s", i ? ", " : "(",
                               tape_dim(t, node, i), i == tape_rank(t, node) - 1 ? ")" : "");
    char data[64], grad[64];
    size_t n = tape_size(t, node);
    fprintf(out, "%4d  %-12s  %-6s  %-12s  %s\n", node, how, shape,
            numbers(n, tape_data(t, node), data, sizeof data),
            numbers(n, tape_grad(t, node), grad, sizeof grad));
}

void tape_run_example(int detach, FILE *out)
{
    float x[] = {1, 2}, W[] = {3, 4, 5, 6}, dx[2] = {0}, dW[4] = {0};
    struct tape *t = tape_new();
    int a = tape_leaf(t, 2, (int[]){1, 2}, x, dx), b = tape_leaf(t, 2, (int[]){2, 2}, W, dW);
    int h = tape_matmul(t, a, b), d = detach ? tape_detach(t, h) : h;
    int L = tape_sum(t, tape_mul(t, h, d));
    tape_backward(t, L, 1);
    const char *const HOW[] = {"leaf x",
                               "leaf W",
                               "matmul 0 1",
                               detach ? "detach 2" : "mul 2 2",
                               detach ? "mul 2 3" : "sum 3",
                               "sum 4"};
    fprintf(out, "node  %-12s  %-6s  %-12s  %s\n", "how", "shape", "data", "gradient");
    for (int i = 0; i <= L; i++) print_node(t, i, HOW[i], out);
    tape_free(t);
}

// --- beside lesson 06 ------------------------------------------------------------------------

// struct layer: its numbers, and the gradients from one of the two.
struct layer {
    int rows, inputs, units;
    size_t count;      // of x, W and b together, which stand one behind the other
    float *x, *W, *b;  // (rows, inputs), (inputs, units), (units)
};

// struct cost: what a graph of it takes, the numbers of x, W and b and their gradients included.
struct cost {
    int nodes;
    size_t bytes;
};

static struct cost by_tape(const struct layer *l, float *grad)
{
    struct tape *t = tape_new();
    float *dx = grad, *dW = dx + (l->W - l->x), *db = dx + (l->b - l->x);
    int x = tape_leaf(t, 2, (int[]){l->rows, l->inputs}, l->x, dx);
    int W = tape_leaf(t, 2, (int[]){l->inputs, l->units}, l->W, dW);
    int b = tape_leaf(t, 1, (int[]){l->units}, l->b, db);
    int L = tape_sum(t, tape_tanh(t, tape_add(t, tape_matmul(t, x, W), b)));
    tape_backward(t, L, 1);
    struct cost c = {L + 1, tape_memory(t) + 2 * l->count * sizeof(float)};
    tape_free(t);
    return c;
}

static struct cost by_scalars(const struct layer *l, struct arena *a, float *grad)
{
    struct scalar_graph *g = scalar_new();
    int *leaf = arena_alloc(a, l->count * sizeof *leaf), L = SCALAR_NONE;
    int *w = arena_alloc(a, (size_t)l->inputs * sizeof *w);
    for (size_t i = 0; i < l->count; i++) leaf[i] = scalar_leaf(g, l->x[i]);
    const int *W = leaf + (l->W - l->x), *b = leaf + (l->b - l->x);
    for (int n = 0; n < l->rows; n++) {
        for (int m = 0; m < l->units; m++) {
            for (int k = 0; k < l->inputs; k++) w[k] = W[k * l->units + m];
            int y = scalar_neuron(g, l->inputs, w, leaf + n * l->inputs, b[m]);
            L = L == SCALAR_NONE ? y : scalar_add(g, L, y);
        }
    }
    scalar_backward(g, L);
    for (size_t i = 0; i < l->count; i++) grad[i] = scalar_grad(g, leaf[i]);
    struct cost c = {scalar_count(g), scalar_bytes(g)};
    scalar_free(g);
    return c;
}

void tape_run_compare(int rows, int inputs, int units, uint64_t seed, FILE *out)
{
    struct arena *a = arena_new();
    struct random r = random_start(seed, RANDOM_INIT);
    struct layer l = {.rows = rows, .inputs = inputs, .units = units};
    size_t x = (size_t)(rows * inputs), W = (size_t)(inputs * units);
    l.count = x + W + (size_t)units;
    l.x = arena_floats(a, l.count), l.W = l.x + x, l.b = l.W + W;
    for (size_t i = 0; i < l.count; i++) l.x[i] = random_normal(&r) / sqrtf((float)inputs);
    float *ours = arena_zeros(a, l.count), *theirs = arena_floats(a, l.count);
    struct cost tape = by_tape(&l, ours), scalars = by_scalars(&l, a, theirs);
    double most = vec_apart(l.count, ours, theirs);
    fprintf(out, "tanh(x W + b): %d rows of %d, %d units\n", rows, inputs, units);
    fprintf(out, "%-10s %9s %12s\n", "", "nodes", "bytes");
    fprintf(out, "%-10s %9d %12zu\n", "lesson 06", scalars.nodes, scalars.bytes);
    fprintf(out, "%-10s %9d %12zu\n", "tape", tape.nodes, tape.bytes);
    fprintf(out, "%zu gradients, which differ by at most %.4f\n", l.count, most);
    arena_free(a);
}
