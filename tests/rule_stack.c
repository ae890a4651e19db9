// rule_stack: a memory and a network learn what they would learn alone; the gate learns from places
// that are new, and leans on the one that knows; and the trial of reading on.
#include "rule_stack.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

#include "protocol.h"
#include "random.h"
#include "rule_backprop.h"
#include "rule_counting.h"
#include "trials.h"

enum { V = 12, LENGTH = 9600, JUDGED = 2000 };

// chatter returns a text in which each character follows from the two before it, but for one in
// ten.
static struct lab_text chatter(size_t count, int32_t step, uint64_t seed)
{
    struct lab_text t = {count, malloc(count * sizeof *t.ids)};
    struct random r = random_start(seed, RANDOM_TEST);
    cr_assert(t.ids);
    t.ids[0] = t.ids[1] = 0;
    for (size_t i = 2; i < count; i++) {
        int32_t next = (t.ids[i - 1] * t.ids[i - 2] + step) % V;
        t.ids[i] = random_below(&r, 10) ? next : (int32_t)random_below(&r, V);
    }
    return t;
}

static struct lab_data texts(void)
{
    return (struct lab_data){.V = V, .train = chatter(LENGTH, 3, 1), .val = chatter(JUDGED, 3, 2)};
}

static void drop(struct lab_data *d)
{
    free(d->train.ids);
    free(d->val.ids);
}

Test(rule_stack, both_learn_what_they_would_alone)
{
    struct lab_data d = texts();
    float mixed[V], memory[V], net[V];
    size_t at = 100;
    struct lab_learner both = lab_begin(&LAB_STACK_MLP, V, LENGTH, 1);
    struct lab_learner one = lab_begin(&LAB_RESO, V, LENGTH, 1);
    struct lab_learner two = lab_begin(&LAB_MLP, V, LENGTH, 1);
    lab_learn(&both, &d.train, LENGTH), lab_learn(&one, &d.train, LENGTH);
    lab_learn(&two, &d.train, LENGTH);
    struct lab_places x = {d.val.ids, 1, &at};
    LAB_RESO.predict(one.state, x, memory), LAB_MLP.predict(two.state, x, net);
    struct rule_stack_look look = rule_stack_look(both.state, d.val.ids, at, mixed);
    for (int c = 0; c < V; c++)
        cr_expect(look.memory[c] == memory[c] && look.net[c] == net[c], "character %d", c);
    cr_expect_eq(look.depth, (int)LAB_RESO.known(one.state, d.val.ids, at));
    cr_expect_eq(LAB_STACK_MLP.known(both.state, d.val.ids, at), (float)look.depth);
    size_t parts = LAB_RESO.numbers(one.state) + LAB_MLP.numbers(two.state);
    cr_expect(LAB_STACK_MLP.numbers(both.state) > parts);
    lab_end(&both), lab_end(&one), lab_end(&two);
    drop(&d);
}

// weights writes the weights of the place's cell.
static void weights(const struct lab_learner *l, const int32_t *ids, size_t at, float *w)
{
    float p[V];
    struct rule_stack_look look = rule_stack_look(l->state, ids, at, p);
    w[0] = look.w[0], w[1] = look.w[1];
}

Test(rule_stack, the_gate_waits_for_the_last_twentieth)
{
    struct lab_data d = texts();
    float w[2];
    struct lab_learner l = lab_begin(&LAB_STACK_MLP, V, LENGTH, 1);
    lab_learn(&l, &d.train, LENGTH / 20 * 19);
    for (size_t at = 0; at < 100; at++) {
        weights(&l, d.val.ids, at, w);
        cr_assert(w[0] == 0.6f && w[1] == 0.4f, "%zu: %g %g", at, (double)w[0], (double)w[1]);
    }
    lab_end(&l);
    l = lab_begin(&LAB_STACK_MLP, V, LENGTH, 1);
    lab_learn(&l, &d.train, LENGTH);
    int moved = 0;
    for (size_t at = 0; at < 100; at++) {
        weights(&l, d.val.ids, at, w);
        moved += w[0] != 0.6f;
    }
    cr_expect(moved > 50, "%d of 100 places", moved);
    lab_end(&l);
    drop(&d);
}

// A text of a tenth, ten times over: what the gate could learn from in the end was shown before.
Test(rule_stack, the_gate_passes_over_what_was_shown_before)
{
    struct lab_data d = texts();
    struct lab_text tenth = {LENGTH / 10, d.train.ids};
    float w[2];
    struct lab_learner l = lab_begin(&LAB_STACK_MLP, V, LENGTH, 1);
    lab_learn(&l, &tenth, LENGTH);
    for (size_t at = 0; at < 100; at++) {
        weights(&l, d.val.ids, at, w);
        cr_assert(w[0] == 0.6f && w[1] == 0.4f, "%zu: %g %g", at, (double)w[0], (double)w[1]);
    }
    lab_end(&l);
    drop(&d);
}

Test(rule_stack, no_worse_than_its_better_part)
{
    struct lab_data d = texts();
    double both = lab_run(&LAB_STACK_MLP, &d, LENGTH, 1).bits;
    double memory = lab_run(&LAB_RESO, &d, LENGTH, 1).bits;
    double net = lab_run(&LAB_MLP, &d, LENGTH, 1).bits;
    cr_expect(both < fmin(memory, net) + 0.05 && both < 1.6, "%g, of %g and %g", both, memory, net);
    drop(&d);
}

// Two languages, of which the second begins when the first is known: each has a column.
Test(rule_stack, a_text_of_another_kind_has_a_column_of_its_own)
{
    struct lab_data d = texts();
    struct lab_text other = chatter(LENGTH, 3, 4);
    // The same in other letters, which the first text did not have: V of them again.
    for (size_t i = 0; i < other.count; i++) other.ids[i] += V;
    struct lab_learner l = lab_begin(&LAB_STACK_MLP, 2 * V, LENGTH, 1);
    struct lab_learner net = lab_begin(&LAB_MLP, 2 * V, LENGTH, 1);
    struct lab_learner memory = lab_begin(&LAB_RESO, 2 * V, LENGTH, 1);
    lab_learn(&l, &d.train, LENGTH), lab_learn(&memory, &d.train, LENGTH);
    double before = lab_judge(&l, 2 * V, &d.val, 0).bits;
    size_t one = LAB_STACK_MLP.numbers(l.state) - LAB_RESO.numbers(memory.state);
    l.rule->again(l.state, JUDGED);
    lab_learn(&l, &d.val, JUDGED), lab_learn(&memory, &d.val, JUDGED);
    size_t same = LAB_STACK_MLP.numbers(l.state) - LAB_RESO.numbers(memory.state);
    cr_expect_eq(same, one, "more of the same text needs no column: %zu, %zu", one, same);
    l.rule->again(l.state, LENGTH);
    lab_learn(&l, &other, LENGTH), lab_learn(&memory, &other, LENGTH);
    size_t two = LAB_STACK_MLP.numbers(l.state) - LAB_RESO.numbers(memory.state);
    cr_expect_eq(two - one, LAB_MLP.numbers(net.state), "one column more: %zu, %zu", one, two);
    double after = lab_judge(&l, 2 * V, &d.val, 0).bits;
    double second = lab_judge(&l, 2 * V, &other, JUDGED).bits;
    cr_expect(after < before + 0.1 && second < before + 0.2, "%g: %g, %g", before, after, second);
    lab_end(&l), lab_end(&net), lab_end(&memory);
    free(other.ids);
    drop(&d);
}

Test(trial_online, asks_before_it_tells)
{
    struct lab_data d = texts();
    // Another language than the one it learnt.
    free(d.val.ids);
    d.val = chatter(JUDGED, 7, 3);
    struct trial_online t = trial_online(&LAB_RESO, &d, LENGTH, 1);
    struct lab_score asked = lab_run(&LAB_RESO, &d, LENGTH, 1);
    cr_expect(t.asked.bits == asked.bits && t.asked.right == asked.right);
    // It gets better, but is not as good as if it had been told beforehand.
    struct lab_learner l = lab_begin(&LAB_RESO, V, LENGTH, 1);
    lab_learn(&l, &d.train, LENGTH), lab_learn(&l, &d.val, JUDGED);
    double told = lab_judge(&l, V, &d.val, 0).bits;
    cr_expect(t.reads.bits < t.asked.bits - 0.3 && t.reads.bits > told + 0.3, "%g: %g, told %g",
              t.asked.bits, t.reads.bits, told);
    cr_expect(t.reads.examples == LENGTH + JUDGED && t.asked.examples == LENGTH);
    lab_end(&l);
    drop(&d);
}
