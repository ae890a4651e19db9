// trials: forgetting, one exposure, novelty, by rules of which the answer is known.
#include "trials.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "rules.h"

// stories writes a text of which a rule can learn something and returns what lab_open made of it.
static struct lab_data stories(void)
{
    static const char *const WHO[] = {"Tom", "Lucy", "the old man", "a girl"};
    static const char *const WHAT[] = {"saw", "liked", "took", "had"};
    static const char *const THING[] = {"a red hat", "the blue box", "a dog", "that book"};
    char path[] = "/tmp/trials-XXXXXX";
    int fd = mkstemp(path);
    cr_assert(fd >= 0);
    FILE *f = fdopen(fd, "w");
    for (unsigned i = 0, x = 1; i < 4000; i++) {
        x = x * 1664525u + 1013904223u;
        fprintf(f, "%s %s %s. ", WHO[x >> 30], WHAT[x >> 28 & 3], THING[x >> 26 & 3]);
    }
    fclose(f);
    struct lab_data d;
    struct error e;
    cr_assert_eq(lab_open(path, 0, &d, &e), ERR_NONE, "%s", e.text);
    unlink(path);
    return d;
}

static const struct lab_rule *named(const char *name)
{
    const struct lab_rule *rule;
    struct error e;
    cr_assert_eq(rules_find(name, &rule, &e), ERR_NONE, "%s", e.text);
    return rule;
}

Test(trials, a_memory_does_not_forget_and_a_network_does)
{
    struct lab_data d = stories();
    struct trial_forgetting memory = trial_forgetting(named("reso"), &d, 20000, 1);
    struct trial_forgetting net = trial_forgetting(named("mlp"), &d, 20000, 1);
    cr_expect(memory.before.right > 0.7 && net.before.right > 0.5, "%g %g", memory.before.right,
              net.before.right);
    cr_expect(memory.after.right > 0.98 * memory.before.right, "%g", memory.after.right);
    cr_expect(net.after.right < 0.5 * net.before.right, "%g", net.after.right);
    cr_expect(memory.second.right > 0.7 && net.second.right > 0.5);
    lab_close(&d);
}

Test(trials, a_memory_knows_a_word_that_it_met_once)
{
    struct lab_data d = stories();
    struct trial_once reso = trial_once(named("reso"), &d, 20000, 1);
    struct trial_once unigram = trial_once(named("unigram"), &d, 20000, 1);
    cr_expect(reso.before > 3 && reso.after < 0.6 * reso.before, "%g %g", reso.before, reso.after);
    cr_expect(fabs(reso.val_after - reso.val_before) < 0.05);
    cr_expect(unigram.after > 0.9 * unigram.before, "%g %g", unigram.before, unigram.after);
    lab_close(&d);
}

Test(trials, what_is_shown_more_often_is_known_better)
{
    struct lab_data d = stories();
    struct trial_once once = trial_often(named("mlp"), &d, 20000, 1, 1);
    struct trial_once often = trial_often(named("mlp"), &d, 20000, 4, 1);
    struct trial_once same = trial_once(named("mlp"), &d, 20000, 1);
    cr_expect(often.after < once.after && once.after < once.before, "%g %g", often.after,
              once.after);
    cr_expect(same.after == once.after && often.before == once.before);
    lab_close(&d);
}

Test(trials, what_is_new_is_told_from_what_is_not)
{
    struct lab_data d = stories();
    cr_expect(trial_novelty(named("reso"), &d, 20000, 20, 1) > 0.99);
    double blind = trial_novelty(named("unigram"), &d, 20000, 20, 1);
    cr_expect(fabs(blind - 0.5) < 1e-9, "to a unigram everything is alike: %g", blind);
    lab_close(&d);
}

Test(rules, each_has_a_name_of_its_own_and_gives_probabilities)
{
    struct lab_data d = stories();
    for (int i = 0; i < rules_count(); i++) {
        const struct lab_rule *rule = rules_at(i);
        cr_expect_eq(named(rule->name), rule, "%s", rule->name);
        struct lab_score s = lab_run(rule, &d, 2000, 1);
        cr_expect(s.bits > 0 && s.bits < 8 && s.numbers > 0, "%s: %g bits", rule->name, s.bits);
    }
    struct error e;
    const struct lab_rule *rule;
    cr_expect_eq(rules_find("telepathy", &rule, &e), ERR_VALUE);
    lab_close(&d);
}
