// tensor: views of a few floats whose places a person can count, then arithmetic on them: small
// whole numbers, worked out by hand, and random views against sums in double precision.
//
// All floats of a test stand in one room, between others that look like nothing else, so that a
// step beside comes out wrong; what no result may touch is compared with what it was.  Views are
// made here by hand, so that a test of a function is about that function.
#include "tensor.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "lesson.h"
#include "linear.h"
#include "random.h"
#include "ref_tensor.h"

FUNCTION(tensor_of, 2);
FUNCTION(tensor_at, 1);
FUNCTION(tensor_transpose, 1);
FUNCTION(tensor_slice, 2);
FUNCTION(tensor_broadcast, 3);
FUNCTION(tensor_sum_to, 3);
FUNCTION(tensor_matmul, 3);
FUNCTION(tensor_matmul_backward, 3);

enum { ROOM = 1 << 14, BETWEEN = 64, MOST = 1024 };
static const float ELSEWHERE = 54321;
static const double EXACT = 1e-6;  // for small whole numbers: nothing is rounded

// --- floats and views -------------------------------------------------------------------------

static float room[ROOM], before[ROOM];
static char result[ROOM];  // may be written
static int used;

// floats returns n floats of the room, with those of `from` in them, or NaN.
static float *floats(int n, const float *from)
{
    if (!used) {
        for (int i = 0; i < ROOM; i++) room[i] = ELSEWHERE;
        used = BETWEEN;
    }
    CHECK(used + n + BETWEEN <= ROOM, "used=%d n=%d", used, n);
    float *x = room + used;
    for (int i = 0; i < n; i++) x[i] = from ? from[i] : NAN;
    used += n + BETWEEN;
    return x;
}

// counting returns n floats: 0, 1, 2 …
static float *counting(int n)
{
    float *x = floats(n, NULL);
    for (int i = 0; i < n; i++) x[i] = (float)i;
    return x;
}

// next goes through all indices, in row-major order; returns 0 after the last.
static int next(int rank, const int *shape, int *index)
{
    for (int d = rank - 1; d >= 0; d--) {
        if (++index[d] < shape[d]) return 1;
        index[d] = 0;
    }
    return 0;
}

static int count_of(struct tensor x)
{
    int n = 1;
    for (int d = 0; d < x.rank; d++) n *= x.shape[d];
    return n;
}

// place returns where x has an index that belongs to a tensor of `rank` dimensions to which x is
// broadcast.
static float *place(struct tensor x, int rank, const int *index)
{
    float *at = x.data;
    for (int d = 0; d < x.rank; d++) {
        if (x.shape[d] > 1) at += index[rank - x.rank + d] * x.stride[d];
    }
    return at;
}

// only returns x with rubbish behind its rank, where nobody has to look.
static struct tensor only(struct tensor x)
{
    for (int d = x.rank; d < TENSOR_RANK; d++) x.shape[d] = 9, x.stride[d] = 7;
    return x;
}

// list writes "(2, 3)"; the text lives until it is asked for often.
static const char *list(int n, const int *numbers)
{
    static char texts[8][64];
    static int turn;
    char *text = texts[turn++ % 8];
    int at = snprintf(text, sizeof *texts, "(");
    for (int i = 0; i < n; i++)
        at += snprintf(text + at, sizeof *texts - (size_t)at, "%s%d", i ? ", " : "", numbers[i]);
    snprintf(text + at, sizeof *texts - (size_t)at, ")");
    return text;
}

static const char *shape_of(struct tensor x)
{
    return list(x.rank, x.shape);
}

// expect_view checks shape and places of a view: `want` are the positions of its elements, in
// row-major order, counted from `data`.
static int expect_view(struct tensor got, int rank, const int *shape, const float *data,
                       const int32_t *want)
{
    int32_t places[MOST];
    size_t n = 0;
    int index[TENSOR_RANK] = {0};
    if (!expect_int("rank", got.rank, rank)) return 0;
    if (!expect_ints("shape", (size_t)rank, got.shape, (size_t)rank, shape)) return 0;
    do {
        // In numbers: nothing is read, and no address made, whatever the view says.
        int64_t at = ((int64_t)(uintptr_t)got.data - (int64_t)(uintptr_t)data) / 4;
        for (int d = 0; d < rank; d++) {
            if (shape[d] > 1) at += (int64_t)index[d] * got.stride[d];
        }
        places[n++] = at < INT32_MIN ? INT32_MIN : at > INT32_MAX ? INT32_MAX : (int32_t)at;
    } while (next(rank, shape, index));
    return expect_ints("where the elements stand, counted from data", n, places, n, want);
}

// --- tensor_of --------------------------------------------------------------------------------

// row_major checks that the elements of tensor_of stand one behind the other.
static void row_major(int rank, const int *shape)
{
    int32_t want[MOST];
    float *data = counting(1);
    struct tensor all = {.rank = rank};
    memcpy(all.shape, shape, sizeof *shape * (size_t)rank);
    for (int i = 0; i < count_of(all); i++) want[i] = i;
    given("shape %s", list(rank, shape));
    expect_view(tensor_of(rank, shape, data), rank, shape, data, want);
}

TEST(tensor_of, a_row)
{
    row_major(1, (int[]){3});
}

TEST(tensor_of, a_table)
{
    row_major(2, (int[]){2, 3});
    row_major(2, (int[]){3, 2});
}

TEST(tensor_of, more_dimensions)
{
    row_major(3, (int[]){2, 3, 4});
    row_major(4, (int[]){2, 3, 4, 5});
}

TEST(tensor_of, sizes_of_one)
{
    row_major(2, (int[]){1, 3});
    row_major(2, (int[]){3, 1});
    row_major(4, (int[]){2, 1, 3, 1});
}

TEST(tensor_of, a_single_number)
{
    row_major(0, (int[]){0});
}

// --- tensor_at --------------------------------------------------------------------------------

// stands checks the place of one element, and of what tensor_at says about it.
static void stands(struct tensor x, const int *index, int want)
{
    given("index %s of shape %s, strides %s", list(x.rank, index), shape_of(x),
          list(x.rank, x.stride));
    int full[TENSOR_RANK + 1] = {3, 3, 3, 3};  // rubbish behind the rank here, too
    for (int d = 0; d < x.rank; d++) full[d] = index[d];
    const float *at = tensor_at(only(x), index ? full : NULL);
    int64_t bytes = (int64_t)(uintptr_t)at - (int64_t)(uintptr_t)x.data;
    if (expect_int("floats from data to the element", bytes / 4, want))
        expect_int("bytes from there to the element", bytes % 4, 0);
}

TEST(tensor_at, a_row)
{
    struct tensor x = {1, {3}, {1}, counting(3)};
    stands(x, (int[]){0}, 0);
    stands(x, (int[]){2}, 2);
}

TEST(tensor_at, a_table)
{
    struct tensor x = {2, {2, 3}, {3, 1}, counting(6)};
    stands(x, (int[]){0, 1}, 1);
    stands(x, (int[]){1, 0}, 3);
    stands(x, (int[]){1, 2}, 5);
}

TEST(tensor_at, any_strides)
{
    float *data = counting(60);
    stands((struct tensor){2, {3, 2}, {1, 3}, data}, (int[]){2, 1}, 5);
    stands((struct tensor){2, {2, 3}, {10, 2}, data}, (int[]){1, 2}, 14);
    stands((struct tensor){2, {2, 3}, {0, 1}, data}, (int[]){1, 2}, 2);
    stands((struct tensor){1, {5}, {-1}, data + 4}, (int[]){3}, -3);
    stands((struct tensor){3, {2, 3, 4}, {12, 4, 1}, data}, (int[]){1, 2, 3}, 23);
    stands((struct tensor){4, {2, 3, 2, 5}, {30, 10, 5, 1}, data}, (int[]){1, 2, 1, 4}, 59);
}

TEST(tensor_at, a_single_number)
{
    stands((struct tensor){.data = counting(1)}, NULL, 0);
}

// --- tensor_transpose -------------------------------------------------------------------------

TEST(tensor_transpose, a_row_becomes_a_column)
{
    float *data = counting(3);
    struct tensor x = {2, {1, 3}, {3, 1}, data};
    given("shape (1, 3), strides (3, 1), dimensions 0 and 1");
    expect_view(tensor_transpose(only(x), 0, 1), 2, (int[]){3, 1}, data, (int32_t[]){0, 1, 2});
}

TEST(tensor_transpose, a_table)
{
    float *data = counting(6);
    struct tensor x = {2, {2, 3}, {3, 1}, data};
    given("shape (2, 3), strides (3, 1), dimensions 0 and 1");
    expect_view(tensor_transpose(only(x), 0, 1), 2, (int[]){3, 2}, data,
                (int32_t[]){0, 3, 1, 4, 2, 5});
    given("shape (2, 3), strides (3, 1), dimensions 1 and 0");
    expect_view(tensor_transpose(only(x), 1, 0), 2, (int[]){3, 2}, data,
                (int32_t[]){0, 3, 1, 4, 2, 5});
    given("shape (2, 3), strides (3, 1), dimensions 1 and 1: nothing changes");
    expect_view(tensor_transpose(only(x), 1, 1), 2, (int[]){2, 3}, data,
                (int32_t[]){0, 1, 2, 3, 4, 5});
}

TEST(tensor_transpose, what_was_transposed)
{
    float *data = counting(6);
    struct tensor x = {2, {3, 2}, {1, 3}, data};
    given("shape (3, 2), strides (1, 3), dimensions 0 and 1");
    expect_view(tensor_transpose(only(x), 0, 1), 2, (int[]){2, 3}, data,
                (int32_t[]){0, 1, 2, 3, 4, 5});
}

TEST(tensor_transpose, two_of_three)
{
    float *data = counting(8);
    struct tensor x = {3, {2, 1, 4}, {4, 4, 1}, data};
    given("shape (2, 1, 4), strides (4, 4, 1), dimensions 0 and 2");
    expect_view(tensor_transpose(only(x), 0, 2), 3, (int[]){4, 1, 2}, data,
                (int32_t[]){0, 4, 1, 5, 2, 6, 3, 7});
    given("shape (2, 1, 4), strides (4, 4, 1), dimensions 1 and 2");
    expect_view(tensor_transpose(only(x), 1, 2), 3, (int[]){2, 4, 1}, data,
                (int32_t[]){0, 1, 2, 3, 4, 5, 6, 7});
}

TEST(tensor_transpose, two_of_four)
{
    float *data = counting(4);
    struct tensor x = {4, {1, 2, 1, 2}, {4, 2, 2, 1}, data};
    given("shape (1, 2, 1, 2), strides (4, 2, 2, 1), dimensions 1 and 3");
    expect_view(tensor_transpose(only(x), 1, 3), 4, (int[]){1, 2, 1, 2}, data,
                (int32_t[]){0, 2, 1, 3});
    given("shape (1, 2, 1, 2), strides (4, 2, 2, 1), dimensions 3 and 2");
    expect_view(tensor_transpose(only(x), 3, 2), 4, (int[]){1, 2, 2, 1}, data,
                (int32_t[]){0, 1, 2, 3});
}

TEST(tensor_transpose, read_backwards)
{
    float *data = counting(6);
    struct tensor x = {2, {2, 2}, {3, -1}, data + 2};
    given("shape (2, 2), strides (3, -1), first element at 2");
    expect_view(tensor_transpose(only(x), 0, 1), 2, (int[]){2, 2}, data, (int32_t[]){2, 5, 1, 4});
}

// --- tensor_slice -----------------------------------------------------------------------------

// part checks a slice of x.
static void part(struct tensor x, const float *data, int dim, int begin, int count, int step,
                 const int *shape, const int32_t *want)
{
    given("dim %d: begin %d, count %d, step %d; shape %s, strides %s", dim, begin, count, step,
          shape_of(x), list(x.rank, x.stride));
    expect_view(tensor_slice(only(x), dim, begin, count, step), x.rank, shape, data, want);
}

TEST(tensor_slice, of_a_row)
{
    float *data = counting(4);
    struct tensor x = {1, {4}, {1}, data};
    part(x, data, 0, 0, 2, 1, (int[]){2}, (int32_t[]){0, 1});
    part(x, data, 0, 1, 3, 1, (int[]){3}, (int32_t[]){1, 2, 3});
    part(x, data, 0, 3, 1, 1, (int[]){1}, (int32_t[]){3});
}

TEST(tensor_slice, of_a_table)
{
    float *data = counting(6);
    struct tensor x = {2, {2, 3}, {3, 1}, data};
    part(x, data, 0, 1, 1, 1, (int[]){1, 3}, (int32_t[]){3, 4, 5});
    part(x, data, 1, 1, 2, 1, (int[]){2, 2}, (int32_t[]){1, 2, 4, 5});
    part(x, data, 0, 0, 2, 1, (int[]){2, 3}, (int32_t[]){0, 1, 2, 3, 4, 5});
}

TEST(tensor_slice, steps)
{
    float *data = counting(6);
    struct tensor x = {1, {6}, {1}, data}, y = {2, {3, 2}, {2, 1}, data};
    part(x, data, 0, 1, 3, 2, (int[]){3}, (int32_t[]){1, 3, 5});
    part(y, data, 0, 0, 2, 2, (int[]){2, 2}, (int32_t[]){0, 1, 4, 5});
    part(y, data, 0, 1, 1, 7, (int[]){1, 2}, (int32_t[]){2, 3});
}

TEST(tensor_slice, backwards)
{
    float *data = counting(6);
    struct tensor x = {1, {3}, {1}, data}, y = {2, {2, 3}, {3, 1}, data};
    part(x, data, 0, 2, 3, -1, (int[]){3}, (int32_t[]){2, 1, 0});
    part(y, data, 1, 2, 2, -2, (int[]){2, 2}, (int32_t[]){2, 0, 5, 3});
}

TEST(tensor_slice, of_views)
{
    float *data = counting(12);
    struct tensor column = {2, {3, 2}, {1, 3}, data}, back = {1, {4}, {-2}, data + 6};
    struct tensor copies = {2, {3, 2}, {0, 1}, data}, cube = {3, {2, 2, 3}, {6, 3, 1}, data};
    part(column, data, 0, 1, 2, 1, (int[]){2, 2}, (int32_t[]){1, 4, 2, 5});
    part(column, data, 1, 1, 1, 1, (int[]){3, 1}, (int32_t[]){3, 4, 5});
    part(back, data, 0, 1, 2, 2, (int[]){2}, (int32_t[]){4, 0});
    part(back, data, 0, 3, 3, -1, (int[]){3}, (int32_t[]){0, 2, 4});
    part(copies, data, 0, 2, 1, 1, (int[]){1, 2}, (int32_t[]){0, 1});
    part(cube, data, 1, 1, 1, 1, (int[]){2, 1, 3}, (int32_t[]){3, 4, 5, 9, 10, 11});
}

// --- tensor_broadcast -------------------------------------------------------------------------

static void repeated(struct tensor x, const float *data, int rank, const int *shape,
                     const int32_t *want)
{
    given("shape %s, strides %s, to shape %s", shape_of(x), list(x.rank, x.stride),
          list(rank, shape));
    expect_view(tensor_broadcast(only(x), rank, shape), rank, shape, data, want);
}

TEST(tensor_broadcast, to_its_own_shape)
{
    float *data = counting(6);
    repeated((struct tensor){1, {2}, {1}, data}, data, 1, (int[]){2}, (int32_t[]){0, 1});
    repeated((struct tensor){2, {2, 2}, {2, 1}, data}, data, 2, (int[]){2, 2},
             (int32_t[]){0, 1, 2, 3});
}

TEST(tensor_broadcast, one_element)
{
    float *data = counting(1);
    repeated((struct tensor){1, {1}, {1}, data}, data, 1, (int[]){2}, (int32_t[]){0, 0});
    repeated((struct tensor){.data = data}, data, 1, (int[]){2}, (int32_t[]){0, 0});
    repeated((struct tensor){.data = data}, data, 0, (int[]){0}, (int32_t[]){0});
}

TEST(tensor_broadcast, a_row_to_all_rows)
{
    float *data = counting(3);
    repeated((struct tensor){1, {2}, {1}, data}, data, 2, (int[]){2, 2}, (int32_t[]){0, 1, 0, 1});
    repeated((struct tensor){2, {1, 3}, {3, 1}, data}, data, 2, (int[]){2, 3},
             (int32_t[]){0, 1, 2, 0, 1, 2});
}

TEST(tensor_broadcast, a_column_to_all_columns)
{
    float *data = counting(2);
    repeated((struct tensor){2, {2, 1}, {1, 1}, data}, data, 2, (int[]){2, 3},
             (int32_t[]){0, 0, 0, 1, 1, 1});
}

TEST(tensor_broadcast, dimensions_in_front)
{
    float *data = counting(6);
    repeated((struct tensor){2, {3, 1}, {1, 1}, data}, data, 3, (int[]){2, 3, 2},
             (int32_t[]){0, 0, 1, 1, 2, 2, 0, 0, 1, 1, 2, 2});
    repeated((struct tensor){1, {2}, {1}, data}, data, 4, (int[]){1, 2, 1, 2},
             (int32_t[]){0, 1, 0, 1});
    repeated((struct tensor){1, {2}, {1}, data}, data, 4, (int[]){2, 1, 1, 2},
             (int32_t[]){0, 1, 0, 1});
    // What stands behind the rank is nothing.
    repeated((struct tensor){4, {2, 1, 1, 1}, {1, 1, 1, 1}, data}, data, 4, (int[]){2, 1, 1, 2, 9},
             (int32_t[]){0, 0, 1, 1});
    repeated((struct tensor){3, {2, 1, 3}, {3, 3, 1}, data}, data, 3, (int[]){2, 2, 3},
             (int32_t[]){0, 1, 2, 0, 1, 2, 3, 4, 5, 3, 4, 5});
}

TEST(tensor_broadcast, of_views)
{
    float *data = counting(8);
    repeated((struct tensor){2, {2, 2}, {1, 3}, data}, data, 3, (int[]){2, 2, 2},
             (int32_t[]){0, 3, 1, 4, 0, 3, 1, 4});
    repeated((struct tensor){1, {3}, {-2}, data + 4}, data, 2, (int[]){2, 3},
             (int32_t[]){4, 2, 0, 4, 2, 0});
    repeated((struct tensor){2, {2, 1}, {0, 5}, data}, data, 2, (int[]){2, 2},
             (int32_t[]){0, 0, 0, 0});
}

// --- what is compared after arithmetic --------------------------------------------------------

// begin notes what the room looks like before a call that may write y and, unless NULL, z.
static void begin(struct tensor y, struct tensor z)
{
    int index[TENSOR_RANK] = {0};
    memcpy(before, room, sizeof room);
    memset(result, 0, sizeof result);
    do result[place(y, y.rank, index) - room] = 1;
    while (next(y.rank, y.shape, index));
    if (!z.data) return;
    do result[place(z, z.rank, index) - room] = 1;
    while (next(z.rank, z.shape, index));
}

// end checks that nothing else has changed.
static void end(void)
{
    int changed = 0;
    for (int i = 0; i < ROOM; i++)
        changed += !result[i] && memcmp(&room[i], &before[i], sizeof *room) != 0;
    expect_int("floats changed that are not part of a result", changed, 0);
}

// expect_values checks the elements of y, in row-major order.
static void expect_values(const char *what, struct tensor y, const double *want, double tolerance)
{
    float got[MOST];
    size_t n = 0;
    int index[TENSOR_RANK] = {0};
    do got[n++] = *place(y, y.rank, index);
    while (next(y.rank, y.shape, index));
    expect_floats(what, n, got, want, tolerance);
}

// random_view returns a view with that shape, of random numbers, whose dimensions stand in memory
// in any order, with gaps, forwards or backwards.
static struct tensor random_view(struct random *r, int rank, const int *shape)
{
    int order[TENSOR_RANK] = {0, 1, 2, 3}, stride = 1 + (int)random_below(r, 2), first = 0;
    struct tensor x = {.rank = rank};
    for (int d = rank - 1; d > 0; d--) {
        int other = (int)random_below(r, (uint32_t)d + 1), kept = order[d];
        order[d] = order[other], order[other] = kept;
    }
    for (int i = 0; i < rank; i++) {
        int d = order[i], back = random_below(r, 3) == 0;
        x.shape[d] = shape[d];
        x.stride[d] = back ? -stride : stride;
        if (back) first += stride * (shape[d] - 1);
        stride *= shape[d] + (int)random_below(r, 2);
    }
    x.data = floats(stride, NULL);
    for (int i = 0; i < stride; i++) x.data[i] = random_normal(r);
    x.data += first;
    return x;
}

// --- tensor_sum_to ----------------------------------------------------------------------------

// sums checks tensor_sum_to against the sums in double precision.  The caller has said what is
// given.
static void sums(struct tensor x, struct tensor y)
{
    double want[MOST], most = 0;
    size_t n = 0;
    int to[TENSOR_RANK] = {0}, terms = count_of(x) / count_of(y);
    do {
        double sum = (double)*place(y, y.rank, to), size = fabs(sum);
        const float *at = place(y, y.rank, to);
        int index[TENSOR_RANK] = {0};
        do {
            double term = (double)*place(x, x.rank, index);
            if (place(y, x.rank, index) == at) sum += term, size += fabs(term);
        } while (next(x.rank, x.shape, index));
        want[n++] = sum;
        most = fmax(most, size);
    } while (next(y.rank, y.shape, to));
    begin(y, (struct tensor){0});
    tensor_sum_to(only(x), only(y));
    expect_values("y", y, want, EXACT + (terms + 1) * (double)FLT_EPSILON * most);
    end();
}

TEST(tensor_sum_to, one_number)
{
    float *x = floats(1, (float[]){2}), *y = floats(1, (float[]){0});
    given("x (1) = 2, y (1) = 0");
    sums((struct tensor){1, {1}, {1}, x}, (struct tensor){1, {1}, {1}, y});
    given("x (1) = 2, y (1) = 2 already");
    sums((struct tensor){1, {1}, {1}, x}, (struct tensor){1, {1}, {1}, y});
}

TEST(tensor_sum_to, all_of_it)
{
    float *x = floats(2, (float[]){1, 2}), *y = floats(1, (float[]){0});
    given("x (2) = 1 2, y (1) = 0");
    sums((struct tensor){1, {2}, {1}, x}, (struct tensor){1, {1}, {1}, y});
    given("x (2) = 1 2, y of rank 0 = 3");
    sums((struct tensor){1, {2}, {1}, x}, (struct tensor){.data = y});
    given("x of rank 0 = 1, y of rank 0 = 6");
    sums((struct tensor){.data = x}, (struct tensor){.data = y});
}

TEST(tensor_sum_to, down_the_columns)
{
    float *x = floats(6, (float[]){1, 2, 3, 10, 20, 30}), *y = floats(3, (float[]){0, 0, 0});
    struct tensor table = {2, {2, 3}, {3, 1}, x};
    given("x (2, 3) = 1 2 3 / 10 20 30, y (3) = 0 0 0");
    sums(table, (struct tensor){1, {3}, {1}, y});
    given("the same x; y (1, 3) = 11 22 33 already");
    sums(table, (struct tensor){2, {1, 3}, {3, 1}, y});
}

TEST(tensor_sum_to, along_the_rows)
{
    float *x = floats(6, (float[]){1, 2, 3, 10, 20, 30}), *y = floats(2, (float[]){-1, -2});
    given("x (2, 3) = 1 2 3 / 10 20 30, y (2, 1) = -1 -2");
    sums((struct tensor){2, {2, 3}, {3, 1}, x}, (struct tensor){2, {2, 1}, {1, 1}, y});
}

TEST(tensor_sum_to, the_same_shape)
{
    float *x = floats(4, (float[]){1, 2, 3, 4}), *y = floats(4, (float[]){10, 20, 30, 40});
    given("x (2, 2) = 1 2 / 3 4, y (2, 2) = 10 20 / 30 40: nothing is summed");
    sums((struct tensor){2, {2, 2}, {2, 1}, x}, (struct tensor){2, {2, 2}, {2, 1}, y});
}

TEST(tensor_sum_to, a_square)
{
    float *x = floats(4, (float[]){1, 2, 10, 20}), *y = floats(2, (float[]){0, 0});
    given("x (2, 2) = 1 2 / 10 20, y (2) = 0 0: y is matched with the columns");
    sums((struct tensor){2, {2, 2}, {2, 1}, x}, (struct tensor){1, {2}, {1}, y});
    float *dy = floats(4, (float[]){5, 1, 2, 7}), *db = floats(2, (float[]){0, 0});
    given("dy (2, 2) = 5 1 / 2 7, db (2) = 0 0: the lesson's example");
    sums((struct tensor){2, {2, 2}, {2, 1}, dy}, (struct tensor){1, {2}, {1}, db});
}

TEST(tensor_sum_to, the_middle)
{
    float *x = counting(12), *y = floats(6, (float[]){0, 0, 0, 0, 0, 0});
    given("x (2, 2, 3) = 0, 1, 2, …; y (2, 1, 3) = 0");
    sums((struct tensor){3, {2, 2, 3}, {6, 3, 1}, x}, (struct tensor){3, {2, 1, 3}, {3, 3, 1}, y});
    given("x (2, 2, 3) = 0, 1, 2, …; y (2, 1)");
    sums((struct tensor){3, {2, 2, 3}, {6, 3, 1}, x}, (struct tensor){2, {2, 1}, {1, 1}, y});
}

TEST(tensor_sum_to, of_views)
{
    float *x = floats(2, (float[]){1, 2}), *y = floats(6, (float[]){0, 0, 0, 0, 0, 0});
    given("x (3, 2), strides (0, 1) = 1 2 / 1 2 / 1 2; y (2) = 0 0");
    sums((struct tensor){2, {3, 2}, {0, 1}, x}, (struct tensor){1, {2}, {1}, y});
    given("the same x; y (3, 1), stride -2");
    sums((struct tensor){2, {3, 2}, {0, 1}, x}, (struct tensor){2, {3, 1}, {-2, 9}, y + 4});
}

TEST(tensor_sum_to, random_views)
{
    struct random r = random_start(1, RANDOM_TEST);
    for (int i = 0; i < 40; i++) {
        int rank = 1 + i % 4, shape[4], more = (int)random_below(&r, (uint32_t)rank + 1);
        int kept[4];
        for (int d = 0; d < rank; d++) shape[d] = 1 + (int)random_below(&r, 4);
        for (int d = more; d < rank; d++) kept[d - more] = random_below(&r, 2) ? shape[d] : 1;
        struct tensor x = random_view(&r, rank, shape), y = random_view(&r, rank - more, kept);
        given("x %s, y %s, strides %s and %s, random numbers", shape_of(x), shape_of(y),
              list(x.rank, x.stride), list(y.rank, y.stride));
        sums(x, y);
    }
}

// --- tensor_matmul ----------------------------------------------------------------------------

// cell returns where a tensor of matrices has row i, column j of the matrix that belongs to an
// index of y; its sizes before the last two are broadcast.
static float *cell(struct tensor x, struct tensor y, const int *index, int i, int j)
{
    int full[TENSOR_RANK];
    memcpy(full, index, sizeof full);
    full[y.rank - 2] = i, full[y.rank - 1] = j;
    return place(x, y.rank, full);
}

// multiplies checks tensor_matmul against the sums in double precision.  The caller has said what
// is given.
static void multiplies(struct tensor a, struct tensor b, struct tensor y)
{
    double want[MOST], most = 0;
    size_t n = 0;
    int index[TENSOR_RANK] = {0}, K = a.shape[a.rank - 1];
    do {
        double sum = 0, size = 0;
        for (int k = 0; k < K; k++) {
            double term = (double)*cell(a, y, index, index[y.rank - 2], k) *
                          (double)*cell(b, y, index, k, index[y.rank - 1]);
            sum += term;
            size += fabs(term);
        }
        want[n++] = sum;
        most = fmax(most, size);
    } while (next(y.rank, y.shape, index));
    begin(y, (struct tensor){0});
    tensor_matmul(only(a), only(b), only(y));
    expect_values("y", y, want, EXACT + (K + 1) * (double)FLT_EPSILON * most);
    end();
}

TEST(tensor_matmul, one_by_one)
{
    float *a = floats(1, (float[]){3}), *b = floats(1, (float[]){-2}), *y = floats(1, NULL);
    given("a (1, 1) = 3, b (1, 1) = -2");
    multiplies((struct tensor){2, {1, 1}, {1, 1}, a}, (struct tensor){2, {1, 1}, {1, 1}, b},
               (struct tensor){2, {1, 1}, {1, 1}, y});
}

TEST(tensor_matmul, a_row_by_a_column)
{
    float *a = floats(2, (float[]){1, 2}), *b = floats(2, (float[]){10, 20}), *y = floats(1, NULL);
    given("a (1, 2) = 1 2, b (2, 1) = 10 / 20");
    multiplies((struct tensor){2, {1, 2}, {2, 1}, a}, (struct tensor){2, {2, 1}, {1, 1}, b},
               (struct tensor){2, {1, 1}, {1, 1}, y});
}

TEST(tensor_matmul, a_column_by_a_row)
{
    float *a = floats(2, (float[]){1, 2}), *b = floats(3, (float[]){1, 10, 100});
    float *y = floats(6, NULL);
    given("a (2, 1) = 1 / 2, b (1, 3) = 1 10 100");
    multiplies((struct tensor){2, {2, 1}, {1, 1}, a}, (struct tensor){2, {1, 3}, {3, 1}, b},
               (struct tensor){2, {2, 3}, {3, 1}, y});
}

TEST(tensor_matmul, two_tables)
{
    float *a = floats(6, (float[]){1, 2, 3, 4, 5, 6}), *b = floats(6, (float[]){1, 0, 2, 1, 0, 3});
    float *y = floats(4, NULL);
    given("a (2, 3) = 1 2 3 / 4 5 6, b (3, 2) = 1 0 / 2 1 / 0 3");
    multiplies((struct tensor){2, {2, 3}, {3, 1}, a}, (struct tensor){2, {3, 2}, {2, 1}, b},
               (struct tensor){2, {2, 2}, {2, 1}, y});
}

TEST(tensor_matmul, transposed_inputs)
{
    float *a = floats(4, (float[]){1, 2, 3, 4}), *b = floats(4, (float[]){1, 0, 2, 1});
    float *y = floats(4, NULL);
    struct tensor rows = {2, {2, 2}, {2, 1}, y};
    given("a (2, 2), strides (1, 2) = 1 3 / 2 4; b (2, 2) = 1 0 / 2 1");
    multiplies((struct tensor){2, {2, 2}, {1, 2}, a}, (struct tensor){2, {2, 2}, {2, 1}, b}, rows);
    given("a (2, 2) = 1 2 / 3 4; b (2, 2), strides (1, 2) = 1 2 / 0 1");
    multiplies((struct tensor){2, {2, 2}, {2, 1}, a}, (struct tensor){2, {2, 2}, {1, 2}, b}, rows);
}

TEST(tensor_matmul, a_result_with_strides)
{
    float *a = floats(4, (float[]){1, 2, 3, 4}), *b = floats(4, (float[]){1, 0, 2, 1});
    float *y = floats(12, NULL);
    given("a (2, 2) = 1 2 / 3 4, b (2, 2) = 1 0 / 2 1; y has strides (2, 6)");
    multiplies((struct tensor){2, {2, 2}, {2, 1}, a}, (struct tensor){2, {2, 2}, {2, 1}, b},
               (struct tensor){2, {2, 2}, {2, 6}, y});
}

TEST(tensor_matmul, a_stack_of_matrices)
{
    float *a = floats(4, (float[]){1, 2, 3, 4}), *b = floats(4, (float[]){1, 10, 100, 1000});
    float *y = floats(2, NULL);
    given("a (2, 1, 2) = 1 2 | 3 4, b (2, 2, 1) = 1 / 10 | 100 / 1000");
    multiplies((struct tensor){3, {2, 1, 2}, {2, 2, 1}, a},
               (struct tensor){3, {2, 2, 1}, {2, 1, 1}, b},
               (struct tensor){3, {2, 1, 1}, {1, 1, 1}, y});
}

TEST(tensor_matmul, one_matrix_for_a_stack)
{
    float *a = floats(4, (float[]){1, 2, 3, 4}), *b = floats(2, (float[]){1, 10});
    float *y = floats(2, NULL);
    struct tensor stack = {3, {2, 1, 1}, {1, 1, 1}, y};
    given("a (2, 1, 2) = 1 2 | 3 4, b (2, 1) = 1 / 10 for both");
    multiplies((struct tensor){3, {2, 1, 2}, {2, 2, 1}, a}, (struct tensor){2, {2, 1}, {1, 1}, b},
               stack);
    given("a (1, 2) = 1 10 for both, b (2, 2, 1) = 1 / 2 | 3 / 4");
    multiplies((struct tensor){2, {1, 2}, {2, 1}, b}, (struct tensor){3, {2, 2, 1}, {2, 1, 1}, a},
               stack);
}

// struct product: random shapes that can be multiplied.
struct product {
    struct tensor a, b, y;
};

// random_product makes a and b with fewer dimensions than y, or sizes 1, in front.
static struct product random_product(struct random *r, int rank)
{
    int y[4], a[4], b[4], K = 1 + (int)random_below(r, 5);
    int A = (int)random_below(r, (uint32_t)rank - 1),
        B = A ? 0 : (int)random_below(r, 2) % (rank - 1);
    for (int d = 0; d < rank; d++) {
        a[d] = b[d] = y[d] = 1 + (int)random_below(r, 4);
        if (d < rank - 2 && random_below(r, 3) == 0) *(random_below(r, 2) ? &a[d] : &b[d]) = 1;
    }
    a[rank - 1] = b[rank - 2] = K;
    return (struct product){random_view(r, rank - A, a + A), random_view(r, rank - B, b + B),
                            random_view(r, rank, y)};
}

TEST(tensor_matmul, random_views)
{
    struct random r = random_start(2, RANDOM_TEST);
    for (int i = 0; i < 30; i++) {
        struct product p = random_product(&r, 2 + i % 3);
        given("a %s, b %s, y %s, any strides, random numbers", shape_of(p.a), shape_of(p.b),
              shape_of(p.y));
        multiplies(p.a, p.b, p.y);
    }
}

TEST(tensor_matmul, a_long_sum)
{
    enum { K = 3000 };
    struct random r = random_start(3, RANDOM_TEST);
    struct tensor a = random_view(&r, 2, (int[]){1, K}), b = random_view(&r, 2, (int[]){K, 1});
    given("a (1, %d), b (%d, 1), random numbers", K, K);
    multiplies(a, b, (struct tensor){2, {1, 1}, {1, 1}, floats(1, NULL)});
}

// --- tensor_matmul_backward -------------------------------------------------------------------

// struct sums: what a gradient is to become, and how large the terms of its sums are.
struct gradient {
    double want[MOST], most;
};

// add_terms goes through all products a[n,k] * b[k,m] of the forward; each is a term in the
// gradient of its a, by way of b, and of its b, by way of a.
static void add_terms(struct tensor a, struct tensor b, struct tensor dy, int of_a,
                      struct gradient *g)
{
    struct tensor x = of_a ? a : b, w = of_a ? b : a;
    double size[MOST] = {0};
    int index[TENSOR_RANK] = {0}, K = a.shape[a.rank - 1];
    do {
        int n = index[dy.rank - 2], m = index[dy.rank - 1];
        for (int k = 0; k < K; k++) {
            const float *at = of_a ? cell(x, dy, index, n, k) : cell(x, dy, index, k, m);
            const float *by = of_a ? cell(w, dy, index, k, m) : cell(w, dy, index, n, k);
            double term = (double)*place(dy, dy.rank, index) * (double)*by;
            int i = 0, other[TENSOR_RANK] = {0};
            while (place(x, x.rank, other) != at && next(x.rank, x.shape, other)) i++;
            g->want[i] += term;
            size[i] += fabs(term);
        }
    } while (next(dy.rank, dy.shape, index));
    for (int i = 0; i < MOST; i++) g->most = fmax(g->most, size[i]);
}

// starts puts what is in dx already into g.
static void starts(struct tensor dx, struct gradient *g)
{
    int i = 0, index[TENSOR_RANK] = {0};
    memset(g, 0, sizeof *g);
    if (!dx.data) return;
    do g->want[i++] = (double)*place(dx, dx.rank, index);
    while (next(dx.rank, dx.shape, index));
}

// goes_back checks tensor_matmul_backward against the sums in double precision.  The caller has
// said what is given.
static void goes_back(struct tensor a, struct tensor b, struct tensor dy, struct tensor da,
                      struct tensor db)
{
    static struct gradient to_a, to_b;
    starts(da, &to_a);
    starts(db, &to_b);
    add_terms(a, b, dy, 1, &to_a);
    add_terms(a, b, dy, 0, &to_b);
    begin(da.data ? da : db, db);
    tensor_matmul_backward(only(a), only(b), only(dy), only(da), only(db));
    double eps = (double)FLT_EPSILON * (2 + count_of(dy));
    if (da.data) expect_values("da", da, to_a.want, EXACT + eps * (to_a.most + 4));
    if (db.data) expect_values("db", db, to_b.want, EXACT + eps * (to_b.most + 4));
    end();
}

static const struct tensor NONE = {0};

TEST(tensor_matmul_backward, one_by_one)
{
    float *a = floats(1, (float[]){3}), *b = floats(1, (float[]){-2}),
          *dy = floats(1, (float[]){5});
    float *da = floats(1, (float[]){0}), *db = floats(1, (float[]){0});
    struct tensor x = {2, {1, 1}, {1, 1}, a}, w = {2, {1, 1}, {1, 1}, b};
    struct tensor d = {2, {1, 1}, {1, 1}, dy};
    struct tensor dx = {2, {1, 1}, {1, 1}, da}, dw = {2, {1, 1}, {1, 1}, db};
    given("a = 3, b = -2, dy = 5, da = db = 0, all (1, 1)");
    goes_back(x, w, d, dx, dw);
    given("a = 3, b = -2, dy = 5, da = -10 and db = 15 already, all (1, 1)");
    goes_back(x, w, d, dx, dw);
}

TEST(tensor_matmul_backward, a_row_by_a_column)
{
    float *a = floats(2, (float[]){1, 2}), *b = floats(2, (float[]){10, 20});
    float *dy = floats(1, (float[]){3}), *da = floats(2, (float[]){0, 0}),
          *db = floats(2, (float[]){0, 0});
    given("a (1, 2) = 1 2, b (2, 1) = 10 / 20, dy (1, 1) = 3, da = db = 0");
    goes_back((struct tensor){2, {1, 2}, {2, 1}, a}, (struct tensor){2, {2, 1}, {1, 1}, b},
              (struct tensor){2, {1, 1}, {1, 1}, dy}, (struct tensor){2, {1, 2}, {2, 1}, da},
              (struct tensor){2, {2, 1}, {1, 1}, db});
}

TEST(tensor_matmul_backward, two_tables)
{
    float *a = floats(6, (float[]){1, 2, 3, 4, 5, 6}), *b = floats(6, (float[]){1, 0, 2, 1, 0, 3});
    float *dy = floats(4, (float[]){1, 10, 0, -1});
    float *da = floats(6, (float[]){1, 1, 1, 1, 1, 1}),
          *db = floats(6, (float[]){0, 0, 0, 0, 0, 0});
    given("a (2,3) = 1 2 3/4 5 6, b (3,2) = 1 0/2 1/0 3, dy = 1 10/0 -1");
    goes_back((struct tensor){2, {2, 3}, {3, 1}, a}, (struct tensor){2, {3, 2}, {2, 1}, b},
              (struct tensor){2, {2, 2}, {2, 1}, dy}, (struct tensor){2, {2, 3}, {3, 1}, da},
              (struct tensor){2, {3, 2}, {2, 1}, db});
}

TEST(tensor_matmul_backward, only_what_is_wanted)
{
    float *a = floats(2, (float[]){1, 2}), *b = floats(2, (float[]){10, 20});
    float *dy = floats(1, (float[]){3}), *d = floats(2, (float[]){1, 1});
    struct tensor x = {2, {1, 2}, {2, 1}, a}, w = {2, {2, 1}, {1, 1}, b};
    struct tensor y = {2, {1, 1}, {1, 1}, dy};
    given("a (1, 2) = 1 2, b (2, 1) = 10 / 20, dy = 3; da is not wanted");
    goes_back(x, w, y, NONE, (struct tensor){2, {2, 1}, {1, 1}, d});
    given("a (1, 2) = 1 2, b (2, 1) = 10 / 20, dy = 3; db is not wanted");
    goes_back(x, w, y, (struct tensor){2, {1, 2}, {2, 1}, d}, NONE);
}

TEST(tensor_matmul_backward, one_matrix_for_a_stack)
{
    float *a = floats(4, (float[]){1, 2, 3, 4}), *b = floats(2, (float[]){1, 10});
    float *dy = floats(2, (float[]){1, 100});
    float *da = floats(4, (float[]){0, 0, 0, 0}), *db = floats(2, (float[]){0, 0});
    struct tensor stack = {3, {2, 1, 1}, {1, 1, 1}, dy};
    given("a (2,1,2) = 1 2 | 3 4, b (2,1) = 1/10 for both, dy = 1 | 100");
    goes_back((struct tensor){3, {2, 1, 2}, {2, 2, 1}, a}, (struct tensor){2, {2, 1}, {1, 1}, b},
              stack, (struct tensor){3, {2, 1, 2}, {2, 2, 1}, da},
              (struct tensor){2, {2, 1}, {1, 1}, db});
}

TEST(tensor_matmul_backward, differences)
{
    // The forward is a line in each single number: one step of size 1 gives its slope exactly.
    enum { N = 2, K = 3, M = 2 };
    float a[N * K] = {1, -2, 3, 0, 5, -1}, b[K * M] = {2, 0, -1, 1, 3, 4},
                dy[N * M] = {1, -2, 0, 3};
    float da[N * K] = {0}, db[K * M] = {0};
    double want[2][N * K];
    struct tensor x = {2, {N, K}, {K, 1}, a}, w = {2, {K, M}, {M, 1}, b};
    for (int i = 0; i < N * K + K * M; i++) {
        float *number = i < N * K ? &a[i] : &b[i - N * K], y[2][N * M];
        ref_tensor_matmul(x, w, (struct tensor){2, {N, M}, {M, 1}, y[0]});
        *number += 1;
        ref_tensor_matmul(x, w, (struct tensor){2, {N, M}, {M, 1}, y[1]});
        *number -= 1;
        double slope = 0;
        for (int j = 0; j < N * M; j++) slope += (double)(dy[j] * (y[1][j] - y[0][j]));
        want[i >= N * K][i % (N * K)] = slope;
    }
    given("a = 1 -2 3 / 0 5 -1, b = 2 0 / -1 1 / 3 4, dy = 1 -2 / 0 3");
    tensor_matmul_backward(x, w, (struct tensor){2, {N, M}, {M, 1}, dy},
                           (struct tensor){2, {N, K}, {K, 1}, da},
                           (struct tensor){2, {K, M}, {M, 1}, db});
    expect_floats("da: what one more in each number of a changes", N * K, da, want[0], EXACT);
    expect_floats("db: what one more in each number of b changes", K * M, db, want[1], EXACT);
}

TEST(tensor_matmul_backward, as_in_linear)
{
    // y = x W^T, where W stands transposed in memory.
    enum { N = 5, C = 7, O = 3 };
    struct random r = random_start(4, RANDOM_TEST);
    float x[N * C], w[O * C], dy[N * O], dx[N * C] = {0}, dw[O * C] = {0};
    float dx_want[N * C] = {0}, dw_want[O * C] = {0};
    double want[N * C];
    for (int i = 0; i < N * C; i++) x[i] = random_normal(&r);
    for (int i = 0; i < O * C; i++) w[i] = random_normal(&r);
    for (int i = 0; i < N * O; i++) dy[i] = random_normal(&r);
    linear_backward(N, C, O, x, w, dy, dx_want, dw_want, NULL);
    given("a (5, 7), b (7, 3) with strides (1, 7), random numbers");
    tensor_matmul_backward(
        (struct tensor){2, {N, C}, {C, 1}, x}, (struct tensor){2, {C, O}, {1, C}, w},
        (struct tensor){2, {N, O}, {O, 1}, dy}, (struct tensor){2, {N, C}, {C, 1}, dx},
        (struct tensor){2, {C, O}, {1, C}, dw});
    for (int i = 0; i < N * C; i++) want[i] = (double)dx_want[i];
    expect_floats("da, compared with linear_backward", N * C, dx, want, 1e-5);
    for (int i = 0; i < O * C; i++) want[i] = (double)dw_want[i];
    expect_floats("db, compared with linear_backward", O * C, dw, want, 1e-5);
}

TEST(tensor_matmul_backward, random_views)
{
    struct random r = random_start(5, RANDOM_TEST);
    for (int i = 0; i < 18; i++) {
        struct product p = random_product(&r, 2 + i % 3);
        struct tensor da = random_view(&r, p.a.rank, p.a.shape);
        struct tensor db = random_view(&r, p.b.rank, p.b.shape);
        given("a %s, b %s, dy %s, any strides, random numbers", shape_of(p.a), shape_of(p.b),
              shape_of(p.y));
        goes_back(p.a, p.b, p.y, da, db);
    }
}
