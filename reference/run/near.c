#include "near.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ride.h"
#include "tokenize.h"

static float *new_floats(int n)
{
    float *x = malloc((size_t)n * sizeof *x);
    if (!x) die("out of memory: %d floats", n);
    return x;
}

struct tensor near_embeddings(const struct gpt *m)
{
    for (int i = 0; i < gpt_params(m); i++) {
        struct param p = gpt_param(m, i);
        if (strcmp(p.name, "wte.weight") == 0) return tensor_of(p.rank, p.shape, p.data);
    }
    CHECK(0, "no wte.weight among %d tensors", gpt_params(m));
    return (struct tensor){0};
}

float *near_directions(struct tensor table)
{
    float *data = new_floats(tensor_size(table)), *by = calloc((size_t)table.shape[0], sizeof *by);
    if (!by) die("out of memory: %d floats", table.shape[0]);
    struct tensor rows = tensor_of(2, table.shape, data);
    struct tensor lengths = tensor_of(2, (int[]){table.shape[0], 1}, by);
    tensor_mul(table, table, rows);
    tensor_sum_to(rows, lengths);  // of the squares
    for (int v = 0; v < table.shape[0]; v++) by[v] = by[v] > 0 ? 1 / sqrtf(by[v]) : 0;
    tensor_mul(table, lengths, rows);
    free(by);
    return data;
}

// compare computes the similarities y of each row of a with each row of b, directions all of them.
static void compare(struct tensor a, struct tensor b, struct tensor y)
{
    tensor_matmul(a, tensor_transpose(b, 0, 1), y);
}

void near_row(struct tensor directions, int row, float *alike)
{
    compare(tensor_slice(directions, 0, row, 1, 1), directions,
            tensor_of(2, (int[]){1, directions.shape[0]}, alike));
}

// read_tokens writes the ids of text, n of them, 1 to `most`, to memory from malloc.
static enum err read_tokens(const struct tokenizer *tok, const char *text, size_t most,
                            int32_t **ids, size_t *n, struct error *e)
{
    enum err code = tokenizer_encode(tok, strlen(text), text, ids, n, e);
    if (code) return error_in(e, code, "the text");
    // What is put before every text is no part of this one.
    if (tokenizer_bos(tok) >= 0) memmove(*ids, *ids + 1, --*n * sizeof **ids);
    if (*n >= 1 && *n <= most) return ERR_NONE;
    free(*ids);
    if (most == 1)
        return error_set(e, ERR_VALUE, "'%s' is %zu tokens: expected one; try ' %s'", text, *n,
                         text);
    return error_set(e, ERR_VALUE, "the text has %zu tokens: expected 1 to %zu", *n, most);
}

enum err near_list(const struct gpt *m, const struct tokenizer *tok, const char *text, int count,
                   FILE *out, struct error *e)
{
    int32_t *ids;
    size_t n;
    enum err code = read_tokens(tok, text, 1, &ids, &n, e);
    if (code) return code;
    int V = gpt_config(m)->vocab, C = gpt_config(m)->channels;
    float *data = near_directions(near_embeddings(m)), *alike = new_floats(V);
    struct tensor rows = tensor_of(2, (int[]){V, C}, data);
    near_row(rows, ids[0], alike);
    fprintf(out, "(1, %d) by (%d, %d): %.0f flops\n", C, C, V, 2.0 * C * V);
    for (int i = 0; i < count && i < V; i++) {
        int32_t id = ride_argmax(V, alike);
        fprintf(out, "%.4f\t%d\t", (double)alike[id], id);
        tokenize_show(tok, id, out);
        fputc('\n', out);
        alike[id] = -INFINITY;
    }
    free(data);
    free(alike);
    free(ids);
    return ERR_NONE;
}

enum err near_table(const struct gpt *m, const struct tokenizer *tok, const char *text, FILE *out,
                    struct error *e)
{
    int32_t *ids;
    size_t count;
    enum err code = read_tokens(tok, text, NEAR_MOST, &ids, &count, e);
    if (code) return code;
    int N = (int)count, C = gpt_config(m)->channels;
    float *data = near_directions(near_embeddings(m)), *chosen = new_floats(N * C),
          *alike = new_floats(N * N);
    struct tensor all = tensor_of(2, (int[]){gpt_config(m)->vocab, C}, data);
    struct tensor rows = tensor_of(2, (int[]){N, C}, chosen),
                  y = tensor_of(2, (int[]){N, N}, alike);
    for (int i = 0; i < N; i++)
        tensor_copy(tensor_slice(all, 0, ids[i], 1, 1), tensor_slice(rows, 0, i, 1, 1));
    compare(rows, rows, y);
    fputs("token", out);
    for (int i = 0; i < N; i++) fputc('\t', out), tokenize_show(tok, ids[i], out);
    fputc('\n', out);
    for (int i = 0; i < N; i++) {
        tokenize_show(tok, ids[i], out);
        // Rounded first, so that no 0 has a sign.
        for (int j = 0; j < N; j++)
            fprintf(out, "\t%.2f", floor(100 * (double)*tensor_at(y, (int[]){i, j}) + 0.5) / 100);
        fputc('\n', out);
    }
    free(data);
    free(chosen);
    free(alike);
    free(ids);
    return ERR_NONE;
}
