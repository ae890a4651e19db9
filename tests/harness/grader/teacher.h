// teacher: what a grade found, for the programs that teachers have.
//
// A test case is a function of a lesson.  The text of the lesson's verdict stands with the first
// function that did not pass, because it is about that one.
#ifndef GRADER_TEACHER_H
#define GRADER_TEACHER_H

#include "grade.h"

// teacher_junit writes JUnit's XML: a <testsuite> a lesson, a <testcase> a function, <failure> for
// what did not pass, <error> where the grader could not do its work.
//   ERR_IO  path cannot be written
// Source: there is no standard; the elements that Ant's JUnit task writes and CI servers read.
enum err teacher_junit(const char *path, int count, const struct graded *g, struct error *e);

// teacher_gradescope writes the results.json of a Gradescope autograder.
//   ERR_IO  path cannot be written
// Source: Gradescope, Autograder Specifications, "Output format".
enum err teacher_gradescope(const char *path, int count, const struct graded *g, struct error *e);

#endif
