#include "bigram_loss.h"

#include <stdlib.h>
#include <string.h>

#include "calibration.h"
#include "loss.h"
#include "ngram.h"

static float *floats(size_t n)
{
    float *x = malloc(n * sizeof *x);
    if (!x) die("out of memory: %zu floats", n);
    return x;
}

// counted returns the teacher's table.
static float *counted(const struct bigram *b)
{
    float *q = floats((size_t)b->V * (size_t)b->V);
    for (int32_t before = 0; before < b->V; before++) {
        for (int32_t after = 0; after < b->V; after++)
            q[(ptrdiff_t)before * b->V + after] =
                (float)ngram_probability(b->text.model, 1, &before, after);
    }
    return q;
}

enum err bigram_loss_open(const char *name, float weight, const struct bigram *b,
                          struct bigram_loss *l, struct error *e)
{
    const struct loss_kind *kind;
    enum err code = losses_find(name, &kind, e);
    if (!code) code = losses_weight(kind, &weight, e);
    if (code) return code;
    *l = (struct bigram_loss){.kind = kind,
                              .weight = weight,
                              .scores = b->scores,
                              .teacher = kind->taught ? counted(b) : NULL,
                              .slope = floats((size_t)b->V)};
    return ERR_NONE;
}

void bigram_loss_close(struct bigram_loss *l)
{
    free(l->teacher);
    free(l->slope);
    *l = (struct bigram_loss){0};
}

static double row(void *context, int V, const float *x, int32_t target, float scale, float *dx)
{
    const struct bigram_loss *l = context;
    const float *q = l->teacher ? l->teacher + (x - l->scores) : NULL;
    l->kind->row(V, x, target, l->weight, q, l->slope);
    for (int v = 0; v < V; v++) dx[v] += scale * l->slope[v];
    return (double)(log_sum_exp(V, x) - x[target]);
}

struct row_loss bigram_loss_row(struct bigram_loss *l)
{
    if (strcmp(l->kind->name, "cross-entropy") == 0)
        return (struct row_loss){gradient_surprise, NULL};
    return (struct row_loss){row, l};
}

void bigram_loss_report(const struct bigram *b, const struct bigram_loss *l, int bins, FILE *out)
{
    struct calibration c = {0};
    float *p = floats((size_t)b->V);
    for (int before = 0; before < b->V; before++) {
        ptrdiff_t at = (ptrdiff_t)before * b->V;
        calibration_add(&c, b->V, b->scores + at, b->val + at, p);
    }
    free(p);
    if (bins) {
        calibration_bins(&c, out);
    } else {
        calibration_header(out);
        calibration_row(&c, l->kind->name, out);
    }
}
