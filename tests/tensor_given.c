// tensor, what is given of it: sizes, walks, shapes, arithmetic by elements; and that the reference
// keeps what its contract says of the last bits.
#include <criterion/criterion.h>
#include <signal.h>
#include <string.h>

#include "gemm_fast.h"
#include "random.h"
#include "tensor.h"

Test(tensor_given, sizes)
{
    cr_assert_eq(tensor_size((struct tensor){0}), 1);
    cr_assert_eq(tensor_size((struct tensor){.rank = 1, .shape = {5}}), 5);
    cr_assert_eq(tensor_size((struct tensor){.rank = 4, .shape = {2, 1, 3, 4}}), 24);
}

Test(tensor_given, walk)
{
    struct tensor x = {.rank = 3, .shape = {2, 1, 3}};
    int index[TENSOR_RANK] = {0}, steps = 1;
    while (tensor_next(x, index)) {
        cr_assert_eq(index[0] * 3 + index[2], steps);
        cr_assert_eq(index[1], 0);
        steps++;
    }
    cr_assert_eq(steps, 6);
    for (int d = 0; d < 3; d++) cr_assert_eq(index[d], 0);
    cr_assert_eq(tensor_next((struct tensor){0}, index), 0);
}

Test(tensor_given, contiguous)
{
    float data[12];
    struct tensor x = tensor_of(2, (int[]){3, 4}, data);
    cr_assert(tensor_is_contiguous(x));
    cr_assert(tensor_is_contiguous((struct tensor){0}));
    cr_assert(!tensor_is_contiguous(tensor_transpose(x, 0, 1)));
    cr_assert(tensor_is_contiguous(tensor_slice(x, 0, 1, 2, 1)));
    cr_assert(!tensor_is_contiguous(tensor_slice(x, 1, 1, 2, 1)));
    cr_assert(tensor_is_contiguous(tensor_slice(tensor_slice(x, 0, 1, 1, 1), 1, 1, 2, 1)));
    cr_assert(!tensor_is_contiguous(tensor_slice(x, 0, 2, 3, -1)));
    cr_assert(!tensor_is_contiguous(tensor_broadcast(x, 3, (int[]){2, 3, 4})));
    cr_assert(tensor_is_contiguous(tensor_broadcast(x, 3, (int[]){1, 3, 4})));
}

Test(tensor_given, reshape)
{
    float data[12];
    struct tensor x = tensor_of(2, (int[]){3, 4}, data), y = tensor_reshape(x, 3, (int[]){2, 1, 6});
    cr_assert_eq(y.data, data);
    cr_assert_eq(tensor_at(y, (int[]){1, 0, 2}), data + 8);
    y = tensor_reshape(tensor_of(2, (int[]){1, 1}, data), 0, NULL);
    cr_assert(y.rank == 0 && y.data == data);
}

static void common(int a_rank, const int *a, int b_rank, const int *b, int rank, const int *want)
{
    float data[1];
    int shape[TENSOR_RANK];
    struct tensor x = tensor_of(a_rank, a, data), y = tensor_of(b_rank, b, data);
    cr_assert_eq(tensor_common(x, y, shape), rank);
    cr_assert_eq(memcmp(shape, want, sizeof *shape * (size_t)rank), 0);
    cr_assert_eq(tensor_common(y, x, shape), rank);
    cr_assert_eq(memcmp(shape, want, sizeof *shape * (size_t)rank), 0);
}

Test(tensor_given, common_shape)
{
    common(2, (int[]){2, 3}, 2, (int[]){2, 3}, 2, (int[]){2, 3});
    common(2, (int[]){2, 3}, 1, (int[]){3}, 2, (int[]){2, 3});
    common(2, (int[]){4, 1}, 1, (int[]){3}, 2, (int[]){4, 3});
    common(3, (int[]){2, 1, 5}, 2, (int[]){3, 1}, 3, (int[]){2, 3, 5});
    common(2, (int[]){2, 3}, 0, NULL, 2, (int[]){2, 3});
    common(0, NULL, 0, NULL, 0, (int[]){0});
}

Test(tensor_given, elements)
{
    float a[6] = {1, 2, 3, 4, 5, 6}, b[3] = {10, 20, 30}, c[2] = {-1, 2}, y[6];
    struct tensor table = tensor_of(2, (int[]){2, 3}, a), row = tensor_of(1, (int[]){3}, b),
                  column = tensor_of(2, (int[]){2, 1}, c), to = tensor_of(2, (int[]){2, 3}, y);
    tensor_add(table, row, to);
    cr_assert_arr_eq(y, ((float[]){11, 22, 33, 14, 25, 36}), sizeof y);
    tensor_mul(column, table, to);
    cr_assert_arr_eq(y, ((float[]){-1, -2, -3, 8, 10, 12}), sizeof y);
    tensor_mul(column, row, to);
    cr_assert_arr_eq(y, ((float[]){-10, -20, -30, 20, 40, 60}), sizeof y);
    tensor_copy(row, to);
    cr_assert_arr_eq(y, ((float[]){10, 20, 30, 10, 20, 30}), sizeof y);
    tensor_copy(tensor_transpose(table, 0, 1), tensor_of(2, (int[]){3, 2}, y));
    cr_assert_arr_eq(y, ((float[]){1, 4, 2, 5, 3, 6}), sizeof y);
    tensor_copy(table, tensor_transpose(tensor_of(2, (int[]){3, 2}, y), 0, 1));
    cr_assert_arr_eq(y, ((float[]){1, 4, 2, 5, 3, 6}), sizeof y);
    tensor_mul(table, table, table);
    cr_assert_arr_eq(a, ((float[]){1, 4, 9, 16, 25, 36}), sizeof a);
}

// The plain product and the fast one: one chain of fmaf each, so the same bits.
Test(tensor_given, product_is_gemm_bit_for_bit)
{
    enum { N = 7, K = 300, M = 5 };
    static float a[N * K], b[K * M], y[N * M], want[N * M], d[N * K], d_want[N * K];
    struct random r = random_start(1, RANDOM_TEST);
    for (int i = 0; i < N * K; i++) a[i] = random_normal(&r), d[i] = d_want[i] = random_normal(&r);
    for (int i = 0; i < K * M; i++) b[i] = random_normal(&r);
    struct tensor x = tensor_of(2, (int[]){N, K}, a), w = tensor_of(2, (int[]){K, M}, b),
                  to = tensor_of(2, (int[]){N, M}, y), dx = tensor_of(2, (int[]){N, K}, d);
    tensor_matmul(x, w, to);
    gemm_fast(N, M, K, (struct matrix){a, K, 1}, (struct matrix){b, M, 1}, NULL, want, 0);
    cr_assert_arr_eq(y, want, sizeof y);
    tensor_matmul_backward(x, w, to, dx, (struct tensor){0});
    gemm_fast(N, K, M, (struct matrix){y, M, 1}, (struct matrix){b, 1, M}, NULL, d_want, 1);
    cr_assert_arr_eq(d, d_want, sizeof d);
}

// What is added last is added once, however small the terms are.
Test(tensor_given, sum_from_zero)
{
    static float x[1000], y[1] = {1};
    for (int i = 0; i < 1000; i++) x[i] = 0x1p-25f;
    tensor_sum_to(tensor_of(1, (int[]){1000}, x), tensor_of(1, (int[]){1}, y));
    cr_assert_eq(y[0], 1 + 1000 * 0x1p-25f);
}

// A caller's bug ends the program.
static float few[6];

Test(tensor_given, refuses_other_sizes, .signal = SIGABRT)
{
    tensor_broadcast(tensor_of(1, (int[]){2}, few), 1, (int[]){3});
}

Test(tensor_given, refuses_to_lose_dimensions, .signal = SIGABRT)
{
    tensor_broadcast(tensor_of(2, (int[]){1, 3}, few), 1, (int[]){3});
}

Test(tensor_given, refuses_an_index_outside, .signal = SIGABRT)
{
    tensor_at(tensor_of(2, (int[]){2, 3}, few), (int[]){0, 3});
}

Test(tensor_given, refuses_a_slice_outside, .signal = SIGABRT)
{
    tensor_slice(tensor_of(2, (int[]){2, 3}, few), 1, 0, 3, -1);
}

Test(tensor_given, refuses_to_write_a_broadcast, .signal = SIGABRT)
{
    struct tensor x = tensor_of(1, (int[]){3}, few);
    tensor_copy(x, tensor_broadcast(x, 2, (int[]){2, 3}));
}

Test(tensor_given, refuses_to_reshape_with_gaps, .signal = SIGABRT)
{
    struct tensor x = tensor_of(2, (int[]){2, 3}, few);
    tensor_reshape(tensor_transpose(x, 0, 1), 1, (int[]){6});
}

Test(tensor_given, refuses_a_product_that_does_not_fit, .signal = SIGABRT)
{
    struct tensor x = tensor_of(2, (int[]){2, 3}, few), y = tensor_of(2, (int[]){2, 2}, few);
    tensor_matmul(x, x, y);
}

Test(tensor_given, refuses_more_elements_than_an_int, .signal = SIGABRT)
{
    tensor_of(2, (int[]){1 << 16, 1 << 15}, few);
}
