// tensor: a view of floats as a table of up to four dimensions, and the arithmetic of tables.
//
// A tensor is a way to read a row of floats, not a copy of it.  The element at the index
// (i0, i1, …) stands at
//
//   data[i0 * stride[0] + i1 * stride[1] + …]          0 <= i_d < shape[d]
//
// Many views may look at the same floats: what is written through one is read through all.  No
// function here asks for memory; data belongs to the caller.
//
// Tensors are passed by value.  Every size is at least 1, and there are at most INT_MAX elements.
// Wrong ranks, sizes and indices are the caller's bug, and end the program with the sizes (CHECK).
// A result overlaps none of the inputs it is made from, unless it says otherwise.
//
// This is the plain version, to be read; kernels/gemm_fast is the fast matrix product.
#ifndef GPT_TENSOR_H
#define GPT_TENSOR_H

enum { TENSOR_RANK = 4 };

// struct tensor: rank 0 is a single number, with the index () and no sizes.
struct tensor {
    int rank;                 // dimensions, 0 … TENSOR_RANK; below, only the first `rank` count
    int shape[TENSOR_RANK];   // sizes
    int stride[TENSOR_RANK];  // floats from one index to the next: 0 where it is broadcast,
                              // negative where it is read backwards
    float *data;              // the element at (0, 0, …)
};

// --- views --------------------------------------------------------------------------------------

// tensor_of returns the view of data in row-major order, without gaps: the last index goes from
// float to float, and each index before it steps over all that the ones behind it go through.
//   shape  (rank)   may be NULL for rank 0
struct tensor tensor_of(int rank, const int *shape, float *data);

// tensor_at returns the address of an element.
//   index  (rank)   may be NULL for rank 0
float *tensor_at(struct tensor x, const int *index);

// tensor_transpose returns x with the dimensions i and j exchanged: a row becomes a column.
struct tensor tensor_transpose(struct tensor x, int i, int j);

// tensor_slice returns the part of x that has, in dimension dim, only the indices begin,
// begin + step, begin + 2 step, …, `count` of them.  All lie in [0, shape[dim]).
//   count  at least 1
//   step   not 0; a negative one goes backwards
struct tensor tensor_slice(struct tensor x, int dim, int begin, int count, int step);

// tensor_broadcast returns x repeated to a shape, without copying: dimensions are matched from the
// last one backwards; where x has size 1, or no dimension any more, its one element is read again
// for every index.
//   shape  (rank)   rank at least x.rank; its last sizes are x's own wherever x's are not 1
// Source: the rule of NumPy, "Broadcasting".
struct tensor tensor_broadcast(struct tensor x, int rank, const int *shape);

// tensor_common writes the shape to which both a and b can be broadcast, and returns its rank: the
// larger one of two sizes, of which the smaller must be 1 if they differ.
//   shape  (TENSOR_RANK)
int tensor_common(struct tensor a, struct tensor b, int *shape);

// tensor_size returns the number of elements: the product of the sizes, 1 for rank 0.
int tensor_size(struct tensor x);

// tensor_next changes index to the next one in row-major order and returns 1; after the last it
// begins again at (0, 0, …) and returns 0.  All elements of x, from the first:
//   int index[TENSOR_RANK] = {0};
//   do { … *tensor_at(x, index) … } while (tensor_next(x, index));
int tensor_next(struct tensor x, int *index);

// tensor_is_contiguous says whether the elements stand one behind the other, in row-major order.
// tensor_reshape returns them under another shape with as many elements; x must be contiguous.
int tensor_is_contiguous(struct tensor x);
struct tensor tensor_reshape(struct tensor x, int rank, const int *shape);

// --- arithmetic ---------------------------------------------------------------------------------
// Where a result y is written, no two indices of it may be the same float: it is no broadcast.

// tensor_copy: y = x.   tensor_add: y = a + b.   tensor_mul: y = a * b, element by element.
//   x, a, b   are broadcast to the shape of y; may be y itself, element for element
void tensor_copy(struct tensor x, struct tensor y);
void tensor_add(struct tensor a, struct tensor b, struct tensor y);
void tensor_mul(struct tensor a, struct tensor b, struct tensor y);

// tensor_sum_to adds to each element of y the sum of all elements of x that would be copies of it,
// were y broadcast to the shape of x.  That is the backward of tensor_broadcast, with x for the
// gradient of the copies and y for the gradient of what was copied.
//   y  can be broadcast to the shape of x
// Each sum is taken from zero, in the order of x's indices, and then added once.  (Elements added
// to y one by one, or in another order, differ in the last digits, and are as good to the tests.)
void tensor_sum_to(struct tensor x, struct tensor y);

// tensor_matmul: y[…,n,m] = sum_k a[…,n,k] * b[…,k,m].
//   a  (…, N, K)   b  (…, K, M)   y  (…, N, M)
// The sizes before the last two are broadcast to those of y.  a and b have rank 2 at least.
// Each element is one chain of fmaf over k, from zero up.  (Products that are rounded before they
// are added are as good to the tests.)
// Cost: 2 N K M flops for each of the matrices in y.
void tensor_matmul(struct tensor a, struct tensor b, struct tensor y);

// tensor_matmul_backward adds the gradients, given dy, the gradient of y:
//   da[…,n,k] += sum_m dy[…,n,m] * b[…,k,m]        da  (…, N, K)  as a, or data NULL: not wanted
//   db[…,k,m] += sum_n a[…,n,k] * dy[…,n,m]        db  (…, K, M)  as b, or data NULL: not wanted
// Where a was broadcast, da gets a sum for each matrix that used it; so does db.
// Cost: 4 N K M flops for each of the matrices in dy.
void tensor_matmul_backward(struct tensor a, struct tensor b, struct tensor dy, struct tensor da,
                            struct tensor db);

#endif
