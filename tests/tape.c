#include "tape.h"

#include <criterion/criterion.h>
#include <math.h>
#include <signal.h>

#include "check.h"

// The tape is tested with operations of the suite's own: what it promises does not depend on
// which kernels there are.

// struct count: how often a node's backward was called.
struct count {
    int calls;
};

static void multiply_backward(struct tape *t, int node)
{
    struct count *count = tape_saved(t, node);
    if (count) count->calls++;
    const float *dy = tape_grad(t, node);
    for (int i = 0; i < 2; i++) {
        float *dx = tape_grad(t, tape_input(t, node, i));
        const float *other = tape_data(t, tape_input(t, node, 1 - i));
        for (size_t j = 0; dx && j < tape_size(t, node); j++) dx[j] += dy[j] * other[j];
    }
}

// multiply: a * b, element by element.
static int multiply(struct tape *t, int a, int b, struct count *count)
{
    int shape[TAPE_RANK], rank = tape_rank(t, a);
    for (int i = 0; i < rank; i++) shape[i] = tape_dim(t, a, i);
    int node = tape_record(t, rank, shape, 2, (int[]){a, b}, multiply_backward, count);
    for (size_t i = 0; i < tape_size(t, node); i++) {
        tape_result(t, node)[i] = tape_data(t, a)[i] * tape_data(t, b)[i];
    }
    return node;
}

static int vector(struct tape *t, int n, const float *data, float *grad)
{
    return tape_leaf(t, 1, &n, data, grad);
}

Test(tape, a_node_is_what_was_recorded)
{
    struct tape *t = tape_new();
    float data[24] = {0}, grad[24] = {0};
    int a = tape_leaf(t, 4, (int[]){2, 3, 1, 4}, data, grad), saved = 7;
    int b = tape_record(t, 2, (int[]){5, 6}, 2, (int[]){a, a}, multiply_backward, &saved);
    int c = tape_leaf(t, 0, NULL, data, NULL);
    cr_assert(a == 0 && b == 1 && c == 2, "numbered in the order of recording");
    cr_assert(tape_rank(t, a) == 4 && tape_rank(t, b) == 2 && tape_rank(t, c) == 0);
    cr_assert(tape_dim(t, a, 0) == 2 && tape_dim(t, a, 1) == 3 && tape_dim(t, a, 3) == 4);
    cr_assert(tape_dim(t, a, -1) == 4 && tape_dim(t, a, -4) == 2 && tape_dim(t, b, -2) == 5);
    cr_assert(tape_size(t, a) == 24 && tape_size(t, b) == 30 && tape_size(t, c) == 1);
    cr_assert(tape_data(t, a) == data && tape_grad(t, a) == grad && tape_result(t, a) == NULL);
    cr_assert(tape_data(t, b) == tape_result(t, b) && tape_data(t, b) != NULL);
    cr_assert(tape_grad(t, b) == NULL, "no gradient before backward");
    cr_assert(tape_saved(t, b) == &saved && tape_input(t, b, 1) == a);
    tape_free(t);
    tape_free(NULL);
}

Test(tape, both_factors_get_their_gradient)
{
    struct tape *t = tape_new();
    const float a[3] = {1, -2, 3}, b[3] = {5, 7, -11};
    float da[3] = {0}, db[3] = {0};
    int y = multiply(t, vector(t, 3, a, da), vector(t, 3, b, db), NULL);
    tape_backward(t, y, 1);
    check_same(3, da, b, "d(ab)/da");
    check_same(3, db, a, "d(ab)/db");
    check_same(3, tape_grad(t, y), (float[]){1, 1, 1}, "the seed");
    tape_free(t);
}

Test(tape, a_node_used_twice_gets_both_gradients)
{
    struct tape *t = tape_new();
    const float a[2] = {3, -2};
    float da[2] = {0};
    int x = vector(t, 2, a, da), square = multiply(t, x, x, NULL);
    int fourth = multiply(t, square, square, NULL);     // shared inside the graph too
    tape_backward(t, multiply(t, fourth, x, NULL), 1);  // x^5
    check_same(2, da, (float[]){5 * 81, 5 * 16}, "5 x^4");
    check_same(2, tape_grad(t, square), (float[]){2 * 9 * 3, 2 * 4 * -2}, "of x^2 in (x^2)^2 x");
    tape_free(t);
}

Test(tape, the_seed_scales_and_leaves_are_added_to)
{
    struct tape *t = tape_new();
    const float a[2] = {3, -2}, b[2] = {0.5f, 4};
    float da[2] = {10, 20}, db[2] = {-1, -2};
    tape_backward(t, multiply(t, vector(t, 2, a, da), vector(t, 2, b, db), NULL), -2);
    check_same(2, da, (float[]){10 - 2 * 0.5f, 20 - 2 * 4}, "da");
    check_same(2, db, (float[]){-1 - 2 * 3, -2 - 2 * -2}, "db");
    tape_free(t);
}

Test(tape, what_needs_no_gradient_gets_none)
{
    struct tape *t = tape_new();
    struct count dead = {0}, mixed = {0};
    const float a[2] = {3, -2}, b[2] = {5, 7};
    float db[2] = {0};
    int x = vector(t, 2, a, NULL), square = multiply(t, x, x, &dead);
    int y = multiply(t, square, vector(t, 2, b, db), &mixed);
    tape_backward(t, y, 1);
    cr_assert(tape_grad(t, x) == NULL && tape_grad(t, square) == NULL);
    cr_assert(dead.calls == 0, "a backward that nobody needs was called");
    cr_assert(mixed.calls == 1);
    check_same(2, db, (float[]){9, 4}, "db");
    tape_free(t);
}

Test(tape, a_graph_without_gradients_costs_nothing)
{
    struct tape *t = tape_new();
    struct count count = {0};
    const float a[2] = {3, -2};
    int x = vector(t, 2, a, NULL), y = multiply(t, x, x, &count);
    size_t before = tape_memory(t);
    tape_backward(t, y, 1);
    cr_assert(count.calls == 0 && tape_grad(t, y) == NULL && tape_memory(t) == before);
    tape_free(t);
}

Test(tape, nodes_beside_the_path_are_passed_over)
{
    struct tape *t = tape_new();
    struct count early = {0}, late = {0}, path = {0};
    const float a[2] = {3, -2};
    float da[2] = {0};
    int x = vector(t, 2, a, da);
    int aside = multiply(t, x, x, &early), y = multiply(t, x, x, &path);
    int after = multiply(t, y, y, &late);
    tape_backward(t, y, 1);
    cr_assert(early.calls == 0 && late.calls == 0 && path.calls == 1);
    cr_assert(tape_grad(t, aside) == NULL && tape_grad(t, after) == NULL);
    check_same(2, da, (float[]){6, -4}, "da");
    tape_free(t);
}

Test(tape, a_leaf_may_be_the_end)
{
    struct tape *t = tape_new();
    const float a[2] = {3, -2};
    float da[2] = {0};
    tape_backward(t, vector(t, 2, a, da), 3);
    check_same(2, da, (float[]){3, 3}, "da");
    tape_backward(t, vector(t, 2, a, NULL), 3);
    tape_free(t);
}

Test(tape, thousands_of_nodes_keep_their_order)
{
    struct tape *t = tape_new();
    const float one[1] = {1}, two[1] = {1.0009765625f};  // 1 + 2^-10
    float d[1] = {0};
    int y = vector(t, 1, two, d), factor = vector(t, 1, one, NULL), first = y;
    for (int i = 0; i < 5000; i++) y = multiply(t, y, factor, NULL);
    tape_backward(t, multiply(t, y, first, NULL), 1);
    check_same(1, d, (float[]){2 * two[0]}, "through 5000 nodes");
    cr_assert(y == 5001 && tape_input(t, 5001, 0) == 5000);
    tape_free(t);
}

Test(tape, a_reset_starts_over_in_the_same_memory)
{
    struct tape *t = tape_new();
    struct check *c = check_begin(1);
    const float *a = check_normals(c, 100000, 1);
    float *d = check_zeros(c, 100000), *first = check_zeros(c, 100000);
    size_t used = 0;
    const float *place = NULL;
    for (int step = 0; step < 4; step++) {
        tape_reset(t);
        cr_assert(tape_memory(t) == 0, "reset gives all back");
        memset(d, 0, 100000 * sizeof *d);
        int x = vector(t, 100000, a, d), y = x;
        cr_assert(x == 0, "numbers start over");
        for (int i = 0; i < 9; i++) y = multiply(t, y, x, NULL);
        tape_backward(t, y, 1);
        if (step == 0) memcpy(first, d, 100000 * sizeof *d), used = tape_memory(t);
        check_same(100000, d, first, "step %d", step);
        cr_assert(tape_memory(t) == used, "step %d: %zu bytes, not %zu", step, tape_memory(t),
                  used);
        if (step == 2) place = tape_data(t, y);
        if (step == 3) cr_assert(tape_data(t, y) == place, "the memory moved");
    }
    cr_assert(used >= 18 * 100000 * sizeof(float), "results and gradients are counted");
    check_end(c);
    tape_free(t);
}

Test(tape, gradients_of_an_earlier_step_are_forgotten)
{
    struct tape *t = tape_new();
    for (int step = 0; step < 3; step++) {
        const float a[2] = {3, -2};
        float da[2] = {0};
        int x = vector(t, 2, a, da), y = multiply(t, x, x, NULL);
        cr_assert(tape_grad(t, y) == NULL);
        tape_backward(t, multiply(t, y, x, NULL), 1);  // y's gradient is added to, from zero
        check_same(2, da, (float[]){27, 12}, "3 x^2 in step %d", step);
        tape_reset(t);
    }
    tape_free(t);
}

Test(tape, memory_lasts_until_the_reset)
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

Test(tape, refuses_a_node_that_is_not_there, .signal = SIGABRT)
{
    struct tape *t = tape_new();
    tape_data(t, 0);
}

Test(tape, refuses_an_input_that_is_not_there, .signal = SIGABRT)
{
    struct tape *t = tape_new();
    tape_record(t, 0, NULL, 1, (int[]){-1}, multiply_backward, NULL);
}

Test(tape, refuses_a_fifth_dimension, .signal = SIGABRT)
{
    float x[1];
    tape_leaf(tape_new(), 5, (int[]){1, 1, 1, 1, 1}, x, NULL);
}

Test(tape, refuses_an_empty_dimension, .signal = SIGABRT)
{
    float x[1];
    tape_leaf(tape_new(), 2, (int[]){3, 0}, x, NULL);
}

Test(tape, refuses_a_dimension_past_the_rank, .signal = SIGABRT)
{
    float x[6];
    struct tape *t = tape_new();
    tape_dim(t, tape_leaf(t, 2, (int[]){2, 3}, x, NULL), 2);
}

Test(tape, refuses_an_input_past_the_count, .signal = SIGABRT)
{
    float x[6];
    struct tape *t = tape_new();
    tape_input(t, tape_leaf(t, 2, (int[]){2, 3}, x, NULL), 0);
}
