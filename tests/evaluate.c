// evaluate: the mean over windows, against a computation of each window by itself.
#include "evaluate.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

#include "check.h"
#include "random.h"
#include "shape.h"

enum { T = 5, V = 11 };

static struct gpt *model;
static struct tape *tape;
static struct check *check;

static void begin(void)
{
    const struct gpt_config c = {SIZES(V, T, 2, 2, 12)};
    model = gpt_new(&c, 3);
    // First weights predict all tokens alike, so that a wrong window would not be seen.
    struct random r = random_start(4, RANDOM_TEST);
    for (size_t i = 0; i < gpt_weights(model); i++) gpt_data(model)[i] += 0.4f * random_normal(&r);
    tape = tape_new();
    check = check_begin(5);
}

static void end(void)
{
    check_end(check);
    tape_free(tape);
    gpt_free(model);
}

TestSuite(evaluate, .init = begin, .fini = end);

// window_loss sums the losses of ids[1 … n-1], each predicted from all ids before it.
static double window_loss(int n, const int32_t *ids)
{
    tape_reset(tape);
    const float *logits = tape_data(tape, gpt_forward(model, tape, 0, 1, n - 1, ids));
    double sum = 0;
    for (int t = 0; t < n - 1; t++, logits += V) {
        double total = 0;
        for (int v = 0; v < V; v++) total += exp((double)logits[v]);
        sum += log(total) - (double)logits[ids[t + 1]];
    }
    return sum;
}

// naive does what the contract says for the windows that evaluate_loss is to use.
static double naive(size_t n, const int32_t *ids, size_t most)
{
    size_t windows = (n - 1 + T - 1) / T, used = most && most < windows ? most : windows, count = 0;
    double sum = 0;
    for (size_t w = 0; w < used; w++) {
        size_t from = w * windows / used * T, to = from + T < n - 1 ? from + T : n - 1;
        sum += window_loss((int)(to - from) + 1, ids + from);
        count += to - from;
    }
    return sum / (double)count;
}

static void agrees(size_t n, const int32_t *ids, size_t most)
{
    double got = evaluate_loss(model, tape, n, ids, most), want = naive(n, ids, most);
    cr_assert(fabs(got - want) < 1e-5 * want, "n=%zu most=%zu: %.9g, expected %.9g", n, most, got,
              want);
}

Test(evaluate, equals_every_window_by_itself)
{
    const int32_t *ids = check_ids(check, 400, V);
    for (size_t n = 2; n <= 4 * T + 3; n++) agrees(n, ids, 0);
    agrees(400, ids, 0);
}

Test(evaluate, more_windows_than_one_forward_takes)
{
    // 4096 tokens a forward are 819 windows: two and a bit.
    size_t n = 2 * 819 * T + 3 * T + 3;
    agrees(n, check_ids(check, n, V), 0);
}

// unigram makes the model's scores those numbers, whatever came before: the last norm's gain is 0
// and its shift picks the first channel, where each token's embedding has its score.
static void unigram(const float *score)
{
    struct param wte = gpt_param(model, 0);
    struct param gain = gpt_param(model, gpt_params(model) - 2);
    struct param shift = gpt_param(model, gpt_params(model) - 1);
    for (int v = 0; v < V; v++) wte.data[v * wte.shape[1]] = score[v];
    for (size_t i = 0; i < gain.size; i++) gain.data[i] = 0, shift.data[i] = i == 0;
}

Test(evaluate, every_token_but_the_first_counts_once)
{
    // Losses that tell how often each token was a target: powers of a number above any count.
    float score[V];
    double loss[V], total = 0;
    for (int v = 0; v < V; v++) score[v] = 0.3f * (float)v;
    unigram(score);
    for (int v = 0; v < V; v++) total += exp((double)score[v]);
    for (int v = 0; v < V; v++) loss[v] = log(total) - (double)score[v];
    for (size_t n = 2; n < 60; n++) {
        // One token stands out at each place in turn: left out or counted twice, it shows.
        for (size_t odd = 0; odd < n; odd++) {
            int32_t ids[60] = {0};
            ids[odd] = V - 1;
            double want =
                ((double)(n - 1 - (odd > 0)) * loss[0] + (odd > 0) * loss[V - 1]) / (double)(n - 1);
            double got = evaluate_loss(model, tape, n, ids, 0);
            cr_assert(fabs(got - want) < 1e-5, "n=%zu, place %zu: %.9g, expected %.9g", n, odd, got,
                      want);
        }
    }
}

Test(evaluate, some_windows_are_spread_over_the_text)
{
    size_t n = 41 * T + 2;  // 42 windows, the last of one token
    const int32_t *ids = check_ids(check, n, V);
    for (size_t most = 1; most <= 45; most++) agrees(n, ids, most);
    for (size_t most = 1; most <= 45; most++) agrees(n - 1, ids, most);  // all 41 of them full
    // With two of them, one is in each half.
    float score[V] = {0};
    score[1] = 3;
    unigram(score);
    int32_t half[20 * T + 1] = {0};
    for (int i = 10 * T + 1; i <= 20 * T; i++) half[i] = 1;
    double total = exp(3) + V - 1, want = (log(total) + log(total) - 3) / 2;
    double got = evaluate_loss(model, tape, 20 * T + 1, half, 2);
    cr_assert(fabs(got - want) < 1e-5, "%.9g, expected %.9g", got, want);
}

Test(evaluate, memory_does_not_grow_with_the_text)
{
    // All of these windows at once would take several times as much.
    const size_t n = 60000 * T;
    evaluate_loss(model, tape, n, check_ids(check, n, V), 0);
    size_t floats_at_once =
        n * (size_t)(gpt_config(model)->layers * 18 * gpt_config(model)->channels);
    cr_assert(floats_at_once * sizeof(float) > 200000000, "%zu: nothing to show", floats_at_once);
    cr_assert(tape_memory(tape) < 100000000, "%zu bytes", tape_memory(tape));
}

Test(evaluate, gradients_are_left_alone)
{
    for (size_t i = 0; i < gpt_weights(model); i++) gpt_grad(model)[i] = 7;
    evaluate_loss(model, tape, 100, check_ids(check, 100, V), 0);
    for (size_t i = 0; i < gpt_weights(model); i++) cr_assert_eq(gpt_grad(model)[i], 7);
}

Test(evaluate, bits_per_byte_of_one_bit_per_token)
{
    cr_assert_float_eq(bits_per_byte(log(2), 10, 10), 1, 1e-15);
    cr_assert_float_eq(bits_per_byte(log(2), 10, 40), 0.25, 1e-15);
    cr_assert_float_eq(bits_per_byte(log(8), 30, 90), 1, 1e-15);
}
