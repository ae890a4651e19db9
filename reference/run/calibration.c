#include "calibration.h"

#include <math.h>
#include <stddef.h>

#include "loss.h"

void calibration_guess(struct calibration *c, double confidence, double count, double right)
{
    int at = (int)(confidence * CALIBRATION_BINS);
    struct calibration_bin *bin = c->bins + (at < CALIBRATION_BINS ? at : CALIBRATION_BINS - 1);
    c->count += count;
    bin->count += count;
    bin->confidence += count * confidence;
    bin->right += right;
}

void calibration_add(struct calibration *c, int V, const float *x, const int64_t *after, float *p)
{
    double count = 0, entropy = 0, lse = (double)log_sum_exp(V, x);
    int guess = 0;
    softmax_forward(1, V, x, p);
    for (int v = 0; v < V; v++) {
        double surprise = lse - (double)x[v];
        entropy += (double)p[v] * surprise;
        count += (double)after[v];
        c->nats += (double)after[v] * surprise;
        if (p[v] > p[guess]) guess = v;
    }
    c->entropy += count * entropy;
    c->lse += count * lse;
    calibration_guess(c, (double)p[guess], count, (double)after[guess]);
}

double calibration_error(const struct calibration *c)
{
    double sum = 0;
    for (int i = 0; i < CALIBRATION_BINS; i++)
        sum += fabs(c->bins[i].confidence - c->bins[i].right);
    return sum / c->count;
}

void calibration_header(FILE *out)
{
    fprintf(out, "%-14s%8s%9s%9s%12s%9s%8s\n", "loss", "bits", "entropy", "right %", "confidence %",
            "error %", "lse");
}

void calibration_row(const struct calibration *c, const char *name, FILE *out)
{
    const double bits = 1 / log(2) / c->count, share = 100 / c->count;
    double right = 0, confidence = 0;
    for (int i = 0; i < CALIBRATION_BINS; i++) {
        right += c->bins[i].right;
        confidence += c->bins[i].confidence;
    }
    fprintf(out, "%-14s%8.4f%9.4f%9.2f%12.2f%9.2f%8.2f\n", name, c->nats * bits, c->entropy * bits,
            right * share, confidence * share, 100 * calibration_error(c), c->lse / c->count);
}

void calibration_bins(const struct calibration *c, FILE *out)
{
    for (int i = 0; i < CALIBRATION_BINS; i++) {
        const struct calibration_bin *bin = c->bins + i;
        if (bin->count > 0)
            fprintf(out, "%.2f\t%.2f\t%.2f\n", 100 * bin->confidence / bin->count,
                    100 * bin->right / bin->count, 100 * bin->count / c->count);
    }
}
