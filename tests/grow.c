// grow: matrices that get more of both, plateaus, covariances, what is usual and what is new, and
// who is asked: on examples that a person can work out, and against the reference on drawn ones.
#include "grow.h"

#include <math.h>
#include <string.h>

#include "error.h"
#include "lesson.h"
#include "ref_grow.h"

FUNCTION(grow_matrix, 4);
FUNCTION(grow_plateau, 3);
FUNCTION(grow_covariance, 4);
FUNCTION(grow_usual, 3);
FUNCTION(grow_novel, 2);
FUNCTION(grow_route, 3);

enum { MOST = 64 };
static const double NEAR = 2e-5;  // a few dozen roundings of numbers around 1

static void nothing(size_t n, float *x)
{
    for (size_t i = 0; i < n; i++) x[i] = NAN;
}

static void draw(struct random *r, size_t n, float *x)
{
    for (size_t i = 0; i < n; i++) x[i] = random_normal(r);
}

static int near(const char *what, int n, const float *got, const float *want)
{
    double wide[MOST];
    CHECK(n <= MOST, "n=%d", n);
    for (int i = 0; i < n; i++) wide[i] = (double)want[i];
    return expect_floats(what, (size_t)n, got, wide, NEAR);
}

// --- grow_matrix -----------------------------------------------------------------------------

// grown lets the learner's function and the reference's make a matrix from the same draws.
static void grown(int O, int I, const float *w, int O2, int I2, float deviation, float *got,
                  float *want)
{
    struct random r = random_start(5, RANDOM_TEST), same = r;
    nothing(MOST, got);
    grow_matrix(O, I, w, O2, I2, deviation, &r, got);
    ref_grow_matrix(O, I, w, O2, I2, deviation, &same, want);
}

TEST(grow_matrix, old_outputs_hear_nothing_from_new_inputs)
{
    const float w[] = {1, 2, 3, 4};
    float y[MOST], want[MOST];
    given("w = (1 2; 3 4), and the inputs become 3");
    grown(2, 2, w, 2, 3, 1, y, want);
    expect_floats("y", 6, y, ((double[]){1, 2, 0, 3, 4, 0}), NEAR);
}

TEST(grow_matrix, new_outputs_hear_all)
{
    const float w[] = {1, 2};
    float y[MOST], want[MOST];
    given("w = (1 2), deviation 0.5, and the outputs become 3, the inputs 4");
    grown(1, 2, w, 3, 4, 0.5f, y, want);
    expect_floats("y[0]", 4, y, ((double[]){1, 2, 0, 0}), NEAR);
    near("y[1], y[2]: 0.5 random_normal each, row by row", 8, y + 4, want + 4);
}

TEST(grow_matrix, a_bias_is_a_matrix_of_one_input)
{
    const float b[] = {1, -2};
    float y[MOST], want[MOST];
    given("w = (1; -2), one input, deviation 0, and the outputs become 4");
    grown(2, 1, b, 4, 1, 0, y, want);
    expect_floats("y", 4, y, ((double[]){1, -2, 0, 0}), NEAR);
}

TEST(grow_matrix, as_large_as_it_was)
{
    const float w[] = {1, 2, 3, 4, 5, 6};
    float y[MOST], want[MOST];
    given("w = (1 2 3; 4 5 6), which stays as large");
    grown(2, 3, w, 2, 3, 1, y, want);
    near("y", 6, y, want);
}

TEST(grow_matrix, random_matrices)
{
    struct random r = random_start(1, RANDOM_TEST);
    for (int i = 0; i < 20; i++) {
        int O = 1 + i % 4, I = 1 + (i + 2) % 5, O2 = O + i % 3, I2 = I + i / 3 % 4;
        float w[MOST], y[MOST], want[MOST];
        draw(&r, MOST, w);
        given("a drawn matrix, (%d, %d), that becomes (%d, %d)", O, I, O2, I2);
        grown(O, I, w, O2, I2, 0.7f, y, want);
        near("y", O2 * I2, y, want);
    }
}

// forward is a network of two hidden layers of H on 3 inputs, with 2 outputs.
static void forward(int H, const float *w1, const float *w2, const float *w3, const float *x,
                    float *out)
{
    float a[8], b[8];
    for (int h = 0; h < H; h++) {
        a[h] = 0;
        for (int i = 0; i < 3; i++) a[h] += w1[h * 3 + i] * x[i];
        a[h] = a[h] > 0 ? a[h] : 0;
    }
    for (int h = 0; h < H; h++) {
        b[h] = 0;
        for (int i = 0; i < H; i++) b[h] += w2[h * H + i] * a[i];
        b[h] = b[h] > 0 ? b[h] : 0;
    }
    for (int o = 0; o < 2; o++) {
        out[o] = 0;
        for (int h = 0; h < H; h++) out[o] += w3[o * H + h] * b[h];
    }
}

TEST(grow_matrix, a_wider_network_says_what_it_said)
{
    struct random r = random_start(2, RANDOM_TEST);
    for (int k = 0; k < 5; k++) {
        enum { H = 3, WIDE = 8 };
        float w1[MOST], w2[MOST], w3[MOST], y1[MOST], y2[MOST], y3[MOST], x[3], was[2], now[2];
        draw(&r, MOST, w1), draw(&r, MOST, w2), draw(&r, MOST, w3), draw(&r, 3, x);
        given("a network of 3 inputs, two layers of %d and 2 outputs, whose layers become %d", H,
              WIDE);
        forward(H, w1, w2, w3, x, was);
        nothing(MOST, y1), nothing(MOST, y2), nothing(MOST, y3);
        grow_matrix(H, 3, w1, WIDE, 3, 1, &r, y1);
        grow_matrix(H, H, w2, WIDE, WIDE, 1, &r, y2);
        grow_matrix(2, H, w3, 2, WIDE, 1, &r, y3);
        forward(WIDE, y1, y2, y3, x, now);
        near("its outputs", 2, now, was);
    }
}

// --- grow_plateau ----------------------------------------------------------------------------

// told lets it take in batches of 10, and expects what it returns after each.
static void told(struct grow_progress *p, int n, const float *bits, const int *want)
{
    for (int i = 0; i < n; i++) {
        given("blocks of %d, least %g; batch %d, of 10 examples with %g bits", p->span,
              (double)p->least, i + 1, (double)bits[i]);
        if (!expect_int("a plateau", grow_plateau(p, 10, bits[i]), want[i])) return;
    }
}

TEST(grow_plateau, example_of_the_text)
{
    struct grow_progress p = {.span = 20, .least = 0.1f, .before = -1};
    told(&p, 6, (const float[]){4, 3, 3.2f, 3, 3.1f, 3.05f}, (const int[]){0, 0, 0, 0, 0, 1});
    expect_double("the mean of the block before", (double)p.before, 3.075, NEAR);
    expect_int("examples of the new block", p.seen, 0);
    expect_double("their surprise", (double)p.sum, 0, NEAR);
}

TEST(grow_plateau, the_first_block_has_none_before_it)
{
    struct grow_progress p = {.span = 10, .least = 0.5f, .before = -1};
    told(&p, 2, (const float[]){0, 0}, (const int[]){0, 1});
}

TEST(grow_plateau, worse_is_no_better)
{
    struct grow_progress p = {.span = 10, .least = 0.1f, .before = 2};
    told(&p, 1, (const float[]){3}, (const int[]){1});
}

TEST(grow_plateau, compares_with_the_last_block_not_the_best)
{
    struct grow_progress p = {.span = 10, .least = 0.1f, .before = 2};
    told(&p, 2, (const float[]){3, 2.5f}, (const int[]){1, 0});
}

TEST(grow_plateau, batches_of_any_size)
{
    struct grow_progress p = {.span = 30, .least = 0.2f, .before = 3};
    given(
        "blocks of 30, least 0.2, the block before had 3 bits; 20 examples of 2 bits, then 15 of 4");
    expect_int("a plateau after the first", grow_plateau(&p, 20, 2), 0);
    expect_int("examples so far", p.seen, 20);
    expect_int("a plateau after the second", grow_plateau(&p, 15, 4), 1);
    expect_double("the mean, of all 35", (double)p.before, 100.0 / 35, NEAR);
}

TEST(grow_plateau, random_losses)
{
    struct random r = random_start(3, RANDOM_TEST);
    struct grow_progress p = {.span = 100, .least = 0.05f, .before = -1}, want = p;
    for (int i = 0; i < 200; i++) {
        int N = 1 + (int)random_below(&r, 40);
        float bits = 3 + 0.2f * random_normal(&r);
        given("blocks of 100, least 0.05; batch %d, of %d examples with %g bits", i + 1, N,
              (double)bits);
        int flat = ref_grow_plateau(&want, N, bits);
        if (!expect_int("a plateau", grow_plateau(&p, N, bits), flat)) return;
        if (!expect_int("examples of the block", p.seen, want.seen)) return;
        if (!expect_double("their surprise", (double)p.sum, (double)want.sum, 1e-3)) return;
    }
}

// --- grow_covariance -------------------------------------------------------------------------

enum { PLACES = 8, CHARACTERS = 8 };

// covary gives a batch to moving averages that keep half.
static float covary(int N, int V, const float *out, const float *error, float *covariance,
                    float *slope)
{
    nothing((size_t)N, slope);
    return grow_covariance(N, V, out, error, 0.5f, covariance, slope);
}

TEST(grow_covariance, example_of_the_text)
{
    const float out[] = {1, 0, 0, -1},
                error[] = {0.5f, -0.5f, 0.1f, -0.1f, 0.3f, -0.3f, -0.1f, 0.1f};
    float covariance[2] = {0}, slope[4];
    given("4 places, V = 2; out = 1 0 0 -1, errors = 0.5 0.1 0.3 -0.1 of the first character and "
          "as much below 0 of the second; keep 0.5, covariances of 0");
    expect_double("S", (double)covary(4, 2, out, error, covariance, slope), 0.15, NEAR);
    expect_floats("covariance", 2, covariance, ((double[]){0.075, -0.075}), NEAR);
    expect_floats("slope", 4, slope, ((double[]){0.15, -0.05, 0.05, -0.15}), NEAR);
}

TEST(grow_covariance, earlier_batches_have_a_say_in_the_sign)
{
    const float out[] = {1, -1}, error[] = {0.1f, -0.1f};
    float covariance[1] = {-0.9f}, slope[2];
    given("2 places, V = 1; out = 1 -1, errors = 0.1 -0.1; keep 0.5, a covariance of -0.9");
    expect_double("S", (double)covary(2, 1, out, error, covariance, slope), 0.4, NEAR);
    expect_floats("covariance", 1, covariance, (double[]){-0.4}, NEAR);
    expect_floats("slope", 2, slope, ((double[]){-0.05, 0.05}), NEAR);
}

TEST(grow_covariance, what_never_changes_goes_along_with_nothing)
{
    const float out[] = {3, 3, 3}, error[] = {1, 0, 2, 1, 0, 5};
    float covariance[2] = {0}, slope[3];
    given("3 places, V = 2; out = 3 3 3; keep 0.5, covariances of 0");
    expect_double("S", (double)covary(3, 2, out, error, covariance, slope), 0, NEAR);
}

TEST(grow_covariance, against_the_errors_is_as_good)
{
    const float out[] = {1, -1}, error[] = {-1, 1};
    float covariance[1] = {0}, slope[2];
    given("2 places, V = 1; out = 1 -1, errors = -1 1; keep 0.5, a covariance of 0");
    expect_double("S", (double)covary(2, 1, out, error, covariance, slope), 0.5, NEAR);
    expect_floats("slope: more of the same", 2, slope, ((double[]){0.5, -0.5}), NEAR);
}

TEST(grow_covariance, one_place)
{
    float out = 0.3f, error[] = {0.5f, -0.5f}, covariance[] = {0.25f, -0.5f}, slope;
    given("1 place, V = 2; keep 0.5, covariances of 0.25 and -0.5");
    expect_double("S", (double)covary(1, 2, &out, error, covariance, &slope), 0.375, NEAR);
    expect_floats("slope", 1, &slope, (double[]){0}, NEAR);
}

TEST(grow_covariance, random_errors)
{
    struct random r = random_start(4, RANDOM_TEST);
    for (int i = 0; i < 20; i++) {
        int N = 2 + i % 7, V = 1 + i % CHARACTERS;
        float out[PLACES], error[MOST], slope[PLACES], want[PLACES], had[CHARACTERS],
            has[CHARACTERS];
        draw(&r, PLACES, out), draw(&r, MOST, error), draw(&r, CHARACTERS, had);
        memcpy(has, had, sizeof has);
        nothing(PLACES, slope);
        given("%d places, V = %d, keep 0.7, all drawn, covariances too", N, V);
        float S = ref_grow_covariance(N, V, out, error, 0.7f, had, want);
        expect_double("S", (double)grow_covariance(N, V, out, error, 0.7f, has, slope), (double)S,
                      NEAR);
        near("covariance", V, has, had);
        near("slope", N, slope, want);
    }
}

// The slopes against differences of S itself, which with keep = 0 is of this batch alone.
TEST(grow_covariance, slopes_are_those_of_S)
{
    struct random r = random_start(5, RANDOM_TEST);
    enum { N = 6, V = 4 };
    for (int i = 0; i < 5; i++) {
        float out[N], error[N * V], covariance[V] = {0}, slope[N], other[N];
        draw(&r, N, out), draw(&r, N * V, error);
        nothing(N, slope);
        grow_covariance(N, V, out, error, 0, covariance, slope);
        for (int n = 0; n < N; n++) {
            const float step = 0.01f;
            float was = out[n];
            out[n] = was + step;
            float above = ref_grow_covariance(N, V, out, error, 0, covariance, other);
            out[n] = was - step;
            float below = ref_grow_covariance(N, V, out, error, 0, covariance, other);
            out[n] = was;
            given("6 places, V = 4, drawn, keep 0; S by differences of out[%d]", n);
            expect_double("slope", (double)slope[n], (double)((above - below) / (2 * step)), 2e-3);
        }
    }
}

// --- grow_usual ------------------------------------------------------------------------------

TEST(grow_usual, example_of_the_text)
{
    const float bits[] = {1, 3, 2, 2};
    struct grow_watch w = {.keep = 0.5f, .mean = NAN, .deviation = NAN, .average = NAN};
    given("surprises 1 3 2 2, keep = 0.5");
    grow_usual(&w, 4, bits);
    expect_double("the mean", (double)w.mean, 2, NEAR);
    // The average goes 1.5 2.25 2.125 2.0625.
    expect_double("the deviation", (double)w.deviation,
                  sqrt((0.25 + 0.0625 + 0.015625 + 0.00390625) / 4), NEAR);
    expect_double("the average, at the mean again", (double)w.average, 2, NEAR);
    expect_double("keep, which it only reads", (double)w.keep, 0.5, NEAR);
}

TEST(grow_usual, always_the_same)
{
    const float bits[] = {3, 3, 3};
    struct grow_watch w = {.keep = 0.9f, .average = 7};
    given("surprises 3 3 3, keep = 0.9, and the average of an earlier watch, 7");
    grow_usual(&w, 3, bits);
    expect_double("the mean", (double)w.mean, 3, NEAR);
    expect_double("the deviation", (double)w.deviation, 0, NEAR);
}

TEST(grow_usual, random_surprises)
{
    struct random r = random_start(6, RANDOM_TEST);
    for (int i = 0; i < 20; i++) {
        float bits[MOST];
        int n = 1 + (int)random_below(&r, MOST);
        for (int k = 0; k < n; k++) bits[k] = 6 * random_float(&r);
        struct grow_watch w = {.keep = 0.5f + 0.49f * random_float(&r)}, want = w;
        given("%d drawn surprises, keep = %g", n, (double)w.keep);
        grow_usual(&w, n, bits);
        ref_grow_usual(&want, n, bits);
        expect_double("the mean", (double)w.mean, (double)want.mean, NEAR);
        expect_double("the deviation", (double)w.deviation, (double)want.deviation, NEAR);
        expect_double("the average", (double)w.average, (double)want.average, NEAR);
    }
}

// --- grow_novel ------------------------------------------------------------------------------

TEST(grow_novel, example_of_the_text)
{
    struct grow_watch w = {.keep = 0.5f, .mean = 2, .deviation = 0.2f, .average = 2};
    given("keep 0.5, mean 2, deviation 0.2, average 2; surprises of 3, 4, 4, 1");
    expect_int("new after 3, with an average of 2.5", grow_novel(&w, 3), 0);
    expect_int("new after 4, with 3.25", grow_novel(&w, 4), 1);
    expect_double("the average", (double)w.average, 3.25, NEAR);
    expect_int("new after 4, with 3.625", grow_novel(&w, 4), 1);
    expect_int("new after 1, with 2.3125", grow_novel(&w, 1), 0);
}

TEST(grow_novel, less_surprise_than_usual_is_nothing_new)
{
    struct grow_watch w = {.keep = 0.5f, .mean = 5, .deviation = 0.1f, .average = 5};
    given("keep 0.5, mean 5, deviation 0.1, average 5; a surprise of 0");
    expect_int("new", grow_novel(&w, 0), 0);
}

TEST(grow_novel, one_surprise_is_not_enough)
{
    struct grow_watch w = {.keep = 0.98f, .mean = 2, .deviation = 0.2f, .average = 2};
    given("keep 0.98, mean 2, deviation 0.2, average 2; a surprise of 12");
    expect_int("new", grow_novel(&w, 12), 0);
    expect_double("the average", (double)w.average, 2.2, NEAR);
}

TEST(grow_novel, random_surprises)
{
    struct random r = random_start(7, RANDOM_TEST);
    struct grow_watch w = {.keep = 0.8f, .mean = 2, .deviation = 0.2f, .average = 2}, want = w;
    for (int i = 0; i < 200; i++) {
        float bits = 5 * random_float(&r);
        int new = ref_grow_novel(&want, bits);
        given("keep 0.8, mean 2, deviation 0.2; drawn surprise %d, %g", i + 1, (double)bits);
        if (!expect_int("new", grow_novel(&w, bits), new)) return;
        if (!expect_double("the average", (double)w.average, (double)want.average, NEAR)) return;
    }
}

// --- grow_route ------------------------------------------------------------------------------

TEST(grow_route, example_of_the_text)
{
    float average[] = {2, 4};
    given("keep 0.5, averages 2 and 4; surprises 8 and 1, then 8 and 1, then 0 and 9");
    expect_int("who is asked after the first", grow_route(2, 0.5f, (float[]){8, 1}, average), 1);
    expect_floats("averages", 2, average, ((double[]){5, 2.5}), NEAR);
    expect_int("after the second", grow_route(2, 0.5f, (float[]){8, 1}, average), 1);
    expect_int("after the third", grow_route(2, 0.5f, (float[]){0, 9}, average), 0);
    expect_floats("averages", 2, average, ((double[]){3.25, 5.375}), NEAR);
}

TEST(grow_route, one_lucky_guess_does_not_make_a_column)
{
    float average[] = {2, 6};
    given("keep 0.9, averages 2 and 6; surprises 5 and 1");
    expect_int("who is asked", grow_route(2, 0.9f, (float[]){5, 1}, average), 0);
}

TEST(grow_route, of_several_the_first)
{
    float average[] = {3, 2, 2, 2};
    given("keep 0.5, averages 3 2 2 2; surprises 3 2 2 2");
    expect_int("who is asked", grow_route(4, 0.5f, (float[]){3, 2, 2, 2}, average), 1);
}

TEST(grow_route, one_column)
{
    float average[] = {1};
    given("one column, keep 0.5, average 1; surprise 3");
    expect_int("who is asked", grow_route(1, 0.5f, (float[]){3}, average), 0);
    expect_floats("average", 1, average, (double[]){2}, NEAR);
}

TEST(grow_route, random_surprises)
{
    struct random r = random_start(8, RANDOM_TEST);
    float average[5] = {0}, want[5] = {0};
    for (int i = 0; i < 100; i++) {
        float bits[5];
        for (int c = 0; c < 5; c++) bits[c] = 8 * random_float(&r);
        int asked = ref_grow_route(5, 0.8f, bits, want);
        given("5 columns, keep 0.8; drawn surprises %d: %g %g %g %g %g", i + 1, (double)bits[0],
              (double)bits[1], (double)bits[2], (double)bits[3], (double)bits[4]);
        if (!expect_int("who is asked", grow_route(5, 0.8f, bits, average), asked)) return;
        if (!near("averages", 5, average, want)) return;
    }
}
