// trace: what the tests of one function got, so that two programs can be compared.
//
// A mistake shows in what comes out: two programs with the same mistake get the same in every test
// and end each in the same way.  Numbers are the same within the tolerance the test compares with.
#ifndef GRADER_TRACE_H
#define GRADER_TRACE_H

#include "suite.h"

// trace_write writes what the function's tests got to path: a line "test NAME ENDING SIGNAL CHECKS
// HASH NUMBERS" each, and a line "GOT TOLERANCE" for each number.
//   ERR_IO  the system refused
enum err trace_write(const char *path, const struct suite *s, const char *function,
                     struct error *e);

// struct trace: one that was read.
struct trace;

// trace_read reads a file that trace_write has written.
//   ERR_IO, ERR_FORMAT  it cannot be read; is no trace
enum err trace_read(const char *path, struct trace **t, struct error *e);
void trace_free(struct trace *t);

// trace_same returns 1 if the function's tests got in s what they got in t.  A test that was not
// begun, because another took too long, can be told from none.
int trace_same(const struct trace *t, const struct suite *s, const char *function);

// trace_alike returns 1 if two traces of one function say the same.
int trace_alike(const struct trace *a, const struct trace *b);

// trace_differs compares two runs of one program, and returns the first test of `a` whose trace is
// another in `b`; NULL if there is none.  Tests that `b` left out are passed over.
const struct test *trace_differs(const struct suite *a, const struct suite *b);

#endif
