// Another way: plain loops in double, place by place, without the room that is offered.
#include "critic.h"

#include <math.h>
#include <stdlib.h>

static double positive(float x)
{
    return x > 0 ? (double)x : 0;
}

void critic_errors(const struct critic *c)
{
    int H = c->H, V = c->V;
    for (int n = 0; n < c->N; n++) {
        const float *x1 = c->x1 + n * H, *x2 = c->x2 + n * H;
        double sum = 0, most = -INFINITY;
        for (int h = 0; h < H; h++) {
            double mu = (double)c->b2[h];
            for (int k = 0; k < H; k++) mu += (double)c->w2[h * H + k] * positive(x1[k]);
            c->e2[n * H + h] = (float)((double)x2[h] - mu);
            c->e1[n * H + h] = x1[h] - c->mu1[n * H + h];
            c->out1[n * H + h] = (float)positive(x1[h]);
            c->out2[n * H + h] = (float)positive(x2[h]);
        }
        double *logit = malloc(sizeof *logit * (size_t)V);
        if (!logit) abort();
        for (int v = 0; v < V; v++) {
            logit[v] = (double)c->b3[v];
            for (int h = 0; h < H; h++) logit[v] += (double)c->w3[v * H + h] * positive(x2[h]);
            most = fmax(most, logit[v]);
        }
        for (int v = 0; v < V; v++) sum += exp(logit[v] - most);
        for (int v = 0; v < V; v++) {
            c->p[n * V + v] = (float)(exp(logit[v] - most) / sum);
            c->e3[n * V + v] = c->p[n * V + v] - (v == c->target[n] ? 1.0f : 0.0f);
        }
        free(logit);
    }
}

float critic_tension(const struct critic *c)
{
    double total = 0;
    for (int n = 0; n < c->N; n++) {
        for (int h = n * c->H; h < (n + 1) * c->H; h++)
            total += (double)c->pi / 2 * (pow((double)c->e1[h], 2) + pow((double)c->e2[h], 2));
        total -= log((double)c->p[n * c->V + c->target[n]]);
    }
    return (float)(total / c->N);
}

void critic_relax(const struct critic *c, float rate)
{
    int H = c->H, V = c->V;
    for (int n = 0; n < c->N; n++) {
        const float *e1 = c->e1 + n * H, *e2 = c->e2 + n * H, *e3 = c->e3 + n * V;
        double step = (double)rate / (double)c->pi;
        for (int h = 0; h < H; h++) {
            double slope1 = (double)c->pi * (double)e1[h], slope2 = (double)c->pi * (double)e2[h];
            for (int k = 0; k < H && c->x1[n * H + h] > 0; k++)
                slope1 -= (double)c->pi * (double)c->w2[k * H + h] * (double)e2[k];
            for (int v = 0; v < V && c->x2[n * H + h] > 0; v++)
                slope2 += (double)c->w3[v * H + h] * (double)e3[v];
            c->x1[n * H + h] -= (float)(step * slope1);
            c->x2[n * H + h] -= (float)(step * slope2);
        }
    }
}

void critic_slopes(const struct critic *c, float *by_mu1, float *dw2, float *db2, float *dw3,
                   float *db3)
{
    int H = c->H, V = c->V;
    double pi = (double)c->pi;
    for (int n = 0; n < c->N; n++) {
        for (int h = 0; h < H; h++) {
            by_mu1[n * H + h] = (float)(-pi * (double)c->e1[n * H + h] / c->N);
            double by_mu2 = -pi * (double)c->e2[n * H + h] / c->N;
            db2[h] += (float)by_mu2;
            for (int k = 0; k < H; k++)
                dw2[h * H + k] += (float)(by_mu2 * (double)c->out1[n * H + k]);
        }
        for (int v = 0; v < V; v++) {
            double by_logit = (double)c->e3[n * V + v] / c->N;
            db3[v] += (float)by_logit;
            for (int h = 0; h < H; h++)
                dw3[v * H + h] += (float)(by_logit * (double)c->out2[n * H + h]);
        }
    }
}

float critic_trust(int N, int V, const float *p, const int32_t *target, float epsilon, float rate,
                   float *q)
{
    double kept = 0;
    for (int n = 0; n < N; n++) {
        double odds = (double)epsilon / V / ((1 - (double)epsilon) * (double)p[n * V + target[n]]);
        q[n] = (float)(1 / (1 + odds));
        kept += (double)q[n];
    }
    return (float)((1 - (double)rate) * (double)epsilon + (double)rate * (1 - kept / N));
}
