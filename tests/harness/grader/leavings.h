// leavings: what the tests of a run have left in its directory.
#ifndef GRADER_LEAVINGS_H
#define GRADER_LEAVINGS_H

#include "suite.h"

// leavings_collect reads the reports, the outputs and what sanitizers wrote into the tests of s,
// which are in the order in which they were announced.  A report without the nonce is not believed.
void leavings_collect(const char *directory, const char *nonce, struct suite *s);

// leavings_free gives back what was read of one test.
void leavings_free(struct test *t);

#endif
