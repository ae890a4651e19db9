// symbols: what a learner's object file gives and takes, checked before anything runs.
//
// It must give exactly what the reference's module gives: a helper that is not static would
// replace a function of the library for the whole program.  It may take what the library has on
// the lesson's floor and below, and from the C library what computes; nothing that ends, copies or
// escapes the process, and not the answer.
#ifndef GRADER_SYMBOLS_H
#define GRADER_SYMBOLS_H

#include "house.h"
#include "text.h"

// symbols_check returns 1 if all is well.  Else it adds to *why one line a finding, the first being
// "FILE:LINE: …", and returns 0.
//   object  the learner's, GRADE/SLUG.o, with its list of included files GRADE/SLUG.d
int symbols_check(const struct house *h, const struct lesson *l, struct text *why);

#endif
