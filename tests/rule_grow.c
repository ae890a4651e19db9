// rule_grow: a wider network says what it said, and learns on; the rule grows on a plateau and not
// before; a cascade gets its units one at a time and is the better for them.
#include "rule_grow.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "protocol.h"
#include "random.h"
#include "rule_cascade.h"
#include "taught.h"
#include "widen.h"

enum { V = 16, LENGTH = 6400, JUDGED = 1000 };

// pairs returns a text in which each character follows from the two before it, but for one in ten:
// more than the logits' own weights of the window can say.
static struct lab_text pairs(size_t count, uint64_t seed)
{
    struct lab_text t = {count, malloc(count * sizeof *t.ids)};
    struct random r = random_start(seed, RANDOM_TEST);
    cr_assert(t.ids);
    t.ids[0] = t.ids[1] = 0;
    for (size_t i = 2; i < count; i++) {
        int32_t next = (t.ids[i - 1] ^ t.ids[i - 2] << 1) % V;
        t.ids[i] = random_below(&r, 10) ? next : (int32_t)random_below(&r, V);
    }
    return t;
}

static struct lab_data texts(void)
{
    return (struct lab_data){.V = V, .train = pairs(LENGTH, 1), .val = pairs(JUDGED, 2)};
}

static void drop(struct lab_data *d)
{
    free(d->train.ids);
    free(d->val.ids);
}

// --- widen -----------------------------------------------------------------------------------

static const size_t AT[] = {0, 3, 40, 100};
enum { N = sizeof AT / sizeof *AT, HIDDEN = 5, WIDE = 12 };

static struct net *narrow(void)
{
    struct net_shape shape = {.V = V, .window = 4, .hidden = HIDDEN, .layers = 2};
    struct net *n = net_new(&shape, 1);
    struct random r = random_start(1, RANDOM_TEST);
    for (size_t i = 0; i < n->weights; i++) n->data[i] = 0.3f * random_normal(&r);
    return n;
}

Test(widen, says_what_it_said)
{
    struct lab_text text = pairs(200, 1);
    struct lab_places x = {text.ids, N, AT};
    struct random r = random_start(2, RANDOM_TEST);
    struct net *n = narrow(), *wide = widen(n, WIDE, &r);
    cr_expect_eq(wide->shape.hidden, WIDE);
    net_forward(n, x), net_forward(wide, x);
    for (int i = 0; i < N * V; i++)
        cr_expect(fabsf(n->x[3][i] - wide->x[3][i]) < 1e-6f, "logit %d was %g, is %g", i,
                  (double)n->x[3][i], (double)wide->x[3][i]);
    net_free(n), net_free(wide);
    free(text.ids);
}

Test(widen, new_units_differ_and_none_is_heard)
{
    struct random r = random_start(2, RANDOM_TEST);
    struct net *n = narrow(), *wide = widen(n, WIDE, &r);
    for (int i = 0; i < 4 * V; i++)
        cr_expect_neq(wide->w[0][i * WIDE + HIDDEN], wide->w[0][i * WIDE + HIDDEN + 1]);
    for (int c = 0; c < V; c++)
        for (int h = HIDDEN; h < WIDE; h++) cr_expect_eq(wide->w[2][c * WIDE + h], 0);
    cr_expect_neq(wide->w[1][HIDDEN * WIDE + HIDDEN], 0, "new units hear each other");
    cr_expect_eq(wide->b[1][WIDE - 1], 0);
    cr_expect_eq(wide->step, 0);
    net_free(n), net_free(wide);
}

// After the first step the logits hear the new units; after the second these hear of errors.
Test(widen, new_units_learn)
{
    struct lab_text text = pairs(200, 1);
    struct lab_places x = {text.ids, N, AT};
    struct random r = random_start(2, RANDOM_TEST);
    struct net *n = narrow();
    struct taught t = {.net = widen(n, WIDE, &r)};
    float was = t.net->w[0][(size_t)text.ids[2] * WIDE + WIDE - 1], loss = 0;
    for (int i = 0; i < 30; i++) {
        net_forward(t.net, x);
        float now = taught_errors(&t, x);
        cr_expect(i == 0 || now < loss, "step %d: %g, then %g", i, (double)loss, (double)now);
        loss = now;
        net_backward(t.net, x);
        net_update(t.net, 1e-3f);
    }
    float now = t.net->w[0][(size_t)text.ids[2] * WIDE + WIDE - 1];
    cr_expect_neq(was, now, "the last unit's weight of the character before place 3");
    net_free(n), net_free(t.net);
    free(text.ids);
}

// --- grow ------------------------------------------------------------------------------------

Test(grow, grows_where_it_no_longer_learns)
{
    enum { BLOCK = 30016 };  // 30,000 in batches of 64
    struct lab_data d = texts();
    struct lab_learner l = lab_begin(&LAB_GROW, V, 6 * BLOCK, 1);
    lab_learn(&l, &d.train, BLOCK);
    cr_expect_eq(grow_net(l.state)->shape.hidden, 16, "the first block has none before it");
    double work = grow_work(l.state), narrow = (double)net_work(grow_net(l.state));
    cr_expect_eq(work, BLOCK * narrow);
    size_t numbers = LAB_GROW.numbers(l.state);
    lab_learn_on(&l, &d.train, 5 * BLOCK);
    cr_expect_gt(grow_net(l.state)->shape.hidden, 16);
    cr_expect_gt(LAB_GROW.numbers(l.state), numbers);
    cr_expect_gt(grow_work(l.state), 6 * BLOCK * narrow);
    double bits = lab_judge(&l, V, &d.val, 0).bits;
    cr_expect(bits < 2, "%g", bits);
    LAB_GROW.again(l.state, 64);
    lab_learn(&l, &d.train, 64);
    lab_end(&l);
    drop(&d);
}

// --- cascade ---------------------------------------------------------------------------------

// either returns a text of two characters, of which each is there if the two before it differ, but
// for one in ten: of no use to whoever looks at them one by one.
static struct lab_text either(size_t count, uint64_t seed)
{
    struct lab_text t = pairs(count, seed);
    struct random r = random_start(seed, RANDOM_TEST);
    t.ids[0] = 0, t.ids[1] = 1;
    for (size_t i = 2; i < count; i++)
        t.ids[i] = (t.ids[i - 1] ^ t.ids[i - 2]) ^ (random_below(&r, 10) == 0);
    return t;
}

Test(cascade, units_come_one_at_a_time_and_help)
{
    enum { FIRST = 50048, TURN = 6400 };
    struct lab_data d = {.V = 2, .train = either(4 * LENGTH, 1), .val = either(JUDGED, 2)};
    struct lab_learner l = lab_begin(&LAB_CASCADE, 2, FIRST + 10 * TURN, 1);
    struct lab_learner linear = lab_begin(&LAB_LINEAR, 2, FIRST + 10 * TURN, 1);
    size_t inputs = 8 * 2 + 1;
    lab_learn(&l, &d.train, FIRST);
    cr_expect_eq(LAB_CASCADE.numbers(l.state), 2 * inputs, "no unit yet");
    lab_learn_on(&l, &d.train, TURN);
    cr_expect_eq(LAB_CASCADE.numbers(l.state), 2 * (inputs + 1) + inputs, "one unit");
    lab_learn_on(&l, &d.train, 9 * TURN);
    cr_expect_eq(LAB_CASCADE.numbers(l.state), 2 * (inputs + 5) + 5 * inputs + 10, "five units");
    lab_learn(&linear, &d.train, FIRST + 10 * TURN);
    cr_expect_eq(LAB_LINEAR.numbers(linear.state), 2 * inputs);
    double with = lab_judge(&l, 2, &d.val, 0).bits, without = lab_judge(&linear, 2, &d.val, 0).bits;
    cr_expect(with < 0.55 && with < without - 0.1, "%g, linear %g", with, without);
    LAB_CASCADE.again(l.state, 64);
    lab_learn(&l, &d.train, 64);
    lab_end(&l), lab_end(&linear);
    drop(&d);
}
