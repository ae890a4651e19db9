// generate: each step from scores to a token on two to four tokens that a person can redo, then on
// random ones against the formulas in double; stop texts cut at every place; attention to what was
// read before against the formula, and a whole model with it against the same model without.
#include "generate.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cache.h"
#include "check.h"
#include "lesson.h"
#include "oracle.h"
#include "random.h"
#include "shape.h"

FUNCTION(generate_penalize, 2);
FUNCTION(generate_weigh, 2);
FUNCTION(generate_top_k, 3);
FUNCTION(generate_top_p, 3);
FUNCTION(generate_min_p, 2);
FUNCTION(generate_draw, 3);
FUNCTION(generate_stop, 4);
FUNCTION(generate_attend, 4);

enum { MOST = 64, SHOWN = 6 };
static const float BESIDE = 77;

// shown returns the first numbers of an array as text; six texts live at a time.
static const char *shown(int n, const float *x)
{
    static char texts[6][SHOWN * 14];
    static int next;
    char *text = texts[next++ % 6];
    int size = 0, most = n > SHOWN ? SHOWN - 2 : n;
    text[0] = 0;
    for (int i = 0; i < most; i++)
        size +=
            snprintf(text + size, sizeof *texts - (size_t)size, "%s%g", i ? " " : "", (double)x[i]);
    if (n > SHOWN) snprintf(text + size, sizeof *texts - (size_t)size, " ...");
    return text;
}

// --- generate_penalize -----------------------------------------------------------------------

static void try_penalize(int V, const float *logits, int n, const int32_t *ids, float penalty)
{
    float out[MOST + 1], text[SHOWN];
    double want[MOST], largest = 0;
    for (int v = 0; v < V; v++) {
        int used = 0;
        for (int i = 0; i < n; i++) used |= ids[i] == v;
        double x = (double)logits[v], by = (double)penalty;
        want[v] = !used ? x : x > 0 ? x / by : x * by;
        largest = fmax(largest, fabs(want[v]));
    }
    for (int i = 0; i <= V; i++) out[i] = NAN;
    out[V] = BESIDE;
    for (int i = 0; i < SHOWN && i < n; i++) text[i] = (float)ids[i];
    given("logits %s; %d ids: %s%s; penalty %g", shown(V, logits), n,
          shown(n < SHOWN ? n : SHOWN, text), n > SHOWN ? " ..." : "", (double)penalty);
    generate_penalize(V, logits, n, ids, penalty, out);
    expect_floats("out", (size_t)V, out, want, CHECK_U * 2 * largest);
    expect_true("nothing is written behind out", out[V] == BESIDE);
}

TEST(generate_penalize, nothing_was_used)
{
    try_penalize(3, (float[]){1, -2, 0.5f}, 0, NULL, 2);
    try_penalize(3, (float[]){1, -2, 0.5f}, 2, (int32_t[]){0, 1}, 1);
}

TEST(generate_penalize, above_zero_is_divided)
{
    try_penalize(2, (float[]){3, 1}, 1, (int32_t[]){0}, 2);
    try_penalize(3, (float[]){1, 4, 2}, 2, (int32_t[]){2, 1}, 4);
}

TEST(generate_penalize, below_zero_is_multiplied)
{
    try_penalize(2, (float[]){-3, 1}, 1, (int32_t[]){0}, 2);
    try_penalize(3, (float[]){0, -1, 5}, 2, (int32_t[]){0, 1}, 1.5f);
}

TEST(generate_penalize, an_id_counts_once)
{
    try_penalize(2, (float[]){8, 1}, 3, (int32_t[]){0, 0, 0}, 2);
    try_penalize(2, (float[]){-1, 1}, 4, (int32_t[]){0, 1, 0, 1}, 2);
}

TEST(generate_penalize, below_1_rewards)
{
    try_penalize(2, (float[]){2, -2}, 2, (int32_t[]){0, 1}, 0.5f);
}

TEST(generate_penalize, random_scores)
{
    struct check *c = check_begin(1);
    for (int i = 0; i < 20; i++) {
        int V = 1 + i * 3, n = i * i % 50;
        try_penalize(V, check_normals(c, (size_t)V, 3), n, check_ids(c, (size_t)n + 1, V),
                     1 + 0.1f * (float)i);
    }
    check_end(c);
}

// --- candidates ------------------------------------------------------------------------------

// candidates writes weights as candidates with the ids from `first` on.
static void candidates(int n, const float *p, int first, struct candidate *c)
{
    for (int i = 0; i < n; i++) c[i] = (struct candidate){p[i], first + i};
}

static void try_weigh(int V, const float *logits, float temperature)
{
    struct candidate c[MOST + 1];
    double want[MOST], tolerance = 0;
    float got[MOST];
    int32_t ids[MOST], wanted[MOST];
    float max = logits[0];
    for (int v = 1; v < V; v++) max = fmaxf(max, logits[v]);
    for (int v = 0; v < V; v++) {
        double x = ((double)logits[v] - (double)max) / (double)temperature;
        want[v] = exp(x);
        wanted[v] = v;
        // Of the difference and the quotient a rounding each, which exp makes relative.
        if (isfinite(x)) tolerance = fmax(tolerance, CHECK_U * (2 * fabs(x) + 6) * want[v]);
    }
    for (int v = 0; v <= V; v++) c[v] = (struct candidate){BESIDE, -1};
    given("logits %s; temperature %g", shown(V, logits), (double)temperature);
    generate_weigh(V, logits, temperature, c);
    for (int v = 0; v < V; v++) got[v] = c[v].p, ids[v] = c[v].id;
    expect_floats("weights", (size_t)V, got, want, tolerance);
    expect_ids("ids of the candidates", (size_t)V, ids, (size_t)V, wanted);
    expect_true("nothing is written behind the candidates", c[V].p == BESIDE && c[V].id == -1);
}

TEST(generate_weigh, the_likeliest_weighs_1)
{
    try_weigh(1, (float[]){5}, 1);
    try_weigh(1, (float[]){-5}, 2);
    try_weigh(2, (float[]){3, 3}, 1);
}

TEST(generate_weigh, example_of_the_text)
{
    try_weigh(3, (float[]){2, 1, 0}, 1);
    try_weigh(3, (float[]){2, 1, 0}, 0.5f);
    try_weigh(3, (float[]){2, 1, 0}, 2);
}

TEST(generate_weigh, all_below_zero)
{
    try_weigh(3, (float[]){-3, -1, -2}, 1);
}

TEST(generate_weigh, scores_of_any_size)
{
    try_weigh(3, (float[]){1000, 999, 0}, 1);
    try_weigh(2, (float[]){-1000, -1001}, 1);
    try_weigh(2, (float[]){1, 0}, 1e-6f);
    try_weigh(3, (float[]){1, -INFINITY, 0}, 1);
}

TEST(generate_weigh, random_scores)
{
    struct check *c = check_begin(2);
    for (int i = 0; i < 20; i++) {
        int V = 1 + 3 * i;
        try_weigh(V, check_normals(c, (size_t)V, 4), 0.25f * (float)(1 + i));
    }
    check_end(c);
}

// --- generate_top_k --------------------------------------------------------------------------

// in_order sorts by insertion: larger first, of equal ones the smaller id.
static void in_order(int n, struct candidate *c)
{
    for (int i = 1; i < n; i++) {
        struct candidate x = c[i];
        int at = i;
        for (; at && (c[at - 1].p < x.p || (c[at - 1].p == x.p && c[at - 1].id > x.id)); at--)
            c[at] = c[at - 1];
        c[at] = x;
    }
}

static void expect_kept(int n, const struct candidate *got, const struct candidate *want)
{
    int32_t ids[MOST], wanted[MOST];
    float p[MOST];
    double weights[MOST];
    for (int i = 0; i < n; i++) {
        ids[i] = got[i].id, wanted[i] = want[i].id;
        p[i] = got[i].p, weights[i] = (double)want[i].p;
    }
    expect_ids("ids of those in front", (size_t)n, ids, (size_t)n, wanted);
    expect_floats("their weights", (size_t)n, p, weights, 0);
}

static void try_top_k(int n, struct candidate *c, int k, const char *ids)
{
    struct candidate work[MOST + 1], want[MOST];
    float p[MOST];
    for (int i = 0; i < n; i++) p[i] = c[i].p;
    memcpy(work, c, sizeof *c * (size_t)n);
    memcpy(want, c, sizeof *c * (size_t)n);
    work[n] = (struct candidate){BESIDE, -1};
    in_order(n, want);
    int stay = k == 0 || k > n ? n : k;
    given("weights %s of ids %s; k = %d", shown(n, p), ids, k);
    if (expect_int("how many stay", generate_top_k(n, work, k), stay))
        expect_kept(stay, work, want);
    expect_true("what is behind the candidates is as before",
                work[n].p == BESIDE && work[n].id == -1);
}

static void try_weights(int n, const float *p, int k)
{
    struct candidate c[MOST];
    candidates(n, p, 0, c);
    try_top_k(n, c, k, "from 0 on");
}

TEST(generate_top_k, one_candidate)
{
    for (int k = 0; k < 3; k++) try_weights(1, (float[]){1}, k);
}

TEST(generate_top_k, the_largest_come_first)
{
    try_weights(3, (float[]){0.5f, 1, 0.25f}, 1);
    try_weights(3, (float[]){0.5f, 1, 0.25f}, 2);
    try_weights(4, (float[]){0.125f, 0.5f, 0.25f, 1}, 3);
}

TEST(generate_top_k, weights_that_hardly_differ)
{
    try_weights(3, (float[]){0.25f, 0.5f, 0.375f}, 2);
    try_weights(3, (float[]){1e-20f, 3e-20f, 2e-20f}, 2);
}

TEST(generate_top_k, zero_and_more_than_there_are_keep_all)
{
    try_weights(3, (float[]){0.5f, 1, 0.25f}, 0);
    try_weights(3, (float[]){0.5f, 1, 0.25f}, 3);
    try_weights(3, (float[]){0.5f, 1, 0.25f}, 4);
    try_weights(3, (float[]){0.5f, 1, 0.25f}, 1 << 24);
}

TEST(generate_top_k, of_equal_ones_the_smaller_id)
{
    for (int k = 0; k < 6; k++) try_weights(5, (float[]){0.5f, 1, 0.5f, 1, 0.5f}, k);
    struct candidate c[] = {{1, 9}, {1, 2}, {1, 5}};
    try_top_k(3, c, 2, "9 2 5");
}

TEST(generate_top_k, random_weights)
{
    struct check *c = check_begin(3);
    struct random r = random_start(3, RANDOM_TEST);
    for (int i = 0; i < 40; i++) {
        float p[MOST];
        int n = 1 + (int)random_below(&r, MOST);
        // Few different ones: ties.
        for (int j = 0; j < n; j++) p[j] = (float)random_below(&r, 1 + (uint32_t)i * 2) / 64;
        try_weights(n, p, (int)random_below(&r, (uint32_t)n + 3));
    }
    check_end(c);
}

// --- generate_top_p and generate_min_p -------------------------------------------------------

static void try_top_p(int n, const float *weights, float p, int want)
{
    struct candidate c[MOST];
    candidates(n, weights, 3, c);
    given("weights %s; p = %g", shown(n, weights), (double)p);
    expect_int("how many stay", generate_top_p(n, c, p), want);
    int same = 1;
    for (int i = 0; i < n; i++) same &= c[i].p == weights[i];
    expect_true("the candidates are as before", same);
}

TEST(generate_top_p, one_candidate)
{
    try_top_p(1, (float[]){1}, 0, 1);
    try_top_p(1, (float[]){1}, 0.5f, 1);
    try_top_p(1, (float[]){1}, 1, 1);
}

// Weights whose sum is 1: their shares are they themselves.
TEST(generate_top_p, the_fewest_that_reach_it)
{
    const float p[] = {0.5f, 0.25f, 0.125f, 0.125f};
    try_top_p(4, p, 0.3f, 1);
    try_top_p(4, p, 0.6f, 2);
    try_top_p(4, p, 0.8f, 3);
    try_top_p(4, p, 0.9f, 4);
}

TEST(generate_top_p, to_reach_it_is_enough)
{
    const float p[] = {0.5f, 0.25f, 0.125f, 0.125f};
    try_top_p(4, p, 0.5f, 1);
    try_top_p(4, p, 0.75f, 2);
    try_top_p(4, p, 0.875f, 3);
}

TEST(generate_top_p, one_always_stays)
{
    try_top_p(2, (float[]){0.5f, 0.5f}, 0, 1);
    try_top_p(2, (float[]){0.5f, 0.5f}, 1e-30f, 1);
}

TEST(generate_top_p, one_is_all)
{
    try_top_p(4, (float[]){0.5f, 0.25f, 0.125f, 0.125f}, 1, 4);
    try_top_p(3, (float[]){1, 1, 1}, 1, 3);
}

TEST(generate_top_p, a_share_of_the_sum)
{
    try_top_p(4, (float[]){1, 0.5f, 0.25f, 0.25f}, 0.6f, 2);
    try_top_p(4, (float[]){1, 1, 1, 1}, 0.5f, 2);
    try_top_p(4, (float[]){1, 1, 1, 1}, 0.51f, 3);
    try_top_p(2, (float[]){1e-6f, 1e-6f}, 0.4f, 1);
}

TEST(generate_top_p, random_weights)
{
    struct random r = random_start(4, RANDOM_TEST);
    for (int i = 0; i < 60; i++) {
        struct candidate c[MOST];
        float weights[MOST];
        int n = 1 + (int)random_below(&r, MOST), total = 0, sum = 0, want = 0;
        for (int j = 0; j < n; j++) weights[j] = (float)(1 + random_below(&r, 100)) / 64;
        candidates(n, weights, 0, c);
        in_order(n, c);
        for (int j = 0; j < n; j++) weights[j] = c[j].p, total += (int)(64 * c[j].p);
        float p = random_float(&r);
        // Whole numbers of 64ths: the sums are exact.  At p * total there may be a rounding.
        while (want < n && (want == 0 || (double)sum < (double)p * total))
            sum += (int)(64 * c[want++].p);
        if (fabs((double)p * total - sum) < 0.01) continue;
        try_top_p(n, weights, p, want);
    }
}

static void try_min_p(int n, const float *weights, float p, int want)
{
    struct candidate c[MOST];
    candidates(n, weights, 3, c);
    given("weights %s; p = %g", shown(n, weights), (double)p);
    expect_int("how many stay", generate_min_p(n, c, p), want);
}

TEST(generate_min_p, one_candidate)
{
    try_min_p(1, (float[]){1}, 0, 1);
    try_min_p(1, (float[]){1}, 1, 1);
    try_min_p(1, (float[]){0.25f}, 1, 1);
}

TEST(generate_min_p, at_least_a_share_of_the_largest)
{
    const float p[] = {1, 0.5f, 0.25f, 0.125f};
    try_min_p(4, p, 0.4f, 2);
    try_min_p(4, p, 0.2f, 3);
    try_min_p(4, p, 0.6f, 1);
    try_min_p(4, p, 0.1f, 4);
}

TEST(generate_min_p, as_likely_stays)
{
    const float p[] = {1, 0.5f, 0.25f, 0.125f};
    try_min_p(4, p, 0.5f, 2);
    try_min_p(4, p, 0.125f, 4);
}

TEST(generate_min_p, zero_keeps_all_and_one_the_largest)
{
    try_min_p(3, (float[]){1, 0.5f, 0}, 0, 3);
    try_min_p(3, (float[]){1, 0.5f, 0}, 1, 1);
    try_min_p(4, (float[]){1, 1, 1, 0.999f}, 1, 3);
}

TEST(generate_min_p, of_the_largest_and_not_of_the_sum)
{
    try_min_p(4, (float[]){0.5f, 0.25f, 0.125f, 0.125f}, 0.5f, 2);
    try_min_p(4, (float[]){0.25f, 0.25f, 0.25f, 0.25f}, 0.9f, 4);
    try_min_p(4, (float[]){4, 2, 1, 0.5f}, 0.5f, 2);
}

// --- generate_draw ---------------------------------------------------------------------------

static void try_draw(int n, const float *weights, float point, int want)
{
    struct candidate c[MOST];
    candidates(n, weights, 10, c);
    given("weights %s of ids from 10 on; point = %.9g", shown(n, weights), (double)point);
    expect_int("the id drawn", generate_draw(n, c, point), want);
}

static const float ALMOST_1 = 0.99999994f;

TEST(generate_draw, one_candidate)
{
    try_draw(1, (float[]){1}, 0, 10);
    try_draw(1, (float[]){0.25f}, 0.5f, 10);
    try_draw(1, (float[]){1}, ALMOST_1, 10);
}

TEST(generate_draw, points_on_a_line)
{
    const float p[] = {0.5f, 0.25f, 0.25f};
    try_draw(3, p, 0.2f, 10);
    try_draw(3, p, 0.6f, 11);
    try_draw(3, p, 0.8f, 12);
}

TEST(generate_draw, an_end_belongs_to_the_next)
{
    const float p[] = {0.5f, 0.25f, 0.25f};
    try_draw(3, p, 0, 10);
    try_draw(3, p, 0.5f, 11);
    try_draw(3, p, 0.75f, 12);
    try_draw(3, p, 0.49999997f, 10);
    try_draw(3, p, ALMOST_1, 12);
}

TEST(generate_draw, the_line_is_as_long_as_the_sum)
{
    try_draw(2, (float[]){1, 1}, 0.25f, 10);
    try_draw(2, (float[]){1, 1}, 0.75f, 11);
    try_draw(3, (float[]){1, 0.5f, 0.5f}, 0.6f, 11);
    try_draw(2, (float[]){0.125f, 0.125f}, 0.25f, 10);
    try_draw(2, (float[]){0.125f, 0.125f}, 0.75f, 11);
}

TEST(generate_draw, without_weight_never)
{
    try_draw(2, (float[]){0, 1}, 0, 11);
    try_draw(3, (float[]){1, 0, 1}, 0.5f, 12);
    try_draw(3, (float[]){1, 1, 0}, ALMOST_1, 11);
    try_draw(4, (float[]){1, 0, 0, 0}, ALMOST_1, 10);
}

// In float the sum of these is not the sum of the exact ones: a point next to 1 may lie behind all.
TEST(generate_draw, what_rounding_leaves)
{
    struct check *check = check_begin(5);
    for (int i = 0; i < 200; i++) {
        float p[MOST];
        const float *x = check_normals(check, MOST, 1);
        int n = 3 + i % (MOST - 3);
        for (int j = 0; j < n; j++) p[j] = j == 0 ? 1 : j + 2 < n ? fabsf(x[j]) : 0;
        struct candidate c[MOST];
        candidates(n, p, 0, c);
        given("%d weights, the last two 0: %s; point = %.9g", n, shown(n, p), (double)ALMOST_1);
        int id = generate_draw(n, c, ALMOST_1);
        expect_true("the id drawn has a weight", id >= 0 && id < n && p[id] > 0);
    }
    check_end(check);
}

TEST(generate_draw, random_points)
{
    struct random r = random_start(6, RANDOM_TEST);
    for (int i = 0; i < 300; i++) {
        float p[MOST];
        double total = 0, sum = 0;
        int n = 1 + (int)random_below(&r, 40), want = 0;
        for (int j = 0; j < n; j++) total += (double)(p[j] = (float)random_below(&r, 50) / 16);
        if (total == 0) continue;
        float point = random_float(&r);
        while (want < n - 1 && (double)point * total >= sum + (double)p[want])
            sum += (double)p[want++];
        double in = (double)point * total - sum;
        // Not where a rounding may lie on either side.
        if (in < 1e-3 || in > (double)p[want] - 1e-3) continue;
        try_draw(n, p, point, 10 + want);
    }
}

// --- generate_stop ---------------------------------------------------------------------------

enum { STOPS = 4 };

static void try_stop(size_t size, const char *bytes, int stops, const char *const *stop,
                     size_t want, int ended)
{
    char texts[160] = "";
    const char *copies[STOPS];
    for (int i = 0; i < stops; i++) {
        size_t at = strlen(texts), n = strlen(stop[i]);
        snprintf(texts + at, sizeof texts - at, "%s%s", i ? ", " : "", lesson_quote(n, stop[i]));
        copies[i] = lesson_input(n + 1, stop[i]);
    }
    int stopped = -7;
    given("bytes %s; stop texts: %s", lesson_quote(size, bytes), stops ? texts : "none");
    size_t got = generate_stop(size, lesson_input(size, bytes), stops, copies, &stopped);
    expect_int("*stopped", stopped, ended);
    expect_int("bytes that may be shown", (int64_t)got, (int64_t)want);
}

static void one_stop(const char *bytes, const char *stop, size_t want, int ended)
{
    try_stop(strlen(bytes), bytes, 1, &stop, want, ended);
}

TEST(generate_stop, nothing_to_stop_at)
{
    try_stop(0, "", 0, NULL, 0, 0);
    try_stop(3, "abc", 0, NULL, 3, 0);
    one_stop("", "x", 0, 0);
    one_stop("abc", "x", 3, 0);
}

TEST(generate_stop, before_the_stop_text)
{
    one_stop("abxcd", "x", 2, 1);
    one_stop("abxycd", "xy", 2, 1);
    one_stop("abxy", "xy", 2, 1);
}

TEST(generate_stop, at_the_very_start)
{
    one_stop("x", "x", 0, 1);
    one_stop("xyz", "xy", 0, 1);
}

TEST(generate_stop, the_first_one)
{
    one_stop("axbx", "x", 1, 1);
    one_stop("aaa", "aa", 0, 1);
}

TEST(generate_stop, it_may_be_beginning)
{
    one_stop("abx", "xy", 2, 0);
    one_stop("x", "xy", 0, 0);
    one_stop("abxy", "xyz", 2, 0);
    one_stop("abxa", "xy", 4, 0);
}

TEST(generate_stop, it_overlaps_itself)
{
    one_stop("aaab", "aab", 1, 1);
    one_stop("aaa", "aab", 1, 0);
    one_stop("ababac", "abac", 2, 1);
    one_stop("abab", "abac", 2, 0);
}

TEST(generate_stop, several_texts)
{
    try_stop(4, "abxy", 2, (const char *const[]){"y", "x"}, 2, 1);
    try_stop(4, "abxy", 2, (const char *const[]){"x", "y"}, 2, 1);
    try_stop(3, "abx", 2, (const char *const[]){"q", "xy"}, 2, 0);
    try_stop(4, "abcx", 2, (const char *const[]){"xy", "bcxyz"}, 1, 0);
    try_stop(4, "abcx", 2, (const char *const[]){"bcxyz", "xy"}, 1, 0);
}

TEST(generate_stop, complete_first_counts)
{
    try_stop(5, "abcde", 2, (const char *const[]){"bcde", "cd"}, 2, 1);
    try_stop(5, "abcde", 2, (const char *const[]){"cd", "bcde"}, 2, 1);
    try_stop(4, "abcd", 2, (const char *const[]){"bcdef", "c"}, 2, 1);
}

TEST(generate_stop, of_those_that_end_together_the_longest)
{
    try_stop(4, "abcd", 2, (const char *const[]){"cd", "bcd"}, 1, 1);
    try_stop(4, "abcd", 2, (const char *const[]){"bcd", "cd"}, 1, 1);
    try_stop(4, "abcd", 3, (const char *const[]){"d", "abcd", "cd"}, 0, 1);
}

TEST(generate_stop, an_empty_text_never_comes)
{
    one_stop("abc", "", 3, 0);
    one_stop("", "", 0, 0);
    try_stop(4, "abxc", 2, (const char *const[]){"", "x"}, 2, 1);
    try_stop(3, "abx", 2, (const char *const[]){"xy", ""}, 2, 0);
}

TEST(generate_stop, zeros_and_any_bytes)
{
    const char *x = "x", *high = "\xC3\xA9";
    try_stop(4, "a\0bx", 1, &x, 3, 1);
    try_stop(3, "a\0b", 1, &x, 3, 0);
    try_stop(4, "a\xC3\xA9z", 1, &high, 1, 1);
    try_stop(2, "a\xC3", 1, &high, 1, 0);
}

// What stood before these bytes is shown already, and no part of a stop text.
TEST(generate_stop, nothing_before_the_bytes)
{
    static const char text[] = "xxxyab";
    const char *stop = "xyab";
    int stopped = -7;
    given("bytes \"ab\", before which lies \"xxxy\"; stop text \"xyab\"");
    size_t got = generate_stop(2, text + 4, 1, &stop, &stopped);
    expect_int("*stopped", stopped, 0);
    expect_int("bytes that may be shown", (int64_t)got, 2);
}

// by_definition tries every place for every text.
static size_t by_definition(size_t size, const char *bytes, int stops, const char *const *stop,
                            int *stopped)
{
    size_t first = SIZE_MAX, begin = size, safe = size;
    for (int i = 0; i < stops; i++) {
        size_t n = strlen(stop[i]);
        for (size_t at = 0; n && at < size; at++) {
            size_t there = size - at < n ? size - at : n;
            if (memcmp(bytes + at, stop[i], there) != 0) continue;
            if (there < n) {
                if (at < safe) safe = at;
            } else if (at + n < first || (at + n == first && at < begin)) {
                first = at + n, begin = at;
            }
        }
    }
    *stopped = first != SIZE_MAX;
    return *stopped ? begin : safe;
}

// Piece by piece, as the writer does it: what is shown in the end is the text up to where it stops.
TEST_SLOW(generate_stop, random_texts, 4)
{
    struct random r = random_start(7, RANDOM_TEST);
    for (int i = 0; i < 400; i++) {
        char bytes[13], texts[STOPS][6];
        const char *stop[STOPS];
        int stops = 1 + (int)random_below(&r, STOPS), ended;
        size_t size = random_below(&r, 13);
        for (size_t j = 0; j < size; j++) bytes[j] = "abc"[random_below(&r, i % 2 ? 3 : 2)];
        for (int k = 0; k < stops; k++) {
            size_t n = 1 + random_below(&r, 5);
            for (size_t j = 0; j < n; j++) texts[k][j] = "abc"[random_below(&r, i % 2 ? 3 : 2)];
            texts[k][n] = 0;
            stop[k] = texts[k];
        }
        size_t want = by_definition(size, bytes, stops, stop, &ended);
        try_stop(size, bytes, stops, stop, want, ended);
    }
}

// --- generate_attend -------------------------------------------------------------------------

// attend_of is the formula in double: out (H, D).
static void attend_of(int S, int H, int G, int D, const double *q, const double *k, const double *v,
                      double *out)
{
    double *p = malloc((size_t)S * sizeof *p);
    if (!p) die("out of memory: %d", S);
    for (int h = 0; h < H; h++) {
        int g = h * G / H;
        for (int s = 0; s < S; s++) p[s] = oracle_dot(D, q + h * D, k + (s * G + g) * D) / sqrt(D);
        oracle_softmax(S, p);
        for (int d = 0; d < D; d++) {
            out[h * D + d] = 0;
            for (int s = 0; s < S; s++) out[h * D + d] += p[s] * v[(s * G + g) * D + d];
        }
    }
    free(p);
}

static void try_attend(int S, int H, int G, int D, const float *q, const float *keys,
                       const float *values)
{
    struct check *c = check_begin(0);
    size_t width = (size_t)(G * D), n = (size_t)S * width, size = (size_t)(H * D);
    double *q64 = check_widen(c, size, q), *k64 = check_widen(c, n, keys);
    double *v64 = check_widen(c, n, values), *want = check_doubles(c, size);
    attend_of(S, H, G, D, q64, k64, v64, want);
    double score = sqrt(D) * check_largest(size, q64) * check_largest(n, k64);
    float *out = check_nans(c, size), *p = check_nans(c, (size_t)(H * S));
    given("S = %d, H = %d, G = %d, D = %d; q %s; keys %s; values %s", S, H, G, D,
          shown((int)size, q), shown((int)n, keys), shown((int)n, values));
    generate_attend(S, H, G, D, check_copy(c, size, q), check_copy(c, n, keys),
                    check_copy(c, n, values), p, out);
    expect_floats("out", size, out, want,
                  CHECK_U * (2 * (D + 3) * score + 2 * S + 14) * check_largest(n, v64));
    check_end(c);
}

TEST(generate_attend, one_token_looks_at_itself)
{
    try_attend(1, 1, 1, 1, (float[]){3}, (float[]){2}, (float[]){5});
    try_attend(1, 1, 1, 2, (float[]){3, 1}, (float[]){2, -2}, (float[]){5, -6});
}

TEST(generate_attend, two_tokens)
{
    try_attend(2, 1, 1, 1, (float[]){0}, (float[]){1, 2}, (float[]){3, -1});
    try_attend(2, 1, 1, 1, (float[]){2}, (float[]){1, 0.5f}, (float[]){3, -1});
}

TEST(generate_attend, all_tokens)
{
    try_attend(3, 1, 1, 1, (float[]){1}, (float[]){0, 0, 0}, (float[]){3, 6, 12});
    try_attend(4, 1, 1, 1, (float[]){1}, (float[]){0, 1, 2, 5}, (float[]){1, 2, 3, 40});
}

TEST(generate_attend, scores_are_divided_by_the_root)
{
    try_attend(2, 1, 1, 4, (float[]){1, 1, 1, 1}, (float[]){1, 1, 1, 1, 0, 0, 0, 0},
               (float[]){1, 2, 3, 4, 5, 6, 7, 8});
    try_attend(2, 1, 1, 2, (float[]){0, 3}, (float[]){1, 0, 0, 1}, (float[]){1, 2, 3, 4});
}

TEST(generate_attend, large_scores)
{
    try_attend(2, 1, 1, 1, (float[]){30}, (float[]){30, 29.9f}, (float[]){1, 2});
    try_attend(2, 1, 1, 1, (float[]){-30}, (float[]){30, 30.1f}, (float[]){1, 2});
}

TEST(generate_attend, heads_side_by_side)
{
    try_attend(1, 2, 2, 1, (float[]){1, 1}, (float[]){1, 1}, (float[]){3, 4});
    try_attend(2, 2, 2, 1, (float[]){1, -1}, (float[]){1, 2, 3, 4}, (float[]){3, 4, 5, 60});
    try_attend(2, 2, 2, 2, (float[]){1, 0, 0, 1}, (float[]){1, 2, 3, 4, 5, 6, 7, 8},
               (float[]){1, 2, 3, 4, 50, 60, 70, 80});
}

TEST(generate_attend, heads_that_share)
{
    try_attend(2, 2, 1, 1, (float[]){1, -1}, (float[]){1, 2}, (float[]){3, 4});
    try_attend(1, 4, 2, 1, (float[]){1, 1, 1, 1}, (float[]){1, 2}, (float[]){3, 4});
    try_attend(2, 4, 2, 1, (float[]){1, -1, 2, 0}, (float[]){1, 2, 3, 4}, (float[]){3, 4, 5, 60});
}

static const int SHAPES[][4] = {{1, 3, 3, 5},  {7, 1, 1, 3},  {5, 4, 1, 2}, {9, 6, 2, 4},
                                {33, 2, 2, 8}, {20, 3, 3, 1}, {3, 8, 4, 17}};

TEST(generate_attend, random_shapes)
{
    struct check *c = check_begin(8);
    for (size_t i = 0; i < sizeof SHAPES / sizeof *SHAPES; i++) {
        int S = SHAPES[i][0], H = SHAPES[i][1], G = SHAPES[i][2], D = SHAPES[i][3];
        size_t n = (size_t)(S * G * D);
        for (float scale = 1; scale < 9; scale += 3)
            try_attend(S, H, G, D, check_normals(c, (size_t)(H * D), scale), check_normals(c, n, 1),
                       check_normals(c, n, 2));
    }
    check_end(c);
}

// The whole of it: a model that keeps what it has read, by the learner's attention, and the same
// model that reads everything again.
TEST_SLOW(generate_attend, a_model_with_a_cache_scores_the_same, 4)
{
    enum { V = 11, T = 12 };
    for (int groups = 1; groups <= 4; groups *= 2) {
        struct gpt_config config = {SIZES(V, T, 2, 4, 16)};
        config.groups = groups;
        struct gpt *m = gpt_new(&config, 3);
        struct check *c = check_begin((uint64_t)groups);
        for (size_t i = 0; i < gpt_weights(m); i++) gpt_data(m)[i] *= 3;
        const int32_t *ids = check_ids(c, T, V);
        struct tape *t = tape_new(), *own = tape_new();
        struct cache *cache = cache_new(&config, T, generate_attend);
        const float *all = tape_data(own, gpt_forward(m, own, 0, 1, T, ids));
        for (int n = 1; n <= T; n++) {
            double *want = check_widen(c, V, all + (n - 1) * V);
            given("a model of %d heads, %d of keys; token %d of %d, by the cache", 4, groups, n, T);
            expect_floats("scores of what comes next", V, cache_next(cache, m, t, n, ids, NULL),
                          want, 1e-4 * check_largest(V, want));
        }
        cache_free(cache);
        tape_free(t), tape_free(own);
        check_end(c);
        gpt_free(m);
    }
}
