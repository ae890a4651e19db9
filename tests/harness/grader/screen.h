// screen: what the learner reads.
#ifndef GRADER_SCREEN_H
#define GRADER_SCREEN_H

#include "house.h"
#include "result.h"
#include "suite.h"
#include "text.h"

// struct screen: what is told of a test, besides how it went.
struct screen {
    const struct lesson *lesson;
    const char *program;  // what was run
    const char *says;     // the named mistake's words, NULL if none was recognised
    const char *warning;  // the compiler's first, "" for none
};

// screen_failure adds what is told about a test that did not pass, beginning with "FILE:LINE: ".
void screen_failure(const struct screen *v, const struct test *t, struct text *out);

// screen_cause adds the line with the likely cause.
void screen_cause(const char *says, struct text *out);

// screen_points adds a line for each function, and screen_next the last line, which says what can
// be done next.
void screen_points(const struct suite *s, const struct result *r, struct text *out);
void screen_next(const struct lesson *l, const struct result *r, struct text *out);

// screen_show prints a text, its first line in colour if that is wanted, and adds it to *all.
void screen_show(const struct text *part, int quiet, enum verdict v, struct text *all);

#endif
