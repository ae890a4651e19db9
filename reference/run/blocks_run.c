#include "blocks_run.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "evaluate.h"
#include "half.h"
#include "param.h"
#include "quant.h"
#include "quant_rows.h"
#include "tape.h"
#include "vec.h"

enum { SMALLEST = 8 };

// --- rounding --------------------------------------------------------------------------------

static void round_block(int bits, int block, float *x)
{
    float most = 0;
    for (int i = 0; i < block; i++) most = fabsf(x[i]) > fabsf(most) ? x[i] : most;
    float end = (float)(1 << (bits - 1));  // the integers are -end … end - 1
    float d = bits == 8 ? fabsf(most) / 127 : most / -end;
    float inverse = fabsf(d) < FLT_MIN ? 0 : 1 / d, kept = half_to_float(half_from_float(d));
    for (int i = 0; i < block; i++) {
        float q = x[i] * inverse;
        q = bits == 8 ? roundf(q) : fminf(floorf(q + 0.5f), end - 1);
        x[i] = kept * q;
    }
}

void blocks_round(int bits, int block, size_t n, float *x)
{
    CHECK(2 <= bits && bits <= 8 && block > 0 && n % (size_t)block == 0, "bits=%d block=%d n=%zu",
          bits, block, n);
#pragma omp parallel for
    for (size_t i = 0; i < n; i += (size_t)block) round_block(bits, block, x + i);
}

// --- matrices --------------------------------------------------------------------------------

static int is_matrix(const struct param *p)
{
    return p->rank == 2 && strcmp(p->name, "wpe.weight") != 0;
}

static double mean_square(size_t n, const float *x)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += (double)x[i] * (double)x[i];
    return sum / (double)n;
}

static double square_distance(size_t n, const float *x, const float *y)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += ((double)x[i] - (double)y[i]) * ((double)x[i] - (double)y[i]);
    return sum;
}

// print_error prints the error of a matrix as one type.
static void print_error(enum quant_type type, const struct param *p, double square, FILE *out)
{
    int O = p->shape[0], C = p->shape[1];
    if (!quant_fits(type, C)) {
        fprintf(out, "\t-");
        return;
    }
    void *rows = malloc((size_t)O * quant_row_bytes(type, C));
    float *back = malloc(p->size * sizeof *back);
    if (!rows || !back) die("out of memory: %zu weights", p->size);
    quant_rows(type, O, C, p->data, rows);
    quant_rows_floats(type, O, C, rows, back);
    double error = square_distance(p->size, p->data, back) / (double)p->size;
    fprintf(out, "\t%.2f", square > 0 ? 100 * sqrt(error / square) : 0);
    free(rows);
    free(back);
}

void blocks_run_tensors(const struct gpt *m, FILE *out)
{
    fprintf(out, "matrix\trows\tcolumns\tlargest\tQ8_0 %%\tQ4_0 %%\n");
    for (int i = 0; i < gpt_params(m); i++) {
        struct param p = gpt_param(m, i);
        if (!is_matrix(&p)) continue;
        double square = mean_square(p.size, p.data), most = vec_apart(p.size, p.data, NULL);
        fprintf(out, "%s\t%d\t%d\t%.1f", p.name, p.shape[0], p.shape[1],
                square > 0 ? most / sqrt(square) : 0);
        print_error(QUANT_Q8_0, &p, square, out);
        print_error(QUANT_Q4_0, &p, square, out);
        fputc('\n', out);
    }
}

static enum err find(const struct gpt *m, const char *matrix, int row, struct param *p,
                     struct error *e)
{
    for (int i = 0; i < gpt_params(m); i++) {
        *p = gpt_param(m, i);
        if (!is_matrix(p) || strcmp(p->name, matrix) != 0) continue;
        if (row >= p->shape[0])
            return error_set(e, ERR_VALUE, "--row %d: %s has rows 0 to %d", row, matrix,
                             p->shape[0] - 1);
        if (p->shape[1] % QUANT_BLOCK != 0)
            return error_set(e, ERR_VALUE, "%s: rows of %d: expected whole blocks of %d", matrix,
                             p->shape[1], QUANT_BLOCK);
        return ERR_NONE;
    }
    return error_set(e, ERR_VALUE, "--matrix %s: there is none; gpt blocks lists them", matrix);
}

enum err blocks_run_row(const struct gpt *m, const char *matrix, int row, FILE *out,
                        struct error *e)
{
    struct param p = {0};
    enum err code = find(m, matrix, row, &p, e);
    if (code) return code;
    const float *x = p.data + (size_t)row * (size_t)p.shape[1];
    struct quant_q8_0 eight;
    struct quant_q4_0 four;
    float back8[QUANT_BLOCK], back4[QUANT_BLOCK];
    quant_to_q8_0(QUANT_BLOCK, x, &eight);
    quant_to_q4_0(QUANT_BLOCK, x, &four);
    quant_from_q8_0(QUANT_BLOCK, &eight, back8);
    quant_from_q4_0(QUANT_BLOCK, &four, back4);
    fprintf(out, "scale\tQ8_0 %.6f\tQ4_0 %.6f\n", (double)half_to_float(eight.d),
            (double)half_to_float(four.d));
    // + 0.0 makes 0 of -0, which is 0 times a scale below 0.
    for (int i = 0; i < QUANT_BLOCK; i++) {
        int byte = four.q[i % 16], q = i < 16 ? byte & 15 : byte >> 4;
        fprintf(out, "%.4f\t%d\t%.4f\t%d\t%.4f\n", (double)x[i], eight.q[i], (double)back8[i] + 0.0,
                q, (double)back4[i] + 0.0);
    }
    return ERR_NONE;
}

// --- sizes of blocks -------------------------------------------------------------------------

// put_outliers puts the first weight of each row at so many root mean squares.
static void put_outliers(struct gpt *m, float outlier)
{
    for (int i = 0; i < gpt_params(m); i++) {
        struct param p = gpt_param(m, i);
        if (!is_matrix(&p)) continue;
        float far = outlier * (float)sqrt(mean_square(p.size, p.data));
        for (int o = 0; o < p.shape[0]; o++) p.data[(size_t)o * (size_t)p.shape[1]] = far;
    }
}

static int cuts_all(const struct gpt *m, int block)
{
    for (int i = 0; i < gpt_params(m); i++) {
        struct param p = gpt_param(m, i);
        if (is_matrix(&p) && p.shape[1] % block != 0) return 0;
    }
    return 1;
}

// round_all rounds all matrices, and returns the error of all, but of the first `left_out` weights
// of each row, in percent.
static double round_all(struct gpt *m, int bits, int block, int left_out)
{
    double error = 0, square = 0;
    for (int i = 0; i < gpt_params(m); i++) {
        struct param p = gpt_param(m, i);
        if (!is_matrix(&p)) continue;
        size_t C = (size_t)p.shape[1], first = (size_t)left_out;
        float *before = malloc(p.size * sizeof *before);
        if (!before) die("out of memory: %zu weights", p.size);
        memcpy(before, p.data, p.size * sizeof *before);
        blocks_round(bits, block, p.size, p.data);
        for (size_t at = first; at < p.size; at += C) {
            error += square_distance(C - first, before + at, p.data + at);
            square += mean_square(C - first, before + at) * (double)(C - first);
        }
        free(before);
    }
    return square > 0 ? 100 * sqrt(error / square) : 0;
}

// print_size rounds m and prints a row.
static void print_size(struct gpt *m, int bits, int block, int left_out,
                       const struct blocks_text *text, FILE *out)
{
    fprintf(out, "%d\t%g\t%.2f", block, bits + 16.0 / block, round_all(m, bits, block, left_out));
    if (text) {
        struct tape *t = tape_new();
        double nats = evaluate_loss(m, t, text->n, text->ids, 0);
        fprintf(out, "\t%.4f", bits_per_byte(nats, text->n, text->bytes));
        tape_free(t);
    }
    fputc('\n', out);
}

enum err blocks_run_sizes(struct gpt *m, int bits, int block, float outlier,
                          const struct blocks_text *text, FILE *out, struct error *e)
{
    if (block && !cuts_all(m, block))
        return error_set(e, ERR_VALUE, "--block %d: not all rows are whole blocks of it", block);
    size_t n = gpt_weights(m), size = n * sizeof(float);
    float *kept = malloc(2 * size), *moved = kept + n, *weights = gpt_data(m);
    if (!kept) die("out of memory: %zu bytes of weights", 2 * size);
    memcpy(kept, weights, size);
    if (outlier != 0) put_outliers(m, outlier);
    memcpy(moved, weights, size);
    fprintf(out, "block\tbits\terror %%%s\n", text ? "\tbits/byte" : "");
    for (int size_of = block ? block : SMALLEST; cuts_all(m, size_of); size_of *= 2) {
        memcpy(weights, moved, size);
        print_size(m, bits, size_of, outlier != 0, text, out);
        if (block) break;
    }
    memcpy(weights, kept, size);
    free(kept);
    return ERR_NONE;
}
