// rule_intend, rule_linear: a network that learns where an intent fails sends back those places and
// no other; rules that act at mistakes alone come close to one that always does.
#include "rule_intend.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "loss.h"
#include "protocol.h"
#include "rule_backprop.h"
#include "rule_linear.h"
#include "taught.h"

enum { V = 16, LENGTH = 12800, JUDGED = 2000 };

static struct lab_text chatter(size_t count, uint64_t seed)
{
    struct lab_text t = {count, malloc(count * sizeof *t.ids)};
    cr_assert(t.ids);
    check_chatter(V, count, seed, t.ids);
    return t;
}

// learnt lets a rule learn the text, and writes for how many places it changed.
static struct lab_score learnt(const struct lab_rule *rule, double (*share_of)(const void *),
                               double *share)
{
    struct lab_text text = chatter(LENGTH, 1), judged = chatter(JUDGED, 2);
    struct lab_learner l = lab_begin(rule, V, LENGTH, 1);
    lab_learn(&l, &text, LENGTH);
    struct lab_score s = lab_judge(&l, V, &judged, 0);
    *share = share_of ? share_of(l.state) : 1;
    lab_end(&l);
    free(text.ids);
    free(judged.ids);
    return s;
}

// by_hand writes the slopes of the places that have less than tau, as backprop of the whole batch
// with the errors of all others taken away; returns how many those are.
static int by_hand(struct taught *t, struct lab_places x, float tau, float *slopes)
{
    struct net *n = t->net;
    int L = n->shape.layers, count = 0;
    float p[LAB_BATCH * V];
    net_forward(n, x);
    softmax_forward(x.N, V, n->x[L + 1], p);
    taught_errors(t, x);
    for (int i = 0; i < x.N; i++) {
        int fails = p[i * V + x.ids[x.at[i]]] < tau;
        for (int c = 0; c < V; c++) n->dx[L + 1][i * V + c] *= (float)fails;
        count += fails;
    }
    net_backward(n, x);
    memcpy(slopes, n->grad, n->weights * sizeof *slopes);
    memset(n->grad, 0, n->weights * sizeof *slopes);
    return count;
}

Test(intend, slopes_are_those_of_the_places_that_fail)
{
    struct lab_text text = chatter(LENGTH, 1);
    struct lab_learner l = lab_begin(&LAB_INTEND, V, LENGTH, 1);
    lab_learn(&l, &text, LENGTH);
    struct taught *t = l.state;
    struct net *n = t->net;
    size_t at[LAB_BATCH];
    for (size_t i = 0; i < LAB_BATCH; i++) at[i] = 100 + 37 * i;
    struct lab_places x = {text.ids, LAB_BATCH, at};
    float *want = malloc(n->weights * sizeof *want);
    cr_assert(want);
    int count = by_hand(t, x, 0.8f, want);
    cr_assert(count > 0 && count < LAB_BATCH, "%d of %d fail: nothing to tell apart", count,
              LAB_BATCH);
    t->slopes(t, x);
    for (size_t i = 0; i < n->weights; i++)
        cr_assert(fabsf(n->grad[i] - want[i]) <= 1e-6f, "slope %zu: %g, expected %g", i,
                  (double)n->grad[i], (double)want[i]);
    free(want);
    free(text.ids);
    lab_end(&l);
}

Test(intend, what_is_sure_is_not_sent_back)
{
    double all, some, half, mistakes;
    struct lab_score mlp = learnt(&LAB_MLP, NULL, &all);
    struct lab_score intend = learnt(&LAB_INTEND, rule_intend_share, &some);
    learnt(&LAB_INTEND_HALF, rule_intend_share, &half);
    learnt(&LAB_MISTAKES, rule_intend_share, &mistakes);
    cr_expect(some < 0.9 && half < some && mistakes < some && mistakes > 0.05,
              "shares: below 0.8 %g, below 0.5 %g, mistakes %g", some, half, mistakes);
    cr_expect(fabs(intend.bits - mlp.bits) < 0.15, "%g bits, backprop of all %g", intend.bits,
              mlp.bits);
}

Test(reward, collapses_to_one_guess)
{
    double share;
    struct lab_score s = learnt(&LAB_REWARD, rule_intend_share, &share);
    cr_expect(share == 1 && isfinite(s.bits), "share %g, %g bits", share, s.bits);
}

Test(linear, mistakes_alone_come_close)
{
    double all, miss, perceptron, passive;
    struct lab_score delta = learnt(&LAB_DELTA, rule_linear_share, &all);
    struct lab_score few = learnt(&LAB_DELTA_MISS, rule_linear_share, &miss);
    struct lab_score plain = learnt(&LAB_PERCEPTRON, rule_linear_share, &perceptron);
    struct lab_score margin = learnt(&LAB_PASSIVE, rule_linear_share, &passive);
    cr_expect(all == 1 && miss < 0.5 && perceptron < 0.5 && passive >= perceptron,
              "shares: %g, %g, %g, %g", all, miss, perceptron, passive);
    cr_expect(delta.right > 0.8 && few.right > delta.right - 0.05 &&
                  plain.right > delta.right - 0.05 && margin.right > delta.right - 0.05,
              "right: %g, %g, %g, %g", delta.right, few.right, plain.right, margin.right);
    cr_expect(few.bits < 2 && plain.bits < 2 && margin.bits < 2,
              "bits: %g, at mistakes %g, perceptron %g, passive %g", delta.bits, few.bits,
              plain.bits, margin.bits);
}
