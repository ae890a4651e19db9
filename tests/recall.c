// recall: a mixture that can be done by hand, shares that find out who is right, and the loss of a
// text against one token after the other.
#include "recall.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "error.h"
#include "random.h"
#include "recall_suffix.h"
#include "shape.h"

enum { V = 9, T = 5 };

static void near(double got, double want, double most, const char *what)
{
    cr_expect(fabs(got - want) <= most, "%s: got %.9g, want %.9g", what, got, want);
}

// A memory that says a half for the id after the last one, and has always met as many as there are,
// up to 3.
static int says_next(const void *self, size_t n, const int32_t *ids, float *p)
{
    (void)self;
    for (int v = 0; v < V; v++) p[v] = 0.5f / (V - 1);
    p[(ids[n - 1] + 1) % V] = 0.5f;
    return n < 3 ? (int)n : 3;
}

static const struct recall_kind NEXT = {.predict = says_next, .longest = 3};

static struct recall next(float share)
{
    struct recall r = {.kind = &NEXT, .V = V};
    for (int i = 0; i <= RECALL_LONGEST; i++) r.share[i] = share;
    return r;
}

Test(recall, a_mixture_by_hand)
{
    // Probabilities 1/2, 1/4 and nearly nothing; the memory's are 1/2 for id 2, 1/16 for others.
    float logits[V] = {0.693147181f, 0, -100, -100, -100, -100, -100, -100, 0}, work[V], out[V];
    struct recall r = next(0.2f);
    recall_mix(&r, 2, (int32_t[]){7, 1}, logits, work, out);
    near(exp((double)out[0]), 0.8 * 0.5 + 0.2 / 16, 1e-6, "both expect it");
    near(exp((double)out[1]), 0.8 * 0.25 + 0.2 / 16, 1e-6, "both expect it");
    near(exp((double)out[2]), 0.2 * 0.5, 1e-6, "the memory does");
    double sum = 0;
    for (int v = 0; v < V; v++) sum += exp((double)out[v]);
    near(sum, 1, 1e-6, "sum");
    r = next(0);
    recall_mix(&r, 2, (int32_t[]){7, 1}, logits, work, out);
    near((double)out[0], log(0.5), 1e-6, "without a share");
    cr_expect(isfinite(out[2]), "what is impossible has a score");
    recall_mix(&r, 2, (int32_t[]){7, 1}, logits, work, logits);
    near((double)logits[1], log(0.25), 1e-6, "in place");
}

Test(recall, a_match_has_a_share_of_its_own)
{
    float logits[V] = {0}, work[V], out[V];
    struct recall r = next(0);
    r.share[1] = 0.5f;
    recall_mix(&r, 1, (int32_t[]){3}, logits, work, out);
    near(exp((double)out[4]), 0.5 / V + 0.25, 1e-6, "met one");
    recall_mix(&r, 2, (int32_t[]){0, 3}, logits, work, out);
    near(exp((double)out[4]), 1.0 / V, 1e-6, "met two");
}

Test(recall, a_share_moves_to_who_was_right)
{
    struct recall r = next(0.2f);
    recall_learn(&r, 2, 0.1f, 0.6f);
    // 0.2 * 0.6 / (0.2 * 0.6 + 0.8 * 0.1) = 0.6
    near((double)r.share[2], 0.2 + (double)RECALL_RATE * (0.6 - 0.2), 1e-6, "the memory");
    near((double)r.share[1], 0.2, 1e-7, "another match");
    for (int i = 0; i < 2000; i++) recall_learn(&r, 3, 0.9f, 0.01f);
    cr_expect(r.share[3] < 0.01f && r.share[3] >= 0, "the model");
    for (int i = 0; i < 9000; i++) recall_learn(&r, 0, 0, 1);
    cr_expect(r.share[0] > 0.9f && r.share[0] <= 1);
    recall_learn(&r, 1, 0, 0);
    near((double)r.share[1], 0.2, 1e-7, "what neither thought possible");
}

// by_hand computes the losses of a text one token after the other, without windows of a tape.
static struct recall_loss by_hand(struct recall *r, const struct gpt *m, int n, const int32_t *ids)
{
    struct recall_loss sum = {0};
    struct tape *t = tape_new();
    float p[V];
    for (int i = 1; i < n; i++) {
        int begin = (i - 1) / T * T, length = i - begin;
        tape_reset(t);
        const float *x =
            tape_data(t, gpt_forward(m, t, 0, 1, length, ids + begin)) + (length - 1) * V;
        double total = 0;
        for (int v = 0; v < V; v++) total += exp((double)x[v]);
        double own = exp((double)x[ids[i]]) / total;
        int match = r->kind->predict(r->self, (size_t)i, ids, p);
        double memory = (double)p[ids[i]], s = (double)r->share[match];
        sum.own -= log(own) / (n - 1), sum.memory -= log(memory) / (n - 1);
        sum.mixed -= log(s * memory + (1 - s) * own) / (n - 1);
        r->share[match] +=
            (float)((double)RECALL_RATE * (s * memory / (s * memory + (1 - s) * own) - s));
    }
    tape_free(t);
    return sum;
}

Test(recall, the_loss_of_a_text)
{
    const struct gpt_config c = {SIZES(V, T, 2, 2, 12)};
    struct gpt *m = gpt_new(&c, 3);
    struct random dice = random_start(4, RANDOM_TEST);
    for (size_t i = 0; i < gpt_weights(m); i++) gpt_data(m)[i] += 0.3f * random_normal(&dice);
    struct check *k = check_begin(1);
    struct tape *t = tape_new();
    const int32_t *ids = check_ids(k, 40, V);
    for (int n = 2; n <= 40; n += n < 14 ? 1 : 13) {
        struct recall a = next(0.3f), b = next(0.3f);
        struct recall_loss got = recall_evaluate(&a, m, t, (size_t)n, ids);
        struct recall_loss want = by_hand(&b, m, n, ids);
        near(got.own, want.own, 1e-5, "own");
        near(got.memory, want.memory, 1e-5, "memory");
        near(got.mixed, want.mixed, 1e-5, "mixed");
        for (int i = 0; i < 4; i++) near((double)a.share[i], (double)b.share[i], 1e-5, "share");
    }
    tape_free(t);
    check_end(k);
    gpt_free(m);
}

// --- what remembers --------------------------------------------------------------------------

Test(recall_suffix, what_was_read_is_expected)
{
    enum { N = 60 };
    int32_t ids[N];
    float p[V];
    struct random r = random_start(1, RANDOM_TEST);
    for (int i = 0; i < N; i++) ids[i] = (int32_t)random_below(&r, V);
    void *m = RECALL_SUFFIX.read(V, N, ids);
    for (int n = 1; n < N; n++) {
        int match = RECALL_SUFFIX.predict(m, (size_t)n, ids, p);
        double sum = 0;
        for (int v = 0; v < V; v++) {
            cr_assert_gt(p[v], 0);
            sum += (double)p[v];
        }
        near(sum, 1, 1e-5, "sum");
        cr_expect_eq(match, n < RECALL_SUFFIX_LEVELS ? n : RECALL_SUFFIX_LEVELS, "after %d", n);
        if (n >= 4) cr_expect_gt(p[ids[n]], 0.5f / V, "after %d", n);
    }
    const int32_t other[] = {ids[3], ids[4], (ids[5] + 1) % V};
    cr_expect_leq(RECALL_SUFFIX.predict(m, 3, other, p), 3);
    RECALL_SUFFIX.free(m);
}
