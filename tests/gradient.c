// gradient: slopes, gradients and chains that a person can work out, random ones against the
// reference and against formulas, and training, which has to come to what counting gives.
//
// Outputs hold NaN before, or numbers where they are to be added to, and stand between cells that
// nobody may write to.
#include "gradient.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lesson.h"
#include "random.h"
#include "ref_gradient.h"

FUNCTION(gradient_slope, 2);
FUNCTION(gradient_width, 1);
FUNCTION(gradient_differences, 3);
FUNCTION(gradient_chain, 3);
FUNCTION(gradient_surprise, 3);
FUNCTION(gradient_step, 4);

enum { FENCE = 4, MOST = 64 };
static const double OUTSIDE = 77;

// struct numbers, struct floats: an array between fences.
struct numbers {
    double all[FENCE + MOST + FENCE], *x;
};

struct floats {
    float all[FENCE + MOST + FENCE], *x;
};

// fence_numbers, fence_floats put n copies of `each` between the fences.
static void fence_numbers(struct numbers *a, size_t n, double each)
{
    CHECK(n <= MOST, "n=%zu", n);
    for (size_t i = 0; i < FENCE + MOST + FENCE; i++)
        a->all[i] = i >= FENCE && i < FENCE + n ? each : OUTSIDE;
    a->x = a->all + FENCE;
}

static void fence_floats(struct floats *a, size_t n, float each)
{
    CHECK(n <= MOST, "n=%zu", n);
    for (size_t i = 0; i < FENCE + MOST + FENCE; i++)
        a->all[i] = i >= FENCE && i < FENCE + n ? each : (float)OUTSIDE;
    a->x = a->all + FENCE;
}

// untouched checks the cells around the n in use.
static int untouched_numbers(const struct numbers *a, size_t n)
{
    int same = 1;
    for (size_t i = 0; i < FENCE + MOST + FENCE; i++)
        same &= (i >= FENCE && i < FENCE + n) || a->all[i] == OUTSIDE;
    return expect_true("nothing before or behind the array is written to", same);
}

static int untouched_floats(const struct floats *a, size_t n)
{
    int same = 1;
    for (size_t i = 0; i < FENCE + MOST + FENCE; i++)
        same &= (i >= FENCE && i < FENCE + n) || a->all[i] == (float)OUTSIDE;
    return expect_true("nothing before or behind the array is written to", same);
}

static double between(struct random *r, double least, double most)
{
    return least + (most - least) * (double)random_float(r);
}

// list writes numbers as "1, -0.5, 2".
static const char *list(size_t n, const float *x, char *text, size_t size)
{
    size_t at = 0;
    text[0] = 0;
    for (size_t i = 0; i < n && at + 16 < size; i++)
        at += (size_t)snprintf(text + at, size - at, i ? ", %g" : "%g", (double)x[i]);
    return text;
}

// --- gradient_slope --------------------------------------------------------------------------

// struct polynomial: c[0] + c[1] x + c[2] x^2 + c[3] x^3.
struct polynomial {
    double c[4];
};

static double polynomial(void *context, double x)
{
    const double *c = ((const struct polynomial *)context)->c;
    return c[0] + x * (c[1] + x * (c[2] + x * c[3]));
}

static void slope_is(const char *formula, struct polynomial p, double x, double h, double want)
{
    given("f(x) = %s, x = %g, h = %g", formula, x, h);
    expect_double("gradient_slope", gradient_slope(polynomial, &p, x, h), want, 1e-9);
}

TEST(gradient_slope, a_line)
{
    struct polynomial line = {{0, 2}}, falling = {{1, -3}};
    slope_is("2 x", line, 1, 1, 2);
    slope_is("1 - 3 x", falling, 0, 0.5, -3);
}

TEST(gradient_slope, a_parabola)
{
    struct polynomial square = {{0, 0, 1}};
    slope_is("x^2", square, 3, 1, 6);
    slope_is("x^2", square, 0, 0.5, 0);
    slope_is("x^2", square, -1, 0.25, -2);
}

TEST(gradient_slope, as_wide_as_asked)
{
    struct polynomial cube = {{0, 0, 0, 1}};
    slope_is("x^3", cube, 1, 1, 4);
    slope_is("x^3", cube, 2, 0.1, 12.01);
    slope_is("x^3", cube, 0, 2, 4);
    slope_is("x^3", cube, 2, 0.001, 12.000001);
}

TEST(gradient_slope, random_curves)
{
    struct random r = random_start(1, RANDOM_TEST);
    for (int i = 0; i < 30; i++) {
        struct polynomial p;
        for (int k = 0; k < 4; k++) p.c[k] = between(&r, -2, 2);
        double x = between(&r, -3, 3), h = between(&r, 0.01, 1);
        given("f(x) = %.3g + %.3g x + %.3g x^2 + %.3g x^3, x = %.3g, h = %.2g", p.c[0], p.c[1],
              p.c[2], p.c[3], x, h);
        expect_double("gradient_slope", gradient_slope(polynomial, &p, x, h),
                      ref_gradient_slope(polynomial, &p, x, h), 1e-9);
    }
}

// --- gradient_width --------------------------------------------------------------------------

static void width_is(double x, double size)
{
    double want = cbrt(DBL_EPSILON) * size;
    given("x = %g, so its size is %g", x, size);
    expect_double("gradient_width", gradient_width(x), want, 1e-9 * want);
}

TEST(gradient_width, of_one)
{
    width_is(1, 1);
}

TEST(gradient_width, grows_with_x)
{
    width_is(2, 2);
    width_is(1000, 1000);
    width_is(1.5e9, 1.5e9);
}

TEST(gradient_width, between_whole_numbers)
{
    width_is(1.5, 1.5);
    width_is(-2.7, 2.7);
}

TEST(gradient_width, below_zero)
{
    width_is(-1, 1);
    width_is(-2, 2);
    width_is(-1e6, 1e6);
}

TEST(gradient_width, is_never_nothing)
{
    width_is(0, 1);
    width_is(0.5, 1);
    width_is(-0.25, 1);
    width_is(1e-300, 1);
}

// --- gradient_differences --------------------------------------------------------------------

// struct quadratic: a function of n numbers, the sum of a[i] x[i] + b[i] x[i]^2 and of c times the
// products of neighbours.  It also watches what it is asked: `moved` is the most numbers that ever
// were not those of `from`.
struct quadratic {
    size_t n;
    double a[MOST], b[MOST], c, from[MOST];
    int moved;
};

static double quadratic(void *context, size_t n, const double *x)
{
    struct quadratic *q = context;
    if (n != q->n) return (double)NAN;
    double sum = 0;
    int moved = 0;
    for (size_t i = 0; i < n; i++) {
        sum += q->a[i] * x[i] + q->b[i] * x[i] * x[i];
        if (i > 0) sum += q->c * x[i - 1] * x[i];
        moved += x[i] != q->from[i];
    }
    if (moved > q->moved) q->moved = moved;
    return sum;
}

// quadratic_gradient is what school says.
static void quadratic_gradient(const struct quadratic *q, double *g)
{
    for (size_t i = 0; i < q->n; i++) {
        g[i] = q->a[i] + 2 * q->b[i] * q->from[i];
        if (i > 0) g[i] += q->c * q->from[i - 1];
        if (i + 1 < q->n) g[i] += q->c * q->from[i + 1];
    }
}

// differences_are checks the gradient at q->from.
static void differences_are(struct quadratic *q, double tolerance)
{
    struct numbers x, g;
    double want[MOST];
    fence_numbers(&x, q->n, 0);
    fence_numbers(&g, q->n, (double)NAN);
    memcpy(x.x, q->from, q->n * sizeof *x.x);
    quadratic_gradient(q, want);
    gradient_differences(quadratic, q, q->n, x.x, g.x);
    if (!expect_doubles("g", q->n, g.x, want, tolerance)) return;
    expect_doubles("x afterwards, to the last bit", q->n, x.x, q->from, 0);
    expect_true("one number is moved at a time, the others stand where they were", q->moved <= 1);
    untouched_numbers(&x, q->n);
    untouched_numbers(&g, q->n);
}

TEST(gradient_differences, one_number)
{
    struct quadratic q = {.n = 1, .b = {1}, .from = {3}};
    given("n = 1, f(x) = x0^2, x = {3}");
    differences_are(&q, 1e-7);
    q = (struct quadratic){.n = 1, .a = {-2}, .from = {0}};
    given("n = 1, f(x) = -2 x0, x = {0}");
    differences_are(&q, 1e-7);
}

TEST(gradient_differences, two_numbers)
{
    struct quadratic q = {.n = 2, .c = 1, .from = {2, 5}};
    given("n = 2, f(x) = x0 x1, x = {2, 5}");
    differences_are(&q, 1e-7);
}

TEST(gradient_differences, x_comes_back)
{
    struct quadratic q = {.n = 3, .a = {1, 2, 3}, .from = {0.1, 1. / 3, -0.7}};
    given("n = 3, f(x) = x0 + 2 x1 + 3 x2, x = {0.1, 1/3, -0.7}");
    differences_are(&q, 1e-7);
}

TEST(gradient_differences, large_numbers)
{
    // At 1e9 a double has only steps of 1e-7.
    struct quadratic q = {.n = 1, .a = {1}, .from = {1e9}};
    given("n = 1, f(x) = x0, x = {1e9}");
    differences_are(&q, 1e-6);
    q = (struct quadratic){.n = 2, .a = {1, 3}, .from = {1e9, -2e9}};
    given("n = 2, f(x) = x0 + 3 x1, x = {1e9, -2e9}");
    differences_are(&q, 1e-6);
    q = (struct quadratic){.n = 2, .a = {0, 3}, .from = {1, -2e9}};
    given("n = 2, f(x) = 3 x1, x = {1, -2e9}");
    differences_are(&q, 1e-6);
}

TEST(gradient_differences, nothing_to_move)
{
    struct quadratic q = {.n = 0};
    given("n = 0");
    differences_are(&q, 0);
}

TEST(gradient_differences, random_functions)
{
    struct random r = random_start(2, RANDOM_TEST);
    for (int i = 0; i < 20; i++) {
        struct quadratic q = {.n = 1 + random_below(&r, 20), .c = between(&r, -1, 1)};
        for (size_t k = 0; k < q.n; k++) {
            q.a[k] = between(&r, -2, 2), q.b[k] = between(&r, -2, 2);
            q.from[k] = between(&r, -3, 3);
        }
        given("n = %zu, a quadratic function, random number %d", q.n, i);
        differences_are(&q, 1e-6);
    }
}

// --- gradient_chain --------------------------------------------------------------------------

static double times3(double x)
{
    return 3 * x;
}

static double times3_slope(double x)
{
    (void)x;
    return 3;
}

static double plus1(double x)
{
    return x + 1;
}

static double plus1_slope(double x)
{
    (void)x;
    return 1;
}

static double squared(double x)
{
    return x * x;
}

static double squared_slope(double x)
{
    return 2 * x;
}

static double inverse(double x)
{
    return 1 / x;
}

static double inverse_slope(double x)
{
    return -1 / (x * x);
}

static double logistic(double x)
{
    return 1 / (1 + exp(-x));
}

static double logistic_slope(double x)
{
    return logistic(x) * (1 - logistic(x));
}

static const struct chain_link TIMES3 = {times3, times3_slope}, PLUS1 = {plus1, plus1_slope},
                               SQUARED = {squared, squared_slope},
                               INVERSE = {inverse, inverse_slope},
                               LOGISTIC = {logistic, logistic_slope};

static void chain_is(const char *formula, size_t n, const struct chain_link *links, double x,
                     double value, double slope)
{
    double got = OUTSIDE;
    given("%s, x = %g", formula, x);
    expect_double("the value", gradient_chain(n, links, x, &got), value, 1e-9);
    expect_double("*slope", got, slope, 1e-9);
}

#define CHAIN(formula, x, value, slope, ...)                                                  \
    chain_is(formula, sizeof((struct chain_link[]){__VA_ARGS__}) / sizeof(struct chain_link), \
             (const struct chain_link[]){__VA_ARGS__}, x, value, slope)

TEST(gradient_chain, one_link)
{
    CHAIN("one link: 3 x", 2, 6, 3, TIMES3);
    CHAIN("one link: x^2", 3, 9, 6, SQUARED);
}

TEST(gradient_chain, no_link)
{
    chain_is("no link", 0, NULL, 5, 5, 1);
}

TEST(gradient_chain, two_links)
{
    CHAIN("two links: x + 1, then its square", 2, 9, 6, PLUS1, SQUARED);
    CHAIN("two links: x^2, then 1 more", 2, 5, 4, SQUARED, PLUS1);
    CHAIN("two links: x^2, then 3 times that", 5, 75, 30, SQUARED, TIMES3);
    CHAIN("two links: 1/x, then 3 times that", -1, -3, -3, INVERSE, TIMES3);
}

TEST(gradient_chain, three_links)
{
    CHAIN("three links: 3 x, 1 more, the square", 2, 49, 42, TIMES3, PLUS1, SQUARED);
    CHAIN("three links: the square of the square of the square", -1, 1, -8, SQUARED, SQUARED,
          SQUARED);
    CHAIN("three links: 3 x, the square, the inverse", 0.5, 4. / 9, -16. / 9, TIMES3, SQUARED,
          INVERSE);
}

TEST(gradient_chain, a_slope_of_zero)
{
    CHAIN("two links: x^2, then 1 more", 0, 1, 0, SQUARED, PLUS1);
    CHAIN("three links: x + 1, the square, 3 times that", -1, 0, 0, PLUS1, SQUARED, TIMES3);
}

TEST(gradient_chain, long_chains)
{
    const struct chain_link links[] = {TIMES3, PLUS1, SQUARED, INVERSE, LOGISTIC};
    struct random r = random_start(3, RANDOM_TEST);
    for (int i = 0; i < 30; i++) {
        struct chain_link chain[12];
        size_t n = 1 + random_below(&r, 6);
        // A logistic between two keeps the numbers small.
        for (size_t k = 0; k < n; k++) {
            chain[2 * k] = links[random_below(&r, 5)];
            chain[2 * k + 1] = LOGISTIC;
        }
        double x = between(&r, 0.2, 2), want_slope, got = (double)NAN;
        double want = ref_gradient_chain(2 * n, chain, x, &want_slope);
        given("%zu links, x = %.3g, random number %d", 2 * n, x, i);
        expect_double("the value", gradient_chain(2 * n, chain, x, &got), want, 1e-9);
        expect_double("*slope", got, want_slope, 1e-9);
    }
}

// --- gradient_surprise -----------------------------------------------------------------------

// struct guess: a row of scores and the id that came.
struct guess {
    int V;
    float x[MOST];
    int32_t target;
};

// surprise is that of the guess, in double.
static double surprise(size_t V, const double *x, int32_t target)
{
    double most = x[0], sum = 0;
    for (size_t v = 1; v < V; v++) most = fmax(most, x[v]);
    for (size_t v = 0; v < V; v++) sum += exp(x[v] - most);
    return most + log(sum) - x[target];
}

static double surprise_of(void *context, size_t V, const double *x)
{
    return surprise(V, x, ((const struct guess *)context)->target);
}

// An error of a score's size times 2^-24 becomes a relative one of exp.
static double rounding(const struct guess *g)
{
    double largest = 1;
    for (int v = 0; v < g->V; v++) largest = fmax(largest, (double)fabsf(g->x[v]));
    return 0x1p-24 * (4 * largest + 3 * g->V + 20);
}

// surprise_is checks value and gradient against want, which may be NULL: then against double.
static int surprise_is(const struct guess *g, float scale, float before, const double *want)
{
    struct floats dx, x;
    double sum[MOST], p[MOST], x64[MOST] = {0};
    size_t V = (size_t)g->V;
    fence_floats(&dx, V, before);
    fence_floats(&x, V, 0);
    memcpy(x.x, g->x, V * sizeof *x.x);
    for (size_t v = 0; v < V; v++) x64[v] = (double)g->x[v];
    double whole = surprise(V, x64, g->target);
    for (size_t v = 0; v < V; v++) {
        p[v] = exp(-surprise(V, x64, (int32_t)v));
        sum[v] = (double)before + (double)scale * (p[v] - (v == (size_t)g->target));
    }
    double got = gradient_surprise(NULL, g->V, x.x, g->target, scale, dx.x);
    double tolerance = rounding(g) * (fabs((double)scale) + fabs((double)before));
    int met = expect_floats("dx", V, dx.x, want ? want : sum, tolerance);
    met &= expect_double("the surprise, in nats", got, whole, rounding(g) * (1 + fabs(whole)));
    met &= untouched_floats(&dx, V);
    met &= expect_true("the scores are as before", memcmp(x.x, g->x, V * sizeof *x.x) == 0);
    return met;
}

#define SURPRISE(scale_, before_, target_, scores_, ...)                                          \
    do {                                                                                          \
        char text_[64];                                                                           \
        const double want_[] = {__VA_ARGS__};                                                     \
        struct guess g_ = {.V = sizeof want_ / sizeof *want_, .x = scores_, .target = (target_)}; \
        given("x = {%s}, target %d, scale %g, dx = %g before",                                    \
              list((size_t)g_.V, g_.x, text_, sizeof text_), g_.target, (double)(scale_),         \
              (double)(before_));                                                                 \
        surprise_is(&g_, scale_, before_, want_);                                                 \
    } while (0)
#define ROW(...)    \
    {               \
        __VA_ARGS__ \
    }

TEST(gradient_surprise, two_scores)
{
    SURPRISE(1, 0, 0, ROW(0, 0), -0.5, 0.5);
    SURPRISE(1, 0, 1, ROW(0, 0), 0.5, -0.5);
    // log 3 is 1.0986123: P is 3/4 and 1/4.
    SURPRISE(1, 0, 0, ROW(1.0986123f, 0), -0.25, 0.25);
    SURPRISE(1, 0, 1, ROW(1.0986123f, 0), 0.75, -0.75);
}

TEST(gradient_surprise, is_scaled)
{
    SURPRISE(0.25f, 0, 0, ROW(0, 0), -0.125, 0.125);
    SURPRISE(-2, 0, 1, ROW(0, 0), -1, 1);
    SURPRISE(0, 0, 1, ROW(0, 0), 0, 0);
}

TEST(gradient_surprise, is_added)
{
    SURPRISE(1, 3, 0, ROW(0, 0), 2.5, 3.5);
    SURPRISE(0.5f, -1, 2, ROW(0, 0, 0, 0), -0.875, -0.875, -1.375, -0.875);
}

TEST(gradient_surprise, one_score)
{
    SURPRISE(1, 0, 0, ROW(7), 0);
}

TEST(gradient_surprise, extreme_scores)
{
    SURPRISE(1, 0, 0, ROW(10000, -10000), 0, 0);
    SURPRISE(1, 0, 1, ROW(10000, -10000), 1, -1);
    SURPRISE(1, 0, 0, ROW(-10000, -10000), -0.5, 0.5);
    SURPRISE(1, 0, 2, ROW(10000, 0, 10000), 0.5, 0, -0.5);
}

TEST(gradient_surprise, random_scores)
{
    struct random r = random_start(4, RANDOM_TEST);
    for (int i = 0; i < 40; i++) {
        struct guess g = {.V = 1 + (int)random_below(&r, MOST)};
        g.target = (int32_t)random_below(&r, (uint32_t)g.V);
        for (int v = 0; v < g.V; v++) g.x[v] = 2 * random_normal(&r);
        float scale = (float)between(&r, -2, 2), before = (float)between(&r, -1, 1);
        given("V = %d, target %d, scale %.3g, dx = %.3g before, random %d", g.V, g.target,
              (double)scale, (double)before, i);
        surprise_is(&g, scale, before, NULL);
    }
}

TEST(gradient_surprise, agrees_with_differences)
{
    struct random r = random_start(5, RANDOM_TEST);
    for (int i = 0; i < 10; i++) {
        struct guess g = {.V = 2 + (int)random_below(&r, 10)};
        g.target = (int32_t)random_below(&r, (uint32_t)g.V);
        double x[MOST], want[MOST];
        for (int v = 0; v < g.V; v++) x[v] = (double)(g.x[v] = random_normal(&r));
        ref_gradient_differences(surprise_of, &g, (size_t)g.V, x, want);
        given("V = %d, target %d; want is by differences of the surprise", g.V, g.target);
        surprise_is(&g, 1, 0, want);
    }
}

// --- gradient_step ---------------------------------------------------------------------------

static const struct row_loss SURPRISED = {ref_gradient_surprise, NULL};

// struct step: what a step begins with.
struct step {
    int V;
    size_t n;
    int32_t before[MOST], after[MOST];
    float lr, scores[MOST];
};

// step_is takes the step and compares with the reference; g holds NaN before.
static void step_is(const struct step *s, const struct row_loss *loss)
{
    struct floats scores, g;
    float ref_scores[MOST], ref_g[MOST];
    double want[MOST], want_g[MOST];
    size_t size = (size_t)s->V * (size_t)s->V;
    struct pairs p = {s->n, s->before, s->after};
    fence_floats(&scores, size, 0);
    fence_floats(&g, size, NAN);
    memcpy(scores.x, s->scores, size * sizeof *scores.x);
    memcpy(ref_scores, s->scores, size * sizeof *ref_scores);
    double nats = ref_gradient_step(loss, s->V, ref_scores, &p, s->lr, ref_g);
    for (size_t i = 0; i < size; i++) want[i] = (double)ref_scores[i], want_g[i] = (double)ref_g[i];
    double got = gradient_step(loss, s->V, scores.x, &p, s->lr, g.x);
    double tolerance = 0x1p-24 * (8 + 4 * (double)s->n);
    expect_floats("g, the gradient of the mean loss", size, g.x, want_g, tolerance);
    expect_floats("scores after the step", size, scores.x, want,
                  (1 + (double)s->lr) * tolerance + 1e-6);
    expect_double("the mean loss before the step", got, nats, 1e-6 + 1e-6 * fabs(nats));
    untouched_floats(&scores, size);
    untouched_floats(&g, size);
}

TEST(gradient_step, one_pair)
{
    given("V = 2, pair 0-1, scores all 0, lr 1; g all NaN before");
    step_is(&(struct step){.V = 2, .n = 1, .before = {0}, .after = {1}, .lr = 1}, &SURPRISED);
    given("V = 2, pair 1-0, scores all 0, lr 10");
    step_is(&(struct step){.V = 2, .n = 1, .before = {1}, .after = {0}, .lr = 10}, &SURPRISED);
}

TEST(gradient_step, the_mean_of_two)
{
    given("V = 2, pairs 0-1 0-1, scores all 0, lr 1");
    step_is(&(struct step){.V = 2, .n = 2, .before = {0, 0}, .after = {1, 1}, .lr = 1}, &SURPRISED);
    given("V = 2, pairs 0-1 1-1, scores all 0, lr 4");
    step_is(&(struct step){.V = 2, .n = 2, .before = {0, 1}, .after = {1, 1}, .lr = 4}, &SURPRISED);
    given("V = 2, pairs 0-0 0-1, scores {1, 0, 0, 0}, lr 2");
    step_is(
        &(struct step){
            .V = 2, .n = 2, .before = {0, 0}, .after = {0, 1}, .lr = 2, .scores = {1, 0, 0, 0}},
        &SURPRISED);
}

// Ten pairs: abracadabra, where a is 0, b 1, c 2, d 3, r 4.
static const int32_t WORD[] = {0, 1, 4, 0, 2, 0, 3, 0, 1, 4, 0};
enum { PAIRS = 10, V = 5 };

TEST(gradient_step, a_word)
{
    struct step s = {.V = V, .n = PAIRS, .lr = 1};
    memcpy(s.before, WORD, PAIRS * sizeof *WORD);
    memcpy(s.after, WORD + 1, PAIRS * sizeof *WORD);
    given("V = 5, the 10 pairs of abracadabra, scores all 0, lr 1");
    // As the lesson's text has it: 4 of 10 pairs begin with a; after it come b, c, d, b.
    const struct pairs p = {s.n, s.before, s.after};
    float scores[V * V] = {0}, g[V * V];
    const double after_a[] = {0.08, -0.12, -0.02, -0.02, 0.08};
    for (int i = 0; i < V * V; i++) g[i] = NAN;
    gradient_step(&SURPRISED, V, scores, &p, 1, g);
    expect_floats("g, the row of a", V, g, after_a, 1e-6);
    step_is(&s, &SURPRISED);
}

TEST(gradient_step, steps_in_a_row)
{
    float scores[4] = {0}, g[4], ref_scores[4] = {0}, ref_g[4];
    double want[4];
    const int32_t before[] = {0, 1, 0}, after[] = {1, 0, 1};
    for (size_t i = 0; i < 4; i++) g[i] = NAN;
    for (size_t i = 0; i < 3; i++) {
        const struct pairs p = {1, before + i, after + i};
        gradient_step(&SURPRISED, 2, scores, &p, 1, g);
        ref_gradient_step(&SURPRISED, 2, ref_scores, &p, 1, ref_g);
        for (size_t k = 0; k < 4; k++) want[k] = (double)ref_scores[k];
        given("V = 2, from 0, steps of one pair: 0-1, 1-0, 0-1; after step %zu", i + 1);
        expect_floats("scores", 4, scores, want, 1e-5);
    }
}

TEST(gradient_step, other_rows_stay)
{
    const int32_t before[] = {1}, after[] = {2};
    const struct pairs p = {1, before, after};
    float scores[9] = {1, 0.1f, -2, 3, 0.7f, 5, 1e-3f, 7, -8}, g[9];
    const double zeros[3] = {0};
    double first[3], last[3];
    for (int i = 0; i < 9; i++) g[i] = NAN;
    for (int v = 0; v < 3; v++) first[v] = (double)scores[v], last[v] = (double)scores[6 + v];
    gradient_step(&SURPRISED, 3, scores, &p, 2, g);
    given("V = 3, pair 1-2; no pair begins with 0 or 2");
    expect_floats("g, row 0, exactly", 3, g, zeros, 0);
    expect_floats("g, row 2, exactly", 3, g + 6, zeros, 0);
    expect_floats("scores, row 0, to the last bit", 3, scores, first, 0);
    expect_floats("scores, row 2, to the last bit", 3, scores + 6, last, 0);
}

// slanted is a loss that is not surprise: its numbers come from context.
static double slanted(void *context, int n, const float *x, int32_t target, float scale, float *dx)
{
    const float *weight = context;
    double sum = 0;
    for (int v = 0; v < n; v++) {
        float off = x[v] - (v == target ? 1 : 0);
        sum += (double)(weight[v] * off * off / 2);
        dx[v] += scale * weight[v] * off;
    }
    return sum;
}

TEST(gradient_step, any_loss)
{
    float weight[] = {1, 2, -3};
    struct row_loss loss = {slanted, weight};
    struct step s = {.V = 3,
                     .n = 3,
                     .before = {0, 2, 0},
                     .after = {1, 1, 2},
                     .lr = 0.5f,
                     .scores = {0, 1, 2, -1, 0, 1, 0.5f, 0, 0}};
    given("V = 3, pairs 0-1 2-1 0-2, a loss with a context, lr 0.5");
    step_is(&s, &loss);
}

TEST(gradient_step, random_pairs)
{
    struct random r = random_start(6, RANDOM_TEST);
    for (int i = 0; i < 30; i++) {
        struct step s = {.V = 1 + (int)random_below(&r, 8), .n = 1 + random_below(&r, MOST)};
        for (size_t k = 0; k < s.n; k++) {
            s.before[k] = (int32_t)random_below(&r, (uint32_t)s.V);
            s.after[k] = (int32_t)random_below(&r, (uint32_t)s.V);
        }
        for (int k = 0; k < s.V * s.V; k++) s.scores[k] = random_normal(&r);
        s.lr = (float)between(&r, 0, 20);
        given("V = %d, %zu pairs, lr %.3g, random number %d", s.V, s.n, (double)s.lr, i);
        step_is(&s, &SURPRISED);
    }
}

// --- both together: training -----------------------------------------------------------------

typedef double step_fn(const struct row_loss *, int, float *, const struct pairs *, float, float *);

// counted_bits is the mean surprise of the word's pairs at their shares of the counts.
static double counted_bits(void)
{
    double times[V][V] = {{0}}, all[V] = {0}, bits = 0;
    for (int i = 0; i < PAIRS; i++) times[WORD[i]][WORD[i + 1]]++, all[WORD[i]]++;
    for (int i = 0; i < PAIRS; i++) bits -= log2(times[WORD[i]][WORD[i + 1]] / all[WORD[i]]);
    return bits / PAIRS;
}

// converges trains on the word's pairs, all of them in each step, and compares with the counts.
// With a wrong gradient it would end anywhere, so then it does not begin.
static void converges(const struct row_loss *loss, step_fn *step)
{
    enum { STEPS = 5000 };
    float scores[V * V] = {0}, g[V * V], ref_g[V * V];
    const struct pairs p = {PAIRS, WORD, WORD + 1};
    double nats = 0, want[V * V];
    ref_gradient_step(&SURPRISED, V, scores, &p, 0, ref_g);
    for (int i = 0; i < V * V; i++) g[i] = NAN, want[i] = (double)ref_g[i];
    given("V = 5, the 10 pairs of abracadabra, %d steps from 0, lr 5", STEPS);
    for (int i = 0; i <= STEPS; i++) {
        nats = step(loss, V, scores, &p, 5, g);
        if (i > 0) continue;
        expect_double("bits a letter at the start: log2 5", nats / log(2), log2(V), 1e-5);
        if (!expect_floats("g of the first step", V * V, g, want, 1e-5)) return;
    }
    expect_double("bits a letter at the end, as by counting", nats / log(2), counted_bits(), 1e-3);
}

TEST(gradient_surprise, training_comes_to_the_counts)
{
    converges(&(struct row_loss){gradient_surprise, NULL}, ref_gradient_step);
}

TEST(gradient_step, training_comes_to_the_counts)
{
    converges(&SURPRISED, gradient_step);
}
