// verdict: what became of a lesson, and the screen that says so.
#ifndef GRADER_VERDICT_H
#define GRADER_VERDICT_H

#include "house.h"
#include "result.h"
#include "suite.h"
#include "text.h"

// verdict_judge fills in the verdict and the functions of r from a run.
void verdict_judge(const struct suite *s, struct result *r);

// verdict_untested fills in the functions of r, none of them run, from the suite's source;
// `how` is refused or uncompiled.
void verdict_untested(const struct lesson *l, const char *how, struct result *r);

// verdict_first returns the test to tell the learner about, NULL if all passed: the first that
// went wrong; if nothing did, the first that came to a TODO().
const struct test *verdict_first(const struct suite *s, const struct result *r);

// struct screen: what is told of one test.
struct screen {
    const struct house *house;
    const struct lesson *lesson;
    const char *program;  // what was run
    const struct suite *suite;
    const struct result *result;
    const char *says;     // the named mistake's words, NULL if none was recognised
    const char *warning;  // the compiler's first, "" for none
};

// verdict_failure adds what is told about the test, beginning with "FILE:LINE: ".
void verdict_failure(const struct screen *v, const struct test *t, struct text *out);

// verdict_cause adds the line with the likely cause.
void verdict_cause(const char *says, struct text *out);

// verdict_points adds a line for each function, and verdict_next the last line, which says what can
// be done next.
void verdict_points(const struct suite *s, const struct result *r, struct text *out);
void verdict_next(const struct lesson *l, const struct result *r, struct text *out);

// verdict_show prints a text, its first line in colour if that is wanted, and adds it to *all.
void verdict_show(const struct text *part, int quiet, enum verdict v, struct text *all);

#endif
