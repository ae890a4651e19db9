// Another way: sums in doubles, the matrix by rows, covariances from the mean of products.
#include "grow.h"

#include <math.h>
#include <string.h>

void grow_matrix(int O, int I, const float *w, int O2, int I2, float deviation, struct random *r,
                 float *y)
{
    memset(y, 0, sizeof *y * (size_t)(O2 * I2));
    for (int o = 0; o < O; o++) memcpy(y + o * I2, w + o * I, sizeof *y * (size_t)I);
    for (int k = O * I2; k < O2 * I2; k++) y[k] = random_normal(r) * deviation;
}

int grow_plateau(struct grow_progress *p, int N, float bits)
{
    float before = p->before;
    p->sum += bits * (float)N;
    p->seen += N;
    if (p->seen >= p->span) {
        p->before = p->sum / (float)p->seen;
        p->sum = 0;
        p->seen = 0;
        if (before < 0) return 0;
        return p->before > before - p->least;
    }
    return 0;
}

float grow_covariance(int N, int V, const float *out, const float *error, float keep,
                      float *covariance, float *slope)
{
    double S = 0;
    memset(slope, 0, sizeof *slope * (size_t)N);
    for (int v = 0; v < V; v++) {
        double product = 0, outs = 0, errors = 0;
        for (int n = 0; n < N; n++) {
            product += (double)out[n] * (double)error[n * V + v];
            outs += (double)out[n];
            errors += (double)error[n * V + v];
        }
        double now = product / N - outs / N * errors / N;
        covariance[v] += (1 - keep) * ((float)now - covariance[v]);
        S += fabs((double)covariance[v]);
        for (int n = 0; n < N; n++) {
            double off = ((double)error[n * V + v] - errors / N) / N;
            slope[n] += (float)(covariance[v] >= 0 ? off : -off);
        }
    }
    return (float)S;
}

void grow_usual(struct grow_watch *w, int n, const float *bits)
{
    double mean = 0, squares = 0, average;
    for (int i = 0; i < n; i++) mean += (double)bits[i] / n;
    average = mean;
    for (int i = 0; i < n; i++) {
        average += (1 - (double)w->keep) * ((double)bits[i] - average);
        squares += (average - mean) * (average - mean) / n;
    }
    w->deviation = (float)sqrt(squares);
    w->average = w->mean = (float)mean;
}

int grow_novel(struct grow_watch *w, float bits)
{
    w->average += (1 - w->keep) * (bits - w->average);
    return (w->average - w->mean) / GROW_DEVIATIONS > w->deviation;
}

int grow_route(int columns, float keep, const float *bits, float *average)
{
    for (int c = 0; c < columns; c++) average[c] += (1 - keep) * (bits[c] - average[c]);
    int best = columns - 1;
    for (int c = columns - 2; c >= 0; c--)
        if (average[c] <= average[best]) best = c;
    return best;
}
