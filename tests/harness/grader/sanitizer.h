// sanitizer: what AddressSanitizer, UndefinedBehaviorSanitizer and LeakSanitizer report, read.
#ifndef GRADER_SANITIZER_H
#define GRADER_SANITIZER_H

#include "house.h"
#include "suite.h"
#include "text.h"

// sanitizer_read looks for a report in what a sanitizer had to say about a test of `program`, which
// must not have looked up addresses itself.  Adds to *out what is told, beginning with "FILE:LINE:
// ", and returns 1; 0 if there is none that is about the learner's file.
int sanitizer_read(const char *program, const struct lesson *l, const struct test *t,
                   struct text *out);

#endif
