// net: what goes through and what is sent back, against plain loops in double precision.
#include "net.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "check.h"
#include "random.h"

enum { V = 5, WINDOW = 3, H = 4, LAYERS = 2, N = 3, TEXT = 6 };
static const int32_t IDS[TEXT] = {1, 4, 0, 2, 2, 3};
static const size_t AT[N] = {0, 2, 5};  // the first has nothing before it, the second too little
static const struct net_shape SHAPE = {V, WINDOW, H, LAYERS};
static const struct lab_places PLACES = {IDS, N, AT};

// logits is the formula of net.h for one place.
static void logits(const struct net *n, const double *data, size_t at, double *out)
{
    double x[H], y[H];
    const double *w[LAYERS + 1], *b[LAYERS + 1];
    for (int l = 0; l <= LAYERS; l++)
        w[l] = data + (n->w[l] - n->data), b[l] = data + (n->b[l] - n->data);
    for (int h = 0; h < H; h++) {
        x[h] = b[0][h];
        for (size_t t = 0; t < WINDOW && t < at; t++)
            x[h] += w[0][(t * V + (size_t)IDS[at - 1 - t]) * H + (size_t)h];
        x[h] = fmax(x[h], 0);
    }
    for (int h = 0; h < H; h++) {
        y[h] = b[1][h];
        for (int i = 0; i < H; i++) y[h] += w[1][h * H + i] * x[i];
        y[h] = fmax(y[h], 0);
    }
    for (int c = 0; c < V; c++) {
        out[c] = b[2][c];
        for (int i = 0; i < H; i++) out[c] += w[2][c * H + i] * y[i];
    }
}

static struct net *made(void)
{
    struct net *n = net_new(&SHAPE, 7);
    struct random r = random_start(3, RANDOM_TEST);
    for (size_t i = 0; i < n->weights; i++) n->data[i] = random_normal(&r);
    return n;
}

struct loss {
    const struct net *n;
    const double *data;
    const float *slope;  // (N, V)  what each logit is weighed with
};

static double weighed(const void *context)
{
    const struct loss *l = context;
    double sum = 0;
    for (int i = 0; i < N; i++) {
        double out[V];
        logits(l->n, l->data, AT[i], out);
        for (int c = 0; c < V; c++) sum += (double)l->slope[i * V + c] * out[c];
    }
    return sum;
}

Test(net, has_as_many_weights_as_its_matrices)
{
    struct net *n = net_new(&SHAPE, 1);
    cr_expect_eq(n->weights, WINDOW * V * H + H + H * H + H + H * V + V);
    cr_expect_eq(net_work(n), WINDOW * H + H * H + H * V);
    cr_expect_eq(net_width(n, 0), WINDOW * V);
    cr_expect_eq(net_width(n, LAYERS), H);
    cr_expect_eq(net_width(n, LAYERS + 1), V);
    net_free(n);
    net_free(NULL);
}

Test(net, logits_are_those_of_the_formula)
{
    struct check *c = check_begin(1);
    struct net *n = made();
    double *data = check_widen(c, n->weights, n->data), want[N * V];
    for (int i = 0; i < N; i++) logits(n, data, AT[i], want + i * V);
    net_forward(n, PLACES);
    check_near(N * V, n->x[LAYERS + 1], want, 200 * CHECK_U, "logits");
    float p[N * V];
    net_probabilities(n, PLACES, p);
    for (int i = 0; i < N; i++) {
        float sum = 0;
        for (int k = 0; k < V; k++) sum += p[i * V + k];
        cr_expect(fabsf(sum - 1) < 1e-5f);
    }
    net_free(n);
    check_end(c);
}

Test(net, slopes_are_those_by_differences)
{
    struct check *c = check_begin(1);
    struct net *n = made();
    double *data = check_widen(c, n->weights, n->data), *want = check_doubles(c, n->weights);
    const float *slope = check_normals(c, N * V, 1);
    struct loss loss = {n, data, slope};
    check_slopes(n->weights, data, weighed, &loss, want);
    net_forward(n, PLACES);
    memcpy(n->dx[LAYERS + 1], slope, sizeof(float) * N * V);
    net_backward(n, PLACES);
    check_near(n->weights, n->grad, want, 1e-5, "slopes");
    net_free(n);
    check_end(c);
}

Test(net, a_step_goes_against_the_slopes_and_forgets_them)
{
    struct net *n = made();
    float before = n->data[0];
    n->grad[0] = 2;
    net_update(n, 0.5f);
    cr_expect(fabsf(n->data[0] - (before - 0.5f)) < 1e-5f, "Adam's first step is its rate");
    cr_expect_eq(n->grad[0], 0);
    cr_expect_eq(n->step, 1);
    net_free(n);
}

Test(net, the_rate_falls_to_a_twentieth)
{
    cr_expect_eq(net_rate(0, 100, 1), 1);
    cr_expect(fabsf(net_rate(99, 100, 1) - 0.05f) < 1e-6f);
    cr_expect(fabsf(net_rate(1000, 100, 1) - 0.05f) < 1e-6f, "nor does it rise again");
}
