#include "ops.h"

#include <criterion/criterion.h>
#include <signal.h>

#include "arena.h"
#include "check.h"
#include "oracle.h"
#include "position.h"
#include "threads.h"

// One graph that uses every operation, shares a tensor (w: table and head), and uses x twice:
//   x = position(embedding(ids, w), u)
//   y = x + attention(rotary(linear(x * g + s, a, b)))         loss = cross_entropy(linear(y, w))
enum { B = 2, T = 3, C = 4, V = 5, H = 2, G = 1, D = 2, W = (H + 2 * G) * D, N = B * T };
enum { TABLE, PLACE, GAIN, SHIFT, MATRIX, BIAS, WEIGHTS };
static const struct {
    const char *name;
    int rank, shape[2];
    size_t size;
} WEIGHT[WEIGHTS] = {{"table", 2, {V, C}, V *C},  {"place", 2, {T, C}, T *C},
                     {"gain", 1, {C, 0}, C},      {"shift", 1, {C, 0}, C},
                     {"matrix", 2, {W, C}, W *C}, {"bias", 1, {W, 0}, W}};

struct problem {
    const int32_t *ids, *target;
    float *w[WEIGHTS];
    double *w64[WEIGHTS], seed, loss[N];
};

static const int32_t TARGET[N] = {1, -1, 4, 0, 0, 3};

static struct problem make(struct check *c)
{
    struct problem p = {.ids = check_ids(c, N, V), .target = TARGET, .seed = -0.5};
    for (int i = 0; i < WEIGHTS; i++) {
        p.w[i] = check_normals(c, WEIGHT[i].size, 1);
        p.w64[i] = check_widen(c, WEIGHT[i].size, p.w[i]);
    }
    return p;
}

static double objective(const void *context)
{
    const struct problem *p = context;
    double x[N * C], h[N * C], qkv[N * W], map[B * H * T * T], logits[N * V], loss[N];
    for (int i = 0; i < N * C; i++) {
        x[i] = p->w64[TABLE][p->ids[i / C] * C + i % C] + p->w64[PLACE][i / C % T * C + i % C];
    }
    for (int i = 0; i < N * C; i++) h[i] = x[i] * p->w64[GAIN][i % C] + p->w64[SHIFT][i % C];
    oracle_linear(N, C, W, h, p->w64[MATRIX], p->w64[BIAS], qkv);
    oracle_rotary(B, T, W, H + G, D, 10000, qkv, qkv);
    oracle_attention(B, T, H, G, D, qkv, map, h);
    for (int i = 0; i < N * C; i++) h[i] += x[i];
    oracle_linear(N, C, V, h, p->w64[TABLE], NULL, logits);
    return p->seed * oracle_cross_entropy(N, V, logits, p->target, loss);
}

// build records the graph; the i-th weight has the gradient grad[i], which may be NULL.
static int build(struct tape *t, const struct problem *p, float *const *grad, float *losses)
{
    int w[WEIGHTS];
    for (int i = 0; i < WEIGHTS; i++) {
        w[i] = tape_leaf(t, WEIGHT[i].rank, WEIGHT[i].shape, p->w[i], grad[i]);
    }
    float *cosine = tape_alloc(t, sizeof *cosine * T), *sine = tape_alloc(t, sizeof *sine * T);
    rotary_angles(T, D, 10000, cosine, sine);
    int x = op_position(t, op_embedding(t, B, T, p->ids, w[TABLE]), w[PLACE], 0);
    int h = tape_add(t, tape_mul(t, x, w[GAIN]), w[SHIFT]);
    h = op_rotary(t, op_linear(t, h, w[MATRIX], w[BIAS]), H, G, cosine, sine);
    h = op_attention(t, h, H, G);
    int logits = op_linear(t, tape_add(t, x, h), w[TABLE], OP_NONE);
    return op_cross_entropy(t, logits, p->target, losses);
}

Test(ops, a_composed_graph_has_the_slopes_of_its_formula)
{
    struct check *c = check_begin(1);
    struct problem p = make(c);
    float *grad[WEIGHTS], *losses = check_nans(c, N), sum = 0;
    for (int i = 0; i < WEIGHTS; i++) grad[i] = check_zeros(c, WEIGHT[i].size);
    struct tape *t = tape_new();
    int loss = build(t, &p, grad, losses);
    tape_backward(t, loss, (float)p.seed);
    cr_assert(tape_rank(t, loss) == 0);
    double want = objective(&p) / p.seed;
    // About 200 operations stand behind a loss or a gradient; none cancels more than tenfold.
    check_near(1, tape_data(t, loss), &want, 200 * CHECK_U * want, "loss");
    for (int i = 0; i < N; i++) sum += losses[i];
    cr_assert(fabs((double)sum - want) < 1e-5 * want && losses[1] == 0, "each row's loss");
    for (int i = 0; i < WEIGHTS; i++) {
        double *slope = check_doubles(c, WEIGHT[i].size);
        check_slopes(WEIGHT[i].size, p.w64[i], objective, &p, slope);
        double most = check_largest(WEIGHT[i].size, slope);
        cr_assert(most > 0.01, "%s has a gradient to speak of", WEIGHT[i].name);
        check_near(WEIGHT[i].size, grad[i], slope, 2000 * CHECK_U * fmax(most, 0.1), "d%s",
                   WEIGHT[i].name);
    }
    tape_free(t);
    check_end(c);
}

Test(ops, reshape_keeps_the_elements_and_adds_the_gradients_back)
{
    struct check *c = check_begin(3);
    struct tape *t = tape_new();
    enum { n = 30 };
    float *x = check_normals(c, n, 1), *dx = check_zeros(c, n), *want = check_nans(c, n);
    int a = tape_leaf(t, 3, (int[]){2, 5, 3}, x, dx), b = op_reshape(t, a, 2, (int[]){6, 5});
    cr_assert(tape_rank(t, b) == 2 && tape_dim(t, b, 0) == 6 && tape_dim(t, b, 1) == 5);
    check_same(n, tape_data(t, b), x, "reshaped");
    for (int i = 0; i < n; i++) want[i] = dx[i] = (float)i;
    for (int i = 0; i < n; i++) want[i] += 2;
    tape_backward(t, b, 2);
    check_same(n, dx, want, "dx");
    tape_reset(t);
    tape_backward(t, op_reshape(t, tape_leaf(t, 3, (int[]){2, 5, 3}, x, NULL), 1, (int[]){n}), 1);
    tape_free(t);
    check_end(c);
}

Test(ops, reshape_refuses_another_number_of_elements, .signal = SIGABRT)
{
    float x[6] = {0};
    struct tape *t = tape_new();
    op_reshape(t, tape_leaf(t, 1, (int[]){6}, x, NULL), 2, (int[]){2, 4});
}

Test(ops, any_set_of_weights_can_do_without_gradient)
{
    struct check *c = check_begin(2);
    struct problem p = make(c);
    struct tape *t = tape_new();
    float *all[WEIGHTS];
    for (int i = 0; i < WEIGHTS; i++) all[i] = check_zeros(c, WEIGHT[i].size);
    tape_backward(t, build(t, &p, all, NULL), 1);
    for (int wanted = 0; wanted < 1 << WEIGHTS; wanted++) {
        float *grad[WEIGHTS];
        for (int i = 0; i < WEIGHTS; i++) {
            grad[i] = wanted >> i & 1 ? check_zeros(c, WEIGHT[i].size) : NULL;
        }
        tape_reset(t);
        tape_backward(t, build(t, &p, grad, NULL), 1);
        for (int i = 0; i < WEIGHTS; i++) {
            if (grad[i]) check_same(WEIGHT[i].size, grad[i], all[i], "d%s", WEIGHT[i].name);
        }
    }
    tape_free(t);
    check_end(c);
}

Test(ops, results_have_the_shapes_they_should)
{
    struct check *c = check_begin(3);
    struct problem p = make(c);
    struct tape *t = tape_new();
    float *rows = check_normals(c, 2 * 3 * 5 * C, 1);
    int x = tape_leaf(t, 4, (int[]){2, 3, 5, C}, rows, NULL);
    int w = tape_leaf(t, 2, (int[]){W, C}, p.w[MATRIX], NULL);
    int gain = tape_leaf(t, 1, (int[]){C}, p.w[GAIN], NULL);
    int same = tape_add(t, x, x);
    cr_assert(tape_rank(t, same) == 4 && tape_dim(t, same, 2) == 5);
    cr_assert(tape_size(t, same) == 2 * 3 * 5 * C);
    int wide = op_linear(t, x, w, OP_NONE);
    cr_assert(tape_rank(t, wide) == 4 && tape_dim(t, wide, -1) == W && tape_dim(t, wide, 1) == 3);
    int ids = op_embedding(t, 3, 2, p.ids, w);
    cr_assert(tape_rank(t, ids) == 3 && tape_dim(t, ids, 0) == 3 && tape_dim(t, ids, 1) == 2 &&
              tape_dim(t, ids, 2) == C);
    int y = op_attention(t, tape_leaf(t, 3, (int[]){5, 3, W}, rows, NULL), H, G);
    cr_assert(tape_rank(t, y) == 3 && tape_dim(t, y, 0) == 5 && tape_dim(t, y, -1) == H * D);
    cr_assert(tape_rank(t, op_linear(t, gain, w, OP_NONE)) == 1, "a vector is one row");
    tape_free(t);
    check_end(c);
}

// One query's worth is kept in place of a row of its map.
Test(ops, flash_is_attention_in_less_memory)
{
    enum { B_ = 2, T_ = 40, H_ = 4, G_ = 2, D_ = 16, W_ = (H_ + 2 * G_) * D_ };
    struct check *c = check_begin(4);
    float *x = check_normals(c, B_ * T_ * W_, 1), *grad[2];
    struct tape *t[2] = {tape_new(), tape_new()};
    int node[2];
    for (int i = 0; i < 2; i++) {
        grad[i] = check_zeros(c, B_ * T_ * W_);
        int qkv = tape_leaf(t[i], 3, (int[]){B_, T_, W_}, x, grad[i]);
        node[i] = (i ? op_flash : op_attention)(t[i], qkv, H_, G_);
        cr_assert(tape_rank(t[i], node[i]) == 3 && tape_dim(t[i], node[i], -1) == H_ * D_);
        tape_backward(t[i], tape_sum(t[i], tape_mul(t[i], node[i], node[i])), 0.5f);
    }
    check_relative(B_ * T_ * H_ * D_, tape_data(t[1], node[1]), tape_data(t[0], node[0]), 3e-6,
                   "result");
    check_relative(B_ * T_ * W_, grad[1], grad[0], 1e-5, "gradient");
    size_t maps = 2 * B_ * H_ * T_ * T_ * sizeof(float), lse = B_ * H_ * T_ * sizeof(float);
    cr_assert(tape_memory(t[0]) - tape_memory(t[1]) == maps - lse, "%zu and %zu bytes",
              tape_memory(t[0]), tape_memory(t[1]));
    for (int i = 0; i < 2; i++) tape_free(t[i]);
    check_end(c);
}

Test(ops, a_second_step_takes_no_more_memory)
{
    struct check *c = check_begin(5);
    struct problem p = make(c);
    struct tape *t = tape_new();
    float *grad[WEIGHTS];
    for (int i = 0; i < WEIGHTS; i++) grad[i] = check_zeros(c, WEIGHT[i].size);
    size_t used[3];
    for (int step = 0; step < 3; step++) {
        tape_reset(t);
        tape_backward(t, build(t, &p, grad, NULL), 1);
        used[step] = tape_memory(t);
    }
    cr_assert(used[0] == used[1] && used[1] == used[2], "%zu %zu %zu", used[0], used[1], used[2]);
    tape_free(t);
    check_end(c);
}

static float ROWS[12] = {0};

static int leaf(struct tape *t, int rows, int columns)
{
    return tape_leaf(t, 2, (int[]){rows, columns}, ROWS, NULL);
}

Test(ops, refuses_a_matrix_of_another_width, .signal = SIGABRT)
{
    struct tape *t = tape_new();
    op_linear(t, leaf(t, 3, 4), leaf(t, 4, 3), OP_NONE);
}

Test(ops, refuses_heads_that_do_not_divide_the_row, .signal = SIGABRT)
{
    struct tape *t = tape_new();
    op_attention(t, tape_leaf(t, 3, (int[]){1, 2, 5}, ROWS, NULL), 1, 1);
}

// --- any loss --------------------------------------------------------------------------------

// loss_of records a loss of x and goes back from it.
static float loss_of(const char *name, float *x, float *dx)
{
    struct tape *t = tape_new();
    int node = tape_leaf(t, 3, (int[]){B, T, V}, x, dx);
    if (name) {
        const struct loss_kind *kind;
        struct error e;
        cr_assert_eq(losses_find(name, &kind, &e), ERR_NONE);
        node = op_loss(t, node, kind, 0, TARGET, NULL);
    } else {
        node = op_cross_entropy(t, node, TARGET, NULL);
    }
    float loss = *tape_data(t, node);
    tape_backward(t, node, -0.5f);
    tape_free(t);
    return loss;
}

Test(ops, losses_without_weight_are_cross_entropy)
{
    static const char *const names[] = {"cross-entropy", "smooth", "focal", "z"};
    struct check *c = check_begin(9);
    float *x = check_normals(c, N * V, 2);
    float *want = check_zeros(c, N * V);
    double loss = (double)loss_of(NULL, x, want);
    for (int i = 0; i < 4; i++) {
        float *dx = check_zeros(c, N * V), got = loss_of(names[i], x, dx);
        check_near(1, &got, &loss, 1e-5, "%s", names[i]);
        check_near(N * V, dx, check_widen(c, N * V, want), 1e-6, "%s: dx", names[i]);
    }
    check_end(c);
}

// --- shares of a gradient ---------------------------------------------------------------------

Test(ops, a_share_scales_what_goes_back_through_its_row)
{
    static const float SHARE[N] = {1, 1, 0, 0.25f, 1, 0.5f};
    struct check *c = check_begin(13);
    float *x = check_normals(c, N * V, 2), *losses = check_nans(c, N),
          *want = check_zeros(c, N * V), *dx = check_zeros(c, N * V), share[N];
    double sum = (double)loss_of(NULL, x, want);
    struct tape *t = tape_new();
    int leaf_x = tape_leaf(t, 3, (int[]){B, T, V}, x, dx);
    int node = op_cross_entropy_shares(t, leaf_x, TARGET, losses, share);
    check_near(1, tape_data(t, node), &sum, 1e-6, "the loss itself is that of all rows");
    for (int n = 0; n < N; n++) share[n] = SHARE[n];  // in time for the backward
    tape_backward(t, node, -0.5f);
    for (int i = 0; i < N * V; i++) want[i] = SHARE[i / V] == 0 ? 0 : want[i] * SHARE[i / V];
    check_same(N * V, dx, want, "dx");
    cr_assert(losses[0] > 0 && losses[1] == 0, "each row's loss is there before");
    tape_free(t);
    check_end(c);
}

// --- the place of the logits -----------------------------------------------------------------

enum { LARGE_N = 5, LARGE_C = 3 };

// large_step goes back through a head of V and a loss, whose logits nobody else reads; or `twice`,
// somebody does.  It returns the bytes that going back took.
static size_t large_step(struct tape *t, int V_, int twice, float *x, float *w, float *dx,
                         float *dw, const float *share)
{
    static const int32_t target[LARGE_N] = {0, 4094, -1, 17, 5};
    float losses[LARGE_N];
    memset(dx, 0, sizeof *dx * LARGE_N * LARGE_C);
    memset(dw, 0, sizeof *dw * (size_t)V_ * LARGE_C);
    tape_reset(t);
    int a = tape_leaf(t, 2, (int[]){LARGE_N, LARGE_C}, x, dx);
    int logits = op_linear(t, a, tape_leaf(t, 2, (int[]){V_, LARGE_C}, w, dw), OP_NONE);
    int other = twice ? tape_sum(t, tape_mul(t, logits, logits)) : OP_NONE;
    int loss = op_cross_entropy_shares(t, logits, target, losses, share);
    if (twice) loss = tape_add(t, loss, other);
    size_t before = tape_memory(t);
    tape_backward(t, loss, 0.25f);
    return tape_memory(t) - before;
}

Test(ops, the_gradient_of_large_logits_takes_their_place)
{
    struct check *c = check_begin(12);
    struct tape *plain = tape_new(), *lean = tape_new();
    tape_lean(lean);
    static const float shares[LARGE_N] = {1, 0, 1, 0.5f, 0.25f};
    for (int i = 0; i < 8; i++) {
        int V_ = OP_LARGE_ROW + 2 - i % 4, twice = i % 4 == 1;
        const float *share = i < 4 ? NULL : shares;
        size_t n = (size_t)V_ * LARGE_C, place = sizeof(float) * LARGE_N * (size_t)V_;
        float *x = check_normals(c, LARGE_N * LARGE_C, 1), *w = check_normals(c, n, 1);
        float *dx = check_nans(c, LARGE_N * LARGE_C), *dw = check_nans(c, n);
        float *want_dx = check_nans(c, LARGE_N * LARGE_C), *want_dw = check_nans(c, n);
        size_t much = large_step(plain, V_, twice, x, w, want_dx, want_dw, share);
        size_t little = large_step(lean, V_, twice, x, w, dx, dw, share);
        check_same(LARGE_N * LARGE_C, dx, want_dx, "dx, V=%d", V_);
        check_same(n, dw, want_dw, "dw, V=%d", V_);
        cr_assert(much >= place, "%zu bytes", much);
        int over = V_ >= OP_LARGE_ROW && !twice;
        cr_assert((little < place) == over, "V=%d twice=%d: %zu bytes for %zu", V_, twice, little,
                  place);
    }
    tape_free(plain);
    tape_free(lean);
    check_end(c);
}

// --- a linear map of a map -------------------------------------------------------------------

// A row's first half times its second half.
static void halves(int n, int width, const float *x, float *y)
{
    for (int i = 0; i < n * width; i++) {
        const float *a = x + i / width * 2 * width + i % width;
        y[i] = a[0] * a[width];
    }
}

static void halves_backward(int n, int width, const float *x, const float *dy, float *dx, float *y)
{
    halves(n, width, x, y);
    for (int i = 0; i < n * width; i++) {
        int at = i / width * 2 * width + i % width;
        dx[at] += dy[i] * x[at + width];
        dx[at + width] += dy[i] * x[at];
    }
}

static const struct op_map HALVES = {2, halves, halves_backward};
enum { ROWS_ = 5, WIDE_ = 3, OUT_ = 4 };

// of_halves goes back through op_linear_of, or through its two parts; x needs a gradient or not.
// grad (2 ROWS_ WIDE_ + OUT_ WIDE_ + OUT_): dx, dw, db.
static void of_halves(int parts, const float *data, int needed, float *grad, float *y)
{
    enum { X = 2 * ROWS_ * WIDE_, MATRIX_ = OUT_ * WIDE_ };
    struct tape *t = tape_new();
    float numbers[X + MATRIX_ + OUT_], between[ROWS_ * WIDE_], dbetween[ROWS_ * WIDE_] = {0};
    memcpy(numbers, data, sizeof numbers);
    memset(grad, 0, sizeof numbers);
    int w = tape_leaf(t, 2, (int[]){OUT_, WIDE_}, numbers + X, grad + X);
    int b = tape_leaf(t, 1, (int[]){OUT_}, numbers + X + MATRIX_, grad + X + MATRIX_), out;
    if (parts) {
        halves(ROWS_, WIDE_, numbers, between);
        out = op_linear(t, tape_leaf(t, 2, (int[]){ROWS_, WIDE_}, between, dbetween), w, b);
    } else {
        int x = tape_leaf(t, 2, (int[]){ROWS_, 2 * WIDE_}, numbers, needed ? grad : NULL);
        out = op_linear_of(t, &HALVES, x, w, b);
    }
    memcpy(y, tape_data(t, out), sizeof *y * ROWS_ * OUT_);
    tape_backward(t, out, 0.5f);
    if (parts && needed) halves_backward(ROWS_, WIDE_, numbers, dbetween, grad, between);
    tape_free(t);
}

Test(ops, a_linear_map_of_a_map_is_one_behind_the_other)
{
    enum { ALL = 2 * ROWS_ * WIDE_ + OUT_ * WIDE_ + OUT_ };
    struct check *c = check_begin(41);
    const float *data = check_normals(c, ALL, 1);
    for (int needed = 0; needed < 2; needed++) {
        float grad[ALL], want[ALL], y[ROWS_ * OUT_], want_y[ROWS_ * OUT_];
        of_halves(1, data, needed, want, want_y);
        of_halves(0, data, needed, grad, y);
        check_same(ROWS_ * OUT_, y, want_y, "y, needed %d", needed);
        check_same(ALL, grad, want, "dx, dw and db, needed %d", needed);
    }
    check_end(c);
}

// deep_loss goes back from large logits through two such maps, and returns the bytes it took.
static size_t deep_loss(struct tape *t, const float *data, float *grad)
{
    enum { X = LARGE_N * LARGE_C, LAYER = 2 * LARGE_C * LARGE_C };
    enum { HEAD = OP_LARGE_ROW * LARGE_C };
    static const int32_t target[LARGE_N] = {0, 4094, -1, 17, 5};
    static float numbers[X + 2 * LAYER + HEAD];
    memcpy(numbers, data, sizeof numbers);
    memset(grad, 0, sizeof numbers);
    tape_reset(t);
    int x = tape_leaf(t, 2, (int[]){LARGE_N, LARGE_C}, numbers, grad), at = X;
    for (int l = 0; l < 2; l++, at += LAYER) {
        int up = tape_leaf(t, 2, (int[]){2 * LARGE_C, LARGE_C}, numbers + at, grad + at);
        int down = tape_leaf(t, 2, (int[]){LARGE_C, LARGE_C}, numbers + at, grad + at);
        x = tape_add(t, x, op_linear_of(t, &HALVES, op_linear(t, x, up, OP_NONE), down, OP_NONE));
    }
    int head = tape_leaf(t, 2, (int[]){OP_LARGE_ROW, LARGE_C}, numbers + at, grad + at);
    int loss = op_cross_entropy(t, op_linear(t, x, head, OP_NONE), target, NULL);
    size_t before = tape_memory(t);
    tape_backward(t, loss, 0.25f);
    return tape_memory(t) - before;
}

Test(ops, gradients_are_cut_from_the_place_of_large_logits)
{
    enum { ALL = LARGE_N * LARGE_C + 4 * LARGE_C * LARGE_C + OP_LARGE_ROW * LARGE_C };
    struct check *c = check_begin(43);
    struct tape *plain = tape_new(), *lean = tape_new();
    tape_lean(lean);
    const float *data = check_normals(c, ALL, 0.3f);
    float *grad = check_nans(c, ALL), *want = check_nans(c, ALL);
    for (int round = 0; round < 2; round++) {
        size_t much = deep_loss(plain, data, want), little = deep_loss(lean, data, grad);
        check_same(ALL, grad, want, "round %d", round);
        // The loss's gradient, and that of what the head reads: they come before there is a place.
        size_t first =
            arena_rounded(sizeof(float)) + arena_rounded(sizeof(float) * LARGE_N * LARGE_C);
        size_t copies = round ? 0 : sizeof(float) * OP_LARGE_ROW * (size_t)threads_max();
        cr_assert(little <= first + arena_rounded(copies), "%zu bytes, of %zu", little, much);
    }
    tape_free(plain);
    tape_free(lean);
    check_end(c);
}

// x is read by two products and an addition: whoever comes first writes over what the memory held.
static int read_thrice(struct tape *t, float *data, float *grad, int *x)
{
    int leaf = tape_leaf(t, 2, (int[]){N, C}, data, grad), w[2];
    for (int i = 0; i < 2; i++) w[i] = tape_leaf(t, 2, (int[]){C, C}, data + i, NULL);
    *x = tape_mul(t, leaf, leaf);
    int a = op_linear(t, *x, w[0], OP_NONE), b = op_linear(t, *x, w[1], OP_NONE);
    return tape_sum(t, tape_add(t, tape_add(t, *x, a), b));
}

Test(ops, what_gradients_memory_held_before_is_not_seen)
{
    struct check *c = check_begin(31);
    float *data = check_normals(c, N * C, 1);
    float *first = check_zeros(c, N * C), *second = check_zeros(c, N * C);
    for (int lean = 0; lean < 2; lean++) {
        struct tape *t = tape_new();
        int x;
        if (lean) tape_lean(t);
        for (int i = 0; i < 2; i++) {
            float *grad = i ? second : first;
            memset(grad, 0, sizeof *grad * N * C);
            tape_backward(t, read_thrice(t, data, grad, &x), 1);
            const float *dx = tape_grad(t, x);
            cr_assert(lean == !dx, "lean %d", lean);
            tape_reset(t);
            float *left = tape_alloc(t, 1 << 12);  // where the next step's numbers will lie
            for (int j = 0; j < 1 << 10; j++) left[j] = NAN;
            tape_reset(t);
        }
        check_same(N * C, second, first, "the second step, lean %d", lean);
        tape_free(t);
    }
    check_end(c);
}

Test(ops, a_gradient_that_nobody_adds_to_is_zeros)
{
    float data[2] = {1, 2}, grad[2] = {0};
    struct tape *t = tape_new();
    float *left = tape_alloc(t, 1 << 10);
    for (int j = 0; j < 1 << 8; j++) left[j] = NAN;
    tape_reset(t);
    int leaf = tape_leaf(t, 2, (int[]){1, 2}, data, grad);
    int logits = tape_add(t, leaf, leaf), loss = op_cross_entropy(t, logits, (int32_t[]){-1}, NULL);
    tape_backward(t, loss, 1);
    for (int i = 0; i < 2; i++) {
        cr_assert(tape_grad(t, logits)[i] == 0 && grad[i] == 0, "%g %g", (double)grad[i],
                  (double)tape_grad(t, logits)[i]);
    }
    tape_free(t);
}
