// verdict: what became of a lesson.
#ifndef GRADER_VERDICT_H
#define GRADER_VERDICT_H

#include "blame.h"
#include "house.h"
#include "result.h"
#include "suite.h"

// struct judgement: of each function the test that decides about it, NULL if all have passed, and
// where that ended.
struct judgement {
    int functions;
    struct {
        const struct test *test;
        struct blame blame;
    } function[RESULT_FUNCTIONS];
    int first;  // the function to tell the learner about: the first in which something is wrong; if
                // nothing is, the first that is not written; -1 if all have passed
};

// verdict_judge judges a run of `program`, and fills in the verdict and the functions of r.
void verdict_judge(const char *program, const struct lesson *l, const struct suite *s,
                   struct result *r, struct judgement *j);

// verdict_untested fills in the functions of r, none of them run, from the suite's source;
// `how` is refused or uncompiled.
void verdict_untested(const struct lesson *l, const char *how, struct result *r);

// verdict_tests counts the tests of a function; if `passed`, only those that have.
int verdict_tests(const struct suite *s, const char *function, int passed);

#endif
