#include "block.h"

#include "todo.h"

#include <math.h>

#include "ahead.h"
#include "columns.h"
#include "error.h"
#include "mathf.h"
#include "ops.h"
#include "ops_node.h"
#include "vec.h"

// --- norms -----------------------------------------------------------------------------------

void layernorm_forward(int N, int C, float epsilon, const float *x, const float *w, const float *b,
                       float *y, float *mean, float *rstd)
{
    TODO();
}

void layernorm_backward(int N, int C, const float *x, const float *w, const float *mean,
                        const float *rstd, const float *dy, float *dx, float *dw, float *db)
{
    TODO();
}

void rmsnorm_forward(int N, int C, float epsilon, const float *x, const float *w, float *y,
                     float *rrms)
{
    TODO();
}

void rmsnorm_backward(int N, int C, const float *x, const float *w, const float *rrms,
                      const float *dy, float *dx, float *dw)
{
    TODO();
}

// --- networks --------------------------------------------------------------------------------

static const float ROOT = 0.797884561f;  // sqrt(2 / pi)
static const float CUBIC = 0.044715f;

void gelu_forward(size_t n, const float *x, float *y)
{
    TODO();
}

void gelu_backward(size_t n, const float *x, const float *dy, float *dx, float *y)
{
    TODO();
}

// sigmoid is 1 / (1 + e^-x).
static inline float sigmoid(float x)
{
    return 1 / (1 + mathf_exp(-x));
}

void swiglu_forward(int N, int F, const float *x, float *y)
{
    TODO();
}

void swiglu_backward(int N, int F, const float *x, const float *dy, float *dx, float *y)
{
    TODO();
}

// --- on a tape -------------------------------------------------------------------------------

struct norm_saved {
    float *mean, *rstd;  // (rows)
};

static struct norm_saved *save_norm(struct tape *t, int rows, int mean)
{
    struct norm_saved *s = tape_alloc(t, sizeof *s);
    s->mean = mean ? tape_alloc(t, sizeof(float) * (size_t)rows) : NULL;
    s->rstd = tape_alloc(t, sizeof(float) * (size_t)rows);
    return s;
}

static void layernorm_op_backward(struct tape *t, int node)
{
    const struct norm_saved *s = tape_saved(t, node);
    layernorm_backward(op_rows(t, node), tape_dim(t, node, -1), op_input_data(t, node, 0),
                       op_input_data(t, node, 1), s->mean, s->rstd, tape_grad(t, node),
                       op_input_grad(t, node, 0), op_input_grad(t, node, 1),
                       op_input_grad(t, node, 2));
}

int block_layernorm(struct tape *t, float epsilon, int x, int w, int b)
{
    int N = op_rows(t, x), C = tape_dim(t, x, -1);
    CHECK(tape_size(t, w) == (size_t)C && tape_size(t, b) == (size_t)C, "C=%d w=%zu b=%zu", C,
          tape_size(t, w), tape_size(t, b));
    struct norm_saved *s = save_norm(t, N, 1);
    int node = op_record(t, x, C, 3, (int[]){x, w, b}, layernorm_op_backward, s);
    layernorm_forward(N, C, epsilon, tape_data(t, x), tape_data(t, w), tape_data(t, b),
                      tape_result(t, node), s->mean, s->rstd);
    return node;
}

static void rmsnorm_op_backward(struct tape *t, int node)
{
    const struct norm_saved *s = tape_saved(t, node);
    rmsnorm_backward(op_rows(t, node), tape_dim(t, node, -1), op_input_data(t, node, 0),
                     op_input_data(t, node, 1), s->rstd, tape_grad(t, node),
                     op_input_grad(t, node, 0), op_input_grad(t, node, 1));
}

int block_rmsnorm(struct tape *t, float epsilon, int x, int w)
{
    int N = op_rows(t, x), C = tape_dim(t, x, -1);
    CHECK(tape_size(t, w) == (size_t)C, "C=%d w=%zu", C, tape_size(t, w));
    struct norm_saved *s = save_norm(t, N, 0);
    int node = op_record(t, x, C, 2, (int[]){x, w}, rmsnorm_op_backward, s);
    rmsnorm_forward(N, C, epsilon, tape_data(t, x), tape_data(t, w), tape_result(t, node), s->rstd);
    return node;
}

int block_norm(struct tape *t, const struct block_shape *s, int x, int w, int b)
{
    if (w == OP_NONE) return x;
    return s->norm == NORM_RMS ? block_rmsnorm(t, s->epsilon, x, w)
                               : block_layernorm(t, s->epsilon, x, w, b);
}

static void gelu_rows(int N, int F, const float *x, float *y)
{
    gelu_forward((size_t)N * (size_t)F, x, y);
}

static void gelu_rows_backward(int N, int F, const float *x, const float *dy, float *dx, float *y)
{
    gelu_backward((size_t)N * (size_t)F, x, dy, dx, y);
}

int block_active(struct tape *t, enum network f, int x, int w, int b)
{
    static const struct op_map GELU = {1, gelu_rows, gelu_rows_backward};
    static const struct op_map SWIGLU = {2, swiglu_forward, swiglu_backward};
    return op_linear_of(t, f == NETWORK_SWIGLU ? &SWIGLU : &GELU, x, w, b);
}

// --- the block -------------------------------------------------------------------------------

// attention is the part of a block that looks at other positions.
static int attention(struct tape *t, const struct block_shape *s, const struct block *w, int x)
{
    int qkv = op_linear(t, x, w->qkv_w, w->qkv_b);
    if (s->cosine) qkv = op_rotary(t, qkv, s->heads, s->groups, s->cosine, s->sine);
    int h = s->attend ? s->attend(s->self, t, qkv) : op_attention(t, qkv, s->heads, s->groups);
    return op_linear(t, h, w->out_w, w->out_b);
}

// network is the part that works on each position by itself.
static int network(struct tape *t, const struct block_shape *s, const struct block *w, int x)
{
    int h = op_linear(t, x, w->up_w, w->up_b);
    return block_active(t, s->network, h, w->down_w, w->down_b);
}

int block_forward(struct tape *t, const struct block_shape *s, const struct block *w, int x)
{
    TODO();
}
