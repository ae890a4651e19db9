#include "xor.h"

#include "error.h"
#include "grow.h"
#include "mathf.h"

static float input(int i, int bit)
{
    return i >> bit & 1 ? 1 : -1;
}

static float target(int i)
{
    return (float)((i & 1) ^ (i >> 1));
}

struct xor_net xor_new(int units, struct random *r)
{
    CHECK(units >= 1 && units <= XOR_UNITS, "units=%d", units);
    struct xor_net n = {.units = units};
    for (int u = 0; u < units; u++) {
        n.w[u][0] = random_normal(r), n.w[u][1] = random_normal(r);
        n.v[u] = random_normal(r);
    }
    return n;
}

// forward writes the hidden units of case i and returns p.
static float forward(const struct xor_net *n, int i, float h[XOR_UNITS])
{
    float sum = n->c;
    for (int u = 0; u < n->units; u++) {
        h[u] = mathf_tanh(n->b[u] + n->w[u][0] * input(i, 0) + n->w[u][1] * input(i, 1));
        sum += n->v[u] * h[u];
    }
    return 1 / (1 + mathf_exp(-sum));
}

int xor_answer(const struct xor_net *n, int i, float *p)
{
    float h[XOR_UNITS];
    *p = forward(n, i, h);
    return (*p > 0.5f) == (target(i) > 0.5f);
}

static void step(struct xor_net *n, float rate)
{
    struct xor_net next = *n;
    float h[XOR_UNITS];
    for (int i = 0; i < XOR_CASES; i++) {
        float back = rate * (forward(n, i, h) - target(i)) / XOR_CASES;
        next.c -= back;
        for (int u = 0; u < n->units; u++) {
            float inner = back * n->v[u] * (1 - h[u] * h[u]);
            next.v[u] -= back * h[u];
            next.b[u] -= inner;
            next.w[u][0] -= inner * input(i, 0), next.w[u][1] -= inner * input(i, 1);
        }
    }
    *n = next;
}

void xor_train(struct xor_net *n, int steps, float rate)
{
    for (int s = 0; s < steps; s++) step(n, rate);
}

void xor_grow(struct xor_net *n, struct random *r)
{
    CHECK(n->units < XOR_UNITS, "units=%d", n->units);
    struct xor_net was = *n;
    int u = n->units++;
    grow_matrix(u, 2, was.w[0], u + 1, 2, 1, r, n->w[0]);
    grow_matrix(u, 1, was.b, u + 1, 1, 0, r, n->b);
    grow_matrix(1, u, was.v, 1, u + 1, 0, r, n->v);
}

int xor_solved(const struct xor_net *n)
{
    float p;
    for (int i = 0; i < XOR_CASES; i++)
        if (!xor_answer(n, i, &p)) return 0;
    return 1;
}
