// verbs: what the grader can be asked to do.  Each takes the words behind its name and returns the
// program's exit status: 0, 1 (the learner's file has not passed) or 2 (the grader could not work).
#ifndef GRADER_VERBS_H
#define GRADER_VERBS_H

#include "house.h"

typedef int grader_verb(const struct house *h, int argc, char **argv);

grader_verb verb_run;    // run SLUG [--quiet]: grades one lesson
grader_verb verb_trace;  // trace SLUG NAME …: records what named mistakes answer

#endif
