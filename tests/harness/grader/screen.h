// screen: what the learner reads, one screen of it.
//
//   FILE:LINE: FUNCTION: what happened          (in colour)
//   the test, its input, what was got and what was wanted
//   what the learner's code printed, what the compiler warned of
//   a line for each function, with its points
//   likely cause: …
//   a closer look: …
//   the lesson, its points, what can be done next
#ifndef GRADER_SCREEN_H
#define GRADER_SCREEN_H

#include "build.h"
#include "house.h"
#include "result.h"
#include "suite.h"
#include "text.h"
#include "verdict.h"

// struct screen: what is told.
struct screen {
    const struct lesson *lesson;
    const struct suite *suite;
    const struct result *result;
    const struct judgement *judgement;
    const struct warnings *warnings;
    const char *says;  // the named mistake's words, NULL if none was recognised
    int later;         // lines to leave free for what comes later
};

// screen_failure adds what is told first of a run in which not all passed, from the line
// "FILE:LINE: …" to the likely cause.  Where it would be more than a screen, it is shortened.
void screen_failure(const struct screen *v, struct text *out);

// screen_test adds the line that names the test, and its input.
void screen_test(const struct lesson *l, const struct test *t, int lines, struct text *out);

// screen_cause adds the lines with the likely cause.
void screen_cause(const char *says, struct text *out);

// screen_warning adds the compiler's first warning, if there is one.
void screen_warning(const struct warnings *w, struct text *out);

// screen_printed adds a line about what the learner's code printed in a run that has passed.
void screen_printed(const struct suite *s, struct text *out);

// screen_points adds a line for each function, or for so many, number `must` among them;
// screen_next the last line, which says what can be done next.
void screen_points(const struct suite *s, const struct result *r, int rows, int must,
                   struct text *out);
void screen_next(const struct lesson *l, const struct result *r, struct text *out);

// screen_show prints a text; if it is the beginning, its first line in colour where that is wanted.
void screen_show(const char *text, int beginning, enum verdict v);

// screen_wait says on a terminal that something is being done, until something else is shown there;
// screen_wait(NULL) takes it away.
void screen_wait(const char *what);

enum { SCREEN_WIDTH = 79, SCREEN_LINES = 24, SCREEN_ROWS = 7 };

#endif
