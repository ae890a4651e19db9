// tape: what the learner does not write, what it refuses, and that on single numbers it is lesson
// 06 to the last bit, whatever the numbers.
#include "tape.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <string.h>

#include "check.h"
#include "random.h"
#include "scalar.h"

static void nothing(struct tape *t, int node)
{
    (void)t, (void)node;
}

static int row(struct tape *t, int n, float *data, float *grad)
{
    return tape_leaf(t, 1, &n, data, grad);
}

Test(tape_given, a_leaf_is_what_was_put_there)
{
    struct tape *t = tape_new();
    float data[24] = {0}, grad[24] = {0};
    int a = tape_leaf(t, 4, (int[]){2, 3, 1, 4}, data, grad), b = tape_leaf(t, 0, NULL, data, NULL);
    cr_assert(a == 0 && b == 1, "numbered in the order of recording");
    cr_assert(tape_rank(t, a) == 4 && tape_rank(t, b) == 0);
    cr_assert(tape_dim(t, a, 0) == 2 && tape_dim(t, a, 1) == 3 && tape_dim(t, a, 3) == 4);
    cr_assert(tape_dim(t, a, -1) == 4 && tape_dim(t, a, -4) == 2);
    cr_assert(tape_size(t, a) == 24 && tape_size(t, b) == 1);
    cr_assert(tape_data(t, a) == data && tape_grad(t, a) == grad && tape_result(t, a) == NULL);
    cr_assert(tape_needs_grad(t, a) == 1 && tape_needs_grad(t, b) == 0);
    tape_free(t);
    tape_free(NULL);
}

Test(tape_given, add_gives_the_sum_and_passes_the_gradient_to_both)
{
    struct check *c = check_begin(4);
    struct tape *t = tape_new();
    enum { n = 70 };
    float *a = check_normals(c, n, 1), *b = check_normals(c, n, 1);
    float *da = check_zeros(c, n), *db = check_zeros(c, n), *want = check_nans(c, n);
    int x = tape_leaf(t, 2, (int[]){7, 10}, a, da), y = tape_leaf(t, 2, (int[]){7, 10}, b, db);
    int sum = tape_add(t, x, y);
    for (int i = 0; i < n; i++) want[i] = a[i] + b[i];
    check_same(n, tape_data(t, sum), want, "a + b");
    tape_backward(t, tape_add(t, sum, x), 3);  // 2 a + b
    for (int i = 0; i < n; i++) want[i] = 6;
    check_same(n, da, want, "da");
    for (int i = 0; i < n; i++) want[i] = 3;
    check_same(n, db, want, "db");
    tape_free(t);
    check_end(c);
}

Test(tape_given, add_broadcasts_either_side)
{
    float a[6] = {1, 2, 3, 4, 5, 6}, b[3] = {10, 20, 30};
    const float want[6] = {11, 22, 33, 14, 25, 36};
    for (int swap = 0; swap < 2; swap++) {
        struct tape *t = tape_new();
        float da[6] = {0}, db[3] = {100, 0, 0};
        int x = tape_leaf(t, 2, (int[]){2, 3}, a, da), bias = row(t, 3, b, db);
        int y = swap ? tape_add(t, bias, x) : tape_add(t, x, bias);
        cr_assert(tape_rank(t, y) == 2 && tape_dim(t, y, 0) == 2 && tape_dim(t, y, 1) == 3);
        check_same(6, tape_data(t, y), want, "a + b");
        tape_backward(t, y, 2);
        check_same(6, da, (float[]){2, 2, 2, 2, 2, 2}, "da");
        check_same(3, db, (float[]){104, 4, 4}, "db, a sum down the columns");
        tape_free(t);
    }
}

Test(tape_given, shapes_that_differ_by_leading_ones_add_straight)
{
    struct tape *t = tape_new();
    float a[3] = {1, 2, 3}, b[3] = {10, 20, 30}, da[3] = {0}, db[3] = {0};
    int y = tape_add(t, row(t, 3, a, da), tape_leaf(t, 3, (int[]){1, 1, 3}, b, db));
    cr_assert(tape_rank(t, y) == 3 && tape_dim(t, y, -1) == 3);
    check_same(3, tape_data(t, y), (float[]){11, 22, 33}, "a + b");
    tape_backward(t, y, 1);
    check_same(3, da, (float[]){1, 1, 1}, "da");
    check_same(3, db, (float[]){1, 1, 1}, "db");
    tape_free(t);
}

Test(tape_given, sum_adds_all_and_hands_the_gradient_to_each)
{
    struct tape *t = tape_new();
    float a[6] = {1, 2, 3, 4, 5, 6}, da[6] = {0, 0, 0, 0, 0, 7};
    int x = tape_leaf(t, 2, (int[]){2, 3}, a, da), y = tape_sum(t, x);
    cr_assert(tape_rank(t, y) == 0 && *tape_data(t, y) == 21);
    tape_backward(t, y, -2);
    check_same(6, da, (float[]){-2, -2, -2, -2, -2, 5}, "da");
    tape_free(t);
}

Test(tape_given, tanh_and_add_are_the_same_for_any_number_of_threads)
{
    struct check *c = check_begin(5);
    enum { n = 100000 };
    float *a = check_normals(c, n, 1), *first = NULL;
    for (int threads = 1; threads <= 3; threads++) {
        struct tape *t = tape_new();
        float *da = check_zeros(c, n);
        check_set_threads(threads);
        int x = row(t, n, a, da);
        tape_backward(t, tape_add(t, tape_tanh(t, x), x), 1);
        if (!first) first = da;
        check_same(n, da, first, "%d threads", threads);
        tape_free(t);
    }
    check_end(c);
}

Test(tape_given, a_reset_starts_over_in_the_same_memory)
{
    enum { n = 100000 };
    struct tape *t = tape_new();
    struct check *c = check_begin(1);
    float *a = check_normals(c, n, 1), *d = check_zeros(c, n), *first = check_zeros(c, n);
    size_t used = 0;
    const float *where = NULL;
    for (int step = 0; step < 4; step++) {
        tape_reset(t);
        cr_assert(tape_memory(t) == 0, "reset gives all back");
        memset(d, 0, n * sizeof *d);
        int x = row(t, n, a, d), y = x;
        cr_assert(x == 0, "numbers start over");
        for (int i = 0; i < 9; i++) y = tape_add(t, y, x);
        tape_backward(t, y, 1);
        if (step == 0) memcpy(first, d, n * sizeof *d), used = tape_memory(t);
        check_same(n, d, first, "step %d", step);
        cr_assert(tape_memory(t) == used, "step %d: %zu bytes, not %zu", step, tape_memory(t),
                  used);
        if (step == 2) where = tape_data(t, y);
        if (step == 3) cr_assert(tape_data(t, y) == where, "the memory moved");
    }
    cr_assert(used >= 18 * n * sizeof(float), "results and gradients are counted");
    check_end(c);
    tape_free(t);
}

Test(tape_given, memory_lasts_until_the_reset)
{
    struct tape *t = tape_new();
    unsigned char *p = tape_alloc(t, 1000);
    memset(p, 0x5A, 1000);
    cr_assert((uintptr_t)p % 64 == 0);
    for (int i = 0; i < 100; i++) memset(tape_alloc(t, 100000), 0, 100000);
    for (int i = 0; i < 1000; i++) cr_assert(p[i] == 0x5A, "byte %d", i);
    cr_assert(tape_memory(t) >= 1000 + 100 * 100000);
    tape_free(t);
}

Test(tape_given, scratch_is_one_memory_for_all)
{
    struct tape *t = tape_new();
    unsigned char *kept = memset(tape_alloc(t, 1000), 0x5A, 1000);
    size_t used = tape_memory(t);
    for (int i = 1; i <= 50; i++) memset(tape_scratch(t, (size_t)i * 1000), i, (size_t)i * 1000);
    for (int i = 0; i < 1000; i++) cr_assert(kept[i] == 0x5A, "byte %d", i);
    size_t scratch = tape_memory(t) - used;
    cr_assert(scratch >= 50000 && scratch < 50000 + 64, "%zu bytes", scratch);
    unsigned char *p = tape_scratch(t, 40000);
    cr_assert((uintptr_t)p % 64 == 0 && tape_scratch(t, 40000) == p, "the memory moved");
    cr_assert(tape_memory(t) == used + scratch);
    tape_reset(t);
    cr_assert(tape_memory(t) == scratch);
    tape_free(t);
}

// deep_step sends a gradient through `layers` products and sums back to x, and returns the memory
// it took; *inner is the gradient of the last node but one.
static size_t deep_step(struct tape *t, int layers, float *x, float *dx, const float **inner)
{
    tape_reset(t);
    for (int i = 0; i < 8; i++) dx[i] = 0;
    int leaf = tape_leaf(t, 1, (int[]){8}, x, dx), node = leaf, before = leaf;
    for (int l = 0; l < layers; l++) {
        before = node;
        node = tape_add(t, tape_mul(t, node, leaf), tape_tanh(t, node));
    }
    tape_backward(t, node, 1);
    *inner = tape_grad(t, before);
    return tape_memory(t);
}

Test(tape_given, a_lean_tape_gives_inner_gradients_back)
{
    float x[8] = {0.5f, -0.25f, 1, 0, -1, 0.125f, 2, 0.75f}, plain[8], lean[8];
    struct tape *t = tape_new(), *u = tape_new();
    const float *inner;
    tape_lean(u);
    size_t much = deep_step(t, 30, x, plain, &inner);
    cr_assert(inner != NULL);
    for (int round = 0; round < 3; round++) {
        size_t little = deep_step(u, 30, x, lean, &inner);
        check_same(8, lean, plain, "the leaf's gradient, round %d", round);
        cr_assert(inner == NULL && little < much * 3 / 4, "%zu of %zu bytes", little, much);
    }
    tape_free(t);
    tape_free(u);
}

// --- lesson 06, to the last bit --------------------------------------------------------------

// Each node of a random graph is made of two that stand before it, so many are used several times.
static void compare_graphs(struct random *r, int nodes, int leaves)
{
    enum { MOST = 64 };
    struct tape *t = tape_new();
    struct scalar_graph *g = scalar_new();
    float data[MOST], grad[MOST] = {0};
    int node[MOST] = {0}, number[MOST] = {0};
    for (int i = 0; i < nodes; i++) {
        if (i < leaves) {
            data[i] = random_normal(r);
            node[i] = tape_leaf(t, 2, (int[]){1, 1}, &data[i], &grad[i]);
            number[i] = scalar_leaf(g, data[i]);
            continue;
        }
        int a = (int)random_below(r, (uint32_t)i), b = i - 1 - (int)random_below(r, 3);
        switch (random_below(r, 5)) {
        case 0:
        case 1:
            node[i] = tape_add(t, node[a], node[b]);
            number[i] = scalar_add(g, number[a], number[b]);
            break;
        case 2:
            node[i] = tape_mul(t, node[a], node[b]);
            number[i] = scalar_mul(g, number[a], number[b]);
            break;
        case 3:
            node[i] = tape_matmul(t, node[a], node[b]);
            number[i] = scalar_mul(g, number[a], number[b]);
            break;
        default:
            node[i] = tape_tanh(t, node[b]);
            number[i] = scalar_tanh(g, number[b]);
        }
    }
    tape_backward(t, node[nodes - 1], 1);
    scalar_backward(g, number[nodes - 1]);
    for (int i = 0; i < nodes; i++) {
        float value = scalar_value(g, number[i]), slope = scalar_grad(g, number[i]);
        check_same(1, tape_data(t, node[i]), &value, "value of node %d of %d", i, nodes);
        check_same(1, tape_grad(t, node[i]) ? tape_grad(t, node[i]) : (float[]){0}, &slope,
                   "gradient of node %d of %d", i, nodes);
    }
    scalar_free(g);
    tape_free(t);
}

Test(tape_given, single_numbers_are_lesson_06_to_the_last_bit)
{
    struct random r = random_start(6, RANDOM_TEST);
    for (int i = 0; i < 1000; i++) compare_graphs(&r, 5 + i % 30, 4);
}

// --- what it refuses -------------------------------------------------------------------------

Test(tape_given, refuses_a_node_that_is_not_there, .signal = SIGABRT)
{
    struct tape *t = tape_new();
    tape_data(t, 0);
}

Test(tape_given, refuses_an_input_that_is_not_there, .signal = SIGABRT)
{
    struct tape *t = tape_new();
    tape_record(t, 0, NULL, 1, (int[]){-1}, nothing, NULL);
}

Test(tape_given, refuses_a_node_made_from_itself, .signal = SIGABRT)
{
    struct tape *t = tape_new();
    tape_record(t, 0, NULL, 1, (int[]){0}, nothing, NULL);
}

Test(tape_given, refuses_a_fourth_input, .signal = SIGABRT)
{
    struct tape *t = tape_new();
    float x[1];
    int a = row(t, 1, x, NULL);
    tape_record(t, 0, NULL, 4, (int[]){a, a, a, a}, nothing, NULL);
}

Test(tape_given, refuses_a_fifth_dimension, .signal = SIGABRT)
{
    float x[1];
    tape_leaf(tape_new(), 5, (int[]){1, 1, 1, 1, 1}, x, NULL);
}

Test(tape_given, refuses_an_empty_dimension, .signal = SIGABRT)
{
    float x[1];
    tape_leaf(tape_new(), 2, (int[]){3, 0}, x, NULL);
}

Test(tape_given, refuses_a_dimension_past_the_rank, .signal = SIGABRT)
{
    float x[6];
    struct tape *t = tape_new();
    tape_dim(t, tape_leaf(t, 2, (int[]){2, 3}, x, NULL), 2);
}

Test(tape_given, refuses_an_input_past_the_count, .signal = SIGABRT)
{
    float x[6];
    struct tape *t = tape_new();
    tape_input(t, tape_leaf(t, 2, (int[]){2, 3}, x, NULL), 0);
}

Test(tape_given, refuses_to_add_what_does_not_broadcast, .signal = SIGABRT)
{
    float x[12] = {0};
    struct tape *t = tape_new();
    tape_add(t, tape_leaf(t, 2, (int[]){3, 4}, x, NULL), tape_leaf(t, 2, (int[]){3, 3}, x, NULL));
}

Test(tape_given, refuses_matrices_that_do_not_fit, .signal = SIGABRT)
{
    float x[12] = {0};
    struct tape *t = tape_new();
    tape_matmul(t, tape_leaf(t, 2, (int[]){3, 4}, x, NULL),
                tape_leaf(t, 2, (int[]){3, 4}, x, NULL));
}

Test(tape_given, refuses_a_matrix_product_of_rows, .signal = SIGABRT)
{
    float x[12] = {0};
    struct tape *t = tape_new();
    tape_matmul(t, row(t, 3, x, NULL), tape_leaf(t, 2, (int[]){3, 4}, x, NULL));
}
