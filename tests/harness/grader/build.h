// build: make, asked by the grader.
#ifndef GRADER_BUILD_H
#define GRADER_BUILD_H

#include "house.h"
#include "text.h"

// build_make asks make for the goals (at most 64, NULL at the end), as many at once as there are
// processors, and goes on after a failure where it can.  Appends what is said to *said and returns
// make's exit status.
int build_make(const struct house *h, const char *const *goals, struct text *said);

// build_forget removes what was built for the lesson from another file than the one to be graded
// now: make looks only at which is newer.
void build_forget(const struct house *h, const struct lesson *l);

// build_error appends the first error in the compiler's output, with the lines that belong to it,
// beginning with "FILE:LINE:…"; returns 0 if there is none.  build_warning does the same with the
// first line of the first warning in `file`.
int build_error(const char *said, struct text *error);
int build_warning(const char *said, const char *file, struct text *warning);

#endif
