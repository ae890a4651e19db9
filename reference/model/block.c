#include "block.h"

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
    // SOLUTION BEGIN
#pragma omp parallel for
    for (int n = 0; n < N; n++) {
        const float *x_n = x + (ptrdiff_t)n * C;
        float *y_n = y + (ptrdiff_t)n * C;
        float m = vec_sum(C, x_n) / (float)C;
        for (int c = 0; c < C; c++) y_n[c] = x_n[c] - m;
        float r = 1 / sqrtf(vec_dot(C, y_n, y_n) / (float)C + epsilon);
        for (int c = 0; c < C; c++) y_n[c] = fmaf(y_n[c] * r, w[c], b[c]);
        mean[n] = m, rstd[n] = r;
    }
    // SOLUTION END
}

// SOLUTION BEGIN
// mean_gh returns the mean over one row of g * h, g = dy * w, h = (x - m) * r, summed as in vec.h.
static float mean_gh(int C, const float *x, const float *w, const float *dy, float m, float r)
{
    struct vec_lanes sum = {{{0}}};
    for (int c = 0; c < C; c += VEC_LANES) {
        int n = vec_left(C, c, VEC_LANES);
        struct vec_lanes x_c = vec_load(n, x + c), w_c = vec_load(n, w + c);
        struct vec_lanes dy_c = vec_load(n, dy + c);
        for (int p = 0; p < VEC_PARTS; p++)
            sum.part[p] += dy_c.part[p] * w_c.part[p] * ((x_c.part[p] - m) * r);
    }
    return vec_fold(sum) / (float)C;
}
// SOLUTION END

void layernorm_backward(int N, int C, const float *x, const float *w, const float *mean,
                        const float *rstd, const float *dy, float *dx, float *dw, float *db)
{
    // SOLUTION BEGIN
#pragma omp parallel for if (dx)
    for (int n = 0; n < (dx ? N : 0); n++) {
        const float *x_n = x + (ptrdiff_t)n * C, *dy_n = dy + (ptrdiff_t)n * C;
        float *dx_n = dx + (ptrdiff_t)n * C, m = mean[n], r = rstd[n];
        float mean_g = vec_dot(C, dy_n, w) / (float)C, gh = mean_gh(C, x_n, w, dy_n, m, r);
        for (int c = 0; c < C; c++) {
            float g = dy_n[c] * w[c], h = (x_n[c] - m) * r;
            dx_n[c] = fmaf(r, fmaf(-h, gh, g - mean_g), dx_n[c]);
        }
    }
    if (dw) columns_dot(N, C, dy, x, mean, rstd, dw);
    if (db) columns_sum(N, C, dy, db);
    // SOLUTION END
}

void rmsnorm_forward(int N, int C, float epsilon, const float *x, const float *w, float *y,
                     float *rrms)
{
    // SOLUTION BEGIN
#pragma omp parallel for
    for (int n = 0; n < N; n++) {
        const float *x_n = x + (ptrdiff_t)n * C;
        float *y_n = y + (ptrdiff_t)n * C;
        float r = 1 / sqrtf(vec_dot(C, x_n, x_n) / (float)C + epsilon);
        for (int c = 0; c < C; c++) y_n[c] = x_n[c] * r * w[c];
        rrms[n] = r;
    }
    // SOLUTION END
}

void rmsnorm_backward(int N, int C, const float *x, const float *w, const float *rrms,
                      const float *dy, float *dx, float *dw)
{
    // SOLUTION BEGIN
#pragma omp parallel for if (dx)
    for (int n = 0; n < (dx ? N : 0); n++) {
        const float *x_n = x + (ptrdiff_t)n * C, *dy_n = dy + (ptrdiff_t)n * C;
        float *dx_n = dx + (ptrdiff_t)n * C, r = rrms[n], gh = mean_gh(C, x_n, w, dy_n, 0, r);
        for (int c = 0; c < C; c++)
            dx_n[c] = fmaf(r, fmaf(-x_n[c] * r, gh, dy_n[c] * w[c]), dx_n[c]);
    }
    if (dw) columns_dot(N, C, dy, x, NULL, rrms, dw);
    // SOLUTION END
}

// --- networks --------------------------------------------------------------------------------

static const float ROOT = 0.797884561f;  // sqrt(2 / pi)
static const float CUBIC = 0.044715f;

// SOLUTION BEGIN
static inline float inner_tanh(float x)
{
    return mathf_tanh(ROOT * fmaf(CUBIC * x * x, x, x));
}
// SOLUTION END

void gelu_forward(size_t n, const float *x, float *y)
{
    // SOLUTION BEGIN
#pragma omp parallel for
    for (size_t run = 0; run < n; run += AHEAD_RUN) {
        ahead_read(x + run), ahead_write(y + run);
        size_t end = ahead_end(run, n);
        for (size_t i = run; i < end; i++) y[i] = 0.5f * x[i] * (1 + inner_tanh(x[i]));
    }
    // SOLUTION END
}

void gelu_backward(size_t n, const float *x, const float *dy, float *dx, float *y)
{
    // SOLUTION BEGIN
#pragma omp parallel for
    for (size_t run = 0; run < n; run += AHEAD_RUN) {
        ahead_read(x + run), ahead_read(dy + run), ahead_write(dx + run), ahead_write(y + run);
        size_t end = ahead_end(run, n);
        for (size_t i = run; i < end; i++) {
            float t = inner_tanh(x[i]);
            float slope = ROOT * fmaf(3 * CUBIC * x[i], x[i], 1);  // of the tanh's argument
            float d = 0.5f * (1 + t) + 0.5f * x[i] * (1 - t * t) * slope;
            dx[i] = fmaf(dy[i], d, dx[i]);
            y[i] = 0.5f * x[i] * (1 + t);
        }
    }
    // SOLUTION END
}

// sigmoid is 1 / (1 + e^-x).
static inline float sigmoid(float x)
{
    return 1 / (1 + mathf_exp(-x));
}

void swiglu_forward(int N, int F, const float *x, float *y)
{
    // SOLUTION BEGIN
#pragma omp parallel for
    for (int n = 0; n < N; n++) {
        const float *gate = x + (ptrdiff_t)n * 2 * F, *value = gate + F;
        float *y_n = y + (ptrdiff_t)n * F;
        for (int f = 0; f < F; f++) y_n[f] = gate[f] * sigmoid(gate[f]) * value[f];
    }
    // SOLUTION END
}

void swiglu_backward(int N, int F, const float *x, const float *dy, float *dx, float *y)
{
    // SOLUTION BEGIN
#pragma omp parallel for
    for (int n = 0; n < N; n++) {
        const float *gate = x + (ptrdiff_t)n * 2 * F, *value = gate + F;
        const float *dy_n = dy + (ptrdiff_t)n * F;
        float *y_n = y + (ptrdiff_t)n * F;
        float *dgate = dx + (ptrdiff_t)n * 2 * F, *dvalue = dgate + F;
        for (int f = 0; f < F; f++) {
            float s = sigmoid(gate[f]), silu = gate[f] * s;
            float slope = fmaf(silu, 1 - s, s);
            dgate[f] = fmaf(dy_n[f] * value[f], slope, dgate[f]);
            dvalue[f] = fmaf(dy_n[f], silu, dvalue[f]);
            y_n[f] = silu * value[f];
        }
    }
    // SOLUTION END
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
    // SOLUTION BEGIN
    if (s->post) {
        x = tape_add(t, x, attention(t, s, w, x));
        x = block_norm(t, s, x, w->norm1_w, w->norm1_b);
        x = tape_add(t, x, network(t, s, w, x));
        return block_norm(t, s, x, w->norm2_w, w->norm2_b);
    }
    x = tape_add(t, x, attention(t, s, w, block_norm(t, s, x, w->norm1_w, w->norm1_b)));
    return tape_add(t, x, network(t, s, w, block_norm(t, s, x, w->norm2_w, w->norm2_b)));
    // SOLUTION END
}
