#include "bench_work.h"

#include "error.h"

// struct sizes: a setting's letters, as doubles for counting.
struct sizes {
    double N, C, F, V, L, T, H, weights;
};

static struct sizes sizes_of(const struct bench_setting *s)
{
    struct gpt_config c = gpt_filled(&s->shape);
    return (struct sizes){.N = (double)s->batch * s->tokens,
                          .C = c.channels,
                          .F = c.hidden,
                          .V = c.vocab,
                          .L = c.layers,
                          .T = s->tokens,
                          .H = c.heads,
                          .weights = (double)gpt_count(&s->shape).total};
}

static const char *const NAMES[BENCH_KERNELS] = {
    [BENCH_EMBEDDING] = "embedding",
    [BENCH_NORM] = "norm forward",
    [BENCH_LINEAR] = "linear forward",
    [BENCH_ATTENTION] = "attention forward",
    [BENCH_GELU] = "gelu forward",
    [BENCH_ADD] = "residual additions",
    [BENCH_HEAD] = "head, cross-entropy",
    [BENCH_GELU_BACK] = "gelu backward",
    [BENCH_ATTENTION_BACK] = "attention backward",
    [BENCH_LINEAR_DX] = "linear dx",
    [BENCH_LINEAR_DW] = "linear dw",
    [BENCH_BIAS] = "bias gradient",
    [BENCH_NORM_BACK] = "norm backward",
    [BENCH_NORM_OF_GRADIENT] = "gradient norm",
    [BENCH_ADAMW] = "adamw",
    [BENCH_ZERO] = "gradients zeroed",
};

// floats returns how many floats a kernel reads and writes at least: each array once, and what is
// added to twice.
static double floats(const struct sizes *z, enum bench_kernel k)
{
    double N = z->N, C = z->C, F = z->F;
    double from = N * (3 * C + F), to = N * (5 * C + F);  // of a layer's four maps, x and y
    double weights = 4 * C * C + 2 * C * F, biases = 5 * C + F, pairs = N * z->H * (z->T + 1) / 2;
    double norms = 2 * z->L + 1;
    switch (k) {
    case BENCH_EMBEDDING:
        return (2 + 3 + 3 + 3) * N * C;  // rows, places; back through both
    case BENCH_NORM:
        return norms * 2 * N * C;
    case BENCH_NORM_BACK:
        return norms * 4 * N * C;
    case BENCH_LINEAR:
        return z->L * (from + weights + biases + to);
    case BENCH_LINEAR_DX:
        return z->L * (from + weights + to);
    case BENCH_LINEAR_DW:
        return z->L * (from + 2 * weights + to);
    case BENCH_BIAS:
        return z->L * (to + 2 * biases);
    case BENCH_ATTENTION:
        return z->L * (4 * N * C + pairs);
    case BENCH_ATTENTION_BACK:
        return z->L * (10 * N * C + pairs);
    case BENCH_GELU:
        return z->L * 2 * N * F;
    case BENCH_GELU_BACK:
        return z->L * 4 * N * F;
    case BENCH_ADD:
        return z->L * 2 * (3 + 5) * N * C;
    case BENCH_HEAD:
        return 4 * N * C + 4 * z->V * C;  // logits need not be in memory
    case BENCH_ZERO:
        return z->weights + z->L * N * (3 * C + F);  // what nobody writes over, see bench_share
    case BENCH_NORM_OF_GRADIENT:
        return z->weights;
    case BENCH_ADAMW:
        return 7 * z->weights;
    case BENCH_KERNELS:
        break;
    }
    return 0;
}

// product returns a kernel's share of gpt_flops; 0: it has none.
static double product(const struct sizes *z, enum bench_kernel k)
{
    double maps = 2 * z->N * z->L * (4 * z->C * z->C + 2 * z->C * z->F);
    double attention = 2 * z->N * z->L * (z->T + 1) * z->C;
    switch (k) {
    case BENCH_LINEAR:
    case BENCH_LINEAR_DX:
    case BENCH_LINEAR_DW:
        return maps;
    case BENCH_ATTENTION:
        return attention;
    case BENCH_ATTENTION_BACK:
        return 2 * attention;
    case BENCH_HEAD:
        return 6 * z->N * z->V * z->C;
    default:
        return 0;
    }
}

// elementwise counts the operations of the other kernels, element by element of what they go
// through; tanh is an exp and a quotient.
static double elementwise(const struct sizes *z, enum bench_kernel k)
{
    double rows = z->N * z->C, norms = (2 * z->L + 1) * rows;
    switch (k) {
    case BENCH_EMBEDDING:
        return 4 * rows;
    case BENCH_NORM:
        return 7 * norms;
    case BENCH_NORM_BACK:
        return 18 * norms;
    case BENCH_GELU:
        return 20 * z->L * z->N * z->F;
    case BENCH_GELU_BACK:
        return 30 * z->L * z->N * z->F;
    case BENCH_BIAS:
        return z->L * z->N * (5 * z->C + z->F);
    case BENCH_ADD:
        return z->L * 2 * 3 * rows;
    case BENCH_NORM_OF_GRADIENT:
        return 2 * z->weights;
    case BENCH_ADAMW:
        return 18 * z->weights;
    default:
        return 0;
    }
}

struct bench_work bench_work_of(const struct bench_setting *s, enum bench_kernel k)
{
    CHECK(k >= 0 && k < BENCH_KERNELS, "kernel %d", (int)k);
    struct sizes z = sizes_of(s);
    double count = floats(&z, k), flops = product(&z, k);
    return (struct bench_work){.name = NAMES[k],
                               .product = flops > 0,
                               .flops = flops > 0 ? flops : elementwise(&z, k),
                               .bytes = (double)sizeof(float) * count};
}
