// Another way: helpers for the mean and the moving average; errors whose mean is taken from them
// before anything is multiplied.
#include "grow.h"

#include <math.h>
#include <stdlib.h>

static float mean_of(int n, int apart, const float *x)
{
    float sum = 0;
    for (int i = 0; i < n; i++) sum += x[i * apart];
    return sum / (float)n;
}

static float moved(float keep, float average, float bits)
{
    return keep * average + (1 - keep) * bits;
}

static float weight(int O, int I, const float *w, int o, int i)
{
    return o < O && i < I ? w[o * I + i] : 0;
}

void grow_matrix(int O, int I, const float *w, int O2, int I2, float deviation, struct random *r,
                 float *y)
{
    for (int k = 0; k < O2 * I2; k++) {
        int o = k / I2, i = k % I2;
        y[k] = weight(O, I, w, o, i);
        if (o >= O) y[k] += deviation * random_normal(r);
    }
}

int grow_plateau(struct grow_progress *p, int N, float bits)
{
    struct grow_progress next = *p;
    int flat = 0;
    next.seen += N;
    next.sum += (float)N * bits;
    if (next.seen >= p->span) {
        next = (struct grow_progress){
            .span = p->span, .least = p->least, .before = next.sum / (float)next.seen};
        flat = p->before >= 0 && !(p->before - next.before >= p->least);
    }
    *p = next;
    return flat;
}

float grow_covariance(int N, int V, const float *out, const float *error, float keep,
                      float *covariance, float *slope)
{
    float S = 0, middle = mean_of(N, 1, out), *off = malloc(sizeof *off * (size_t)N);
    if (!off) abort();
    for (int n = 0; n < N; n++) slope[n] = 0;
    for (int v = 0; v < V; v++) {
        float mean = mean_of(N, V, error + v), sum = 0;
        for (int n = 0; n < N; n++) off[n] = error[n * V + v] - mean;
        for (int n = 0; n < N; n++) sum += (out[n] - middle) * off[n];
        covariance[v] = moved(keep, covariance[v], sum / (float)N);
        float way = covariance[v] >= 0 ? 1 : -1;
        S += way * covariance[v];
        for (int n = 0; n < N; n++) slope[n] += way * off[n] / (float)N;
    }
    free(off);
    return S;
}

void grow_usual(struct grow_watch *w, int n, const float *bits)
{
    float squares = 0, average = w->mean = mean_of(n, 1, bits);
    for (int i = 0; i < n; i++) {
        average = moved(w->keep, average, bits[i]);
        squares += (average - w->mean) * (average - w->mean);
    }
    w->deviation = sqrtf(squares / (float)n);
    w->average = w->mean;
}

int grow_novel(struct grow_watch *w, float bits)
{
    w->average = moved(w->keep, w->average, bits);
    return w->average - w->mean > GROW_DEVIATIONS * w->deviation;
}

int grow_route(int columns, float keep, const float *bits, float *average)
{
    int best = -1;
    for (int c = 0; c < columns; c++) {
        average[c] = moved(keep, average[c], bits[c]);
        if (best < 0 || average[c] < average[best]) best = c;
    }
    return best;
}
