// sanitizer: what AddressSanitizer, UndefinedBehaviorSanitizer and LeakSanitizer report, read.
#ifndef GRADER_SANITIZER_H
#define GRADER_SANITIZER_H

#include "house.h"
#include "suite.h"
#include "text.h"

// sanitizer_read looks for a report in what a sanitizer had to say about test t of s, a run of
// `program`, which must not have looked up addresses itself.  Adds to *out what is told, beginning
// with "FILE:LINE: ", and returns 1; 0 if there is none that is about the learner's file.
// `crashed`: that it crashes there is known already, so a report that says no more is none.
int sanitizer_read(const char *program, const struct lesson *l, const struct suite *s,
                   const struct test *t, int crashed, struct text *out);

// sanitizer_leak does the same for memory that the learner's code asked for and nobody can free any
// more.
int sanitizer_leak(const char *program, const struct lesson *l, const struct test *t,
                   struct text *out);

#endif
