// rule_evolution: slopes by trying point down where backprop's do, a little; and it learns, slowly.
#include "rule_evolution.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "protocol.h"
#include "random.h"
#include "taught.h"

enum { V = 6, LENGTH = 8000 };

static struct lab_text chatter(uint64_t seed)
{
    struct lab_text t = {LENGTH, malloc(LENGTH * sizeof *t.ids)};
    struct random r = random_start(seed, RANDOM_TEST);
    cr_assert(t.ids);
    for (size_t i = 0; i < LENGTH; i++)
        t.ids[i] = random_below(&r, 3) ? 1 : (int32_t)random_below(&r, V);
    return t;
}

Test(es, its_slopes_agree_with_backprop_more_often_than_not)
{
    struct lab_text text = chatter(1);
    struct lab_learner l = lab_begin(&LAB_EVOLUTION, V, LENGTH, 1);
    struct taught *t = l.state;
    struct net *n = t->net;
    size_t at[LAB_BATCH], size = n->weights;
    for (size_t i = 0; i < LAB_BATCH; i++) at[i] = 50 + 31 * i;
    struct lab_places x = {text.ids, LAB_BATCH, at};
    float *slope = malloc(size * sizeof *slope), *was = malloc(size * sizeof *was);
    cr_assert(slope && was);
    memcpy(was, n->data, size * sizeof *was);
    net_forward(n, x);
    taught_errors(t, x);
    net_backward(n, x);
    memcpy(slope, n->grad, size * sizeof *slope);
    memset(n->grad, 0, size * sizeof *slope);
    // The mean of many tries is the slope; of 4 x 200 it is little more than a hint of it.
    for (n->step = 0; n->step < 200; n->step++) t->slopes(t, x);
    double ab = 0, aa = 0, bb = 0;
    for (size_t i = 0; i < size; i++) {
        ab += (double)slope[i] * (double)n->grad[i];
        aa += (double)slope[i] * (double)slope[i];
        bb += (double)n->grad[i] * (double)n->grad[i];
    }
    double cosine = ab / sqrt(aa * bb), expected = sqrt(800 / (double)size);
    cr_expect(cosine > 0.7 * expected && cosine < 1.4 * expected, "%g, expected about %g", cosine,
              expected);
    cr_expect(fabs(ab / 200 / aa - 1) < 0.3, "along the slope it is as long: %g", ab / 200 / aa);
    cr_expect(memcmp(was, n->data, size * sizeof *was) == 0, "the weights are where they were");
    free(slope), free(was), free(text.ids);
    lab_end(&l);
}

Test(es, learns_what_is_frequent)
{
    struct lab_data d = {.V = V, .train = chatter(1), .val = chatter(2)};
    double bits = lab_run(&LAB_EVOLUTION, &d, LENGTH, 1).bits;
    cr_expect(bits < 2.45, "%g; knowing nothing costs %g", bits, log2(V));
    free(d.train.ids), free(d.val.ids);
}
