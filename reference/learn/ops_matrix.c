#include "ops_matrix.h"

#include <math.h>

#include "embedding.h"
#include "error.h"
#include "linear.h"
#include "ops_node.h"

// struct matrix_saved: a matrix (O, C) that multiplies, or whose rows are looked up.
struct matrix_saved {
    int O, C;
    struct weights w;
};

int op_weights(struct tape *t, int O, int C, struct weights w)
{
    struct matrix_saved *s = tape_alloc(t, sizeof *s);
    *s = (struct matrix_saved){O, C, w};
    int node = tape_record(t, 0, NULL, 0, NULL, NULL, s);
    *tape_result(t, node) = NAN;  // who takes it for a number sees it
    return node;
}

static int in_blocks(const struct tape *t, int w)
{
    return tape_rank(t, w) == 0;
}

// matrix_at returns the matrix that node w is, of floats or in blocks.
static struct matrix_saved matrix_at(const struct tape *t, int w)
{
    if (in_blocks(t, w)) return *(const struct matrix_saved *)tape_saved(t, w);
    return (struct matrix_saved){
        tape_dim(t, w, 0), tape_dim(t, w, 1), {QUANT_F32, tape_data(t, w)}};
}

// --- linear ----------------------------------------------------------------------------------

struct linear_saved {
    const struct op_map *f;  // NULL: of x itself
    int bias;                // whether there is one
};

// room_for_rows returns room for f(x) of n numbers, and behind it for its gradient, which nobody
// has a use for after the operation.
static float *room_for_rows(struct tape *t, size_t n)
{
    return tape_scratch(t, 2 * n * sizeof(float));
}

// back_to_x passes node's gradient on to its input x, through the matrix and f, and returns what
// the matrix multiplied.
static const float *back_to_x(struct tape *t, int node, const struct op_map *f, int C, int O)
{
    int x = tape_input(t, node, 0), N = op_rows(t, x), add;
    const float *in = tape_data(t, x), *w = op_input_data(t, node, 1), *dout = tape_grad(t, node);
    if (!f) {
        float *dx = tape_grad_into(t, x, &add);
        if (dx) linear_dx(N, C, O, w, dout, dx, add);
        return in;
    }
    size_t n = (size_t)N * (size_t)C;
    float *y = room_for_rows(t, n), *dy = y + n, *dx = tape_grad(t, x);
    if (dx) {
        linear_dx(N, C, O, w, dout, dy, 0);
        f->backward(N, C, in, dy, dx, y);
    } else {
        f->forward(N, C, in, y);
    }
    return y;
}

static void linear_op_backward(struct tape *t, int node)
{
    const struct linear_saved *s = tape_saved(t, node);
    int w = tape_input(t, node, 1), O = tape_dim(t, w, 0), C = tape_dim(t, w, 1);
    const float *in = back_to_x(t, node, s->f, C, O);
    linear_backward(op_rows(t, node), C, O, in, NULL, tape_grad(t, node), NULL, tape_grad(t, w),
                    s->bias ? op_input_grad(t, node, 2) : NULL);
}

int op_linear_of(struct tape *t, const struct op_map *f, int x, int w, int b)
{
    struct matrix_saved m = matrix_at(t, w);
    int C = m.C, O = m.O, N = op_rows(t, x), parts = f ? f->parts : 1;
    CHECK(tape_dim(t, x, -1) == parts * C, "x has rows of %d, w of %d", tape_dim(t, x, -1), C);
    CHECK(!in_blocks(t, w) || !tape_needs_grad(t, x), "a gradient through weights in blocks");
    CHECK(b == OP_NONE || tape_size(t, b) == (size_t)O, "O=%d", O);
    struct linear_saved *s = tape_alloc(t, sizeof *s);
    *s = (struct linear_saved){f, b != OP_NONE};
    int node = op_record(t, x, O, s->bias ? 3 : 2, (int[]){x, w, b}, linear_op_backward, s);
    const float *in = tape_data(t, x);
    if (f) {
        float *y = room_for_rows(t, (size_t)N * (size_t)C);
        f->forward(N, C, in, y);
        in = y;
    }
    weights_linear(N, C, O, in, m.w, s->bias ? tape_data(t, b) : NULL, tape_result(t, node));
    return node;
}

int op_linear(struct tape *t, int x, int w, int b)
{
    return op_linear_of(t, NULL, x, w, b);
}

// --- embedding -------------------------------------------------------------------------------

struct embedding_saved {
    const int32_t *ids;
};

static void embedding_op_backward(struct tape *t, int node)
{
    const struct embedding_saved *s = tape_saved(t, node);
    int w = tape_input(t, node, 0), V = tape_dim(t, w, 0), N = op_rows(t, node);
    int32_t *next = tape_scratch(t, sizeof *next * ((size_t)N + (size_t)V)), *first = next + N;
    embedding_backward(N, V, tape_dim(t, w, 1), s->ids, tape_grad(t, node), tape_grad(t, w), next,
                       first);
}

int op_embedding(struct tape *t, int B, int T, const int32_t *ids, int w)
{
    struct matrix_saved m = matrix_at(t, w);
    int V = m.O, C = m.C;
    struct embedding_saved *s = tape_alloc(t, sizeof *s);
    s->ids = ids;
    int node = tape_record(t, 3, (int[]){B, T, C}, 1, &w, embedding_op_backward, s);
    float *y = tape_result(t, node);
    if (!in_blocks(t, w)) {
        embedding_forward(B * T, V, C, ids, m.w.data, y);
        return node;
    }
    for (int n = 0; n < B * T; n++, y += C) {
        CHECK(ids[n] >= 0 && ids[n] < V, "id %d of %d", (int)ids[n], V);
        weights_row(m.w, C, ids[n], y);
    }
    return node;
}
