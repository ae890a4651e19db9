#include "bench_share.h"

#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "fast.h"
#include "linear.h"
#include "ops.h"
#include "optim.h"
#include "optimizer.h"

// What a layer leaves on the tape, and how wide its rows are.
enum slot { INPUT, NORM1, QKV, MIXED, OUT, MIDDLE, NORM2, UP, ACTIVE, DOWN, SLOTS };

// The linear maps of a layer: from which slot to which, and the number of their weights and biases
// among the layer's tensors (struct block).
static const struct map {
    enum slot from, to;
    int weights;
} MAPS[] = {{NORM1, QKV, 2}, {MIXED, OUT, 4}, {NORM2, UP, 8}, {ACTIVE, DOWN, 10}};
enum { MAP_COUNT = sizeof MAPS / sizeof *MAPS };

// Tensors of a GPT-2: wte, wpe; then layer by layer those of struct block; then the last norm's.
enum { BEFORE_LAYERS = 2, OF_LAYER = 12, NORM2_W = 6, LAST = 2 };

struct bench_share {
    struct train *run;
    struct arena *arena;
    struct tape *tape;
    struct gpt_config c;
    int B, T, N;
    int wide[SLOTS];
    float *data[SLOTS];  // (L, N, wide)
    float *grad[SLOTS];  // (N, wide)  a lean tape uses its memory again
    float *noise;        // (N, widest)  what gradients begin as
    float *maps, *dmap;  // (L, B, H, T, T)
    float *mean, *rstd;  // (2 L + 1, N)
};

static float *some_floats(struct arena *a, size_t n)
{
    struct random r = random_start(2, RANDOM_TEST);
    float *x = arena_floats(a, n);
    for (size_t i = 0; i < n; i++) x[i] = random_float(&r) - 0.5f;
    return x;
}

struct bench_share *bench_share_new(const struct bench_setting *setting, struct bench_step *step)
{
    struct bench_share *s = calloc(1, sizeof *s);
    if (!s) die("out of memory: kernels");
    s->run = bench_step_run(step);
    s->arena = arena_new();
    s->tape = tape_new();
    tape_lean(s->tape);
    s->c = *gpt_config(s->run->model);
    s->B = setting->batch, s->T = setting->tokens, s->N = s->B * s->T;
    CHECK(gpt_params(s->run->model) == BEFORE_LAYERS + OF_LAYER * s->c.layers + LAST,
          "%d tensors: not a GPT-2", gpt_params(s->run->model));
    size_t rows = (size_t)s->c.layers * (size_t)s->N;
    int widest = 0;
    for (int i = 0; i < SLOTS; i++) {
        s->wide[i] = i == QKV               ? 3 * s->c.channels
                   : i == UP || i == ACTIVE ? s->c.hidden
                                            : s->c.channels;
        s->data[i] = some_floats(s->arena, rows * (size_t)s->wide[i]);
        s->grad[i] = arena_floats(s->arena, (size_t)s->N * (size_t)s->wide[i]);
        if (s->wide[i] > widest) widest = s->wide[i];
    }
    size_t pairs = rows * (size_t)s->c.heads * (size_t)s->T;
    s->maps = arena_zeros(s->arena, pairs);
    s->dmap = arena_zeros(s->arena, pairs);
    s->mean = arena_zeros(s->arena, 2 * rows + (size_t)s->N);
    s->rstd = arena_zeros(s->arena, 2 * rows + (size_t)s->N);
    s->noise = some_floats(s->arena, (size_t)s->N * (size_t)widest);
    bench_share_renew(s);
    return s;
}

void bench_share_renew(struct bench_share *s)
{
    for (int i = 0; i < SLOTS; i++)
        memcpy(s->grad[i], s->noise, sizeof(float) * (size_t)s->N * (size_t)s->wide[i]);
}

void bench_share_free(struct bench_share *s)
{
    if (!s) return;
    tape_free(s->tape);
    arena_free(s->arena);
    free(s);
}

// --- what they work on -----------------------------------------------------------------------

static float *data(const struct bench_share *s, enum slot i, int layer)
{
    if (i == ACTIVE) layer = 0;  // no layer's is kept
    return s->data[i] + (ptrdiff_t)layer * s->N * s->wide[i];
}

static float *map_of(const struct bench_share *s, float *maps, int layer)
{
    return maps + (ptrdiff_t)layer * s->N * s->c.heads * s->T;
}

// tensor_of_layer returns the weights `which` of a layer.
static struct param tensor_of_layer(const struct bench_share *s, int layer, int which)
{
    return gpt_param(s->run->model, BEFORE_LAYERS + OF_LAYER * layer + which);
}

// --- the kernels -----------------------------------------------------------------------------

static void linear(struct bench_share *s, enum bench_kernel k)
{
    for (int l = 0; l < s->c.layers; l++) {
        for (int i = 0; i < MAP_COUNT; i++) {
            const struct map *m = &MAPS[i];
            struct param w = tensor_of_layer(s, l, m->weights);
            struct param b = tensor_of_layer(s, l, m->weights + 1);
            const float *x = data(s, m->from, l), *dy = s->grad[m->to];
            int C = s->wide[m->from], O = s->wide[m->to];
            if (k == BENCH_LINEAR)
                linear_forward(s->N, C, O, x, w.data, b.data, data(s, m->to, l));
            else if (k == BENCH_LINEAR_DX)
                linear_dx(s->N, C, O, w.data, dy, s->grad[m->from], 0);
            else
                linear_backward(s->N, C, O, x, w.data, dy, NULL,
                                k == BENCH_LINEAR_DW ? w.grad : NULL,
                                k == BENCH_BIAS ? b.grad : NULL);
        }
    }
}

// norm_one runs the i-th norm of a step, whose gain is the tensor `w` of the model.
static void norm_one(struct bench_share *s, int back, int i, int w, const float *x, float *y,
                     float *dx, const float *dy)
{
    struct param gain = gpt_param(s->run->model, w), shift = gpt_param(s->run->model, w + 1);
    float *mean = s->mean + (ptrdiff_t)i * s->N, *rstd = s->rstd + (ptrdiff_t)i * s->N;
    if (back)
        layernorm_backward(s->N, s->c.channels, x, gain.data, mean, rstd, dy, dx, gain.grad,
                           shift.grad);
    else
        layernorm_forward(s->N, s->c.channels, s->c.epsilon, x, gain.data, shift.data, y, mean,
                          rstd);
}

static void norm(struct bench_share *s, int back)
{
    int L = s->c.layers;
    for (int l = 0; l < L; l++) {
        int first = BEFORE_LAYERS + OF_LAYER * l;
        norm_one(s, back, 2 * l, first, data(s, INPUT, l), data(s, NORM1, l), s->grad[INPUT],
                 s->grad[NORM1]);
        norm_one(s, back, 2 * l + 1, first + NORM2_W, data(s, MIDDLE, l), data(s, NORM2, l),
                 s->grad[MIDDLE], s->grad[NORM2]);
    }
    // The last norm, behind all layers.
    norm_one(s, back, 2 * L, BEFORE_LAYERS + OF_LAYER * L, data(s, DOWN, L - 1), data(s, OUT, 0),
             s->grad[DOWN], s->grad[OUT]);
}

static void attention(struct bench_share *s, int back)
{
    int H = s->c.heads, D = s->c.channels / H;
    for (int l = 0; l < s->c.layers; l++) {
        float *p = map_of(s, s->maps, l), *dp = map_of(s, s->dmap, l);
        if (back)
            FAST.attention_backward(s->B, s->T, H, H, D, data(s, QKV, l), p, s->grad[MIXED], dp,
                                    s->grad[QKV]);
        else
            FAST.attention_forward(s->B, s->T, H, H, D, data(s, QKV, l), p, data(s, MIXED, l));
    }
}

static void gelu(struct bench_share *s, int back)
{
    size_t n = (size_t)s->N * (size_t)s->c.hidden;
    for (int l = 0; l < s->c.layers; l++) {
        if (back)
            gelu_backward(n, data(s, UP, l), s->grad[ACTIVE], s->grad[UP], data(s, ACTIVE, l));
        else
            gelu_forward(n, data(s, UP, l), data(s, ACTIVE, l));
    }
}

// leaf puts rows of a layer on the tape, with their gradient.
static int leaf(struct bench_share *s, enum slot i, int layer)
{
    return tape_leaf(s->tape, 3, (int[]){s->B, s->T, s->wide[i]}, data(s, i, layer), s->grad[i]);
}

static void additions(struct bench_share *s)
{
    for (int l = 0; l < s->c.layers; l++) {
        tape_reset(s->tape);
        int x = tape_add(s->tape, leaf(s, INPUT, l), leaf(s, OUT, l));
        tape_backward(s->tape, x, 1);
        tape_reset(s->tape);
        x = tape_add(s->tape, leaf(s, MIDDLE, l), leaf(s, DOWN, l));
        tape_backward(s->tape, x, 1);
    }
}

static int tensor_leaf(struct bench_share *s, int which)
{
    struct param w = gpt_param(s->run->model, which);
    return tape_leaf(s->tape, w.rank, w.shape, w.data, w.grad);
}

static void embedding(struct bench_share *s)
{
    tape_reset(s->tape);
    int x = op_embedding(s->tape, s->B, s->T, s->run->tokens, tensor_leaf(s, 0));
    x = op_position(s->tape, x, tensor_leaf(s, 1), 0);
    tape_backward(s->tape, x, 1e-3f);
}

static void head(struct bench_share *s)
{
    tape_reset(s->tape);
    int logits = op_linear(s->tape, leaf(s, INPUT, 0), tensor_leaf(s, 0), OP_NONE);
    int loss = op_cross_entropy(s->tape, logits, s->run->target, NULL);
    tape_backward(s->tape, loss, 1 / (float)s->N);
}

static void clear(size_t n, float *x)
{
#pragma omp parallel for if (n > 1 << 14)
    for (size_t i = 0; i < n; i++) x[i] = 0;
}

// zero does what a tape does for the gradients of each layer that nobody writes over (those of what
// attention and the GELU read), and an update at its end.
static void zero(struct bench_share *s)
{
    size_t N = (size_t)s->N;
    for (int l = 0; l < s->c.layers; l++) {
        clear(N * (size_t)s->wide[QKV], s->grad[QKV]);
        clear(N * (size_t)s->wide[UP], s->grad[UP]);
    }
    clear(gpt_weights(s->run->model), s->run->gradient);
}

static void adamw(struct bench_share *s)
{
    // So small a rate moves no weight, whatever the gradients are.
    struct optim o = {.lr = 1e-30f, .scale = 1, .beta1 = 0.9f, .beta2 = 0.99f, .epsilon = 1e-8f};
    size_t at = 0;
    o.step = 1;
    for (int i = 0; i < gpt_params(s->run->model); i++) {
        struct param p = gpt_param(s->run->model, i);
        optimizer_step(OPTIMIZER_ADAMW, &o, &p, s->run->gradient + at, s->run->state.m + at,
                       s->run->state.v + at);
        at += p.size;
    }
}

static void gradient_length(struct bench_share *s)
{
    volatile float norm = gradient_norm(gpt_weights(s->run->model), s->run->gradient);
    (void)norm;
}

void bench_share_run(struct bench_share *s, enum bench_kernel k)
{
    switch (k) {
    case BENCH_EMBEDDING:
        embedding(s);
        break;
    case BENCH_NORM:
    case BENCH_NORM_BACK:
        norm(s, k == BENCH_NORM_BACK);
        break;
    case BENCH_LINEAR:
    case BENCH_LINEAR_DX:
    case BENCH_LINEAR_DW:
    case BENCH_BIAS:
        linear(s, k);
        break;
    case BENCH_ATTENTION:
    case BENCH_ATTENTION_BACK:
        attention(s, k == BENCH_ATTENTION_BACK);
        break;
    case BENCH_GELU:
    case BENCH_GELU_BACK:
        gelu(s, k == BENCH_GELU_BACK);
        break;
    case BENCH_ADD:
        additions(s);
        break;
    case BENCH_HEAD:
        head(s);
        break;
    case BENCH_ZERO:
        zero(s);
        break;
    case BENCH_NORM_OF_GRADIENT:
        gradient_length(s);
        break;
    case BENCH_ADAMW:
        adamw(s);
        break;
    case BENCH_KERNELS:
        break;
    }
}
