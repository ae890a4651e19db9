// tape: the machine with operations of the suite's own, then the tape's operations against slopes
// worked out by hand, against double precision on random shapes, and against lesson 06.
//
// Where bits are compared, the numbers are small integers: then every sum and product is exact, and
// any correct order gives the same.  tests/tape_given.c compares the reference on all numbers.
#include "tape.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "lesson.h"
#include "random.h"
#include "scalar.h"

FUNCTION(tape_record, 2);
FUNCTION(tape_backward, 5);
FUNCTION(tape_detach, 1);
FUNCTION(tape_mul_backward, 3);
FUNCTION(tape_tanh_backward, 2);
FUNCTION(tape_matmul_backward, 2);

enum { MOST = 120, BESIDE = 4 };
static const float GUARD = 1234.5f;

// --- leaves ------------------------------------------------------------------------------------

// struct leaf: an array with a gradient that stands between guards.
struct leaf {
    int rank, shape[TAPE_RANK], size, node;
    float data[MOST], room[MOST + 2 * BESIDE];
};

static float *grad_of(struct leaf *l)
{
    return l->room + BESIDE;
}

// leaf_shape sets what a leaf is; its gradient begins at `before`.
static void leaf_shape(struct leaf *l, int rank, const int *shape, float before)
{
    *l = (struct leaf){.rank = rank, .size = 1};
    for (int i = 0; i < rank; i++) l->shape[i] = shape[i], l->size *= shape[i];
    CHECK(l->size <= MOST, "size=%d", l->size);
    for (int i = 0; i < MOST + 2 * BESIDE; i++) l->room[i] = GUARD;
    for (int i = 0; i < l->size; i++) grad_of(l)[i] = before;
}

// leaf_put puts it on the tape, with its gradient or without.
static int leaf_put(struct tape *t, struct leaf *l, int learn)
{
    return l->node = tape_leaf(t, l->rank, l->shape, l->data, learn ? grad_of(l) : NULL);
}

// vector makes and puts a leaf of rank 1, gradient 0.
static int vector(struct tape *t, struct leaf *l, int n, const float *data)
{
    leaf_shape(l, 1, &n, 0);
    memcpy(l->data, data, sizeof *data * (size_t)n);
    return leaf_put(t, l, 1);
}

// matrix makes and puts a leaf of rank 2, whose gradient begins at `before`.
static int matrix(struct tape *t, struct leaf *l, int rows, int columns, const float *data,
                  float before)
{
    leaf_shape(l, 2, (int[]){rows, columns}, before);
    memcpy(l->data, data, sizeof *data * (size_t)(rows * columns));
    return leaf_put(t, l, 1);
}

// expect_guards: nothing is written beside the gradient.  expect_grad: and it is these small
// integers, exactly.
#define expect_guards(l) guards_at(__LINE__, l)
#define expect_grad(what, l, want) grad_at(__LINE__, what, l, want)
#define VALUES(...) ((const double[]){__VA_ARGS__})

static void guards_at(int line, struct leaf *l)
{
    int fine = 1;
    for (int i = 0; i < BESIDE; i++)
        fine &= l->room[i] == GUARD && grad_of(l)[l->size + i] == GUARD;
    lesson_true(__FILE__, line, "nothing is written beside the gradient", fine);
}

static void grad_at(int line, const char *what, struct leaf *l, const double *want)
{
    lesson_floats(__FILE__, line, what, (size_t)l->size, grad_of(l), want, 0);
    guards_at(line, l);
}

// --- memory --------------------------------------------------------------------------------------

enum { USED = 1 << 14 };

// used_tape returns a tape as a step leaves it: the first USED floats that it will hand out are
// GUARD.
static struct tape *used_tape(void)
{
    struct tape *t = tape_new();
    float *memory = tape_alloc(t, USED * sizeof *memory);
    for (int i = 0; i < USED; i++) memory[i] = GUARD;
    tape_reset(t);
    return t;
}

// expect_untouched: what used_tape has not handed out yet is as it was.
#define expect_untouched(t) untouched_at(__LINE__, t)

static void untouched_at(int line, struct tape *t)
{
    size_t used = tape_memory(t) / sizeof(float), beyond = 0;
    const float *rest = tape_alloc(t, USED > used ? (USED - used) * sizeof *rest : 0);
    for (size_t i = used; i < USED; i++) beyond += rest[i - used] != GUARD;
    lesson_int(__FILE__, line, "floats written beyond the memory asked for", (int64_t)beyond, 0);
}

// --- operations of the suite's own ---------------------------------------------------------------

// struct count: how often a node's backward was called, and how often it lacked something.
struct count {
    int calls, lacks;
};

static void multiply_backward(struct tape *t, int node)
{
    struct count *count = tape_saved(t, node);
    const float *dy = tape_grad(t, node);
    int lacks = !dy;
    for (int i = 0; i < 2; i++) {
        int x = tape_input(t, node, i);
        float *dx = tape_grad(t, x);
        lacks |= tape_needs_grad(t, x) && !dx;
        const float *other = tape_data(t, tape_input(t, node, 1 - i));
        for (size_t j = 0; dx && dy && j < tape_size(t, node); j++) dx[j] += dy[j] * other[j];
    }
    if (count) count->calls++, count->lacks += lacks;
}

// multiply: a * b, element by element.
static int multiply(struct tape *t, int a, int b, struct count *count)
{
    int shape[TAPE_RANK], rank = tape_rank(t, a);
    for (int i = 0; i < rank; i++) shape[i] = tape_dim(t, a, i);
    int node = tape_record(t, rank, shape, 2, (int[]){a, b}, multiply_backward, count);
    float *y = tape_result(t, node);
    CHECK(y, "node %d has no result: does tape_record set it?", node);
    for (size_t i = 0; i < tape_size(t, node); i++) y[i] = tape_data(t, a)[i] * tape_data(t, b)[i];
    return node;
}

static void total_backward(struct tape *t, int node)
{
    for (int i = 0; i < 3; i++) {
        float *dx = tape_grad(t, tape_input(t, node, i));
        if (dx) *dx += *tape_grad(t, node) * (float)(i + 1);
    }
}

// total: a + 2 b + 3 c, of single numbers: a node with three inputs.
static int total(struct tape *t, int a, int b, int c)
{
    int node = tape_record(t, 0, NULL, 3, (int[]){a, b, c}, total_backward, NULL);
    float *y = tape_result(t, node);
    CHECK(y, "node %d has no result: does tape_record set it?", node);
    *y = *tape_data(t, a) + 2 * *tape_data(t, b) + 3 * *tape_data(t, c);
    return node;
}

// --- tape_record ---------------------------------------------------------------------------------

TEST(tape_record, a_node_is_what_was_recorded)
{
    struct tape *t = tape_new();
    struct leaf l;
    int a = vector(t, &l, 2, (float[]){3, -2}), saved = 7;
    given("record a node of shape (5, 6) with the inputs 0, 0 after leaf 0");
    int b = tape_record(t, 2, (int[]){5, 6}, 2, (int[]){a, a}, multiply_backward, &saved);
    expect_int("the node's number", b, 1);
    expect_int("tape_rank", tape_rank(t, b), 2);
    expect_int("tape_dim 1", tape_dim(t, b, 1), 6);
    expect_int("tape_size", (int64_t)tape_size(t, b), 30);
    expect_true("tape_saved is what was given to tape_record", tape_saved(t, b) == &saved);
    expect_true("tape_result is not NULL", tape_result(t, b) != NULL);
    expect_true("tape_data is tape_result", tape_data(t, b) == tape_result(t, b));
    expect_true("tape_grad is NULL before the backward", tape_grad(t, b) == NULL);
    tape_free(t);
}

TEST(tape_record, the_inputs_are_kept_in_order)
{
    struct tape *t = tape_new();
    struct leaf l[3];
    for (int i = 0; i < 3; i++) vector(t, &l[i], 1, (float[]){1});
    static const int IN[][3] = {{2, 0, 0}, {0, 1, 0}, {2, 1, 0}, {1, 1, 1}};
    static const int COUNT[] = {1, 2, 3, 3};
    for (int k = 0; k < 4; k++) {
        given("a node with %d of the inputs %d, %d, %d", COUNT[k], IN[k][0], IN[k][1], IN[k][2]);
        int node = tape_record(t, 0, NULL, COUNT[k], IN[k], multiply_backward, NULL);
        for (int i = 0; i < COUNT[k]; i++)
            expect_int("tape_input", tape_input(t, node, i), IN[k][i]);
    }
    tape_free(t);
}

TEST(tape_record, needs_a_gradient_if_an_input_does)
{
    struct tape *t = tape_new();
    struct leaf l[2];
    leaf_shape(&l[0], 0, NULL, 0);
    leaf_shape(&l[1], 0, NULL, 0);
    int without = leaf_put(t, &l[0], 0), with = leaf_put(t, &l[1], 1);
    int in[2] = {without, with};
    for (int count = 0; count <= 3; count++) {
        for (int bits = 0; bits < 1 << count; bits++) {
            int inputs[3], node;
            char text[40] = "";
            for (int i = 0; i < count; i++) {
                inputs[i] = in[bits >> i & 1];
                snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s", i ? ", " : "",
                         bits >> i & 1 ? "yes" : "no");
            }
            given("a node %s%s", count ? "whose inputs want a gradient: " : "without inputs", text);
            node = tape_record(t, 0, NULL, count, inputs, multiply_backward, NULL);
            expect_int("tape_needs_grad of the node", tape_needs_grad(t, node), bits != 0);
        }
    }
    given("b = a a, c = b b: does c need a gradient, if only a asks for one?");
    int b = tape_record(t, 0, NULL, 2, (int[]){with, with}, multiply_backward, NULL);
    int c = tape_record(t, 0, NULL, 2, (int[]){b, without}, multiply_backward, NULL);
    expect_int("tape_needs_grad of c", tape_needs_grad(t, c), 1);
    tape_free(t);
}

TEST(tape_record, each_result_has_a_place_of_its_own)
{
    enum { NODES = 12 };
    struct tape *t = tape_new();
    struct leaf l;
    int x = vector(t, &l, 1, (float[]){1}), node[NODES];
    for (int i = 0; i < NODES; i++) {
        int n = i * i + 1;
        node[i] = tape_record(t, 1, &n, 1, &x, multiply_backward, NULL);
        float *y = tape_result(t, node[i]);
        given("%d nodes of 1, 2, 5, 10 ... numbers are filled", i + 1);
        if (!expect_true("tape_result is not NULL", y != NULL)) return;
        for (int j = 0; j < n; j++) y[j] = (float)i;
    }
    for (int i = 0; i < NODES; i++) {
        const float *y = tape_data(t, node[i]);
        int same = y != NULL;
        for (int j = 0; y && j < i * i + 1; j++) same &= y[j] == (float)i;
        given("node %d of %d, each filled with a number of its own", i + 1, NODES);
        expect_true("it still holds its own number", same);
    }
    expect_true("the results are in the tape's memory",
                tape_memory(t) >= sizeof(float) * (NODES + 506));
    tape_free(t);
}

TEST(tape_record, a_thousand_nodes)
{
    struct tape *t = tape_new();
    struct leaf l;
    int x = vector(t, &l, 1, (float[]){1}), right = 0;
    for (int i = 0; i < 1000; i++) x = tape_record(t, 0, NULL, 1, &x, multiply_backward, NULL);
    for (int i = 1; i <= 1000; i++) right += tape_input(t, i, 0) == i - 1;
    given("1000 nodes, each made from the one before");
    expect_int("how many of them say so", right, 1000);
    tape_free(t);
}

// --- tape_backward -------------------------------------------------------------------------------

TEST(tape_backward, both_factors_get_their_gradient)
{
    struct tape *t = tape_new();
    struct leaf a, b;
    given("y = a * b with a = 3, b = 5; seed 1");
    int y = multiply(t, vector(t, &a, 1, (float[]){3}), vector(t, &b, 1, (float[]){5}), NULL);
    tape_backward(t, y, 1);
    if (!expect_true("y has a gradient", tape_grad(t, y) != NULL)) return;
    expect_floats("dy, which is the seed", 1, tape_grad(t, y), VALUES(1), 0);
    expect_grad("da", &a, VALUES(5));
    expect_grad("db", &b, VALUES(3));
    tape_free(t);
}

TEST(tape_backward, the_seed_is_in_every_element)
{
    struct tape *t = tape_new();
    struct leaf a, b;
    given("y = a * b with a = (3, -2, 4), b = (5, 7, 1); seed -2");
    int x = vector(t, &a, 3, (float[]){3, -2, 4});
    int y = multiply(t, x, vector(t, &b, 3, (float[]){5, 7, 1}), NULL);
    tape_backward(t, y, -2);
    if (!expect_true("y has a gradient", tape_grad(t, y) != NULL)) return;
    expect_floats("dy, which is the seed", 3, tape_grad(t, y), VALUES(-2, -2, -2), 0);
    expect_grad("da", &a, VALUES(-10, -14, -2));
    expect_grad("db", &b, VALUES(-6, 4, -8));
    tape_free(t);
}

TEST(tape_backward, a_chain_is_replayed_from_its_end)
{
    struct tape *t = tape_new();
    struct leaf a, b, c;
    given("y = a * b, z = y * c; a = 2, b = 3, c = 5; seed 1 at z");
    int y = multiply(t, vector(t, &a, 1, (float[]){2}), vector(t, &b, 1, (float[]){3}), NULL);
    int z = multiply(t, y, vector(t, &c, 1, (float[]){5}), NULL);
    tape_backward(t, z, 1);
    if (!expect_true("y has a gradient", tape_grad(t, y) != NULL)) return;
    expect_floats("dy", 1, tape_grad(t, y), VALUES(5), 0);
    expect_grad("da", &a, VALUES(15));
    expect_grad("db", &b, VALUES(10));
    expect_grad("dc", &c, VALUES(6));
    tape_free(t);
}

TEST(tape_backward, a_node_used_twice_gets_both_gradients)
{
    struct tape *t = tape_new();
    struct leaf a;
    struct count count = {0};
    given("x = (3, -2); s = x * x; f = s * s; y = f * x, which is x^5; seed 1");
    int x = vector(t, &a, 2, (float[]){3, -2}), s = multiply(t, x, x, &count);
    int f = multiply(t, s, s, &count);
    tape_backward(t, multiply(t, f, x, &count), 1);
    expect_int("backwards called, for s, f and y", count.calls, 3);
    if (!expect_true("s has a gradient", tape_grad(t, s) != NULL)) return;
    expect_floats("ds, which is 2 s x", 2, tape_grad(t, s), VALUES(54, -16), 0);
    expect_grad("dx, which is 5 x^4", &a, VALUES(405, 80));
    tape_free(t);
}

TEST(tape_backward, each_backward_is_called_once_after_all_that_use_it)
{
    // s is used by p and q: before s is replayed, both must have been.
    struct tape *t = tape_new();
    struct leaf a, b;
    struct count ofs = {0}, others = {0};
    given("s = a b; p = s b; q = s p; y = q p; a = 2, b = 3; seed 1");
    int x = vector(t, &a, 1, (float[]){2}), w = vector(t, &b, 1, (float[]){3});
    int s = multiply(t, x, w, &ofs), p = multiply(t, s, w, &others);
    int q = multiply(t, s, p, &others), y = multiply(t, q, p, &others);  // a^3 b^5
    tape_backward(t, y, 1);
    expect_int("calls for s", ofs.calls, 1);
    expect_int("calls for p, q and y", others.calls, 3);
    expect_int("calls in which a gradient was missing", ofs.lacks + others.lacks, 0);
    expect_grad("da, which is 3 a^2 b^5", &a, VALUES(2916));
    expect_grad("db, which is 5 a^3 b^4", &b, VALUES(3240));
    tape_free(t);
}

TEST(tape_backward, a_node_with_three_inputs)
{
    struct tape *t = tape_new();
    struct leaf a, b, c;
    given("y = p + 2 q + 3 r, p = a a, q = b b, r = c c; a, b, c = 2, 3, 5");
    int x = vector(t, &a, 1, (float[]){2}), w = vector(t, &b, 1, (float[]){3});
    int z = vector(t, &c, 1, (float[]){5}), p = multiply(t, x, x, NULL);
    int q = multiply(t, w, w, NULL), r = multiply(t, z, z, NULL);
    tape_backward(t, total(t, p, q, r), 1);
    expect_grad("da", &a, VALUES(4));
    expect_grad("db", &b, VALUES(12));
    expect_grad("dc", &c, VALUES(30));
    tape_free(t);
}

TEST(tape_backward, leaves_are_added_to)
{
    struct tape *t = tape_new();
    struct leaf a, b;
    given("y = a * b, a = (3, -2), b = (4, 5); da begins at 10, db at -1");
    int x = matrix(t, &a, 1, 2, (float[]){3, -2}, 10);
    tape_backward(t, multiply(t, x, matrix(t, &b, 1, 2, (float[]){4, 5}, -1), NULL), 1);
    expect_grad("da", &a, VALUES(14, 15));
    expect_grad("db", &b, VALUES(2, -3));
    tape_free(t);
}

TEST(tape_backward, what_needs_no_gradient_gets_none)
{
    struct tape *t = tape_new();
    struct count dead = {0}, mixed = {0};
    struct leaf a, b;
    leaf_shape(&a, 1, (int[]){2}, 0);
    a.data[0] = 3, a.data[1] = -2;
    given("s = a * a, y = s * b; only b wants a gradient");
    int x = leaf_put(t, &a, 0), s = multiply(t, x, x, &dead);
    int y = multiply(t, s, vector(t, &b, 2, (float[]){5, 7}), &mixed);
    tape_backward(t, y, 1);
    expect_int("calls of the backward of s", dead.calls, 0);
    expect_int("calls of the backward of y", mixed.calls, 1);
    expect_true("a and s have no gradient", !tape_grad(t, x) && !tape_grad(t, s));
    expect_grad("db", &b, VALUES(9, 4));
    expect_floats("what stands at a's gradient", 2, grad_of(&a), VALUES(0, 0), 0);
    tape_free(t);
}

TEST(tape_backward, a_graph_without_gradients_costs_nothing)
{
    struct tape *t = tape_new();
    struct count count = {0};
    struct leaf a;
    leaf_shape(&a, 1, (int[]){2}, 0);
    given("y = a * a; nobody wants a gradient");
    int x = leaf_put(t, &a, 0), y = multiply(t, x, x, &count);
    int64_t before = (int64_t)tape_memory(t);
    tape_backward(t, y, 1);
    expect_int("calls of the backward of y", count.calls, 0);
    expect_true("y has no gradient", tape_grad(t, y) == NULL);
    expect_int("bytes that tape_backward took", (int64_t)tape_memory(t) - before, 0);
    tape_free(t);
}

TEST(tape_backward, nodes_beside_the_path_are_passed_over)
{
    struct tape *t = tape_new();
    struct count early = {0}, late = {0}, path = {0};
    struct leaf a;
    given("e = x x, y = x x, z = y y; x = (3, -2); seed 1 at y, not at z");
    int x = vector(t, &a, 2, (float[]){3, -2});
    int e = multiply(t, x, x, &early), y = multiply(t, x, x, &path), z = multiply(t, y, y, &late);
    tape_backward(t, y, 1);
    expect_int("calls of the backward of e", early.calls, 0);
    expect_int("calls of the backward of z", late.calls, 0);
    expect_int("calls of the backward of y", path.calls, 1);
    expect_true("e and z have no gradient", !tape_grad(t, e) && !tape_grad(t, z));
    expect_grad("dx, which is 2 x", &a, VALUES(6, -4));
    tape_free(t);
}

TEST(tape_backward, a_leaf_may_be_the_end)
{
    struct tape *t = tape_new();
    struct leaf a, b;
    given("tape_backward of a leaf; seed 3");
    tape_backward(t, vector(t, &a, 2, (float[]){3, -2}), 3);
    expect_grad("its gradient", &a, VALUES(3, 3));
    leaf_shape(&b, 1, (int[]){2}, 7);
    given("tape_backward of a leaf that wants no gradient; seed 3");
    tape_backward(t, leaf_put(t, &b, 0), 3);
    expect_floats("what stands at its gradient", 2, grad_of(&b), VALUES(7, 7), 0);
    tape_free(t);
}

TEST(tape_backward, gradients_of_an_earlier_step_are_forgotten)
{
    struct tape *t = tape_new();
    for (int step = 1; step <= 3; step++) {
        struct leaf a;
        given("y = x x x with x = (3, -2), step %d on the same tape", step);
        int x = vector(t, &a, 2, (float[]){3, -2}), s = multiply(t, x, x, NULL);
        tape_backward(t, multiply(t, s, x, NULL), 1);  // the gradient of s is added to, from zero
        expect_grad("dx, which is 3 x^2", &a, VALUES(27, 12));
        tape_reset(t);
    }
    tape_free(t);
}

TEST(tape_backward, a_gradient_is_as_large_as_its_data)
{
    enum { N = 40 };  // more than the arena rounds up to
    struct tape *t = used_tape();
    struct leaf a;
    float data[N];
    double want[N];
    given("L = the sum of s = x x, x is 40 ones; seed 1; used memory");
    for (int i = 0; i < N; i++) data[i] = 1, want[i] = 2;
    int x = vector(t, &a, N, data), s = multiply(t, x, x, NULL);
    tape_backward(t, tape_sum(t, s), 1);
    expect_grad("dx, which is 2 x", &a, want);
    expect_untouched(t);
    tape_free(t);
}

TEST(tape_backward, thousands_of_nodes)
{
    struct tape *t = tape_new();
    struct leaf a, one;
    given("y = x, then 5000 times y = y * 1, then y * x; x = 3");
    int x = vector(t, &a, 1, (float[]){3}), y = x;
    leaf_shape(&one, 1, (int[]){1}, 0);
    one.data[0] = 1;
    int factor = leaf_put(t, &one, 0);
    for (int i = 0; i < 5000; i++) y = multiply(t, y, factor, NULL);
    tape_backward(t, multiply(t, y, x, NULL), 1);
    expect_grad("dx, which is 2 x", &a, VALUES(6));
    tape_free(t);
}

TEST(tape_backward, every_step_takes_the_same_memory)
{
    enum { N = 100, DEEP = 9 };
    struct tape *t = tape_new();
    float ones[N];
    int64_t first = 0;
    for (int i = 0; i < N; i++) ones[i] = 1;
    for (int step = 1; step <= 4; step++) {
        struct leaf a;
        tape_reset(t);
        int x = vector(t, &a, N, ones), y = x;
        for (int i = 0; i < DEEP; i++) y = multiply(t, y, x, NULL);
        tape_backward(t, y, 1);
        given("%d nodes of %d numbers, step %d on the same tape", DEEP, N, step);
        expect_floats("dx[0]", 1, grad_of(&a), VALUES(DEEP + 1), 0);
        if (step == 1) first = (int64_t)tape_memory(t);
        expect_int("bytes, as many as in the first step", (int64_t)tape_memory(t), first);
    }
    expect_true("results and gradients are in the tape's memory",
                first >= 2 * DEEP * N * (int64_t)sizeof(float));
    tape_free(t);
}

// --- tape_detach ---------------------------------------------------------------------------------

TEST(tape_detach, same_data_no_gradient)
{
    struct tape *t = tape_new();
    struct leaf a;
    given("s = x * x with x = (3, -2); d = tape_detach(s)");
    int x = vector(t, &a, 2, (float[]){3, -2}), s = multiply(t, x, x, NULL);
    int64_t before = (int64_t)tape_memory(t);
    int d = tape_detach(t, s);
    expect_int("the number of d, a new node", d, 2);
    expect_int("tape_rank", tape_rank(t, d), 1);
    expect_int("tape_size", (int64_t)tape_size(t, d), 2);
    expect_true("tape_data is that of s, not a copy", tape_data(t, d) == tape_data(t, s));
    expect_int("bytes it took", (int64_t)tape_memory(t) - before, 0);
    expect_int("tape_needs_grad of d", tape_needs_grad(t, d), 0);
    expect_int("tape_needs_grad of s, as before", tape_needs_grad(t, s), 1);
    tape_free(t);
}

TEST(tape_detach, no_gradient_comes_through)
{
    struct tape *t = tape_new();
    struct leaf a;
    struct count behind = {0};
    given("s = x x, d = tape_detach(s), y = d x; x = (3, -2); seed 1");
    int x = vector(t, &a, 2, (float[]){3, -2}), s = multiply(t, x, x, &behind);
    tape_backward(t, multiply(t, tape_detach(t, s), x, NULL), 1);
    expect_int("calls of the backward of s", behind.calls, 0);
    expect_true("s has no gradient", tape_grad(t, s) == NULL);
    expect_grad("dx, which is d alone, not 3 x^2", &a, VALUES(9, 4));
    tape_free(t);
}

TEST(tape_detach, what_is_detached_may_be_used_besides)
{
    struct tape *t = tape_new();
    struct leaf a;
    given("s = x x, d = tape_detach(s), y = (d s) d; x = (3, -2); seed 1");
    int x = vector(t, &a, 2, (float[]){3, -2}), s = multiply(t, x, x, NULL);
    int d = tape_detach(t, s);
    tape_backward(t, multiply(t, multiply(t, d, s, NULL), d, NULL), 1);
    expect_true("d has no gradient", tape_grad(t, d) == NULL);
    if (expect_true("s has one", tape_grad(t, s) != NULL))
        expect_floats("ds, which is d d", 2, tape_grad(t, s), VALUES(81, 16), 0);
    expect_grad("dx, which is 2 x d d", &a, VALUES(486, -64));
    tape_free(t);
}

TEST(tape_detach, shapes_and_leaves)
{
    struct tape *t = tape_new();
    struct leaf a;
    leaf_shape(&a, 4, (int[]){2, 3, 1, 4}, 0);
    given("a leaf of shape (2, 3, 1, 4), detached");
    int x = leaf_put(t, &a, 1), d = tape_detach(t, x);
    expect_int("tape_rank", tape_rank(t, d), 4);
    for (int i = 0; i < 4; i++) expect_int("tape_dim", tape_dim(t, d, i), a.shape[i]);
    expect_true("tape_data is the leaf's", tape_data(t, d) == a.data);
    expect_int("tape_needs_grad of the new node", tape_needs_grad(t, d), 0);
    expect_int("tape_needs_grad of the leaf, as before", tape_needs_grad(t, x), 1);
    for (int i = 0; i < 1000; i++) d = tape_detach(t, d);
    given("a leaf of shape (2, 3, 1, 4), detached 1001 times");
    expect_int("tape_size", (int64_t)tape_size(t, d), 24);
    expect_int("tape_dim 3", tape_dim(t, d, 3), 4);
    tape_free(t);
}

// --- tape_mul_backward -------------------------------------------------------------------------

TEST(tape_mul_backward, two_numbers)
{
    struct tape *t = tape_new();
    struct leaf a, b;
    given("y = tape_mul(a, b) with a = 3, b = 5; seed 2");
    int x = vector(t, &a, 1, (float[]){3}), w = vector(t, &b, 1, (float[]){5});
    int y = tape_mul(t, x, w);
    expect_floats("y", 1, tape_data(t, y), VALUES(15), 0);
    tape_backward(t, y, 2);
    expect_grad("da", &a, VALUES(10));
    expect_grad("db", &b, VALUES(6));
    tape_free(t);
}

TEST(tape_mul_backward, the_gradient_is_added)
{
    struct tape *t = tape_new();
    struct leaf a, b;
    given("y = a b, a = (3, -2), b = (4, 5); da begins at 10, db at -1");
    int x = matrix(t, &a, 1, 2, (float[]){3, -2}, 10);
    int w = matrix(t, &b, 1, 2, (float[]){4, 5}, -1);
    tape_backward(t, tape_mul(t, x, w), 1);
    expect_grad("da", &a, VALUES(14, 15));
    expect_grad("db", &b, VALUES(2, -3));
    tape_free(t);
}

TEST(tape_mul_backward, a_node_times_itself)
{
    struct tape *t = tape_new();
    struct leaf a;
    given("s = x x, y = s x, which is x^3; x = (3, -2); seed 1");
    int x = vector(t, &a, 2, (float[]){3, -2});
    tape_backward(t, tape_mul(t, tape_mul(t, x, x), x), 1);
    expect_grad("dx, which is 3 x^2", &a, VALUES(27, 12));
    tape_free(t);
}

TEST(tape_mul_backward, either_factor_can_do_without)
{
    for (int which = 0; which < 2; which++) {
        struct tape *t = tape_new();
        struct leaf l[2];
        for (int i = 0; i < 2; i++) {
            leaf_shape(&l[i], 1, (int[]){2}, 0);
            l[i].data[0] = (float)(3 + 4 * i), l[i].data[1] = (float)(-2 - 3 * i);
            leaf_put(t, &l[i], i == which);
        }
        given("y = a b, a = (3, -2), b = (7, -5); only %s wants a gradient", which ? "b" : "a");
        tape_backward(t, tape_mul(t, l[0].node, l[1].node), 1);
        expect_grad("da", &l[0], which ? VALUES(0, 0) : VALUES(7, -5));
        expect_grad("db", &l[1], which ? VALUES(3, -2) : VALUES(0, 0));
        tape_free(t);
    }
}

TEST(tape_mul_backward, one_factor_is_broadcast)
{
    struct tape *t = tape_new();
    struct leaf a, b;
    given("y = a b, a = ((1, 2), (3, 4)), b = (10, 100); seed 1");
    int x = matrix(t, &a, 2, 2, (float[]){1, 2, 3, 4}, 0);
    int y = tape_mul(t, x, vector(t, &b, 2, (float[]){10, 100}));
    expect_floats("y", 4, tape_data(t, y), VALUES(10, 200, 30, 400), 0);
    tape_backward(t, y, 1);
    expect_grad("da", &a, VALUES(10, 100, 10, 100));
    expect_grad("db, a sum down each column of a", &b, VALUES(4, 6));
    tape_free(t);
}

TEST(tape_mul_backward, no_memory_is_written_that_it_did_not_ask_for)
{
    enum { N = 40 };  // more than the arena rounds up to
    for (int which = 0; which < 2; which++) {
        struct tape *t = used_tape();
        struct leaf one, many;
        float data[N];
        double want[N];
        for (int i = 0; i < N; i++) data[i] = 1, want[i] = 2;
        given("y = %s, a = (2), b is 40 ones; seed 1; used memory", which ? "b a" : "a b");
        int a = vector(t, &one, 1, (float[]){2}), b = vector(t, &many, N, data);
        tape_backward(t, which ? tape_mul(t, b, a) : tape_mul(t, a, b), 1);
        expect_grad("da", &one, VALUES(N));
        expect_grad("db", &many, want);
        expect_untouched(t);
        tape_free(t);
    }
}

// The pairs of shapes that random tests try; -1 ends one.
static const int PAIRS[][2][TAPE_RANK + 1] = {
    {{-1}, {-1}},
    {{1, -1}, {1, -1}},
    {{7, -1}, {7, -1}},
    {{3, 5, -1}, {3, 5, -1}},
    {{3, 5, -1}, {5, -1}},
    {{5, -1}, {3, 5, -1}},
    {{3, 1, -1}, {1, 5, -1}},
    {{1, -1}, {4, 2, -1}},
    {{-1}, {2, 3, -1}},
    {{2, 3, 1, 4, -1}, {3, 5, 1, -1}},
    {{2, 1, 3, 2, -1}, {2, 4, 1, 1, -1}},
};
enum { PAIR_COUNT = sizeof PAIRS / sizeof *PAIRS };

// shape_text writes a shape as (2, 3).
static const char *shape_text(const struct leaf *l, char *text, size_t room)
{
    size_t at = (size_t)snprintf(text, room, "(");
    for (int i = 0; i < l->rank; i++)
        at += (size_t)snprintf(text + at, room - at, "%s%d", i ? ", " : "", l->shape[i]);
    snprintf(text + at, room - at, ")");
    return text;
}

static void fill_random(struct leaf *l, struct random *r)
{
    for (int i = 0; i < l->size; i++) l->data[i] = random_normal(r);
}

// random_leaf makes one of a shape that ends with -1; its gradient begins at 0.5.
static void random_leaf(struct leaf *l, const int *shape, struct random *r)
{
    int rank = 0;
    while (rank < TAPE_RANK && shape[rank] != -1) rank++;
    leaf_shape(l, rank, shape, 0.5f);
    fill_random(l, r);
}

// place returns where the element at the position i of a tensor of shape (rank, shape) is in l,
// which is broadcast to it.
static int place(const struct leaf *l, int rank, const int *shape, int i)
{
    int at = 0, step = 1;
    for (int d = rank - 1, k = l->rank - 1; d >= 0; d--, k--) {
        int index = i % shape[d];
        i /= shape[d];
        if (k >= 0 && l->shape[k] != 1) at += step * index;
        if (k >= 0) step *= l->shape[k];
    }
    return at;
}

TEST(tape_mul_backward, random_shapes_against_doubles)
{
    struct random r = random_start(8, RANDOM_TEST);
    for (int k = 0; k < PAIR_COUNT; k++) {
        struct tape *t = used_tape();
        struct leaf a, b, up;
        char text[2][40];
        random_leaf(&a, PAIRS[k][0], &r);
        random_leaf(&b, PAIRS[k][1], &r);
        int x = leaf_put(t, &a, 1), w = leaf_put(t, &b, 1), y = tape_mul(t, x, w);
        int rank = tape_rank(t, y), shape[TAPE_RANK];
        for (int i = 0; i < rank; i++) shape[i] = tape_dim(t, y, i);
        leaf_shape(&up, rank, shape, 0);
        fill_random(&up, &r);
        given("a %s times b %s, each element of dy another number",
              shape_text(&a, text[0], sizeof text[0]), shape_text(&b, text[1], sizeof text[1]));
        double da[MOST], db[MOST];
        for (int i = 0; i < MOST; i++) da[i] = db[i] = 0.5;
        for (int i = 0; i < up.size; i++) {
            int p = place(&a, rank, shape, i), q = place(&b, rank, shape, i);
            da[p] += (double)up.data[i] * (double)b.data[q];
            db[q] += (double)up.data[i] * (double)a.data[p];
        }
        tape_backward(t, multiply(t, y, leaf_put(t, &up, 0), NULL), 1);
        // Up to 48 terms, each at most 16 or so, and one more addition.
        double tolerance = CHECK_U * 50 * 50 * 16;
        expect_floats("da, from 0.5 on", (size_t)a.size, grad_of(&a), da, tolerance);
        expect_floats("db, from 0.5 on", (size_t)b.size, grad_of(&b), db, tolerance);
        expect_guards(&a);
        expect_guards(&b);
        tape_free(t);
    }
}

// --- lesson 06 -----------------------------------------------------------------------------------

// A random graph on single numbers, of which many are used more than once.
enum { LEAVES = 4, NODES = 14 };
enum step_kind { ADD, MUL, TANH, MATMUL };
struct step {
    enum step_kind kind;
    int a, b;
};
struct plan {
    struct leaf leaf[LEAVES];
    struct step step[NODES];  // the first LEAVES are leaves
};

// plan_exact draws a graph of additions and multiplications of small integers whose values and
// gradients all are exact in float.  For that the same graph is followed with the absolute values
// in place of the numbers: no sum on the way, in whatever order, can be larger.
static void plan_exact(struct plan *p, enum step_kind product, struct random *r)
{
    enum { MOST_VALUE = 4096, MOST_GRAD = 1 << 24 };
    for (;;) {
        double size[NODES], grad[NODES] = {0}, most = 0;
        for (int i = 0; i < NODES; i++) {
            struct step *s = &p->step[i];
            if (i < LEAVES) {
                leaf_shape(&p->leaf[i], 2, (int[]){1, 1}, 0);
                p->leaf[i].data[0] = (float)random_below(r, 7) - 3;
                size[i] = fabs((double)p->leaf[i].data[0]);
                continue;
            }
            *s = (struct step){random_below(r, 2) ? product : ADD,
                               (int)random_below(r, (uint32_t)i), i - 1 - (int)random_below(r, 3)};
            if (s->kind != ADD && size[s->a] * size[s->b] > MOST_VALUE) s->kind = ADD;
            size[i] = s->kind == ADD ? size[s->a] + size[s->b] : size[s->a] * size[s->b];
        }
        grad[NODES - 1] = 1;
        for (int i = NODES - 1; i >= 0; i--) {
            most = fmax(most, fmax(size[i], grad[i]));
            if (i < LEAVES) continue;
            const struct step *s = &p->step[i];
            grad[s->a] += grad[i] * (s->kind == ADD ? 1 : size[s->b]);
            grad[s->b] += grad[i] * (s->kind == ADD ? 1 : size[s->a]);
        }
        if (most <= MOST_GRAD) return;
    }
}

// run_both follows the plan with the learner's tape and with lesson 06.
static void run_both(struct plan *p, double tolerance)
{
    struct tape *t = tape_new();
    struct scalar_graph *g = scalar_new();
    int node[NODES], scalar[NODES];
    for (int i = 0; i < NODES; i++) {
        const struct step *s = &p->step[i];
        if (i < LEAVES) {
            node[i] = leaf_put(t, &p->leaf[i], 1);
            scalar[i] = scalar_leaf(g, p->leaf[i].data[0]);
            continue;
        }
        int a = node[s->a], b = node[s->b], sa = scalar[s->a], sb = scalar[s->b];
        node[i] = s->kind == ADD    ? tape_add(t, a, b)
                : s->kind == MUL    ? tape_mul(t, a, b)
                : s->kind == MATMUL ? tape_matmul(t, a, b)
                                    : tape_tanh(t, a);
        scalar[i] = s->kind == ADD  ? scalar_add(g, sa, sb)
                  : s->kind == TANH ? scalar_tanh(g, sa)
                                    : scalar_mul(g, sa, sb);
    }
    tape_backward(t, node[NODES - 1], 1);
    scalar_backward(g, scalar[NODES - 1]);
    for (int i = 0; i < NODES; i++) {
        double value = (double)scalar_value(g, scalar[i]),
               slope = (double)scalar_grad(g, scalar[i]);
        const float *grad = tape_grad(t, node[i]);
        expect_floats("a node's value, as in lesson 06", 1, tape_data(t, node[i]), &value,
                      tolerance * (1 + fabs(value)));
        float got = grad ? *grad : 0;  // what backward did not come to has none
        expect_floats("a node's gradient, as in lesson 06", 1, &got, &slope,
                      tolerance * (1 + fabs(slope)));
    }
    scalar_free(g);
    tape_free(t);
}

TEST(tape_mul_backward, equals_lesson_06_on_single_numbers)
{
    struct random r = random_start(9, RANDOM_TEST);
    for (int k = 0; k < 30; k++) {
        struct plan p;
        plan_exact(&p, MUL, &r);
        given("random graph %d of tape_add and tape_mul on 1 x 1, %d nodes", k, NODES);
        run_both(&p, 0);
    }
}

// --- tape_tanh_backward ------------------------------------------------------------------------

TEST(tape_tanh_backward, at_a_few_points)
{
    // 1 - tanh(x)^2, in double.
    static const float X[] = {0, 0.5f, -0.5f, 2, -3};
    for (int i = 0; i < 5; i++) {
        struct tape *t = tape_new();
        struct leaf a;
        double y = tanh((double)X[i]);
        given("y = tanh(x), x = %g; seed 1", (double)X[i]);
        int node = tape_tanh(t, vector(t, &a, 1, &X[i]));
        expect_floats("y", 1, tape_data(t, node), &y, 4 * CHECK_U);
        tape_backward(t, node, 1);
        expect_floats("dx", 1, grad_of(&a), VALUES(1 - y * y), 16 * CHECK_U);
        tape_free(t);
    }
}

TEST(tape_tanh_backward, the_gradient_is_scaled_and_added)
{
    struct tape *t = used_tape();
    struct leaf a;
    given("y = tanh(x), x = ((0, 0, 0)); dx begins at 10; seed -2");
    int x = matrix(t, &a, 1, 3, (float[]){0, 0, 0}, 10);
    tape_backward(t, tape_tanh(t, x), -2);
    expect_grad("dx", &a, VALUES(8, 8, 8));
    tape_free(t);
}

TEST(tape_tanh_backward, far_out_it_is_flat)
{
    struct tape *t = tape_new();
    struct leaf a;
    given("y = tanh(x), x = (1e4, -1e4, 20, -20); seed 1");
    tape_backward(t, tape_tanh(t, vector(t, &a, 4, (float[]){1e4f, -1e4f, 20, -20})), 1);
    expect_floats("dx", 4, grad_of(&a), VALUES(0, 0, 0, 0), 4 * CHECK_U);
    expect_guards(&a);
    tape_free(t);
}

TEST(tape_tanh_backward, random_shapes_against_doubles)
{
    struct random r = random_start(10, RANDOM_TEST);
    for (int k = 0; k < PAIR_COUNT; k++) {
        struct tape *t = used_tape();
        struct leaf a, up;
        char text[40];
        random_leaf(&a, PAIRS[k][0], &r);
        leaf_shape(&up, a.rank, a.shape, 0);
        fill_random(&up, &r);
        given("tanh of x %s, each element of dy another number", shape_text(&a, text, sizeof text));
        double da[MOST];
        for (int i = 0; i < a.size; i++) {
            double y = tanh((double)a.data[i]);
            da[i] = 0.5 + (double)up.data[i] * (1 - y * y);
        }
        int y = tape_tanh(t, leaf_put(t, &a, 1));
        expect_int("tape_rank", tape_rank(t, y), a.rank);
        tape_backward(t, multiply(t, y, leaf_put(t, &up, 0), NULL), 1);
        expect_floats("dx, from 0.5 on", (size_t)a.size, grad_of(&a), da, 64 * CHECK_U);
        expect_guards(&a);
        tape_free(t);
    }
}

TEST(tape_tanh_backward, equals_lesson_06_on_single_numbers)
{
    struct random r = random_start(11, RANDOM_TEST);
    for (int k = 0; k < 30; k++) {
        struct plan p;
        for (int i = 0; i < NODES; i++) {
            if (i < LEAVES) {
                leaf_shape(&p.leaf[i], 2, (int[]){1, 1}, 0);
                p.leaf[i].data[0] = random_normal(&r);
            } else {
                p.step[i] =
                    (struct step){i % 3 == 0 ? TANH : ADD, (int)random_below(&r, (uint32_t)i),
                                  i - 1 - (int)random_below(&r, 3)};
            }
        }
        given("random graph %d of tape_add and tape_tanh on 1 x 1", k);
        // 14 nodes, of which every third flattens what it is given: nothing grows beyond 2^11.
        run_both(&p, 200 * CHECK_U);
    }
}

// --- tape_matmul_backward ----------------------------------------------------------------------

TEST(tape_matmul_backward, a_row_times_a_column)
{
    struct tape *t = tape_new();
    struct leaf a, b;
    given("y = a b, a = ((1, 2)), b = ((3), (5)), so y = ((13)); seed 2");
    int x = matrix(t, &a, 1, 2, (float[]){1, 2}, 0), w = matrix(t, &b, 2, 1, (float[]){3, 5}, 0);
    int y = tape_matmul(t, x, w);
    expect_floats("y", 1, tape_data(t, y), VALUES(13), 0);
    tape_backward(t, y, 2);
    expect_grad("da", &a, VALUES(6, 10));
    expect_grad("db", &b, VALUES(2, 4));
    tape_free(t);
}

TEST(tape_matmul_backward, two_square_matrices)
{
    struct tape *t = tape_new();
    struct leaf a, b;
    given("y = a b, a = ((1, 2), (3, 4)), b = ((5, 6), (7, 9)); seed 1");
    int x = matrix(t, &a, 2, 2, (float[]){1, 2, 3, 4}, 0);
    tape_backward(t, tape_matmul(t, x, matrix(t, &b, 2, 2, (float[]){5, 6, 7, 9}, 0)), 1);
    expect_grad("da, each row the sums of the rows of b", &a, VALUES(11, 16, 11, 16));
    expect_grad("db, each column the sums of the columns of a", &b, VALUES(4, 4, 6, 6));
    tape_free(t);
}

TEST(tape_matmul_backward, the_example_of_the_text)
{
    struct tape *t = tape_new();
    struct leaf x, w;
    given("h = x W, x = ((1, 2)), W = ((3, 4), (5, 6)); y = h h; L = sum y");
    int a = matrix(t, &x, 1, 2, (float[]){1, 2}, 0);
    int b = matrix(t, &w, 2, 2, (float[]){3, 4, 5, 6}, 0);
    int h = tape_matmul(t, a, b), y = multiply(t, h, h, NULL), L = tape_sum(t, y);
    expect_floats("h", 2, tape_data(t, h), VALUES(13, 16), 0);
    expect_floats("L", 1, tape_data(t, L), VALUES(425), 0);
    tape_backward(t, L, 1);
    if (!expect_true("h has a gradient", tape_grad(t, h) != NULL)) return;
    expect_floats("dh", 2, tape_grad(t, h), VALUES(26, 32), 0);
    expect_grad("dx", &x, VALUES(206, 322));
    expect_grad("dW", &w, VALUES(26, 32, 52, 64));
    tape_free(t);
}

TEST(tape_matmul_backward, the_gradient_is_added)
{
    struct tape *t = tape_new();
    struct leaf a, b;
    given("y = a b, a = ((1, 2)), b = ((3), (5)); da begins at 10, db at -1");
    int x = matrix(t, &a, 1, 2, (float[]){1, 2}, 10), w = matrix(t, &b, 2, 1, (float[]){3, 5}, -1);
    tape_backward(t, tape_matmul(t, x, w), 1);
    expect_grad("da", &a, VALUES(13, 15));
    expect_grad("db", &b, VALUES(0, 1));
    tape_free(t);
}

TEST(tape_matmul_backward, either_matrix_can_do_without)
{
    for (int which = 0; which < 2; which++) {
        struct tape *t = tape_new();
        struct leaf a, b;
        leaf_shape(&a, 2, (int[]){1, 2}, 0);
        leaf_shape(&b, 2, (int[]){2, 1}, 0);
        a.data[0] = 1, a.data[1] = 2, b.data[0] = 3, b.data[1] = 5;
        leaf_put(t, &a, which == 0);
        leaf_put(t, &b, which == 1);
        given("y = a b, a = ((1, 2)), b = ((3), (5)); only %s wants a gradient", which ? "b" : "a");
        tape_backward(t, tape_matmul(t, a.node, b.node), 1);
        expect_grad("da", &a, which ? VALUES(0, 0) : VALUES(3, 5));
        expect_grad("db", &b, which ? VALUES(1, 2) : VALUES(0, 0));
        tape_free(t);
    }
}

TEST(tape_matmul_backward, a_matrix_times_itself)
{
    struct tape *t = tape_new();
    struct leaf a;
    given("y = a a, a = ((1, 2), (3, 4)); seed 1");
    int x = matrix(t, &a, 2, 2, (float[]){1, 2, 3, 4}, 0);
    tape_backward(t, tape_matmul(t, x, x), 1);
    expect_grad("da", &a, VALUES(3 + 4, 7 + 4, 3 + 6, 7 + 6));
    tape_free(t);
}

TEST(tape_matmul_backward, random_shapes_against_doubles)
{
    static const int SIZES[][3] = {{1, 1, 1}, {1, 7, 1}, {5, 1, 4}, {2, 3, 5}, {7, 8, 9}};
    struct random r = random_start(12, RANDOM_TEST);
    for (int k = 0; k < 5; k++) {
        int N = SIZES[k][0], K = SIZES[k][1], M = SIZES[k][2];
        struct tape *t = used_tape();
        struct leaf a, b, up;
        double da[MOST], db[MOST];
        random_leaf(&a, (int[]){N, K, -1}, &r);
        random_leaf(&b, (int[]){K, M, -1}, &r);
        random_leaf(&up, (int[]){N, M, -1}, &r);
        for (int i = 0; i < MOST; i++) da[i] = db[i] = 0.5;
        for (int n = 0; n < N; n++) {
            for (int m = 0; m < M; m++) {
                for (int i = 0; i < K; i++) {
                    da[n * K + i] += (double)up.data[n * M + m] * (double)b.data[i * M + m];
                    db[i * M + m] += (double)up.data[n * M + m] * (double)a.data[n * K + i];
                }
            }
        }
        given("a (%d, %d) times b (%d, %d), each element of dy another number", N, K, K, M);
        int y = tape_matmul(t, leaf_put(t, &a, 1), leaf_put(t, &b, 1));
        tape_backward(t, multiply(t, y, leaf_put(t, &up, 0), NULL), 1);
        double tolerance = CHECK_U * 10 * 10 * 16;  // up to 9 terms, each at most 16 or so
        expect_floats("da, from 0.5 on", (size_t)a.size, grad_of(&a), da, tolerance);
        expect_floats("db, from 0.5 on", (size_t)b.size, grad_of(&b), db, tolerance);
        expect_guards(&a);
        expect_guards(&b);
        tape_free(t);
    }
}

TEST(tape_matmul_backward, equals_lesson_06_on_1_by_1)
{
    struct random r = random_start(13, RANDOM_TEST);
    for (int k = 0; k < 30; k++) {
        struct plan p;
        plan_exact(&p, MATMUL, &r);
        given("random graph %d of tape_add and tape_matmul on 1 x 1", k);
        run_both(&p, 0);
    }
}
