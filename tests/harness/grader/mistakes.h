// mistakes: the named mistakes of a lesson, and which of them the learner has made.
#ifndef GRADER_MISTAKES_H
#define GRADER_MISTAKES_H

#include "house.h"
#include "suite.h"
#include "trace.h"

enum { MISTAKES = 256 };

// struct mistake: one that people make.  Twins, the same in other code, are not among them.
struct mistake {
    char name[64], function[64];
    char says[512];  // what the learner is told
};

struct mistakes {
    int count;
    struct mistake mistake[MISTAKES];
};

// mistakes_read reads which there are; 0 if the list is not built.
int mistakes_read(const struct house *h, const struct lesson *l, struct mistakes *all);

// mistakes_trace reads what is on record of m.
//   ERR_…  as trace_read
enum err mistakes_trace(const struct house *h, const struct lesson *l, const struct mistake *m,
                        struct trace **t, struct error *e);

// mistakes_ready returns 1 if what the mistakes in a function answer is on record, and nothing that
// matters has changed since.
int mistakes_ready(const struct house *h, const struct lesson *l, const char *function);

// mistakes_prepare has make build a program for each mistake in the function and record what it
// answers; 0 if that did not work.
int mistakes_prepare(const struct house *h, const struct lesson *l, const char *function);

// mistakes_match returns 1 and the mistake whose answers in the tests of the function are those in
// the suite.  If there are several it is none, unless they tell the learner the same.
int mistakes_match(const struct house *h, const struct lesson *l, const struct suite *s,
                   const char *function, struct mistake *m);

// mistakes_record writes what the program of a named mistake answers in the tests of its function.
//   run  the program's tests, already run up to the first function that answers wrongly; NULL, or
//        if its own function is not among them: its tests are run
//   ERR_VALUE  there is no such mistake
//   ERR_…      as suite_run and trace_write
enum err mistakes_record(const struct house *h, const struct lesson *l, const char *name,
                         const struct suite *run, struct error *e);

#endif
