// The plain way, which the hints lead to: one element after the other, by tensor_at and
// tensor_next.
#include "tensor.h"

#include <limits.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

#include "error.h"

// --- given --------------------------------------------------------------------------------------

int tensor_size(struct tensor x)
{
    int size = 1;
    for (int d = 0; d < x.rank; d++) size *= x.shape[d];
    return size;
}

int tensor_next(struct tensor x, int *index)
{
    for (int d = x.rank - 1; d >= 0; d--) {
        if (++index[d] < x.shape[d]) return 1;
        index[d] = 0;
    }
    return 0;
}

// check_shape ends the program if no tensor may have this shape.
static void check_shape(int rank, const int *shape)
{
    CHECK(rank >= 0 && rank <= TENSOR_RANK, "rank=%d of at most %d", rank, TENSOR_RANK);
    int room = INT_MAX;  // elements there may still be
    for (int d = 0; d < rank; d++) {
        CHECK(shape[d] >= 1 && shape[d] <= room, "shape[%d]=%d", d, shape[d]);
        room /= shape[d];
    }
}

// check_dimension ends the program if x has no dimension d.
static void check_dimension(struct tensor x, int d)
{
    CHECK(d >= 0 && d < x.rank, "dimension %d of rank %d", d, x.rank);
}

// check_fits ends the program if x cannot be broadcast to the shape.
static void check_fits(struct tensor x, int rank, const int *shape)
{
    check_shape(rank, shape);
    CHECK(x.rank <= rank, "rank %d to rank %d", x.rank, rank);
    for (int d = 0; d < x.rank; d++) {
        int own = x.shape[d], want = shape[rank - x.rank + d], fits = own == want || own == 1;
        CHECK(fits, "size %d to size %d, dimension %d of rank %d", own, want, d, x.rank);
    }
}

// check_result ends the program if x cannot be written: one float would be several elements.
static void check_result(struct tensor x)
{
    for (int d = 0; d < x.rank; d++) {
        int once = x.stride[d] != 0 || x.shape[d] == 1;
        CHECK(once, "stride 0, size %d, dimension %d", x.shape[d], d);
    }
}

int tensor_common(struct tensor a, struct tensor b, int *shape)
{
    if (a.rank < b.rank) return tensor_common(b, a, shape);
    int more = a.rank - b.rank;
    for (int d = 0; d < a.rank; d++) {
        shape[d] = a.shape[d];
        if (d >= more && shape[d] == 1) shape[d] = b.shape[d - more];
    }
    check_fits(b, a.rank, shape);
    return a.rank;
}

// --- views --------------------------------------------------------------------------------------

struct tensor tensor_of(int rank, const int *shape, float *data)
{
    check_shape(rank, shape);
    struct tensor x = {.rank = rank, .data = data};
    for (int d = 0; d < rank; d++) x.shape[d] = shape[d];
    // Set its strides.
    int step = 1;
    for (int d = rank - 1; d >= 0; d--) {
        x.stride[d] = step;
        step *= shape[d];
    }
    return x;
}

float *tensor_at(struct tensor x, const int *index)
{
    for (int d = 0; d < x.rank; d++) {
        int inside = index[d] >= 0 && index[d] < x.shape[d];
        CHECK(inside, "index %d of size %d, dimension %d", index[d], x.shape[d], d);
    }
    float *p = x.data;
    for (int d = 0; d < x.rank; d++) p += index[d] * x.stride[d];
    return p;
}

struct tensor tensor_transpose(struct tensor x, int i, int j)
{
    check_dimension(x, i);
    check_dimension(x, j);
    int n = x.shape[i], s = x.stride[i];
    x.shape[i] = x.shape[j];
    x.stride[i] = x.stride[j];
    x.shape[j] = n;
    x.stride[j] = s;
    return x;
}

struct tensor tensor_slice(struct tensor x, int dim, int begin, int count, int step)
{
    check_dimension(x, dim);
    ptrdiff_t last = begin + (ptrdiff_t)step * (count - 1);
    CHECK(count >= 1 && step != 0, "count=%d step=%d", count, step);
    int size = x.shape[dim], inside = begin >= 0 && begin < size && last >= 0 && last < size;
    CHECK(inside, "begin %d, last %td, size %d", begin, last, size);
    x.data += begin * x.stride[dim];
    x.shape[dim] = count;
    x.stride[dim] *= step;
    return x;
}

struct tensor tensor_broadcast(struct tensor x, int rank, const int *shape)
{
    check_fits(x, rank, shape);
    struct tensor y = {.rank = rank, .data = x.data};
    // Set its shape and strides.
    int more = rank - x.rank;
    for (int d = 0; d < rank; d++) {
        y.shape[d] = shape[d];
        y.stride[d] = 0;
        if (d >= more && x.shape[d - more] == shape[d]) y.stride[d] = x.stride[d - more];
    }
    return y;
}

int tensor_is_contiguous(struct tensor x)
{
    int step = 1;
    for (int d = x.rank - 1; d >= 0; d--) {
        if (x.shape[d] != 1 && x.stride[d] != step) return 0;  // of one index nobody sees the step
        step *= x.shape[d];
    }
    return 1;
}

struct tensor tensor_reshape(struct tensor x, int rank, const int *shape)
{
    CHECK(tensor_is_contiguous(x), "rank %d", x.rank);
    struct tensor y = tensor_of(rank, shape, x.data);
    CHECK(tensor_size(x) == tensor_size(y), "%d elements to %d", tensor_size(x), tensor_size(y));
    return y;
}

// --- arithmetic ---------------------------------------------------------------------------------

void tensor_copy(struct tensor x, struct tensor y)
{
    check_result(y);
    int index[TENSOR_RANK] = {0};
    x = tensor_broadcast(x, y.rank, y.shape);
    do *tensor_at(y, index) = *tensor_at(x, index);
    while (tensor_next(y, index));
}

void tensor_add(struct tensor a, struct tensor b, struct tensor y)
{
    check_result(y);
    int index[TENSOR_RANK] = {0};
    a = tensor_broadcast(a, y.rank, y.shape);
    b = tensor_broadcast(b, y.rank, y.shape);
    do *tensor_at(y, index) = *tensor_at(a, index) + *tensor_at(b, index);
    while (tensor_next(y, index));
}

void tensor_mul(struct tensor a, struct tensor b, struct tensor y)
{
    check_result(y);
    int index[TENSOR_RANK] = {0};
    a = tensor_broadcast(a, y.rank, y.shape);
    b = tensor_broadcast(b, y.rank, y.shape);
    do *tensor_at(y, index) = *tensor_at(a, index) * *tensor_at(b, index);
    while (tensor_next(y, index));
}

void tensor_sum_to(struct tensor x, struct tensor y)
{
    check_fits(y, x.rank, x.shape);
    check_result(y);
    struct tensor w = tensor_broadcast(y, x.rank, x.shape);
    int index[TENSOR_RANK] = {0};
    do *tensor_at(w, index) += *tensor_at(x, index);
    while (tensor_next(x, index));
}

// matrices returns x with the sizes before its last two broadcast to those of y, so that all three
// tensors of a product have the same rank and matrix number i of each belongs to the others'.
static struct tensor matrices(struct tensor x, struct tensor y)
{
    CHECK(x.rank >= 2 && x.rank <= y.rank, "rank %d with rank %d", x.rank, y.rank);
    int shape[TENSOR_RANK];
    for (int d = 0; d < y.rank - 2; d++) shape[d] = y.shape[d];
    for (int d = 1; d <= 2; d++) shape[y.rank - d] = x.shape[x.rank - d];
    return tensor_broadcast(x, y.rank, shape);
}

// check_product ends the program if (…, N, K) times (…, K, M) is not the shape of y.
static void check_product(struct tensor a, struct tensor b, struct tensor y)
{
    CHECK(a.rank >= 2 && b.rank >= 2 && y.rank >= 2, "ranks %d, %d, %d", a.rank, b.rank, y.rank);
    const int *p = a.shape + a.rank - 2, *q = b.shape + b.rank - 2, *r = y.shape + y.rank - 2;
    int fits = p[0] == r[0] && p[1] == q[0] && q[1] == r[1];
    CHECK(fits, "(%d, %d) by (%d, %d) to (%d, %d)", p[0], p[1], q[0], q[1], r[0], r[1]);
}

// gradient returns dx as matrices does, having seen that it is a gradient of x.
static struct tensor gradient(struct tensor dx, struct tensor x, struct tensor dy)
{
    check_result(dx);
    dx = matrices(dx, dy);
    for (int d = 0; d < x.rank; d++)
        CHECK(dx.shape[d] == x.shape[d], "size %d and %d", dx.shape[d], x.shape[d]);
    return dx;
}

void tensor_matmul(struct tensor a, struct tensor b, struct tensor y)
{
    check_product(a, b, y);
    check_result(y);
    a = matrices(a, y);
    b = matrices(b, y);
    // All three have the same rank now, and the same sizes before the last two.
    int index[TENSOR_RANK] = {0};
    int n = y.rank - 2, m = y.rank - 1, depth = a.shape[m];
    do {
        int i[TENSOR_RANK], j[TENSOR_RANK];
        float sum = 0;
        memcpy(i, index, sizeof i);
        memcpy(j, index, sizeof j);
        for (int k = 0; k < depth; k++) {
            i[m] = k;
            j[n] = k;
            sum = fmaf(*tensor_at(a, i), *tensor_at(b, j), sum);
        }
        *tensor_at(y, index) = sum;
    } while (tensor_next(y, index));
}

void tensor_matmul_backward(struct tensor a, struct tensor b, struct tensor dy, struct tensor da,
                            struct tensor db)
{
    check_product(a, b, dy);
    a = matrices(a, dy);
    b = matrices(b, dy);
    if (da.data) da = gradient(da, a, dy);
    if (db.data) db = gradient(db, b, dy);
    // All have the same rank now.  Where da or db has stride 0, several matrices add to it.
    int index[TENSOR_RANK] = {0};
    int n = dy.rank - 2, m = dy.rank - 1, depth = a.shape[m];
    do {
        int i[TENSOR_RANK], j[TENSOR_RANK];
        memcpy(i, index, sizeof i);
        memcpy(j, index, sizeof j);
        float g = *tensor_at(dy, index);
        for (int k = 0; k < depth; k++) {
            i[m] = k;
            j[n] = k;
            float p = *tensor_at(a, i), q = *tensor_at(b, j);
            if (da.data) *tensor_at(da, i) += g * q;
            if (db.data) *tensor_at(db, j) += g * p;
        }
    } while (tensor_next(dy, index));
}
