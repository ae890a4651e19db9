// blame: in which of the learner's functions a test ended that did not reach its last line.
#ifndef GRADER_BLAME_H
#define GRADER_BLAME_H

#include "house.h"
#include "suite.h"
#include "text.h"
#include "where.h"

// struct blame: the way to where it ended, as far as it leads through the learner's file.
struct blame {
    int line;         // where in the file; 0 if the way does not lead through it
    char in[128];     // the function of that line
    char lesson[64];  // the innermost of the lesson's functions on the way, "" for none
    int from;         // the line on which the tested function called `in`, directly or not; 0 if it
                      // is the same function, or is not on the way
    char
        beyond[200];  // "FUNCTION (FILE:LINE)" of the tests, which the learner's code called; or ""
    int endless;      // the way goes through `in` over and over
    int foreign;      // the way is known, and does not lead through the file
};

// blame_way reads a way through the program, innermost first, on which the test of `tested` ended.
void blame_way(const struct lesson *l, const struct suite *s, const char *tested, int count,
               const struct frame *frames, struct blame *b);

// blame_test looks up how test t of a run of `program` ended.
void blame_test(const char *program, const struct lesson *l, const struct suite *s,
                const struct test *t, struct blame *b);

// blame_tell adds a line that says where it ended, unless that is in the tested function itself.
void blame_tell(const struct blame *b, const char *tested, struct text *out);

#endif
