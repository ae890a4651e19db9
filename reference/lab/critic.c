#include "critic.h"

#include <string.h>

#include "linear.h"
#include "loss.h"
#include "mathf.h"

void critic_errors(const struct critic *c)
{
    // SOLUTION BEGIN
    int size = c->N * c->H;
    for (int i = 0; i < size; i++) c->out1[i] = c->x1[i] > 0 ? c->x1[i] : 0;
    for (int i = 0; i < size; i++) c->out2[i] = c->x2[i] > 0 ? c->x2[i] : 0;
    linear_forward(c->N, c->H, c->H, c->out1, c->w2, c->b2, c->e2);
    for (int i = 0; i < size; i++) {
        c->e1[i] = c->x1[i] - c->mu1[i];
        c->e2[i] = c->x2[i] - c->e2[i];
    }
    linear_forward(c->N, c->H, c->V, c->out2, c->w3, c->b3, c->p);
    softmax_forward(c->N, c->V, c->p, c->p);
    memcpy(c->e3, c->p, sizeof(float) * (size_t)(c->N * c->V));
    for (int n = 0; n < c->N; n++) c->e3[n * c->V + c->target[n]] -= 1;
    // SOLUTION END
}

float critic_tension(const struct critic *c)
{
    // SOLUTION BEGIN
    float squares = 0, surprise = 0;
    for (int i = 0; i < c->N * c->H; i++) squares += c->e1[i] * c->e1[i] + c->e2[i] * c->e2[i];
    for (int n = 0; n < c->N; n++) surprise -= mathf_log(c->p[n * c->V + c->target[n]]);
    return (c->pi / 2 * squares + surprise) / (float)c->N;
    // SOLUTION END
}

void critic_relax(const struct critic *c, float rate)
{
    // SOLUTION BEGIN
    int size = c->N * c->H;
    memset(c->d1, 0, sizeof(float) * (size_t)size);
    memset(c->d2, 0, sizeof(float) * (size_t)size);
    linear_backward(c->N, c->H, c->H, NULL, c->w2, c->e2, c->d1, NULL, NULL);
    linear_backward(c->N, c->H, c->V, NULL, c->w3, c->e3, c->d2, NULL, NULL);
    for (int i = 0; i < size; i++) {
        float above1 = c->x1[i] > 0 ? c->d1[i] : 0, above2 = c->x2[i] > 0 ? c->d2[i] : 0;
        c->x1[i] -= rate * (c->e1[i] - above1);
        c->x2[i] -= rate * (c->e2[i] + above2 / c->pi);
    }
    // SOLUTION END
}

void critic_slopes(const struct critic *c, float *by_mu1, float *dw2, float *db2, float *dw3,
                   float *db3)
{
    // SOLUTION BEGIN
    float share = 1 / (float)c->N;
    for (int i = 0; i < c->N * c->H; i++) {
        by_mu1[i] = -c->pi * share * c->e1[i];
        c->e2[i] *= -c->pi * share;
    }
    for (int i = 0; i < c->N * c->V; i++) c->e3[i] *= share;
    linear_backward(c->N, c->H, c->H, c->out1, NULL, c->e2, NULL, dw2, db2);
    linear_backward(c->N, c->H, c->V, c->out2, NULL, c->e3, NULL, dw3, db3);
    // SOLUTION END
}

float critic_trust(int N, int V, const float *p, const int32_t *target, float epsilon, float rate,
                   float *q)
{
    // SOLUTION BEGIN
    float doubt = 0;
    for (int n = 0; n < N; n++) {
        float real = (1 - epsilon) * p[n * V + target[n]];
        q[n] = real / (real + epsilon / (float)V);
        doubt += 1 - q[n];
    }
    return epsilon + rate * (doubt / (float)N - epsilon);
    // SOLUTION END
}
