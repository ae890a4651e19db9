// hints: three to each function that the learner writes, in lessons/NN-SLUG/hints.md.
//
//   # Hints
//   ## bytes_decode
//   1. The question to ask.
//   2. The place to look.
//   3. Nearly the code.
//
// A hint goes on until the next number or heading.
#ifndef GRADER_HINTS_H
#define GRADER_HINTS_H

#include "arena.h"
#include "error.h"

enum { HINTS = 3 };  // a function has

// hints_read finds the hints to a function in the file at path; they live in a.
//   ERR_IO      path cannot be read
//   ERR_FORMAT  no section of that name, or not the hints 1., 2., 3. in it; names the line
enum err hints_read(const char *path, const char *function, struct arena *a,
                    const char *hint[HINTS], struct error *e);

#endif
