// verdict: what became of a lesson.
#ifndef GRADER_VERDICT_H
#define GRADER_VERDICT_H

#include "house.h"
#include "result.h"
#include "suite.h"

// verdict_judge fills in the verdict and the functions of r from a run.
void verdict_judge(const struct suite *s, struct result *r);

// verdict_untested fills in the functions of r, none of them run, from the suite's source;
// `how` is refused or uncompiled.
void verdict_untested(const struct lesson *l, const char *how, struct result *r);

// verdict_count returns how many tests a function has; if `passed`, how many of them passed.
int verdict_count(const struct suite *s, const char *function, int passed);

// verdict_first returns the test to tell the learner about, NULL if all passed: the first that
// went wrong; if nothing did, the first that came to a TODO().
const struct test *verdict_first(const struct suite *s, const struct result *r);

#endif
