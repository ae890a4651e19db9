#include "net.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "linear.h"
#include "loss.h"
#include "random.h"

float *net_zeros(size_t n)
{
    float *x = calloc(n, sizeof *x);
    if (!x) die("out of memory: %zu numbers", n);
    return x;
}

int net_width(const struct net *n, int l)
{
    const struct net_shape *s = &n->shape;
    if (l == 0) return s->window * s->V;
    return l <= s->layers ? s->hidden : s->V;
}

size_t net_work(const struct net *n)
{
    size_t H = (size_t)n->shape.hidden, upper = (size_t)(n->shape.layers - 1) * H;
    return H * ((size_t)n->shape.window + upper + (size_t)n->shape.V);
}

// lay_out says where in data and grad each matrix and bias begins; counts the weights.
static void lay_out(struct net *n)
{
    size_t at = 0;
    for (int l = 0; l <= n->shape.layers; l++) {
        size_t in = (size_t)net_width(n, l), out = (size_t)net_width(n, l + 1);
        if (n->data) n->w[l] = n->data + at, n->dw[l] = n->grad + at;
        at += in * out;
        if (n->data) n->b[l] = n->data + at, n->db[l] = n->grad + at;
        at += out;
    }
    n->weights = at;
}

struct net *net_new(const struct net_shape *shape, uint64_t seed)
{
    CHECK(shape->V >= 1 && shape->window >= 1 && shape->hidden >= 1 && shape->layers >= 1 &&
              shape->layers <= NET_LAYERS,
          "V=%d window=%d hidden=%d layers=%d", shape->V, shape->window, shape->hidden,
          shape->layers);
    struct net *n = calloc(1, sizeof *n);
    if (!n) die("out of memory: a network");
    n->shape = *shape;
    n->epsilon = 1e-8f;
    lay_out(n);
    n->data = net_zeros(n->weights), n->grad = net_zeros(n->weights);
    n->m = net_zeros(n->weights), n->v = net_zeros(n->weights);
    lay_out(n);
    struct random random = random_start(seed, RANDOM_INIT);
    for (int l = 0; l <= shape->layers; l++) {
        size_t size = (size_t)net_width(n, l) * (size_t)net_width(n, l + 1);
        float inputs = (float)(l ? net_width(n, l) : shape->window);
        float deviation = sqrtf(2 / inputs) * (l == shape->layers ? 0.1f : 1);
        for (size_t i = 0; i < size; i++) n->w[l][i] = deviation * random_normal(&random);
        n->x[l + 1] = net_zeros(LAB_BATCH * (size_t)net_width(n, l + 1));
        n->dx[l + 1] = net_zeros(LAB_BATCH * (size_t)net_width(n, l + 1));
    }
    return n;
}

void net_free(struct net *n)
{
    if (!n) return;
    for (int l = 1; l <= n->shape.layers + 1; l++) free(n->x[l]), free(n->dx[l]);
    free(n->data), free(n->grad), free(n->m), free(n->v);
    free(n);
}

// rows_of writes the rows of the first matrix that a place uses, and returns how many these are.
static int rows_of(int V, int window, const int32_t *ids, size_t at, size_t *row)
{
    int count = 0;
    for (int t = 0; t < window && (size_t)t < at; t++)
        row[count++] = (size_t)t * (size_t)V + (size_t)ids[at - 1 - (size_t)t];
    return count;
}

static void rectify(size_t size, float *x)
{
    for (size_t i = 0; i < size; i++) x[i] = x[i] > 0 ? x[i] : 0;
}

void net_window_sums(int V, int window, int H, const float *w, const float *b, struct lab_places at,
                     float *y)
{
    size_t width = (size_t)H, *row = malloc(sizeof *row * (size_t)window);
    if (!row) die("out of memory: a window");
    for (int i = 0; i < at.N; i++, y += H) {
        memcpy(y, b, width * sizeof *y);
        for (int k = rows_of(V, window, at.ids, at.at[i], row); k-- > 0;) {
            const float *w_k = w + row[k] * width;
            for (size_t h = 0; h < width; h++) y[h] += w_k[h];
        }
    }
    free(row);
}

void net_window_backward(int V, int window, int H, struct lab_places at, const float *dy, float *dw,
                         float *db)
{
    size_t width = (size_t)H, *row = malloc(sizeof *row * (size_t)window);
    if (!row) die("out of memory: a window");
    for (int i = 0; i < at.N; i++, dy += H) {
        for (size_t h = 0; h < width; h++) db[h] += dy[h];
        for (int k = rows_of(V, window, at.ids, at.at[i], row); k-- > 0;) {
            float *dw_k = dw + row[k] * width;
            for (size_t h = 0; h < width; h++) dw_k[h] += dy[h];
        }
    }
    free(row);
}

void net_first_sums(const struct net *n, struct lab_places at, float *y)
{
    const struct net_shape *s = &n->shape;
    net_window_sums(s->V, s->window, s->hidden, n->w[0], n->b[0], at, y);
}

void net_first_forward(struct net *n, struct lab_places at)
{
    net_first_sums(n, at, n->x[1]);
    rectify((size_t)at.N * (size_t)n->shape.hidden, n->x[1]);
}

void net_first_backward(struct net *n, struct lab_places at, const float *dy)
{
    const struct net_shape *s = &n->shape;
    net_window_backward(s->V, s->window, s->hidden, at, dy, n->dw[0], n->db[0]);
}

void net_forward(struct net *n, struct lab_places at)
{
    int L = n->shape.layers;
    net_first_forward(n, at);
    for (int l = 1; l <= L; l++) {
        int in = net_width(n, l), out = net_width(n, l + 1);
        linear_forward(at.N, in, out, n->x[l], n->w[l], n->b[l], n->x[l + 1]);
        if (l < L) rectify((size_t)at.N * (size_t)out, n->x[l + 1]);
    }
}

void net_probabilities(struct net *n, struct lab_places at, float *p)
{
    net_forward(n, at);
    softmax_forward(at.N, n->shape.V, n->x[n->shape.layers + 1], p);
}

void net_backward(struct net *n, struct lab_places at)
{
    for (int l = n->shape.layers; l >= 1; l--) {
        int in = net_width(n, l), out = net_width(n, l + 1);
        size_t size = (size_t)at.N * (size_t)in;
        memset(n->dx[l], 0, size * sizeof(float));
        linear_backward(at.N, in, out, n->x[l], n->w[l], n->dx[l + 1], n->dx[l], n->dw[l],
                        n->db[l]);
        for (size_t i = 0; i < size; i++) n->dx[l][i] = n->x[l][i] > 0 ? n->dx[l][i] : 0;
    }
    net_first_backward(n, at, n->dx[1]);
}

float net_loss(const struct net *n, struct lab_places at, int32_t *target, float *lse)
{
    float loss[LAB_BATCH], sum = 0;
    for (int i = 0; i < at.N; i++) target[i] = at.ids[at.at[i]];
    cross_entropy_forward(at.N, n->shape.V, n->x[n->shape.layers + 1], target, lse, loss);
    for (int i = 0; i < at.N; i++) sum += loss[i];
    return sum / (float)at.N;
}

struct optim net_adam(float rate, int step)
{
    return (struct optim){
        .lr = rate, .scale = 1, .beta1 = 0.9f, .beta2 = 0.999f, .epsilon = 1e-8f, .step = step};
}

void net_update(struct net *n, float rate)
{
    struct optim o = net_adam(rate, ++n->step);
    o.epsilon = n->epsilon;
    adamw_step(&o, n->weights, n->data, n->grad, n->m, n->v);
    memset(n->grad, 0, n->weights * sizeof *n->grad);
}

int net_updates(size_t examples)
{
    return (int)((examples + LAB_BATCH - 1) / LAB_BATCH);
}

float net_rate(int step, int steps, float rate)
{
    return learning_rate(step < steps ? step : steps - 1, 0, steps, rate, rate / 20);
}
