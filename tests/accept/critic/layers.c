// Another way: each layer by helpers of its own; the room d1 and d2 holds what should be, and then
// what is sent back; probabilities by log_sum_exp.
#include "critic.h"

#include "linear.h"
#include "loss.h"
#include "mathf.h"

static void layer(int size, const float *x, const float *mu, float *out, float *e)
{
    for (int i = 0; i < size; i++) {
        out[i] = x[i] * (float)(x[i] > 0);
        e[i] = x[i] - mu[i];
    }
}

void critic_errors(const struct critic *c)
{
    layer(c->N * c->H, c->x1, c->mu1, c->out1, c->e1);
    linear_forward(c->N, c->H, c->H, c->out1, c->w2, c->b2, c->d2);
    layer(c->N * c->H, c->x2, c->d2, c->out2, c->e2);
    linear_forward(c->N, c->H, c->V, c->out2, c->w3, c->b3, c->p);
    for (int n = 0; n < c->N; n++) {
        float *p = c->p + n * c->V, *e = c->e3 + n * c->V, lse = log_sum_exp(c->V, p);
        for (int v = 0; v < c->V; v++) e[v] = p[v] = mathf_exp(p[v] - lse);
        e[c->target[n]] -= 1;
    }
}

static float squares(int size, const float *e)
{
    float sum = 0;
    for (int i = 0; i < size; i++) sum += e[i] * e[i];
    return sum;
}

float critic_tension(const struct critic *c)
{
    float sum = 0;
    for (int n = 0; n < c->N; n++) {
        sum += c->pi * (squares(c->H, c->e1 + n * c->H) + squares(c->H, c->e2 + n * c->H)) / 2;
        sum -= mathf_log(c->p[n * c->V + c->target[n]]);
    }
    return sum / (float)c->N;
}

// move takes a step down, given a state's error and what is pulled at from above, weighed.
static void move(int size, float rate, const float *e, float weight, const float *above, float *x)
{
    for (int i = 0; i < size; i++) {
        float slope = e[i];
        if (x[i] > 0) slope += weight * above[i];
        x[i] -= rate * slope;
    }
}

void critic_relax(const struct critic *c, float rate)
{
    int size = c->N * c->H;
    for (int i = 0; i < size; i++) c->d1[i] = c->d2[i] = 0;
    linear_backward(c->N, c->H, c->V, NULL, c->w3, c->e3, c->d2, NULL, NULL);
    linear_backward(c->N, c->H, c->H, NULL, c->w2, c->e2, c->d1, NULL, NULL);
    move(size, rate, c->e2, 1 / c->pi, c->d2, c->x2);
    move(size, rate, c->e1, -1, c->d1, c->x1);
}

void critic_slopes(const struct critic *c, float *by_mu1, float *dw2, float *db2, float *dw3,
                   float *db3)
{
    float weight = -c->pi / (float)c->N;
    for (int i = 0; i < c->N * c->H; i++)
        by_mu1[i] = weight * c->e1[i], c->d2[i] = weight * c->e2[i];
    for (int i = 0; i < c->N * c->V; i++) c->e3[i] /= (float)c->N;
    linear_backward(c->N, c->H, c->V, c->out2, NULL, c->e3, NULL, dw3, db3);
    linear_backward(c->N, c->H, c->H, c->out1, NULL, c->d2, NULL, dw2, db2);
}

float critic_trust(int N, int V, const float *p, const int32_t *target, float epsilon, float rate,
                   float *q)
{
    float lot = epsilon / (float)V, mean = 0;
    for (int n = 0; n < N; n++) {
        float noise = lot / ((1 - epsilon) * p[n * V + target[n]] + lot);
        q[n] = 1 - noise;
        mean += noise / (float)N;
    }
    return (1 - rate) * epsilon + rate * mean;
}
