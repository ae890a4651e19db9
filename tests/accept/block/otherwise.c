// Other forms of the same formulas: variance and sums in double, gelu by a sigmoid, one index for a
// whole table, the two places of the norm taken apart.
#include "block.h"

#include <math.h>

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
    // The variance in double, with no second pass: there it is exact enough.
    for (int n = 0; n < N; n++, x += C, y += C) {
        double sum = 0, square = 0;
        for (int c = 0; c < C; c++) sum += (double)x[c], square += (double)x[c] * (double)x[c];
        double m = sum / C, variance = square / C - m * m;
        mean[n] = (float)m;
        rstd[n] = (float)(1 / sqrt((variance > 0 ? variance : 0) + (double)epsilon));
        for (int c = 0; c < C; c++) y[c] = b[c] + w[c] * rstd[n] * (x[c] - mean[n]);
    }
}

void layernorm_backward(int N, int C, const float *x, const float *w, const float *mean,
                        const float *rstd, const float *dy, float *dx, float *dw, float *db)
{
    for (int n = 0; n < N; n++) {
        const float *x_n = x + (size_t)n * (size_t)C, *dy_n = dy + (size_t)n * (size_t)C;
        double sum = 0, along = 0;
        for (int c = 0; c < C; c++) {
            sum += (double)(w[c] * dy_n[c]);
            along += (double)(w[c] * dy_n[c]) * (double)(x_n[c] - mean[n]);
        }
        along *= (double)rstd[n] * (double)rstd[n];
        for (int c = C - 1; dx && c >= 0; c--) {
            double d = (double)(w[c] * dy_n[c]) - sum / C - along / C * (double)(x_n[c] - mean[n]);
            dx[(size_t)n * (size_t)C + (size_t)c] += (float)(d * (double)rstd[n]);
        }
    }
    for (int c = 0; c < C; c++) {
        double gain = 0, shift = 0;
        for (int n = 0; n < N; n++) {
            shift += (double)dy[n * C + c];
            gain += (double)dy[n * C + c] * (double)((x[n * C + c] - mean[n]) * rstd[n]);
        }
        if (dw) dw[c] += (float)gain;
        if (db) db[c] += (float)shift;
    }
}

void rmsnorm_forward(int N, int C, float epsilon, const float *x, const float *w, float *y,
                     float *rrms)
{
    for (int n = 0; n < N; n++) {
        double square = (double)epsilon * C;
        for (int c = 0; c < C; c++) square += (double)x[n * C + c] * (double)x[n * C + c];
        float r = (float)sqrt(C / square);
        rrms[n] = r;
        for (int c = 0; c < C; c++) y[n * C + c] = w[c] * (r * x[n * C + c]);
    }
}

void rmsnorm_backward(int N, int C, const float *x, const float *w, const float *rrms,
                      const float *dy, float *dx, float *dw)
{
    for (int n = 0; n < N; n++) {
        float r = rrms[n], along = 0;
        for (int c = 0; c < C; c++) along += dy[n * C + c] * w[c] * x[n * C + c];
        for (int c = 0; c < C; c++) {
            float g = r * dy[n * C + c];
            if (dw) dw[c] += g * x[n * C + c];
            if (dx) dx[n * C + c] += g * w[c] - r * r * r * along / (float)C * x[n * C + c];
        }
    }
}

// --- networks --------------------------------------------------------------------------------

static const float ROOT = 0.797884561f;  // sqrt(2 / pi)
static const float CUBIC = 0.044715f;

void gelu_forward(size_t n, const float *x, float *y)
{
    // (1 + tanh a) / 2 is the sigmoid of 2 a.
    for (size_t i = 0; i < n; i++)
        y[i] = x[i] / (1 + expf(-2 * ROOT * (x[i] + CUBIC * x[i] * x[i] * x[i])));
}

void gelu_backward(size_t n, const float *x, const float *dy, float *dx, float *y)
{
    for (size_t i = 0; i < n; i++) {
        float a = 2 * ROOT * x[i] * (1 + CUBIC * x[i] * x[i]), s = 1 / (1 + expf(-a));
        float da = 2 * ROOT * (1 + 3 * CUBIC * x[i] * x[i]);
        dx[i] += dy[i] * s * (1 + x[i] * (1 - s) * da);
        y[i] = x[i] * s;
    }
}

// sigmoid is 1 / (1 + e^-x).
static inline float sigmoid(float x)
{
    return 1 / (1 + mathf_exp(-x));
}

void swiglu_forward(int N, int F, const float *x, float *y)
{
    for (int i = 0; i < N * F; i++) {
        const float *gate = x + i / F * 2 * F + i % F;
        y[i] = *gate / (1 + expf(-*gate)) * gate[F];
    }
}

void swiglu_backward(int N, int F, const float *x, const float *dy, float *dx, float *y)
{
    for (int i = 0; i < N * F; i++) {
        int at = i / F * 2 * F + i % F;
        float s = 1 / (1 + expf(-x[at])), silu = x[at] * s;
        dx[at + F] += dy[i] * silu;
        dx[at] += dy[i] * x[at + F] * s * (1 + x[at] - silu);
        y[i] = silu * x[at + F];
    }
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
    int in = x, middle;
    if (!s->post) in = block_norm(t, s, x, w->norm1_w, w->norm1_b);
    middle = tape_add(t, attention(t, s, w, in), x);
    if (s->post) middle = block_norm(t, s, middle, w->norm1_w, w->norm1_b);
    in = middle;
    if (!s->post) in = block_norm(t, s, middle, w->norm2_w, w->norm2_b);
    int out = tape_add(t, network(t, s, w, in), middle);
    return s->post ? block_norm(t, s, out, w->norm2_w, w->norm2_b) : out;
}
