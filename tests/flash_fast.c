// flash_heads, flash_fast: attention's formula within the bound of their operations, forward and
// back; the same bits on any number of threads; and nobody looks ahead.
#include "flash_fast.h"

#include <criterion/criterion.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>

#include "attention.h"
#include "check.h"
#include "flash_heads.h"
#include "oracle.h"

// struct version: one of the two.
static const struct version {
    const char *name;
    void (*forward)(int B, int T, int H, int G, int D, const float *qkv, float *lse, float *out);
    void (*backward)(int B, int T, int H, int G, int D, const float *qkv, const float *lse,
                     const float *out, const float *dout, float *dqkv);
} VERSIONS[] = {{"flash_heads", flash_heads_forward, flash_heads_backward},
                {"flash_fast", flash_fast_forward, flash_fast_backward}};
enum { VERSION_COUNT = sizeof VERSIONS / sizeof *VERSIONS };

struct problem {
    struct check *c;
    int B, T, H, G, D, W;
    size_t wide, outs, maps, queries;  // elements of qkv, out, p, lse
    const float *qkv, *dout;
    double *qkv64, *p64, *out64, *dqkv64;
    double error;  // of a probability, relative
};

// slopes_of is the backward of attention in double, formula by formula.
static void slopes_of(struct problem *p)
{
    int T = p->T, D = p->D;
    double *dout = check_widen(p->c, p->outs, p->dout), *dp = check_doubles(p->c, (size_t)T);
    for (int i = 0; i < p->B * p->H * T; i++) {
        int b = i / (p->H * T), h = i / T % p->H, t = i % T, g = h / (p->H / p->G);
        ptrdiff_t q = (ptrdiff_t)(b * T + t) * p->W + h * D;
        const double *row = p->p64 + (ptrdiff_t)i * T, *dy = dout + ((b * T + t) * p->H + h) * D;
        double mean = 0;
        for (int s = 0; s <= t; s++) {
            const double *v = p->qkv64 + (ptrdiff_t)(b * T + s) * p->W + (p->H + p->G + g) * D;
            dp[s] = oracle_dot(D, dy, v);
            mean += row[s] * dp[s];
        }
        for (int s = 0; s <= t; s++) {
            ptrdiff_t k = (ptrdiff_t)(b * T + s) * p->W + (p->H + g) * D, v = k + p->G * D;
            double ds = row[s] * (dp[s] - mean) / sqrt(D);
            for (int d = 0; d < D; d++) {
                p->dqkv64[q + d] += ds * p->qkv64[k + d];
                p->dqkv64[k + d] += ds * p->qkv64[q + d];
                p->dqkv64[v + d] += row[s] * dy[d];
            }
        }
    }
}

static struct problem make(struct check *c, int B, int T, int H, int G, int D, float deviation)
{
    struct problem p = {.c = c, .B = B, .T = T, .H = H, .G = G, .D = D, .W = (H + 2 * G) * D};
    p.wide = (size_t)(B * T * p.W), p.outs = (size_t)(B * T * H * D);
    p.maps = (size_t)(B * H * T * T), p.queries = (size_t)(B * H * T);
    p.qkv = check_normals(c, p.wide, deviation), p.dout = check_normals(c, p.outs, 2);
    p.qkv64 = check_widen(c, p.wide, p.qkv), p.p64 = check_doubles(c, p.maps);
    p.out64 = check_doubles(c, p.outs), p.dqkv64 = check_doubles(c, p.wide);
    oracle_attention(B, T, H, G, D, p.qkv64, p.p64, p.out64);
    slopes_of(&p);
    // A score: D + 3 roundings of q . k / sqrt(D); once in the sum, once in the share; exp and log;
    // a rescaling for each block; the sum of T.
    double most = check_largest(p.wide, p.qkv64), score = sqrt(D) * most * most;
    p.error = CHECK_U * (2 * (D + 3) * score + 2 * T + 12);
    return p;
}

static const char *shape(const struct problem *p, const struct version *v)
{
    static char text[96];
    snprintf(text, sizeof text, "%s B=%d T=%d H=%d G=%d D=%d", v->name, p->B, p->T, p->H, p->G,
             p->D);
    return text;
}

static void compare(const struct problem *p, const struct version *v)
{
    float *lse = check_nans(p->c, p->queries), *out = check_nans(p->c, p->outs);
    float *dqkv = check_zeros(p->c, p->wide);
    v->forward(p->B, p->T, p->H, p->G, p->D, p->qkv, lse, out);
    double x = check_largest(p->wide, p->qkv64);
    check_near(p->outs, out, p->out64, (p->error + CHECK_U * p->T) * x, "out of %s", shape(p, v));
    v->backward(p->B, p->T, p->H, p->G, p->D, p->qkv, lse, out, p->dout, dqkv);
    // As in attention_given: a key or value gathers from `many` queries.
    int many = p->T * (p->H / p->G);
    double dy = 0;
    for (size_t i = 0; i < p->outs; i++) dy = fmax(dy, fabs((double)p->dout[i]));
    double error = p->error + CHECK_U * (2 * p->D + p->T + many + 12);
    double value = many * dy, score = many * 2 * sqrt(p->D) * dy * x * x;
    check_near(p->wide, dqkv, p->dqkv64, error * (value + score), "dqkv of %s", shape(p, v));
    // Far tighter, and no bound but a guard: most errors cancel.
    check_near(p->wide, dqkv, p->dqkv64, 3e-5 * check_largest(p->wide, p->dqkv64) + 1e-6,
               "dqkv of %s, closely", shape(p, v));
}

// Around a block's 64, and around a tile's rows.
static const int LENGTHS[] = {1, 2, 7, 8, 9, 31, 63, 64, 65, 127, 128, 130, 200};
enum { LENGTH_COUNT = sizeof LENGTHS / sizeof *LENGTHS };

static void all(int D)
{
    static const int HEADS[][2] = {{1, 1}, {2, 1}, {4, 2}};
    for (int i = 0; i < LENGTH_COUNT; i++) {
        struct check *c = check_begin((uint64_t)(D * 100 + i));
        const int *h = HEADS[i % 3];
        struct problem p = make(c, 1 + i % 2, LENGTHS[i], h[0], h[1], D, 1);
        for (int v = 0; v < VERSION_COUNT; v++) compare(&p, &VERSIONS[v]);
        check_end(c);
    }
}

Test(flash_fast, is_the_formula_with_heads_of_16)
{
    all(16);
}

Test(flash_fast, is_the_formula_with_heads_of_32)
{
    all(32);
}

Test(flash_fast, is_the_formula_with_heads_of_48_and_64)
{
    all(48);
    all(64);
}

Test(flash_fast, is_the_formula_with_the_largest_heads_and_larger_ones)
{
    all(128);
    all(144);
}

Test(flash_fast, is_the_formula_with_heads_that_are_no_whole_vectors)
{
    all(1);
    all(5);
}

Test(flash_fast, large_scores)
{
    for (int i = 0; i < VERSION_COUNT; i++) {
        struct check *c = check_begin(40);
        struct problem p = make(c, 1, 150, 2, 1, 16, 6);  // scores around ±150
        float *lse = check_nans(c, p.queries), *out = check_nans(c, p.outs);
        VERSIONS[i].forward(1, p.T, 2, 1, 16, p.qkv, lse, out);
        check_near(p.outs, out, p.out64, p.error * check_largest(p.wide, p.qkv64), "out of %s",
                   VERSIONS[i].name);
        for (size_t n = 0; n < p.queries; n++) cr_assert(isfinite(lse[n]));
        check_end(c);
    }
}

// q . k is t * s * 1e6 / sqrt(16): each position looks at itself alone.
Test(flash_fast, enormous_scores_pick_one_position)
{
    enum { T = 100, D = 16, W = 3 * D };
    for (int v = 0; v < VERSION_COUNT; v++) {
        struct check *c = check_begin(41);
        float *x = check_zeros(c, T * W), *out = check_nans(c, T * D), *lse = check_nans(c, T);
        const float *values = check_normals(c, T * D, 1);
        for (int t = 0; t < T; t++) {
            x[t * W] = x[t * W + D] = 1000 * (float)(t + 1);
            for (int d = 0; d < D; d++) x[t * W + 2 * D + d] = values[t * D + d];
        }
        VERSIONS[v].forward(1, T, 1, 1, D, x, lse, out);
        check_same(T * D, out, values, "%s", VERSIONS[v].name);
        check_end(c);
    }
}

Test(flash_fast, equals_lesson_12)
{
    enum { B = 2, T = 150, H = 4, G = 2, D = 32, N = B * T };
    struct check *c = check_begin(42);
    struct problem p = make(c, B, T, H, G, D, 1);
    float *map = check_nans(c, p.maps), *dp = check_nans(c, p.maps), *want = check_nans(c, p.outs);
    float *dwant = check_zeros(c, p.wide);
    attention_forward(B, T, H, G, D, p.qkv, map, want);
    attention_backward(B, T, H, G, D, p.qkv, map, p.dout, dp, dwant);
    for (int v = 0; v < VERSION_COUNT; v++) {
        float *lse = check_nans(c, p.queries), *out = check_nans(c, p.outs);
        float *dqkv = check_zeros(c, p.wide);
        VERSIONS[v].forward(B, T, H, G, D, p.qkv, lse, out);
        VERSIONS[v].backward(B, T, H, G, D, p.qkv, lse, out, p.dout, dqkv);
        check_relative(p.outs, out, want, 3e-6, "out of %s", VERSIONS[v].name);
        check_relative(p.wide, dqkv, dwant, 1e-5, "dqkv of %s", VERSIONS[v].name);
    }
    check_end(c);
}

Test(flash_fast, gradients_are_added)
{
    for (int v = 0; v < VERSION_COUNT; v++) {
        struct check *c = check_begin(43);
        struct problem p = make(c, 1, 90, 2, 1, 32, 1);
        float *lse = check_nans(c, p.queries), *out = check_nans(c, p.outs);
        float *dqkv = check_copy(c, p.wide, check_normals(c, p.wide, 5));
        double *want = check_widen(c, p.wide, dqkv);
        for (size_t i = 0; i < p.wide; i++) want[i] += p.dqkv64[i];
        VERSIONS[v].forward(1, 90, 2, 1, 32, p.qkv, lse, out);
        VERSIONS[v].backward(1, 90, 2, 1, 32, p.qkv, lse, out, p.dout, dqkv);
        check_near(p.wide, dqkv, want, 1e-4, "%s", VERSIONS[v].name);
        check_end(c);
    }
}

// Only the output at t has a gradient: nothing behind it gets one, in its block and in later ones.
Test(flash_fast, the_future_has_exactly_zero_gradient)
{
    enum { T = 140, H = 2, G = 1, D = 16, W = (H + 2 * G) * D };
    static const int PLACES[] = {0, 1, 40, 63, 64, 100, 138};
    for (int v = 0; v < VERSION_COUNT; v++) {
        struct check *c = check_begin(44);
        struct problem p = make(c, 1, T, H, G, D, 1);
        float *lse = check_nans(c, p.queries), *out = check_nans(c, p.outs);
        VERSIONS[v].forward(1, T, H, G, D, p.qkv, lse, out);
        for (size_t i = 0; i < sizeof PLACES / sizeof *PLACES; i++) {
            int t = PLACES[i];
            float *dout = check_zeros(c, p.outs), *dqkv = check_zeros(c, p.wide);
            for (int d = 0; d < H * D; d++) dout[t * H * D + d] = p.dout[t * H * D + d];
            VERSIONS[v].backward(1, T, H, G, D, p.qkv, lse, out, dout, dqkv);
            for (int n = (t + 1) * W; n < T * W; n++)
                cr_assert(dqkv[n] == 0, "%s: from %d to %d", VERSIONS[v].name, t, n / W);
            for (int s = 0; s < t; s++) {
                for (int d = 0; d < H * D; d++) cr_assert(dqkv[s * W + d] == 0, "query %d", s);
                cr_assert(dqkv[s * W + W - 1] != 0, "value %d has no gradient", s);
            }
        }
        check_end(c);
    }
}

Test(flash_fast, a_later_token_changes_nothing_before_it)
{
    enum { T = 140, H = 2, G = 1, D = 16, W = (H + 2 * G) * D };
    for (int v = 0; v < VERSION_COUNT; v++) {
        struct check *c = check_begin(45);
        struct problem p = make(c, 1, T, H, G, D, 1);
        float *lse = check_nans(c, p.queries), *want = check_nans(c, p.outs);
        float *out = check_nans(c, p.outs);
        VERSIONS[v].forward(1, T, H, G, D, p.qkv, lse, want);
        for (int from = 1; from < T; from += 13) {
            float *x = check_copy(c, p.wide, p.qkv);
            for (int i = from * W; i < T * W; i++) x[i] = 100 - x[i];
            VERSIONS[v].forward(1, T, H, G, D, x, lse, out);
            check_same((size_t)(from * H * D), out, want, "%s before %d", VERSIONS[v].name, from);
        }
        check_end(c);
    }
}

struct job {
    const struct problem *p;
    const struct version *v;
};

static void work(const void *job, float *out)
{
    const struct problem *p = ((const struct job *)job)->p;
    const struct version *v = ((const struct job *)job)->v;
    float *y = out + p->queries, *dqkv = y + p->outs;
    v->forward(p->B, p->T, p->H, p->G, p->D, p->qkv, out, y);
    v->backward(p->B, p->T, p->H, p->G, p->D, p->qkv, out, y, p->dout, dqkv);
}

// With one group eight threads share out its blocks, with six each takes whole groups.
Test(flash_fast, threads_change_no_bit)
{
    static const int SHAPES[][5] = {{1, 300, 2, 1, 32}, {2, 140, 6, 3, 16}, {1, 90, 1, 1, 5}};
    for (int i = 0; i < 3; i++) {
        for (int v = 0; v < VERSION_COUNT; v++) {
            struct check *c = check_begin(46);
            const int *s = SHAPES[i];
            struct problem p = make(c, s[0], s[1], s[2], s[3], s[4], 1);
            struct job job = {&p, &VERSIONS[v]};
            check_threads(c, p.queries + p.outs + p.wide, work, &job, "%s",
                          shape(&p, &VERSIONS[v]));
            check_end(c);
        }
    }
}

Test(flash_fast, refuses_heads_that_do_not_divide_into_groups, .signal = SIGABRT)
{
    float x[64] = {0}, lse[64], out[64];
    flash_fast_forward(1, 1, 3, 2, 1, x, lse, out);
}

Test(flash_fast, the_plain_one_refuses_them_too, .signal = SIGABRT)
{
    float x[64] = {0}, lse[64], out[64];
    flash_heads_forward(1, 1, 3, 2, 1, x, lse, out);
}
