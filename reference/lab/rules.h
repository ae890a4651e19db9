// rules: every way to learn that the lab knows, by name.
#ifndef GPT_RULES_H
#define GPT_RULES_H

#include "error.h"
#include "lab.h"

// rules_count returns how many there are, rules_at the i-th: counting, backprop, then the others.
int rules_count(void);
const struct lab_rule *rules_at(int i);

// rules_find finds a rule by its name.
//   ERR_VALUE  there is none of that name; says what prints them
enum err rules_find(const char *name, const struct lab_rule **rule, struct error *e);

// rules_choose lists the rules whose names stand in `only`, parted by commas, or all if it is NULL.
//   rules  (RULES_MOST)
//   ERR_VALUE  a name that no rule has; or more than RULES_MOST names
enum { RULES_MOST = 64 };
enum err rules_choose(const char *only, const struct lab_rule **rules, int *count, struct error *e);

#endif
