// sample: which tokens are chosen how often, by all options together.
#include "sample.h"

#include <criterion/criterion.h>
#include <math.h>

#include "check.h"

TestSuite(sample, .timeout = 120);

#define SAMPLING(t, k, p) .temperature = (t), .top_k = (k), .top_p = (p)

// --- sample ----------------------------------------------------------------------------------

enum { V = 12, DRAWS = 100000 };

static const float LOGITS[V] = {0.3f, -1.2f, 2.1f, 0,    1.4f,  -0.7f,
                                0.9f, -2.5f, 1.1f, 0.2f, -0.1f, 1.9f};

static void count_draws(const struct sampling *s, int n, const float *logits, int draws, int *count)
{
    struct random r = random_start(11, RANDOM_TEST);
    struct candidate work[V];
    for (int i = 0; i < n; i++) count[i] = 0;
    for (int i = 0; i < draws; i++) {
        int id = sample(s, n, logits, &r, work);
        cr_assert(id >= 0 && id < n, "id %d", id);
        count[id]++;
    }
}

// allowed computes, in doubles, the probability of each token: 0 for those that are cut off.
static void allowed(const struct sampling *s, int n, const float *logits, double *p)
{
    int order[V];
    double e[V], all = 0, sum = 0, most = -(double)INFINITY;
    for (int i = 0; i < n; i++) most = fmax(most, (double)logits[i]);
    for (int i = 0; i < n; i++) {
        e[i] = exp(((double)logits[i] - most) / (double)s->temperature);
        all += e[i];
        int at = i;
        for (; at > 0 && logits[order[at - 1]] < logits[i]; at--) order[at] = order[at - 1];
        order[at] = i;  // among equals the smaller id is first
        p[i] = 0;
    }
    int k = s->top_k && s->top_k < n ? s->top_k : n;
    for (int i = k; i < n; i++) all -= e[order[i]];  // a share of what top-k has left
    for (int i = 0; i < k && (i == 0 || sum < (double)s->top_p * all); i++) {
        if (e[order[i]] < (double)s->min_p) break;
        sum += e[order[i]];
        p[order[i]] = e[order[i]];
    }
    for (int i = 0; i < n; i++) p[i] /= sum;
}

// follows checks counts against probabilities by chi-square.
static void follows(const struct sampling *s)
{
    int count[V], kinds = 0;
    double p[V], square = 0;
    count_draws(s, V, LOGITS, DRAWS, count);
    allowed(s, V, LOGITS, p);
    for (int v = 0; v < V; v++) {
        if (p[v] == 0) {
            cr_assert_eq(count[v], 0, "temperature %g, top-k %d, top-p %g: %d drawn",
                         (double)s->temperature, s->top_k, (double)s->top_p, v);
            continue;
        }
        double want = p[v] * DRAWS;
        square += (count[v] - want) * (count[v] - want) / want;
        kinds++;
    }
    // The chance of more, with as many degrees of freedom, is below 1e-5: Wilson & Hilferty 1931.
    double k = kinds > 1 ? kinds - 1 : 1,
           limit = k * pow(1 - 2 / (9 * k) + 4.27 * sqrt(2 / (9 * k)), 3);
    cr_assert_lt(square, limit, "temperature %g, top-k %d, top-p %g: chi-square %g of %d tokens",
                 (double)s->temperature, s->top_k, (double)s->top_p, square, kinds);
}

Test(sample, tokens_come_as_often_as_softmax_says)
{
    const float temperature[] = {0.5f, 1, 2};
    for (int i = 0; i < 3; i++) follows(&(struct sampling){SAMPLING(temperature[i], 0, 1)});
}

Test(sample, those_that_are_left_keep_their_proportions)
{
    follows(&(struct sampling){SAMPLING(1, 5, 1)});
    follows(&(struct sampling){SAMPLING(2, 0, 0.7f)});
    follows(&(struct sampling){SAMPLING(0.5f, 0, 0.9f)});
    follows(&(struct sampling){SAMPLING(1, 4, 0.6f)});
    follows(&(struct sampling){SAMPLING(1, 3, 0.99f)});
    follows(&(struct sampling){SAMPLING(1, 4, 0.8f)});
    follows(&(struct sampling){.temperature = 1, .top_p = 1, .min_p = 0.3f});
    follows(&(struct sampling){.temperature = 2, .top_k = 8, .top_p = 0.9f, .min_p = 0.4f});
    follows(&(struct sampling){SAMPLING(1, V, 1)});
    follows(&(struct sampling){SAMPLING(1, V + 100, 1)});
}

Test(sample, the_chi_square_would_see_another_temperature)
{
    // The check above can fail: counts at 1.05 do not pass for 1.
    int count[V];
    double p[V], square = 0;
    count_draws(&(struct sampling){SAMPLING(1.05f, 0, 1)}, V, LOGITS, DRAWS, count);
    allowed(&(struct sampling){SAMPLING(1, 0, 1)}, V, LOGITS, p);
    for (int v = 0; v < V; v++) {
        square += (count[v] - p[v] * DRAWS) * (count[v] - p[v] * DRAWS) / (p[v] * DRAWS);
    }
    cr_assert_gt(square, 80);
}

// set_is checks that exactly these tokens are ever drawn.
static void set_is(const struct sampling *s, int n, const float *logits, const char *tokens)
{
    int count[V];
    char drawn[V + 1] = "";
    count_draws(s, n, logits, 20000, count);
    for (int v = 0, at = 0; v < n; v++) {
        if (count[v]) drawn[at++] = (char)('a' + v);
    }
    cr_assert_str_eq(drawn, tokens, "top-k %d, top-p %g", s->top_k, (double)s->top_p);
}

Test(sample, top_k_keeps_k_and_of_equals_the_smaller_ids)
{
    const float ties[] = {1, 2, 1, 3, 1, 3, 1, 2};  // d f | b h | a c e g
    const char *sets[] = {"d",      "df",      "bdf",      "bdfh",    "abdfh",
                          "abcdfh", "abcdefh", "abcdefgh", "abcdefgh"};
    for (int k = 1; k <= 9; k++)
        set_is(&(struct sampling){SAMPLING(1, k, 1)}, 8, ties, sets[k - 1]);
    set_is(&(struct sampling){SAMPLING(1, 0, 1)}, 8, ties, "abcdefgh");
}

Test(sample, top_p_keeps_the_fewest_that_reach_it)
{
    // Probabilities 1/2, 1/4, 1/8, 1/16, 1/16 of b, e, a, c, d, within float rounding.
    const float l = 0.69314718f, logits[] = {-3 * l, -l, -4 * l, -4 * l, -2 * l};
    const struct {
        float p;
        const char *tokens;
    } cases[] = {{0, "b"},        {1e-6f, "b"},     {0.49f, "b"},        {0.51f, "be"},
                 {0.74f, "be"},   {0.76f, "abe"},   {0.87f, "abe"},      {0.88f, "abce"},
                 {0.93f, "abce"}, {0.94f, "abcde"}, {0.99999f, "abcde"}, {1, "abcde"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        set_is(&(struct sampling){SAMPLING(1, 0, cases[i].p)}, 5, logits, cases[i].tokens);
    }
    // Equal ones, exactly: 1/4 each.  Reaching it counts, so 0.5 takes two: those of smaller id.
    const float equal[] = {2, 2, 2, 2};
    set_is(&(struct sampling){SAMPLING(1, 0, 0.25f)}, 4, equal, "a");
    set_is(&(struct sampling){SAMPLING(1, 0, 0.5f)}, 4, equal, "ab");
    set_is(&(struct sampling){SAMPLING(1, 0, 0.5001f)}, 4, equal, "abc");
    set_is(&(struct sampling){SAMPLING(1, 3, 0.9f)}, 4, equal, "abc");
    set_is(&(struct sampling){SAMPLING(1, 2, 0.5f)}, 4, equal, "a");
}

Test(sample, temperature_0_takes_the_largest_and_needs_no_dice)
{
    const float ties[] = {1, 3, 2, 3};
    struct random r = random_start(1, RANDOM_TEST);
    struct candidate work[V];
    cr_assert_eq(sample(&(struct sampling){SAMPLING(0, 0, 1)}, 4, ties, &r, work), 1);
    cr_assert_eq(r.position, 0);
    // The way there is continuous, as far as floats go.
    for (float t = 1e-3f; t > 0; t /= 16) {
        cr_assert_eq(sample(&(struct sampling){SAMPLING(t, 0, 1)}, V, LOGITS, &r, work), 2, "%g",
                     (double)t);
    }
}

Test(sample, scores_of_any_size_are_sampled)
{
    struct random r = random_start(1, RANDOM_TEST);
    struct candidate work[V];
    const float wide[] = {-3e38f, 3e38f, 0, -1e30f}, flat[] = {-3e38f, -3e38f};
    int seen[2] = {0};
    for (int i = 0; i < 200; i++) {
        cr_assert_eq(sample(&(struct sampling){SAMPLING(1, 0, 1)}, 4, wide, &r, work), 1);
        cr_assert_eq(sample(&(struct sampling){SAMPLING(100, 0, 0.999f)}, 4, wide, &r, work), 1);
        seen[sample(&(struct sampling){SAMPLING(1, 0, 1)}, 2, flat, &r, work)]++;
    }
    cr_assert(seen[0] > 50 && seen[1] > 50);
    cr_assert_eq(sample(&(struct sampling){SAMPLING(1, 0, 1)}, 1, wide, &r, work), 0,
                 "a single token");
}

Test(sample, the_penalty_is_for_the_last_ids)
{
    const float logits[] = {2, -2, 2, -2};
    const int32_t ids[] = {0, 1, 1, 2};
    float work[4];
    struct sampling s = {.repeat_penalty = 2};
    check_same(4, sample_scores(&s, 4, logits, 4, ids, work), (float[]){1, -4, 1, -2}, "all");
    s.repeat_last = 1;
    check_same(4, sample_scores(&s, 4, logits, 4, ids, work), (float[]){2, -2, 1, -2}, "one");
    s.repeat_last = 9;
    check_same(4, sample_scores(&s, 4, logits, 4, ids, work), (float[]){1, -4, 1, -2}, "nine");
    s.repeat_penalty = 1;
    cr_assert_eq(sample_scores(&s, 4, logits, 4, ids, work), logits, "no penalty");
    s.repeat_penalty = 0;
    cr_assert_eq(sample_scores(&s, 4, logits, 4, ids, work), logits, "none asked for");
}

// sorted is sample with all candidates sorted, whether they count or not.
static int sorted(const struct sampling *s, int n, const float *logits, struct random *r,
                  struct candidate *work)
{
    generate_weigh(n, logits, s->temperature, work);
    int left = generate_top_k(n, work, s->top_k);
    left = generate_top_p(left, work, s->top_p);
    return generate_draw(generate_min_p(left, work, s->min_p), work, random_float(r));
}

Test(sample, sorting_only_what_counts_changes_nothing)
{
    enum { MANY = 2000 };
    const struct sampling kinds[] = {
        {SAMPLING(1, 1, 1)},
        {SAMPLING(1, 40, 1)},
        {SAMPLING(3, 1999, 1)},
        {SAMPLING(0.01f, 40, 1)},  // most weights are 0
        {SAMPLING(0.7f, 40, 0.9f), .min_p = 0.05f},
        {SAMPLING(1, 0, 0)},
        {SAMPLING(1, 0, 0.5f)},
        {SAMPLING(2, 0, 0.99f)},
        {SAMPLING(2, 0, 0.999999f)},
        {SAMPLING(1, 0, 1), .min_p = 0.02f},
        {SAMPLING(1, 0, 1), .min_p = 1},
        {SAMPLING(1, 0, 0.8f), .min_p = 0.001f},
        {SAMPLING(1, 0, 0.8f), .min_p = 0.1f},
    };
    struct random data = random_start(12, RANDOM_TEST);
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        struct random a = random_start(13, RANDOM_TEST), b = a;
        for (int i = 0; i < 50; i++) {
            float logits[MANY];
            struct candidate work[MANY];
            // Every second time many are equal.
            for (int v = 0; v < MANY; v++) {
                float x = 2 * random_normal(&data);
                logits[v] = i % 2 ? x : rintf(4 * x) / 4;
            }
            int want = sorted(&kinds[k], MANY, logits, &a, work);
            int got = sample(&kinds[k], MANY, logits, &b, work);
            cr_assert_eq(got, want, "options %zu, draw %d: %d, not %d", k, i, got, want);
        }
    }
}
