// build: make, asked by the grader.
#ifndef GRADER_BUILD_H
#define GRADER_BUILD_H

#include <stdint.h>

#include "house.h"
#include "text.h"

// build_make asks make for the goals (at most 64, NULL at the end), as many at once as there are
// processors, and goes on after a failure where it can.  Appends what is said to *said and returns
// make's exit status.
int build_make(const struct house *h, const char *const *goals, struct text *said);

// build_forget removes what was built for the lesson from another file than the one to be graded
// now, or from other contents of it: make looks only at which is newer, and a copy that is put back
// is older than what was tried meanwhile.
//   checksum  of the file's contents
void build_forget(const struct house *h, const struct lesson *l, uint64_t checksum);

// build_error appends the first error in the compiler's output, with the lines that belong to it,
// beginning with "FILE:LINE:…"; returns 0 if there is none.
int build_error(const char *said, struct text *error);

// struct warnings: the first line of each of a compiler's first warnings, "FILE:LINE:…".
struct warnings {
    int count;
    struct text warning[2];
};

// build_warnings finds the first warnings in `file`.  Begin with {0}, end with warnings_free.
void build_warnings(const char *said, const char *file, struct warnings *w);
void warnings_free(struct warnings *w);

#endif
