// say: what a verb ends with when it cannot do its work.
#ifndef GRADER_SAY_H
#define GRADER_SAY_H

#include "error.h"

// say_error prints the message, which begins with the file and the line if there are any, and
// returns the exit status: 2 for ERR_VALUE, a call that made no sense, 1 for everything else.
int say_error(const struct error *e);

// say_usage says how the verb is called, and returns 2.
int say_usage(const char *usage);

#endif
