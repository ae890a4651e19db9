// All matrices of GPT-2's shape of 124 million weights, times one row and times 512: F32, Q8_0,
// Q4_0. Of a prompt only the last row goes through the head.  Attention and norms are not in it.
//   usage: quant PYTHON        wall clock, best of several rounds, taken in turns
#include <stdio.h>
#include <stdlib.h>

#include "arena.h"
#include "bench.h"
#include "clock.h"
#include "error.h"
#include "random.h"
#include "threads.h"
#include "weights.h"

enum { LAYERS = 12, C = 768, V = 50257, WIDEST = 4 * C, PROMPT = 512 };

// {inputs, outputs} of a layer's matrices, and of the head.
static const int SIZE[][2] = {{C, 3 * C}, {C, C}, {C, 4 * C}, {4 * C, C}, {C, V}};
enum { SIZES = sizeof SIZE / sizeof *SIZE, HEAD = SIZES - 1, MATRICES = LAYERS * HEAD + 1 };

// struct model: its matrices, the head last.
struct model {
    enum quant_type type;
    struct weights w[MATRICES];
    double bytes;
};

static const int *size_of(int i)
{
    return SIZE[i == MATRICES - 1 ? HEAD : i % HEAD];
}

static void fill(struct model *m, enum quant_type type, struct arena *a)
{
    struct arena *scratch = arena_new();
    struct random r = random_start(1, RANDOM_TEST);
    m->type = type, m->bytes = 0;
    for (int i = 0; i < MATRICES; i++) {
        int in = size_of(i)[0], out = size_of(i)[1];
        size_t n = (size_t)in * (size_t)out, bytes = (size_t)out * quant_row_bytes(type, in);
        float *x = arena_floats(scratch, n);
        void *rows = arena_alloc(scratch, bytes);
        void *data = arena_alloc(a, weights_bytes(type, out, in));
        for (size_t k = 0; k < n; k++) x[k] = 1e-4f * (float)random_below(&r, 1000) - 0.05f;
        quant_rows(type, out, in, x, rows);
        weights_fill(type, out, in, rows, data);
        m->w[i] = (struct weights){type, data};
        m->bytes += (double)bytes;
        arena_reset(scratch);
    }
    arena_free(scratch);
}

static double once(const struct model *m, int N, const float *x, float *y)
{
    double begin = clock_seconds();
    for (int i = 0; i < MATRICES; i++)
        weights_linear(i == MATRICES - 1 ? 1 : N, size_of(i)[0], size_of(i)[1], x, m->w[i], NULL,
                       y);
    return clock_seconds() - begin;
}

static void bench_rows(const struct model *m, int N, int threads, const float *x, float *y)
{
    struct bench_row row[QUANT_TYPES] = {{"", "", 0, ""}};
    threads_use(threads);
    for (int round = 0; round < 2 * BENCH_ROUNDS; round++)
        for (int t = 0; t < QUANT_TYPES; t++) bench_keep(row + t, once(m + t, N, x, y));
    for (int t = 0; t < QUANT_TYPES; t++) {
        snprintf(row[t].who, sizeof row[t].who, "%s, %.0f MB", quant_name(m[t].type),
                 m[t].bytes / 1e6);
        snprintf(row[t].what, sizeof row[t].what, "%d token%s, %d thread%s", N, N > 1 ? "s" : "",
                 threads, threads > 1 ? "s" : "");
        bench_print(row + t, N, row[0].best);
    }
}

int main(int argc, char **argv)
{
    (void)argv;
    if (argc != 2) die("usage: quant PYTHON");
    puts("matrices of GPT-2 124M in three types: wall clock, the best of several");
    struct arena *a = arena_new();
    static struct model m[QUANT_TYPES];
    float *x = arena_zeros(a, PROMPT * WIDEST), *y = arena_floats(a, PROMPT * WIDEST + V);
    for (int i = 0; i < PROMPT * WIDEST; i++) x[i] = (float)(i % 127) / 64 - 1;
    for (int t = 0; t < QUANT_TYPES; t++) fill(m + t, (enum quant_type)t, a);
    int cores = bench_cores();
    for (int i = 0; i < (cores > 1 ? 2 : 1); i++) {
        bench_rows(m, 1, i ? cores : 1, x, y);
        bench_rows(m, PROMPT, i ? cores : 1, x, y);
    }
    arena_free(a);
    return 0;
}
