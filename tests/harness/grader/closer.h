// closer: the same tests once more, built with sanitizers and run with other contents in fresh
// memory.  What an ordinary run gets away with shows here.
#ifndef GRADER_CLOSER_H
#define GRADER_CLOSER_H

#include "house.h"
#include "suite.h"
#include "text.h"

enum closer_finding {
    CLOSER_NOTHING,        // as it was
    CLOSER_SANITIZER,      // a sanitizer reports something, or stopped a test that had passed
    CLOSER_UNINITIALISED,  // the answers depend on what fresh memory holds
    CLOSER_UNABLE,         // it could not be built or run here: the compiler has no sanitizers
};

// struct closer: what was found, in which function, and the text that tells it, which begins with
// "FILE:LINE: ".
struct closer {
    enum closer_finding finding;
    char function[SUITE_NAME];
    struct text text;
    struct text leak;  // where nothing was found: memory that is not given back, or ""
};

// closer_look builds and runs.  `fast` is the run that is already done; it looks at the test of it
// that did not pass, NULL: at all of them, because all passed.  The first finding counts.
//   ERR_IO  interrupted
enum err closer_look(const struct house *h, const struct lesson *l, const struct suite *fast,
                     const struct test *failed, struct closer *c, struct error *e);
void closer_free(struct closer *c);

#endif
