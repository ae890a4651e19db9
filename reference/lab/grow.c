#include "grow.h"

#include <math.h>

void grow_matrix(int O, int I, const float *w, int O2, int I2, float deviation, struct random *r,
                 float *y)
{
    // SOLUTION BEGIN
    for (int o = 0; o < O2; o++)
        for (int i = 0; i < I2; i++) {
            if (o >= O)
                y[o * I2 + i] = deviation * random_normal(r);
            else
                y[o * I2 + i] = i < I ? w[o * I + i] : 0;
        }
    // SOLUTION END
}

int grow_plateau(struct grow_progress *p, int N, float bits)
{
    // SOLUTION BEGIN
    p->seen += N;
    p->sum += (float)N * bits;
    if (p->seen < p->span) return 0;
    float mean = p->sum / (float)p->seen;
    int flat = p->before >= 0 && p->before - mean < p->least;
    p->before = mean;
    p->seen = 0, p->sum = 0;
    return flat;
    // SOLUTION END
}

float grow_covariance(int N, int V, const float *out, const float *error, float keep,
                      float *covariance, float *slope)
{
    // SOLUTION BEGIN
    float middle = 0, S = 0;
    for (int n = 0; n < N; n++) middle += out[n] / (float)N;
    for (int n = 0; n < N; n++) slope[n] = 0;
    for (int v = 0; v < V; v++) {
        float mean = 0, now = 0;
        for (int n = 0; n < N; n++) mean += error[n * V + v] / (float)N;
        for (int n = 0; n < N; n++) now += (out[n] - middle) * (error[n * V + v] - mean) / (float)N;
        covariance[v] = keep * covariance[v] + (1 - keep) * now;
        S += fabsf(covariance[v]);
        float sign = covariance[v] < 0 ? -1 : 1;
        for (int n = 0; n < N; n++) slope[n] += sign * (error[n * V + v] - mean) / (float)N;
    }
    return S;
    // SOLUTION END
}

void grow_usual(struct grow_watch *w, int n, const float *bits)
{
    // SOLUTION BEGIN
    double sum = 0, squares = 0;
    for (int i = 0; i < n; i++) sum += (double)bits[i];
    w->mean = w->average = (float)(sum / n);
    for (int i = 0; i < n; i++) {
        w->average = w->keep * w->average + (1 - w->keep) * bits[i];
        double off = (double)(w->average - w->mean);
        squares += off * off;
    }
    w->deviation = (float)sqrt(squares / n);
    w->average = w->mean;
    // SOLUTION END
}

int grow_novel(struct grow_watch *w, float bits)
{
    // SOLUTION BEGIN
    w->average = w->keep * w->average + (1 - w->keep) * bits;
    return w->average > w->mean + GROW_DEVIATIONS * w->deviation;
    // SOLUTION END
}

int grow_route(int columns, float keep, const float *bits, float *average)
{
    // SOLUTION BEGIN
    int best = 0;
    for (int c = 0; c < columns; c++) {
        average[c] = keep * average[c] + (1 - keep) * bits[c];
        if (average[c] < average[best]) best = c;
    }
    return best;
    // SOLUTION END
}
