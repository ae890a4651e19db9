#include "ops.h"

#include <math.h>
#include <string.h>

#include "error.h"
#include "fast.h"
#include "loss.h"
#include "ops_node.h"
#include "position.h"
#include "threads.h"
#include "vec.h"

static void *alloc_floats(struct tape *t, size_t n)
{
    return tape_alloc(t, n * sizeof(float));
}

// --- reshape ---------------------------------------------------------------------------------

static void reshape_backward(struct tape *t, int node)
{
    const float *dy = tape_grad(t, node);
    float *dx = op_input_grad(t, node, 0);
    ptrdiff_t n = (ptrdiff_t)tape_size(t, node);
#pragma omp parallel for
    for (ptrdiff_t i = 0; i < n; i++) dx[i] += dy[i];
}

int op_reshape(struct tape *t, int x, int rank, const int *shape)
{
    int node = tape_record(t, rank, shape, 1, &x, reshape_backward, NULL);
    CHECK(tape_size(t, node) == tape_size(t, x), "%zu elements from %zu", tape_size(t, node),
          tape_size(t, x));
    memcpy(tape_result(t, node), tape_data(t, x), tape_size(t, x) * sizeof(float));
    return node;
}

// --- position --------------------------------------------------------------------------------

struct position_saved {
    int first;
};

static void position_op_backward(struct tape *t, int node)
{
    const struct position_saved *s = tape_saved(t, node);
    int B = tape_dim(t, node, 0), T = tape_dim(t, node, 1), C = tape_dim(t, node, 2);
    const float *dy = tape_grad(t, node);
    float *dx = op_input_grad(t, node, 0), *dtable = op_input_grad(t, node, 1);
    ptrdiff_t n = (ptrdiff_t)tape_size(t, node);
    if (dx) {
#pragma omp parallel for
        for (ptrdiff_t i = 0; i < n; i++) dx[i] += dy[i];
    }
    if (dtable) position_backward(B, T, C, dy, dtable + (ptrdiff_t)s->first * C);
}

int op_position(struct tape *t, int x, int table, int first)
{
    int B = tape_dim(t, x, 0), T = tape_dim(t, x, 1), C = tape_dim(t, x, 2);
    CHECK(first >= 0 && first <= tape_dim(t, table, 0) - T && tape_dim(t, table, 1) == C,
          "T=%d from %d of %d, C=%d", T, first, tape_dim(t, table, 0), C);
    struct position_saved *s = tape_alloc(t, sizeof *s);
    s->first = first;
    int node = op_record(t, x, C, 2, (int[]){x, table}, position_op_backward, s);
    position_forward(B, T, C, tape_data(t, x), tape_data(t, table) + (ptrdiff_t)first * C,
                     tape_result(t, node));
    return node;
}

// --- rotary ----------------------------------------------------------------------------------

struct rotary_saved {
    int heads, D;
    const float *cosine, *sine;
};

static void rotary_op_backward(struct tape *t, int node)
{
    const struct rotary_saved *s = tape_saved(t, node);
    rotary_backward(tape_dim(t, node, 0), tape_dim(t, node, 1), tape_dim(t, node, 2), s->heads,
                    s->D, s->cosine, s->sine, tape_grad(t, node), op_input_grad(t, node, 0));
}

int op_rotary(struct tape *t, int qkv, int H, int G, const float *cosine, const float *sine)
{
    int W = tape_dim(t, qkv, 2);
    CHECK(W % (H + 2 * G) == 0, "rows of %d for H=%d G=%d", W, H, G);
    struct rotary_saved *s = tape_alloc(t, sizeof *s);
    *s =
        (struct rotary_saved){.heads = H + G, .D = W / (H + 2 * G), .cosine = cosine, .sine = sine};
    int node = op_record(t, qkv, W, 1, &qkv, rotary_op_backward, s);
    rotary_forward(tape_dim(t, qkv, 0), tape_dim(t, qkv, 1), W, s->heads, s->D, cosine, sine,
                   tape_data(t, qkv), tape_result(t, node));
    return node;
}

// --- attention -------------------------------------------------------------------------------

struct attention_saved {
    int B, T, H, G, D;
    float *kept;  // (B, H, T, T) every head's map; with flash (B, H, T), see flash_heads.h
};

// save_attention notes what its backward needs, with room for `each` numbers kept for a query.
static struct attention_saved *save_attention(struct tape *t, int qkv, int H, int G, int each)
{
    struct attention_saved *s = tape_alloc(t, sizeof *s);
    int B = tape_dim(t, qkv, 0), T = tape_dim(t, qkv, 1), W = tape_dim(t, qkv, 2);
    CHECK(W % (H + 2 * G) == 0, "rows of %d for H=%d G=%d", W, H, G);
    *s = (struct attention_saved){.B = B, .T = T, .H = H, .G = G, .D = W / (H + 2 * G)};
    s->kept = alloc_floats(t, (size_t)B * (size_t)H * (size_t)T * (size_t)each);
    return s;
}

static void attention_op_backward(struct tape *t, int node)
{
    const struct attention_saved *s = tape_saved(t, node);
    size_t pairs = (size_t)s->B * (size_t)s->H * (size_t)s->T * (size_t)s->T;
    float *dp = tape_scratch(t, sizeof *dp * pairs);
    FAST.attention_backward(s->B, s->T, s->H, s->G, s->D, op_input_data(t, node, 0), s->kept,
                            tape_grad(t, node), dp, op_input_grad(t, node, 0));
}

int op_attention(struct tape *t, int qkv, int H, int G)
{
    struct attention_saved *s = save_attention(t, qkv, H, G, tape_dim(t, qkv, 1));
    int node = op_record(t, qkv, H * s->D, 1, &qkv, attention_op_backward, s);
    FAST.attention_forward(s->B, s->T, H, G, s->D, tape_data(t, qkv), s->kept,
                           tape_result(t, node));
    return node;
}

static void flash_op_backward(struct tape *t, int node)
{
    const struct attention_saved *s = tape_saved(t, node);
    FAST.flash_backward(s->B, s->T, s->H, s->G, s->D, op_input_data(t, node, 0), s->kept,
                        tape_data(t, node), tape_grad(t, node), op_input_grad(t, node, 0));
}

int op_flash(struct tape *t, int qkv, int H, int G)
{
    struct attention_saved *s = save_attention(t, qkv, H, G, 1);
    int node = op_record(t, qkv, H * s->D, 1, &qkv, flash_op_backward, s);
    FAST.flash_forward(s->B, s->T, H, G, s->D, tape_data(t, qkv), s->kept, tape_result(t, node));
    return node;
}

// --- cross-entropy ---------------------------------------------------------------------------

struct cross_entropy_saved {
    const int32_t *target;
    float *lse;
    const float *share;  // (rows) of each row's gradient; NULL: all of it
};

// rows_backward is cross_entropy_backward row by row, with each row's share; where dx is x itself
// the gradient is written over the logits, with a kernel that adds: from a copy of the row, one for
// each thread, which stays in its cache.
static void rows_backward(struct tape *t, int N, int V, const float *x, float *dx,
                          const struct cross_entropy_saved *s, float dloss)
{
    int workers = threads_max();
    size_t room = sizeof(float) * (size_t)workers * (size_t)V;
    float *copies = dx == x ? tape_scratch(t, room) : NULL;
#pragma omp parallel for
    for (int w = 0; w < workers; w++) {
        int end = (int)((ptrdiff_t)N * (w + 1) / workers);
        for (int n = (int)((ptrdiff_t)N * w / workers); n < end; n++) {
            const float *x_n = x + (ptrdiff_t)n * V;
            float *dx_n = dx + (ptrdiff_t)n * V, share = s->share ? s->share[n] : 1;
            if (copies) {
                x_n = memcpy(copies + (ptrdiff_t)w * V, x_n, sizeof *x_n * (size_t)V);
                memset(dx_n, 0, sizeof *dx_n * (size_t)V);
            }
            if (share == 0) continue;
            cross_entropy_backward(1, V, x_n, s->target + n, s->lse + n, dloss * share, dx_n);
        }
    }
}

static void cross_entropy_op_backward(struct tape *t, int node)
{
    const struct cross_entropy_saved *s = tape_saved(t, node);
    int x = tape_input(t, node, 0), N = op_rows(t, x), V = tape_dim(t, x, -1);
    float dloss = tape_grad(t, node)[0], *dx = tape_grad(t, x);
    if (s->share || dx == tape_data(t, x))
        rows_backward(t, N, V, tape_data(t, x), dx, s, dloss);
    else
        cross_entropy_backward(N, V, tape_data(t, x), s->target, s->lse, dloss, dx);
}

// offer_place offers a lean tape the place of large logits for their gradient, where they are what
// was computed last: nothing else has read them.  (Shorter rows are not worth a call for each.)  It
// notes the inputs that there are then, and returns how many.
static int offer_place(struct tape *t, int x, int inputs[2])
{
    inputs[0] = x;
    if (!tape_result(t, x) || !tape_needs_grad(t, x) || tape_dim(t, x, -1) < OP_LARGE_ROW) return 1;
    int shape[TAPE_RANK], rank = op_shape(t, x, shape);
    inputs[1] = tape_leaf(t, rank, shape, tape_result(t, x), tape_result(t, x));
    return inputs[1] == x + 1 ? 2 : 1;
}

int op_cross_entropy_shares(struct tape *t, int x, const int32_t *target, float *losses,
                            const float *share)
{
    int N = op_rows(t, x), V = tape_dim(t, x, -1), inputs[2], count = offer_place(t, x, inputs);
    struct cross_entropy_saved *s = tape_alloc(t, sizeof *s);
    *s = (struct cross_entropy_saved){target, alloc_floats(t, (size_t)N), share};
    int node = tape_record(t, 0, NULL, count, inputs, cross_entropy_op_backward, s);
    cross_entropy_forward(N, V, tape_data(t, x), target, s->lse, losses);
    tape_result(t, node)[0] = vec_sum(N, losses);
    return node;
}

int op_cross_entropy(struct tape *t, int x, const int32_t *target, float *losses)
{
    if (!losses) losses = alloc_floats(t, (size_t)op_rows(t, x));
    return op_cross_entropy_shares(t, x, target, losses, NULL);
}

// --- any other loss --------------------------------------------------------------------------

struct loss_saved {
    float *slope;  // (rows, V)
};

static void loss_op_backward(struct tape *t, int node)
{
    const struct loss_saved *s = tape_saved(t, node);
    int x = tape_input(t, node, 0);
    losses_backward(op_rows(t, x), tape_dim(t, x, -1), s->slope, tape_grad(t, node)[0],
                    tape_grad(t, x));
}

int op_loss(struct tape *t, int x, const struct loss_kind *kind, float weight,
            const int32_t *target, const float *teacher)
{
    int N = op_rows(t, x), V = tape_dim(t, x, -1);
    struct loss_saved *s = tape_alloc(t, sizeof *s);
    s->slope = alloc_floats(t, (size_t)N * (size_t)V);
    float *losses = alloc_floats(t, (size_t)N);
    int node = tape_record(t, 0, NULL, 1, &x, loss_op_backward, s);
    losses_forward(kind, weight, N, V, tape_data(t, x), target, teacher, s->slope, losses);
    tape_result(t, node)[0] = vec_sum(N, losses);
    return node;
}
