// attention: what only the reference must do: errors within the bound of its operations, and the
// same bits on any number of threads.
#include "attention.h"

#include <criterion/criterion.h>
#include <signal.h>

#include "check.h"
#include "oracle.h"

// {B, T, H, G, D}: one query; multi-head, multi-query, grouped; rows and texts longer than 16.
static const int SHAPES[][5] = {
    {1, 1, 1, 1, 1}, {2, 1, 3, 3, 4}, {1, 5, 2, 2, 3},  {2, 7, 4, 1, 5},  {1, 5, 2, 1, 70},
    {1, 6, 4, 2, 2}, {3, 3, 6, 3, 1}, {1, 9, 1, 1, 17}, {2, 4, 6, 2, 16}, {1, 35, 2, 1, 4}};
enum { SHAPE_COUNT = sizeof SHAPES / sizeof *SHAPES };

struct problem {
    struct check *c;
    int B, T, H, G, D, W;
    size_t qkv_size, p_size, out_size;
    const float *qkv, *dout;
    double *qkv64, *dout64, *p64, *out64;
    float *p, *dp;
};

static struct problem make(struct check *c, const int *s, float deviation)
{
    struct problem p = {.c = c, .B = s[0], .T = s[1], .H = s[2], .G = s[3], .D = s[4]};
    p.W = (p.H + 2 * p.G) * p.D;
    p.qkv_size = (size_t)(p.B * p.T * p.W);
    p.p_size = (size_t)(p.B * p.H * p.T * p.T);
    p.out_size = (size_t)(p.B * p.T * p.H * p.D);
    p.qkv = check_normals(c, p.qkv_size, deviation);
    p.dout = check_normals(c, p.out_size, 2);
    p.qkv64 = check_widen(c, p.qkv_size, p.qkv), p.dout64 = check_widen(c, p.out_size, p.dout);
    p.p64 = check_doubles(c, p.p_size), p.out64 = check_doubles(c, p.out_size);
    p.p = check_nans(c, p.p_size), p.dp = check_nans(c, p.p_size);
    return p;
}

// error_of returns the relative error of a probability: that of a score, D + 3 roundings of
// q . k / sqrt(D) and of the maximum, twice, which exp makes relative; its own 4; the sum of T.
static double error_of(const struct problem *p)
{
    double most = check_largest(p->qkv_size, p->qkv64), score = sqrt(p->D) * most * most;
    return CHECK_U * (2 * (p->D + 3) * score + p->T + 8);
}

static void check_forward(const struct problem *p, const char *what)
{
    float *out = check_nans(p->c, p->out_size);
    attention_forward(p->B, p->T, p->H, p->G, p->D, p->qkv, p->p, out);
    oracle_attention(p->B, p->T, p->H, p->G, p->D, p->qkv64, p->p64, p->out64);
    double error = error_of(p), most = check_largest(p->qkv_size, p->qkv64);
    check_near(p->p_size, p->p, p->p64, error, "p of %s B=%d T=%d H=%d G=%d D=%d", what, p->B, p->T,
               p->H, p->G, p->D);
    check_near(p->out_size, out, p->out64, (error + CHECK_U * p->T) * most,
               "out of %s B=%d T=%d H=%d G=%d D=%d", what, p->B, p->T, p->H, p->G, p->D);
    for (int i = 0; i < p->B * p->H * p->T; i++) {
        double sum = 0;
        for (int s = 0; s < p->T; s++) sum += (double)p->p[i * p->T + s];
        cr_assert(fabs(sum - 1) <= CHECK_U * (2 * p->T + 4), "%s: row %d of p sums to %.9f", what,
                  i, sum);
        for (int s = i % p->T + 1; s < p->T; s++) {
            cr_assert(p->p[i * p->T + s] == 0, "%s: row %d looks ahead to %d", what, i, s);
        }
    }
}

Test(attention_given, forward_is_the_formula)
{
    for (int i = 0; i < SHAPE_COUNT; i++) {
        struct check *c = check_begin((uint64_t)i);
        struct problem p = make(c, SHAPES[i], 1);
        check_forward(&p, "normal rows");
        p = make(c, SHAPES[i], 9);  // scores around ±80
        check_forward(&p, "large rows");
        check_end(c);
    }
}

Test(attention_given, enormous_scores_pick_one_position)
{
    struct check *c = check_begin(20);
    struct problem p = make(c, (int[]){1, 4, 1, 1, 2}, 1);
    // q . k is t * s * 1e6 / sqrt(2): each position looks at itself alone.
    float *x = check_copy(c, p.qkv_size, p.qkv), *out = check_nans(c, p.out_size);
    for (int t = 0; t < 4; t++) {
        for (int i = 0; i < 4; i++) x[t * 6 + i] = i % 2 ? 0 : 1000 * (float)(t + 1);
    }
    attention_forward(1, 4, 1, 1, 2, x, p.p, out);
    for (int t = 0; t < 4; t++) check_same(2, out + t * 2, x + t * 6 + 4, "position %d", t);
    check_end(c);
}

static double objective(const void *context)
{
    const struct problem *p = context;
    oracle_attention(p->B, p->T, p->H, p->G, p->D, p->qkv64, p->p64, p->out64);
    return oracle_dot((int)p->out_size, p->out64, p->dout64);
}

Test(attention_given, backward_is_the_slope_and_adds)
{
    for (int i = 0; i < SHAPE_COUNT; i++) {
        struct check *c = check_begin((uint64_t)i);
        struct problem p = make(c, SHAPES[i], 1);
        float *out = check_nans(c, p.out_size), *dqkv = check_zeros(c, p.qkv_size);
        attention_forward(p.B, p.T, p.H, p.G, p.D, p.qkv, p.p, out);
        attention_backward(p.B, p.T, p.H, p.G, p.D, p.qkv, p.p, p.dout, p.dp, dqkv);
        double *slope = check_doubles(c, p.qkv_size);
        check_slopes(p.qkv_size, p.qkv64, objective, &p, slope);
        // The gradient of p is a sum of D products, that of a score T of them; a key or value
        // gathers from `many` queries, of probability 1 at most.  Each passes on the error of p.
        int many = p.T * (p.H / p.G);
        double x = check_largest(p.qkv_size, p.qkv64), dy = check_largest(p.out_size, p.dout64);
        double error = error_of(&p) + CHECK_U * (p.D + p.T + many + 8);
        double value = many * dy, score = many * 2 * sqrt(p.D) * dy * x * x;
        double tolerance = error * (value + score) + 1e-9;
        check_near(p.qkv_size, dqkv, slope, tolerance, "dqkv B=%d T=%d H=%d G=%d D=%d", p.B, p.T,
                   p.H, p.G, p.D);
        const float *before = check_normals(c, p.qkv_size, 5);
        float *added = check_copy(c, p.qkv_size, before);
        attention_backward(p.B, p.T, p.H, p.G, p.D, p.qkv, p.p, p.dout, p.dp, added);
        check_added(p.qkv_size, added, before, dqkv, "dqkv adds, B=%d T=%d H=%d G=%d D=%d", p.B,
                    p.T, p.H, p.G, p.D);
        check_end(c);
    }
}

Test(attention_given, a_later_token_changes_nothing_before_it)
{
    enum { T = 9, H = 4, G = 2, D = 5, W = (H + 2 * G) * D };
    struct check *c = check_begin(30);
    struct problem p = make(c, (int[]){1, T, H, G, D}, 1);
    float *want = check_nans(c, p.out_size), *out = check_nans(c, p.out_size);
    attention_forward(1, T, H, G, D, p.qkv, p.p, want);
    for (int changed = 1; changed < T; changed++) {
        float *x = check_copy(c, p.qkv_size, p.qkv);
        for (int i = 0; i < W; i++) x[changed * W + i] = 100 - x[changed * W + i];
        attention_forward(1, T, H, G, D, x, p.p, out);
        check_same((size_t)(changed * H * D), out, want, "before position %d", changed);
        for (int h = 0; h < H; h++) {
            int i = (changed * H + h) * D;
            cr_assert(out[i] != want[i], "position %d, head %d did not change", changed, h);
        }
    }
    check_end(c);
}

Test(attention_given, no_gradient_flows_to_a_later_token)
{
    enum { T = 9, H = 4, G = 2, D = 5, W = (H + 2 * G) * D };
    struct check *c = check_begin(31);
    struct problem p = make(c, (int[]){1, T, H, G, D}, 1);
    float *out = check_nans(c, p.out_size);
    attention_forward(1, T, H, G, D, p.qkv, p.p, out);
    for (int t = 0; t < T; t++) {  // only the output at t has a gradient
        float *dout = check_zeros(c, p.out_size), *dqkv = check_zeros(c, p.qkv_size);
        for (int i = 0; i < H * D; i++) dout[t * H * D + i] = p.dout[t * H * D + i];
        attention_backward(1, T, H, G, D, p.qkv, p.p, dout, p.dp, dqkv);
        for (int i = (t + 1) * W; i < T * W; i++) {
            cr_assert(dqkv[i] == 0, "from %d to %d: %g", t, i / W, (double)dqkv[i]);
        }
        // Queries before t took no part in it either; keys and values did.
        for (int s = 0; s < t; s++) {
            for (int i = 0; i < H * D; i++) cr_assert(dqkv[s * W + i] == 0, "query %d", s);
            cr_assert(dqkv[s * W + W - 1] != 0, "value %d has no gradient", s);
        }
    }
    check_end(c);
}

Test(attention_given, sequences_of_a_batch_do_not_meet)
{
    enum { T = 5, H = 2, G = 1, D = 3, W = (H + 2 * G) * D };
    struct check *c = check_begin(32);
    struct problem p = make(c, (int[]){3, T, H, G, D}, 1);
    float *all = check_nans(c, p.out_size), *one = check_nans(c, T * H * D);
    attention_forward(3, T, H, G, D, p.qkv, p.p, all);
    float *dall = check_zeros(c, p.qkv_size), *done = check_zeros(c, p.qkv_size);
    attention_backward(3, T, H, G, D, p.qkv, p.p, p.dout, p.dp, dall);
    for (int b = 0; b < 3; b++) {
        attention_forward(1, T, H, G, D, p.qkv + b * T * W, p.p, one);
        check_same(T * H * D, all + b * T * H * D, one, "sequence %d", b);
        attention_backward(1, T, H, G, D, p.qkv + b * T * W, p.p, p.dout + b * T * H * D, p.dp,
                           done + b * T * W);
    }
    check_same(p.qkv_size, dall, done, "gradients");
    check_end(c);
}

static void work(const void *job, float *out)
{
    const struct problem *p = job;
    attention_forward(p->B, p->T, p->H, p->G, p->D, p->qkv, out, out + p->p_size);
    attention_backward(p->B, p->T, p->H, p->G, p->D, p->qkv, out, p->dout, p->dp,
                       out + p->p_size + p->out_size);
}

Test(attention_given, threads_change_no_bit)
{
    struct check *c = check_begin(33);
    struct problem p = make(c, (int[]){3, 40, 6, 3, 20}, 1);
    check_threads(c, p.p_size + p.out_size + p.qkv_size, work, &p, "p, out, dqkv");
    check_end(c);
}

Test(attention_given, refuses_heads_that_do_not_divide_into_groups, .signal = SIGABRT)
{
    float x[64] = {0}, p[64], out[64];
    attention_forward(1, 1, 3, 2, 1, x, p, out);
}
