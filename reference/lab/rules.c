#include "rules.h"

#include <stdio.h>
#include <string.h>

#include "rule_artmap.h"
#include "rule_backprop.h"
#include "rule_cascade.h"
#include "rule_counting.h"
#include "rule_critic.h"
#include "rule_equilibrium.h"
#include "rule_evolution.h"
#include "rule_forward.h"
#include "rule_grow.h"
#include "rule_hebbian.h"
#include "rule_hopfield.h"
#include "rule_intend.h"
#include "rule_linear.h"
#include "rule_stack.h"
#include "stack.h"

// clang-format off
static const struct lab_rule *const RULES[] = {
    &LAB_NGRAM[0], &LAB_NGRAM[1], &LAB_NGRAM[2], &LAB_NGRAM[3], &LAB_NGRAM[4], &LAB_NGRAM[5],
    &LAB_MLP,
    &LAB_RANDOM,
    &LAB_DFA,
    &LAB_PC,
    &LAB_CRITIC,
    &LAB_GROW,
    &LAB_LINEAR,
    &LAB_CASCADE,
    &LAB_INTEND, &LAB_INTEND_HALF, &LAB_MISTAKES, &LAB_REWARD,
    &LAB_DELTA, &LAB_DELTA_MISS, &LAB_PERCEPTRON, &LAB_PASSIVE,
    &LAB_RESO,
    &LAB_FORWARD,
    &LAB_EQUILIBRIUM,
    &LAB_HEBB,
    &LAB_ARTMAP,
    &LAB_HOPFIELD,
    &LAB_EVOLUTION,
    &LAB_STACK,
    &LAB_STACK_MLP,
};
// clang-format on

// Behind these comes the learner's own.
enum { OURS = sizeof RULES / sizeof *RULES };

int rules_count(void)
{
    return OURS + 1;
}

const struct lab_rule *rules_at(int i)
{
    CHECK(i >= 0 && i < rules_count(), "i=%d of %d", i, rules_count());
    return i < OURS ? RULES[i] : stack_mine();
}

enum err rules_find(const char *name, const struct lab_rule **rule, struct error *e)
{
    for (int i = 0; i < rules_count(); i++) {
        *rule = rules_at(i);
        if (strcmp((*rule)->name, name) == 0) return ERR_NONE;
    }
    return error_set(e, ERR_VALUE,
                     "%s: neither a rule nor an experiment: gpt lab --list prints their names",
                     name);
}

enum err rules_choose(const char *only, const struct lab_rule **rules, int *count, struct error *e)
{
    *count = 0;
    if (!only) {
        for (; *count < rules_count(); ++*count) rules[*count] = rules_at(*count);
        return ERR_NONE;
    }
    for (const char *at = only;; at++) {
        char name[64];
        size_t size = strcspn(at, ",");
        snprintf(name, sizeof name, "%.*s", (int)size, at);
        if (*count == RULES_MOST)
            return error_set(e, ERR_VALUE, "%s: expected at most %d names", only, RULES_MOST);
        enum err code = rules_find(name, &rules[*count], e);
        if (code) return code;
        ++*count;
        at += size;
        if (!*at) return ERR_NONE;
    }
}
