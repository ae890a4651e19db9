// optim: each step on one weight that a person can redo by hand, then against the header's
// formulas in double, under changing settings; AdamW against PyTorch; Newton and Schulz on matrices
// whose singular values are known because they were made of them.
//
// Arrays stand between guard cells, which a step must leave alone.
#include "optim.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "guard.h"
#include "lesson.h"
#include "random.h"
#include "ref_optim.h"

FUNCTION(sgd_step, 1);
FUNCTION(momentum_step, 2);
FUNCTION(adamw_step, 4);
FUNCTION(clip_scale, 1);
FUNCTION(learning_rate, 2);
FUNCTION(newton_schulz, 4);
FUNCTION(muon_step, 3);

// --- arrays ------------------------------------------------------------------------------------

// The address sanitizer has guards of its own, which see reading too.
enum { GUARD = GUARD_SANITIZED ? 0 : 4, ARRAYS = 64 };
static const float UNTOUCHED = 777;

static struct cells {
    float *block[ARRAYS];
    size_t n[ARRAYS];
    int count;
} made;  // by this test; a test is a process of its own

// cells returns n floats between guards, copied from `from`, or NaN.
static float *cells(size_t n, const float *from)
{
    float *block = malloc((n + 2 * GUARD) * sizeof *block);
    if (!block) die("out of memory: %zu floats", n);
    CHECK(made.count < ARRAYS, "%d arrays", made.count);
    for (size_t i = 0; i < n + 2 * GUARD; i++) block[i] = UNTOUCHED;
    for (size_t i = 0; i < n; i++) block[GUARD + i] = from ? from[i] : NAN;
    made.block[made.count] = block;
    made.n[made.count++] = n;
    return block + GUARD;
}

static float *zeros(size_t n)
{
    float *x = cells(n, NULL);
    for (size_t i = 0; i < n; i++) x[i] = 0;
    return x;
}

static float *normals(struct random *r, size_t n, float deviation)
{
    float *x = cells(n, NULL);
    for (size_t i = 0; i < n; i++) x[i] = deviation * random_normal(r);
    return x;
}

static double *widened(size_t n, const float *x)
{
    double *y = malloc(n * sizeof *y);
    if (!y) die("out of memory: %zu doubles", n);
    for (size_t i = 0; i < n; i++) y[i] = x ? (double)x[i] : 0;
    return y;
}

// finish checks the guards of all arrays and gives the arrays back.
static void finish(void)
{
    int before = -1, behind = -1;  // the first array that was left on that side
    for (int k = made.count - 1; k >= 0; k--) {
        const float *block = made.block[k], *end = block + GUARD + made.n[k];
        for (int i = 0; i < GUARD; i++) {
            if (block[i] != UNTOUCHED) before = k;
            if (end[i] != UNTOUCHED) behind = k;
        }
    }
    given("an array of n = %zu numbers", behind < 0 ? 0 : made.n[behind]);
    expect_true("nothing is written to [n], behind its end", behind < 0);
    given("an array of n = %zu numbers", before < 0 ? 0 : made.n[before]);
    expect_true("nothing is written to [-1], before its begin", before < 0);
    while (made.count) free(made.block[--made.count]);
}

// wild returns how many times as large as `most` the largest of x is, and at least 1.  A wrong
// answer that has run away is rounded as coarsely as it is large: with tolerances that grow alike,
// the same mistake is the same in everybody's code.  None of them reaches what is wanted.
static double wild(size_t n, const float *x, double most)
{
    double times = 1;
    for (size_t i = 0; i < n; i++) {
        double size = fabs((double)x[i]) / most;
        if (size > times && size < 1e30) times = size;
    }
    return times;
}

// --- the formulas, in double -------------------------------------------------------------------

enum kind { SGD, MOMENTUM, ADAMW };

// direction moves the memory m and v on, and returns u.
static double direction(enum kind kind, const struct optim *o, double g, double *m, double *v)
{
    double momentum = (double)o->momentum, b1 = (double)o->beta1, b2 = (double)o->beta2;
    g *= (double)o->scale;
    if (kind == SGD) return g;
    if (kind == MOMENTUM) {
        *m = momentum * *m + g;
        return o->nesterov ? g + momentum * *m : *m;
    }
    *m = b1 * *m + (1 - b1) * g;
    *v = b2 * *v + (1 - b2) * g * g;
    double root = sqrt(*v / (1 - pow(b2, o->step))) + (double)o->epsilon;
    return *m / (1 - pow(b1, o->step)) / root;
}

static double moved(const struct optim *o, double w, double u)
{
    return w - (double)o->lr * (u + (double)o->decay * w);
}

static void step(enum kind kind, const struct optim *o, size_t n, float *w, const float *g,
                 float *m, float *v)
{
    if (kind == SGD) sgd_step(o, n, w, g);
    if (kind == MOMENTUM) momentum_step(o, n, w, g, m);
    if (kind == ADAMW) adamw_step(o, n, w, g, m, v);
}

// struct one: a single weight and what is remembered about it.
struct one {
    float w, m, v;
};

static const char *settings(enum kind kind, const struct optim *o)
{
    static char text[128];
    int n = snprintf(text, sizeof text, "lr %g", (double)o->lr);
    size_t at = (size_t)n, left = sizeof text - at;
    if (kind == MOMENTUM)
        n = snprintf(text + at, left, ", momentum %g%s", (double)o->momentum,
                     o->nesterov ? ", nesterov" : "");
    if (kind == ADAMW)
        n = snprintf(text + at, left, ", betas %g %g, step %d", (double)o->beta1, (double)o->beta2,
                     o->step);
    if (kind != SGD) at += (size_t)n, left = sizeof text - at;
    if (o->scale != 1) at += (size_t)snprintf(text + at, left, ", scale %g", (double)o->scale);
    if (o->decay != 0) snprintf(text + at, sizeof text - at, ", decay %g", (double)o->decay);
    return text;
}

// one_step takes one step of the learner's with a single weight, and compares all that changes.
static void one_step(enum kind kind, const struct optim *o, struct one *at, float g)
{
    float w = at->w, m = at->m, v = at->v;
    double m64 = (double)m, v64 = (double)v;
    double w64 = moved(o, (double)w, direction(kind, o, (double)g, &m64, &v64));
    if (kind == SGD) given("w %g, g %g; %s", (double)w, (double)g, settings(kind, o));
    if (kind == MOMENTUM)
        given("w %g, g %g, m %g; %s", (double)w, (double)g, (double)m, settings(kind, o));
    if (kind == ADAMW)
        given("w %g, g %g, m %g, v %g; %s", (double)w, (double)g, (double)m, (double)v,
              settings(kind, o));
    float cell[4][4] = {{w}, {m}, {v}, {g}};  // apart, so that w[1] is not m
    step(kind, o, 1, cell[0], cell[3], cell[1], cell[2]);
    double near_m = 1e-6 * (1 + fabs(m64)), near_v = 1e-6 * v64, near_w = 1e-6 * (1 + fabs(w64));
    if (kind != SGD)
        expect_double("m", (double)cell[1][0], m64, near_m * wild(1, cell[1], 1 + fabs(m64)));
    if (kind == ADAMW)
        expect_double("v", (double)cell[2][0], v64, near_v * (v64 > 0 ? wild(1, cell[2], v64) : 1));
    expect_double("w", (double)cell[0][0], w64, near_w * wild(1, cell[0], 1 + fabs(w64)));
    // What comes next begins with what is right, so that one mistake is not reported twice.
    *at = (struct one){(float)w64, (float)m64, (float)v64};
}

// The settings of `many`: they change from step to step.
static struct optim changing(int step, int nesterov)
{
    return (struct optim){.lr = 0.002f * (float)step,
                          .scale = 1 / (float)step,
                          .decay = step % 2 ? 0.3f : 0,
                          .momentum = 0.8f,
                          .nesterov = nesterov,
                          .beta1 = 0.8f,
                          .beta2 = 0.95f,
                          .epsilon = 0.01f,
                          .step = step};
}

// many takes 20 steps with n weights.  Tolerance: gradients are at most about 5 deviations of 5,
// and a movement with momentum 0.8 is at most five of them, so that each step adds at most 0.04 of
// 125, with a rounding for each of at most 20 operations, in each of 20 steps.
static void many(enum kind kind, size_t n, int nesterov)
{
    struct random r = random_start(n, RANDOM_TEST);
    float *w = normals(&r, n, 2), *m = zeros(n), *v = zeros(n);
    double *w64 = widened(n, w), *m64 = widened(n, NULL), *v64 = widened(n, NULL);
    for (int s = 1; s <= 20; s++) {
        const float *g = normals(&r, n, 5);
        struct optim o = changing(s, nesterov);
        step(kind, &o, n, w, g, m, v);
        for (size_t i = 0; i < n; i++)
            w64[i] = moved(&o, w64[i], direction(kind, &o, (double)g[i], &m64[i], &v64[i]));
        given("n = %zu, random w, g; step %d, settings change", n, s);
        double u = CHECK_U * 20 * s;
        if (kind != SGD) expect_floats("m", n, m, m64, u * 125 * wild(n, m, 125));
        if (kind == ADAMW) expect_floats("v", n, v, v64, u * 125 * wild(n, v, 125));
        if (!expect_floats("w", n, w, w64, u * 15 * wild(n, w, 15))) break;
    }
    free(w64);
    free(m64);
    free(v64);
    finish();
}

// --- sgd_step ----------------------------------------------------------------------------------

static const struct optim PLAIN = {.lr = 0.1f, .scale = 1, .momentum = 0.9f};

TEST(sgd_step, goes_against_the_gradient)
{
    one_step(SGD, &PLAIN, &(struct one){2, 0, 0}, 3);
    one_step(SGD, &PLAIN, &(struct one){-1, 0, 0}, -0.5f);
    one_step(SGD, &PLAIN, &(struct one){2, 0, 0}, 0);
}

TEST(sgd_step, scales_the_gradient)
{
    struct optim o = PLAIN;
    o.scale = 0.25f;
    one_step(SGD, &o, &(struct one){2, 0, 0}, 4);
}

TEST(sgd_step, decays_by_the_rate)
{
    struct optim o = PLAIN;
    o.decay = 0.5f;
    one_step(SGD, &o, &(struct one){2, 0, 0}, 0);
    one_step(SGD, &o, &(struct one){2, 0, 0}, 3);
    o.scale = 0.25f;
    one_step(SGD, &o, &(struct one){-2, 0, 0}, 4);
}

TEST(sgd_step, moves_every_weight)
{
    many(SGD, 1, 0);
    many(SGD, 17, 0);
    many(SGD, 1003, 0);
}

// --- momentum_step -----------------------------------------------------------------------------

TEST(momentum_step, begins_as_gradient_descent)
{
    one_step(MOMENTUM, &PLAIN, &(struct one){2, 0, 0}, 3);
}

TEST(momentum_step, rolls_on)
{
    struct one at = {2, 3, 0};
    one_step(MOMENTUM, &PLAIN, &at, 0);
    at = (struct one){2, 3, 0};
    one_step(MOMENTUM, &PLAIN, &at, 1);
    one_step(MOMENTUM, &PLAIN, &at, -2);
}

TEST(momentum_step, looks_ahead_with_nesterov)
{
    struct optim o = PLAIN;
    o.nesterov = 1;
    struct one at = {2, 0, 0};
    one_step(MOMENTUM, &o, &at, 3);
    one_step(MOMENTUM, &o, &at, 1);
    one_step(MOMENTUM, &o, &at, 0);
}

TEST(momentum_step, scales_the_gradient_not_the_movement)
{
    struct optim o = PLAIN;
    o.scale = 0.25f;
    one_step(MOMENTUM, &o, &(struct one){2, 3, 0}, 4);
    o.nesterov = 1;
    one_step(MOMENTUM, &o, &(struct one){2, 3, 0}, 4);
}

TEST(momentum_step, decays_beside_the_movement)
{
    struct optim o = PLAIN;
    o.decay = 0.5f;
    one_step(MOMENTUM, &o, &(struct one){2, 0, 0}, 0);
    one_step(MOMENTUM, &o, &(struct one){2, 3, 0}, 1);
}

TEST(momentum_step, comes_to_ten_times_the_gradient)
{
    float w = 0, m = 0, g = 1;
    for (int s = 0; s < 300; s++) momentum_step(&PLAIN, 1, &w, &g, &m);
    given("momentum 0.9, and 300 times the gradient 1");
    expect_double("m", (double)m, 10, 1e-4);
}

TEST(momentum_step, moves_every_weight)
{
    many(MOMENTUM, 1, 0);
    many(MOMENTUM, 17, 0);
    many(MOMENTUM, 1003, 0);
    many(MOMENTUM, 17, 1);
}

// --- adamw_step --------------------------------------------------------------------------------

static const struct optim ADAM = {
    .lr = 0.01f, .scale = 1, .beta1 = 0.9f, .beta2 = 0.999f, .epsilon = 1e-8f, .step = 1};

TEST(adamw_step, first_step)
{
    one_step(ADAMW, &ADAM, &(struct one){2, 0, 0}, 3);
}

TEST(adamw_step, first_step_is_as_long_as_the_rate)
{
    // m / sqrt(v) is then the gradient's sign, whatever its size.
    const float g[4] = {1e-3f, -1, 1000, -1e6f};
    float *w = zeros(4), *m = zeros(4), *v = zeros(4);
    given("w = 0 0 0 0, g = 0.001 -1 1000 -1e6, lr 0.01, step 1");
    adamw_step(&ADAM, 4, w, g, m, v);
    const double want[4] = {-0.01, 0.01, -0.01, 0.01};
    expect_floats("w", 4, w, want, 1e-6);
    finish();
}

TEST(adamw_step, second_step)
{
    struct optim o = ADAM;
    struct one at = {2, 0, 0};
    one_step(ADAMW, &o, &at, 3);
    o.step = 2;
    one_step(ADAMW, &o, &at, -1);
}

TEST(adamw_step, corrects_less_and_less)
{
    // At step 10 the mean is 1.5 times what it seems to be, at 1000 it is what it seems; the mean
    // of squares, which remembers 1000 steps, is 100 times and 1.6 times.
    struct optim o = ADAM;
    o.step = 10;
    one_step(ADAMW, &o, &(struct one){2, 0.5f, 0.04f}, 1);
    o.step = 1000;
    one_step(ADAMW, &o, &(struct one){2, 0.5f, 0.4f}, 1);
    o.step = 1000000;
    one_step(ADAMW, &o, &(struct one){2, 0.5f, 0.4f}, 1);
}

TEST(adamw_step, zero_gradient)
{
    one_step(ADAMW, &ADAM, &(struct one){2, 0, 0}, 0);
    struct optim o = ADAM;
    o.step = 5;
    one_step(ADAMW, &o, &(struct one){2, 0.5f, 0.04f}, 0);
}

TEST(adamw_step, epsilon_is_beside_the_root)
{
    struct optim o = ADAM;
    o.epsilon = 0.5f;
    one_step(ADAMW, &o, &(struct one){2, 0, 0}, 1);
}

TEST(adamw_step, scales_the_gradient)
{
    struct optim o = ADAM;
    o.scale = 0.25f;
    one_step(ADAMW, &o, &(struct one){2, 0, 0}, 4);
}

TEST(adamw_step, decay_is_decoupled)
{
    struct optim o = ADAM;
    o.decay = 0.5f;
    one_step(ADAMW, &o, &(struct one){2, 0, 0}, 0);
    one_step(ADAMW, &o, &(struct one){2, 0, 0}, 3);
    o.scale = 0.25f;
    one_step(ADAMW, &o, &(struct one){-2, 0, 0}, 3);
}

TEST(adamw_step, moves_every_weight)
{
    many(ADAMW, 1, 0);
    many(ADAMW, 17, 0);
    many(ADAMW, 1003, 0);
}

// tolerance_of: each step rounds w four times; the update's moments are off by a rounding per
// step, relative to the largest gradient so far, which is at most 5 times their root mean square
// in 20 steps; 20 operations make the update.  A power taken in float is off by a rounding, which
// the subtraction from 1 leaves as large as it was.
static double tolerance_of(double w, double lr, int step, double beta2)
{
    return CHECK_U *
           (step * (4 * (fabs(w) + lr) + lr * 5 * (step + 20)) + 5 * lr / (1 - pow(beta2, step)));
}

TEST(adamw_step, gives_the_weights_of_pytorch)
{
    enum { n = 37, STEPS = 20 };
    struct safetensors *st = check_golden("adamw");
    float *w = cells(n, check_golden_floats(st, "start", n)), *m = zeros(n), *v = zeros(n);
    const float *g = check_golden_floats(st, "grads", STEPS * n);
    const float *after = check_golden_floats(st, "after", STEPS * n);
    struct optim o = ADAM;
    o.decay = 0.1f;
    for (o.step = 1; o.step <= STEPS; o.step++, g += n, after += n) {
        adamw_step(&o, n, w, g, m, v);
        given("37 weights, gradients from 1e-6 to 1000; step %d", o.step);
        double off[n], none[n];
        for (int i = 0; i < n; i++) {
            off[i] = ((double)w[i] - (double)after[i]) /
                     tolerance_of((double)after[i], 0.01, o.step, 0.999);
            none[i] = 0;
        }
        if (!expect_doubles("how far w is from PyTorch's, in tolerances", n, off, none, 1)) break;
    }
    safetensors_close(st);
    finish();
}

// --- clip_scale --------------------------------------------------------------------------------

static void clips(float norm, float most, double want)
{
    given("norm %g, most %g", (double)norm, (double)most);
    expect_double("scale", (double)clip_scale(norm, most), want, 1e-7 * want);
}

TEST(clip_scale, shortens_what_is_too_long)
{
    clips(4, 1, 0.25);
    clips(3, 0.5f, 0.5 / 3);
    clips(1e30f, 1, 1e-30);
}

TEST(clip_scale, leaves_what_is_short_enough)
{
    clips(1, 4, 1);
    clips(4, 4, 1);
    clips(0, 1, 1);
    clips(0.001f, 0.5f, 1);
}

TEST(clip_scale, no_limit)
{
    clips(4, 0, 1);
    clips(0, 0, 1);
    clips(4, -1, 1);
}

// --- learning_rate -----------------------------------------------------------------------------

static int rate(int at, int warmup, int steps, double want)
{
    given("step %d of %d, warmup %d, lr 0.4, lr_end 0.04", at, steps, warmup);
    return expect_double("rate", (double)learning_rate(at, warmup, steps, 0.4f, 0.04f), want, 2e-7);
}

TEST(learning_rate, climbs_in_a_line)
{
    rate(0, 3, 100, 0.1);
    rate(2, 3, 100, 0.3);
    rate(3, 3, 100, 0.4);
    for (int at = 0; at <= 10; at++)
        if (!rate(at, 10, 100, 0.4 * (at + 1) / 11)) break;
}

TEST(learning_rate, falls_to_the_end)
{
    rate(0, 0, 3, 0.4);
    rate(1, 0, 3, 0.22);
    rate(2, 0, 3, 0.04);
    rate(110, 10, 111, 0.04);
}

TEST(learning_rate, falls_along_half_a_cosine)
{
    for (int at = 10; at < 111; at++)
        if (!rate(at, 10, 111, 0.04 + 0.36 * (1 + cos(acos(-1) * (at - 10) / 100)) / 2)) break;
}

TEST(learning_rate, short_runs)
{
    rate(0, 0, 1, 0.4);
    rate(0, 0, 2, 0.4);
    rate(1, 0, 2, 0.04);
    rate(5, 5, 6, 0.4);
    rate(2, 5, 3, 0.2);  // it ends while still climbing
}

// --- newton_schulz -----------------------------------------------------------------------------

enum { MOST = 64 };
static const struct quintic MUON = {3.4445f, -4.7750f, 2.0315f};

static double image(struct quintic p, double s)
{
    return (double)p.a * s + (double)p.b * pow(s, 3) + (double)p.c * pow(s, 5);
}

// orthonormal makes n columns of `rows` random numbers, each of length 1 and square to the others
// (Gram and Schmidt, twice).
static void orthonormal(struct random *r, int rows, int n, double *q)
{
    for (int j = 0; j < n; j++) {
        double *x = q + j * rows;
        for (int i = 0; i < rows; i++) x[i] = (double)random_normal(r);
        for (int k = 0; k < 2 * j; k++) {
            double along = 0, *y = q + k % j * rows;
            for (int i = 0; i < rows; i++) along += x[i] * y[i];
            for (int i = 0; i < rows; i++) x[i] -= along * y[i];
        }
        double length = 0;
        for (int i = 0; i < rows; i++) length += x[i] * x[i];
        for (int i = 0; i < rows; i++) x[i] /= sqrt(length);
    }
}

// struct made_of: a matrix whose singular values and their directions are known.
struct made_of {
    int rows, columns, k;
    double left[MOST * MOST], right[MOST * MOST];  // (k, rows), (k, columns)
};

static struct made_of *directions(int rows, int columns, uint64_t seed)
{
    static struct made_of it;
    struct random r = random_start(seed, RANDOM_TEST);
    CHECK(rows <= MOST && columns <= MOST, "rows=%d columns=%d", rows, columns);
    it.rows = rows, it.columns = columns, it.k = rows < columns ? rows : columns;
    orthonormal(&r, rows, it.k, it.left);
    orthonormal(&r, columns, it.k, it.right);
    return &it;
}

// put writes the matrix with those singular values.
static void put(const struct made_of *q, const double *s, double *x)
{
    for (int i = 0; i < q->rows; i++) {
        for (int j = 0; j < q->columns; j++) {
            double sum = 0;
            for (int k = 0; k < q->k; k++)
                sum += q->left[k * q->rows + i] * s[k] * q->right[k * q->columns + j];
            x[i * q->columns + j] = sum;
        }
    }
}

// get writes what of a matrix lies along each pair of directions: its singular values, if they
// are those.
static void get(const struct made_of *q, const float *x, double *s)
{
    for (int k = 0; k < q->k; k++) {
        s[k] = 0;
        for (int i = 0; i < q->rows; i++)
            for (int j = 0; j < q->columns; j++)
                s[k] += q->left[k * q->rows + i] * (double)x[i * q->columns + j] *
                        q->right[k * q->columns + j];
    }
}

// goes checks newton_schulz on a matrix with singular values s: each must go its own way, and
// no direction may turn.  A rounding of the first step grows at most as the polynomial does, a
// times in each of five steps, which is 500; an element is the sum of at most 64 products, and no
// larger than 1.2.
static int goes(struct quintic p, int steps, const struct made_of *q, const double *s,
                const char *what)
{
    enum { SIZE = MOST * MOST };
    static double want[SIZE];
    size_t n = (size_t)(q->rows * q->columns);
    float *g = cells(n, NULL), *x = cells(n, NULL);
    double length = 0, to[MOST], got[MOST];
    put(q, s, want);
    for (size_t i = 0; i < n; i++) g[i] = (float)want[i];
    for (int k = 0; k < q->k; k++) length += s[k] * s[k];
    for (int k = 0; k < q->k; k++) {
        to[k] = s[k] / sqrt(length);
        for (int i = 0; i < steps; i++) to[k] = image(p, to[k]);
    }
    put(q, to, want);
    given("%d x %d, %s; %d step%s", q->rows, q->columns, what, steps, steps == 1 ? "" : "s");
    newton_schulz(p, steps, q->rows, q->columns, g, x);
    int tame = 1;  // an overflow is infinity in one person's code and NaN in another's
    for (size_t i = 0; i < n; i++) tame &= fabs((double)x[i]) < 1e9;
    if (!expect_true("every number of x is below 1e9", tame)) {
        finish();
        return 0;
    }
    get(q, x, got);
    double tolerance = CHECK_U * 500 * 8 * sqrt(q->rows + q->columns) * wild(n, x, 1.2);
    int good = expect_doubles("singular values", (size_t)q->k, got, to, tolerance);
    good &= expect_floats("x", n, x, want, tolerance);
    finish();
    return good;
}

// follows checks one step before it checks several: a wrong polynomial blows up its roundings, and
// after five steps no two programs with the same mistake would give the same.
static void follows(struct quintic p, int steps, const struct made_of *q, const double *s,
                    const char *what)
{
    if (steps == 1 || goes(p, 1, q, s, what)) goes(p, steps, q, s, what);
}

// small checks a matrix that a person can compute.
static int small(struct quintic p, int steps, int rows, int columns, const float *g,
                 const double *want)
{
    size_t n = (size_t)(rows * columns);
    float *x = cells(n, NULL), *from = cells(n, g);
    newton_schulz(p, steps, rows, columns, from, x);
    int good = expect_floats("x", n, x, want, 2e-6 * wild(n, x, 1));
    finish();
    return good;
}

TEST(newton_schulz, no_steps_divide_by_the_length)
{
    given("1 x 1: 5; 0 steps");
    small(MUON, 0, 1, 1, (float[]){5}, (double[]){1});
    given("1 x 2: 3 4; 0 steps");
    small(MUON, 0, 1, 2, (float[]){3, 4}, (double[]){0.6, 0.8});
    given("2 x 2: 1 -1, 1 1; 0 steps");
    small(MUON, 0, 2, 2, (float[]){1, -1, 1, 1}, (double[]){0.5, -0.5, 0.5, 0.5});
}

TEST(newton_schulz, one_number)
{
    given("1 x 1: 5; 1 step with 3.4445 -4.7750 2.0315");
    small(MUON, 1, 1, 1, (float[]){5}, (double[]){image(MUON, 1)});
    given("1 x 1: -5; 1 step with 3.4445 -4.7750 2.0315");
    small(MUON, 1, 1, 1, (float[]){-5}, (double[]){-image(MUON, 1)});
    given("1 x 1: 5; 1 step with 1 10 100");
    small((struct quintic){1, 10, 100}, 1, 1, 1, (float[]){5}, (double[]){111});
}

TEST(newton_schulz, a_diagonal)
{
    given("2 x 2: 3 0, 0 4; 1 step with 3.4445 -4.7750 2.0315");
    if (!small(MUON, 1, 2, 2, (float[]){3, 0, 0, 4},
               (double[]){image(MUON, 0.6), 0, 0, image(MUON, 0.8)}))
        return;
    given("2 x 2: 3 0, 0 4; 2 steps with 3.4445 -4.7750 2.0315");
    small(MUON, 2, 2, 2, (float[]){3, 0, 0, 4},
          (double[]){image(MUON, image(MUON, 0.6)), 0, 0, image(MUON, image(MUON, 0.8))});
}

TEST(newton_schulz, a_step_goes_on_from_the_last)
{
    given("1 x 2: 3 4; 2 steps with 0.5 0 0");
    small((struct quintic){0.5f, 0, 0}, 2, 1, 2, (float[]){3, 4}, (double[]){0.15, 0.2});
}

TEST(newton_schulz, not_square)
{
    double x = image(MUON, 0.6), y = image(MUON, 0.8);
    given("2 x 3: 3 0 0, 0 4 0; 1 step");
    small(MUON, 1, 2, 3, (float[]){3, 0, 0, 0, 4, 0}, (double[]){x, 0, 0, 0, y, 0});
    given("3 x 2: 0 0, 3 0, 0 4; 1 step");
    small(MUON, 1, 3, 2, (float[]){0, 0, 3, 0, 0, 4}, (double[]){0, 0, x, 0, 0, y});
}

TEST(newton_schulz, not_symmetric)
{
    // A row alone has one singular value, its length.
    given("1 x 2: 3 4; 1 step");
    double one = image(MUON, 1);
    small(MUON, 1, 1, 2, (float[]){3, 4}, (double[]){0.6 * one, 0.8 * one});
    given("2 x 1: 3, 4; 1 step");
    small(MUON, 1, 2, 1, (float[]){3, 4}, (double[]){0.6 * one, 0.8 * one});
    follows(MUON, 1, directions(2, 2, 1), (double[]){3, 4}, "singular values 3, 4");
    follows(MUON, 1, directions(2, 3, 1), (double[]){3, 4}, "singular values 3, 4");
    follows(MUON, 1, directions(3, 2, 1), (double[]){3, 4}, "singular values 3, 4");
    follows(MUON, 1, directions(3, 4, 2), (double[]){1, 2, 5}, "singular values 1, 2, 5");
}

TEST(newton_schulz, all_that_is_not_tiny_comes_near_one)
{
    static const int SHAPES[][2] = {{2, 2}, {1, 9},   {9, 1},   {7, 5},
                                    {5, 7}, {16, 16}, {48, 12}, {12, 48}};
    for (int k = 0; k < 8; k++) {
        struct random r = random_start((uint64_t)k, RANDOM_TEST);
        struct made_of *q = directions(SHAPES[k][0], SHAPES[k][1], (uint64_t)k);
        double s[MOST];
        for (int i = 0; i < q->k; i++) s[i] = 0.1 + (double)random_float(&r);
        follows(MUON, MUON_STEPS, q, s, "random singular values");
    }
}

TEST(newton_schulz, size_does_not_matter)
{
    struct made_of *q = directions(4, 3, 5);
    follows(MUON, 5, q, (double[]){1e-12, 2e-12, 5e-12}, "singular values 1e-12 2e-12 5e-12");
    follows(MUON, 5, q, (double[]){1e10, 2e10, 5e10}, "singular values 1e10 2e10 5e10");
}

TEST(newton_schulz, missing_directions_stay_missing)
{
    follows(MUON, 5, directions(3, 3, 6), (double[]){1, 2, 0}, "singular values 1 2 0");
    follows(MUON, 5, directions(5, 4, 7), (double[]){3, 0, 0, 0}, "singular values 3 0 0 0");
}

TEST(newton_schulz, zeros_stay_zeros)
{
    given("2 x 3, all zeros; 5 steps");
    small(MUON, 5, 2, 3, (float[6]){0}, (double[6]){0});
}

TEST(newton_schulz, the_cubic_comes_to_one)
{
    const struct quintic cubic = {1.5f, -0.5f, 0};
    given("2 x 2: 3 0, 0 4; 1 step with 1.5 -0.5 0");
    if (!small(cubic, 1, 2, 2, (float[]){3, 0, 0, 4}, (double[]){0.792, 0, 0, 0.944})) return;
    given("2 x 2: 3 0, 0 -4; 12 steps with 1.5 -0.5 0");
    small(cubic, 12, 2, 2, (float[]){3, 0, 0, -4}, (double[]){1, 0, 0, -1});
    follows(cubic, 12, directions(6, 4, 8), (double[]){1, 2, 3, 4}, "singular values 1 2 3 4");
}

// --- muon_step ---------------------------------------------------------------------------------

// equal writes u with its singular values made alike, in double, by plain loops.
static void equal(int rows, int columns, const double *u, double *x)
{
    double next[MOST * MOST], length = 0;
    int n = rows * columns;
    for (int i = 0; i < n; i++) length += u[i] * u[i];
    for (int i = 0; i < n; i++) x[i] = length > 0 ? u[i] / sqrt(length) : 0;
    for (int s = 0; s < MUON_STEPS; s++) {
        double a[MOST * MOST];  // x x^T
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < rows; j++) {
                a[i * rows + j] = 0;
                for (int c = 0; c < columns; c++)
                    a[i * rows + j] += x[i * columns + c] * x[j * columns + c];
            }
        }
        double ax[MOST * MOST];
        for (int i = 0; i < n; i++) {
            ax[i] = 0;
            for (int k = 0; k < rows; k++)
                ax[i] += a[i / columns * rows + k] * x[k * columns + i % columns];
        }
        for (int i = 0; i < n; i++) {
            next[i] = (double)MUON.a * x[i] + (double)MUON.b * ax[i];
            for (int k = 0; k < rows; k++)
                next[i] +=
                    (double)MUON.c * a[i / columns * rows + k] * ax[k * columns + i % columns];
        }
        memcpy(x, next, (size_t)n * sizeof *x);
    }
}

// struct held: a matrix, its movement, and what both should be.
struct held {
    int rows, columns;
    float *w, *m;
    double w64[MOST * MOST], m64[MOST * MOST];
};

static struct held *hold(int rows, int columns, const float *w, const float *m)
{
    static struct held h;
    size_t n = (size_t)(rows * columns);
    h.rows = rows, h.columns = columns;
    h.w = cells(n, w);
    h.m = m ? cells(n, m) : zeros(n);
    for (size_t i = 0; i < n; i++) h.w64[i] = (double)h.w[i], h.m64[i] = (double)h.m[i];
    return &h;
}

// muon_one takes one step.  The caller has said what is given.  Roundings of a direction grow as in
// `follows`; a weight moves by lr 0.2 sqrt(max) of it.
static int muon_one(struct held *h, const struct optim *o, const float *g)
{
    double u[MOST * MOST] = {0}, x[MOST * MOST], none = 0;
    int n = h->rows * h->columns, most = h->rows > h->columns ? h->rows : h->columns;
    for (int i = 0; i < n; i++) u[i] = direction(MOMENTUM, o, (double)g[i], &h->m64[i], &none);
    equal(h->rows, h->columns, u, x);
    double length = 0.2 * sqrt(most), moves = (double)o->lr * length;
    for (int i = 0; i < n; i++) h->w64[i] = moved(o, h->w64[i], length * x[i]);
    muon_step(o, h->rows, h->columns, h->w, g, h->m);
    double tolerance = CHECK_U * (500 * 8 * sqrt(h->rows + h->columns) * moves + 40);
    int good = expect_floats("m", (size_t)n, h->m, h->m64, 1e-5);
    return expect_floats("w", (size_t)n, h->w, h->w64, tolerance) && good;
}

static const struct optim MOVES = {.lr = 0.1f, .scale = 1, .momentum = 0.9f, .nesterov = 1};

TEST(muon_step, one_number)
{
    given("1 x 1: w 2, g 3, m 0; lr 0.1, momentum 0.9, nesterov");
    muon_one(hold(1, 1, (float[]){2}, NULL), &MOVES, (float[]){3});
    given("1 x 1: w 2, g -0.001, m 0; lr 0.1, momentum 0.9, nesterov");
    muon_one(hold(1, 1, (float[]){2}, NULL), &MOVES, (float[]){-0.001f});
    finish();
}

TEST(muon_step, the_longer_side_sets_the_length)
{
    given("1 x 4: w 0 0 0 0, g 1 1 1 1; lr 0.1");
    muon_one(hold(1, 4, (float[4]){0}, NULL), &MOVES, (float[]){1, 1, 1, 1});
    given("4 x 1: w 0 0 0 0, g 1 1 1 1; lr 0.1");
    muon_one(hold(4, 1, (float[4]){0}, NULL), &MOVES, (float[]){1, 1, 1, 1});
    given("2 x 2: w 0 0, 0 0, g 3 0, 0 4; lr 0.1");
    muon_one(hold(2, 2, (float[4]){0}, NULL), &MOVES, (float[]){3, 0, 0, 4});
    finish();
}

TEST(muon_step, remembers_the_movement)
{
    struct optim o = MOVES;
    o.nesterov = 0;
    given("2 x 2: w 0, g 0 0, 0 1, m 3 0, 0 0; momentum 0.9");
    muon_one(hold(2, 2, (float[4]){0}, (float[]){3, 0, 0, 0}), &o, (float[]){0, 0, 0, 1});
    given("2 x 2: w 0, g 0, m 3 0, 0 1; momentum 0.9");
    muon_one(hold(2, 2, (float[4]){0}, (float[]){3, 0, 0, 1}), &o, (float[4]){0});
    finish();
}

TEST(muon_step, looks_ahead_with_nesterov)
{
    given("2 x 2: w 0, g 0 0, 0 1, m 3 0, 0 0; nesterov");
    muon_one(hold(2, 2, (float[4]){0}, (float[]){3, 0, 0, 0}), &MOVES, (float[]){0, 0, 0, 1});
    finish();
}

TEST(muon_step, scales_the_gradient)
{
    struct optim o = MOVES;
    o.scale = 0.25f;
    given("2 x 2: w 0, g 0 0, 0 4, m 3 0, 0 0; scale 0.25");
    muon_one(hold(2, 2, (float[4]){0}, (float[]){3, 0, 0, 0}), &o, (float[]){0, 0, 0, 4});
    finish();
}

TEST(muon_step, decays_beside_the_movement)
{
    struct optim o = MOVES;
    o.decay = 0.5f;
    given("2 x 2: w 1 2, 3 4, g 0, m 0; lr 0.1, decay 0.5");
    muon_one(hold(2, 2, (float[]){1, 2, 3, 4}, NULL), &o, (float[4]){0});
    given("1 x 1: w 2, g 3, m 0; lr 0.1, decay 0.5");
    muon_one(hold(1, 1, (float[]){2}, NULL), &o, (float[]){3});
    finish();
}

TEST(muon_step, matrices_of_all_shapes)
{
    static const int SHAPES[][2] = {{2, 3}, {3, 2}, {1, 7}, {8, 8}, {5, 17}, {24, 10}};
    for (int k = 0; k < 6; k++) {
        int rows = SHAPES[k][0], columns = SHAPES[k][1];
        size_t n = (size_t)(rows * columns);
        struct random r = random_start(n, RANDOM_TEST);
        struct held *h = hold(rows, columns, normals(&r, n, 1), NULL);
        for (int s = 1; s <= 4; s++) {
            struct optim o = changing(s, s % 2);
            given("%d x %d, random w, g; step %d, settings change", rows, columns, s);
            if (!muon_one(h, &o, normals(&r, n, 1))) break;
        }
        finish();
    }
}
