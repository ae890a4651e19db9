// attention_fast: the same bits as the plain functions, whatever the shape and the threads; and
// what is infinite or not a number reaches the same outputs.
#include "attention_fast.h"

#include <criterion/criterion.h>
#include <math.h>
#include <signal.h>
#include <string.h>

#include "attention.h"
#include "check.h"

// struct problem: one shape's inputs, and what the plain functions make of them.
struct problem {
    int B, T, H, G, D;
    size_t wide, maps, outs;  // elements of qkv, p and out
    float *qkv, *dout, *before, *p, *out, *dqkv;
};

static struct problem make(struct check *c, int B, int T, int H, int G, int D)
{
    size_t rows = (size_t)B * (size_t)T;
    struct problem s = {.B = B, .T = T, .H = H, .G = G, .D = D};
    s.wide = rows * (size_t)((H + 2 * G) * D);
    s.maps = rows * (size_t)H * (size_t)T;
    s.outs = rows * (size_t)(H * D);
    s.qkv = check_normals(c, s.wide, 1);
    s.dout = check_normals(c, s.outs, 1);
    s.before = check_normals(c, s.wide, 1);
    s.p = check_nans(c, s.maps);
    s.out = check_nans(c, s.outs);
    s.dqkv = check_copy(c, s.wide, s.before);
    return s;
}

static void solve(struct check *c, struct problem *s)
{
    attention_forward(s->B, s->T, s->H, s->G, s->D, s->qkv, s->p, s->out);
    attention_backward(s->B, s->T, s->H, s->G, s->D, s->qkv, s->p, s->dout, check_nans(c, s->maps),
                       s->dqkv);
}

// same compares bits; but one NaN is as good as another.
static void same(size_t n, const float *got, const float *want, const char *what,
                 const struct problem *s, int threads)
{
    for (size_t i = 0; i < n; i++) {
        int right = isnan(want[i]) ? isnan(got[i]) : !memcmp(got + i, want + i, sizeof *got);
        cr_assert(right, "%s[%zu] is %.9g, want %.9g: B=%d T=%d H=%d G=%d D=%d, %d threads", what,
                  i, (double)got[i], (double)want[i], s->B, s->T, s->H, s->G, s->D, threads);
    }
}

static void compare(struct check *c, const struct problem *s, int threads)
{
    float *p = check_nans(c, s->maps), *out = check_nans(c, s->outs);
    float *dp = check_nans(c, s->maps), *dqkv = check_copy(c, s->wide, s->before);
    check_set_threads(threads);
    attention_fast_forward(s->B, s->T, s->H, s->G, s->D, s->qkv, p, out);
    same(s->maps, p, s->p, "p", s, threads);
    same(s->outs, out, s->out, "out", s, threads);
    attention_fast_backward(s->B, s->T, s->H, s->G, s->D, s->qkv, s->p, s->dout, dp, dqkv);
    same(s->wide, dqkv, s->dqkv, "dqkv", s, threads);
}

static const int POSITIONS[] = {1, 7, 16, 33, 64, 100};
static const int HEADS[][2] = {{1, 1}, {2, 1}, {4, 1}, {4, 2}, {3, 3}};  // {H, G}
enum { POSITION_COUNT = sizeof POSITIONS / sizeof *POSITIONS };
enum { HEAD_COUNT = sizeof HEADS / sizeof *HEADS };

// Heads of D numbers, of every length and grouping.
static void all(int D)
{
    for (int t = 0; t < POSITION_COUNT; t++) {
        for (int h = 0; h < HEAD_COUNT; h++) {
            for (int B = 1; B <= 3; B += 2) {
                struct check *c = check_begin((uint64_t)(t * 100 + h * 10 + B));
                struct problem s = make(c, B, POSITIONS[t], HEADS[h][0], HEADS[h][1], D);
                check_set_threads(1);
                solve(c, &s);
                for (int threads = 1; threads <= 3; threads++) compare(c, &s, threads);
                check_end(c);
            }
        }
    }
}

Test(attention_fast, same_bits_where_one_vector_is_more_than_a_head)
{
    all(1);
    all(3);
    all(8);
}

Test(attention_fast, same_bits_with_16)
{
    all(16);
}

Test(attention_fast, same_bits_with_32)
{
    all(32);
}

Test(attention_fast, same_bits_with_48)
{
    all(48);
}

Test(attention_fast, same_bits_with_64)
{
    all(64);
}

Test(attention_fast, same_bits_with_100)
{
    all(100);
}

// The largest that is turned, and one that is not.
Test(attention_fast, same_bits_with_256_and_more)
{
    for (int D = 256; D <= 300; D += 44) {
        struct check *c = check_begin((uint64_t)D);
        struct problem s = make(c, 2, 35, 2, 1, D);
        solve(c, &s);
        for (int threads = 1; threads <= 3; threads++) compare(c, &s, threads);
        check_end(c);
    }
}

// More threads than heads: rows of one head are shared out.
Test(attention_fast, same_bits_with_more_threads_than_heads)
{
    struct check *c = check_begin(8);
    struct problem s = make(c, 1, 100, 2, 1, 32);
    solve(c, &s);
    compare(c, &s, 8);
    compare(c, &s, 40);
    check_end(c);
}

// Scores of 0, of both signs, and ones so far apart that probabilities are 0.
Test(attention_fast, same_bits_of_zeros_and_of_large_scores)
{
    struct check *c = check_begin(9);
    struct problem s = make(c, 2, 50, 2, 2, 32);
    for (size_t i = 0; i < s.wide; i++) s.qkv[i] = i % 5 == 0 ? -0.0f : 60 * s.qkv[i];
    for (size_t i = 0; i < s.wide / 2; i++) s.qkv[i] = i % 3 ? 0 : -0.0f;
    for (size_t i = 0; i < s.outs; i += 3) s.dout[i] = -0.0f;
    for (size_t i = 0; i < s.wide; i += 2) s.before[i] = s.dqkv[i] = i % 4 ? 0 : -0.0f;
    solve(c, &s);
    for (int threads = 1; threads <= 3; threads++) compare(c, &s, threads);
    check_end(c);
}

// One number of qkv, or of dout, that is infinite or NaN: the positions before it do not see it.
Test(attention_fast, what_is_not_finite_goes_where_it_goes_in_the_plain_version)
{
    enum { T = 37, H = 2, G = 1, D = 32, W = (H + 2 * G) * D };
    static const int place[] = {0, H * D + 3, (H + G) * D + 31};  // in a query, a key, a value
    for (int i = 0; i < 3 * T * 4; i++) {
        struct check *c = check_begin(10 + (uint64_t)i);
        struct problem s = make(c, 1, T, H, G, D);
        int t = i / 4 % T;
        float bad = i % 2 ? NAN : INFINITY;
        if (i % 4 < 2)
            s.qkv[t * W + place[i / 4 / T]] = bad;
        else
            s.dout[t * H * D + place[i / 4 / T] % (H * D)] = bad;
        solve(c, &s);
        compare(c, &s, 1 + i % 2);
        check_end(c);
    }
}

Test(attention_fast, heads_that_are_no_multiple_of_groups_are_a_bug, .signal = SIGABRT)
{
    float x[64] = {0};
    attention_fast_forward(1, 1, 3, 2, 2, x, x, x);
}
