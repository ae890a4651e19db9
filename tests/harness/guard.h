// guard: what a graded test's process runs within.
//
// Limits of processor time, waiting, memory, output; a report of every way in which a process can
// end, with the way there through the program.  Without a grader's environment there is none of
// it, and a test is an ordinary Criterion test.
#ifndef GPT_GUARD_H
#define GPT_GUARD_H

#include <stddef.h>

#include "lesson.h"
#include "report.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define GUARD_SANITIZED 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) && !defined(GUARD_SANITIZED)
#define GUARD_SANITIZED 1
#endif
#ifndef GUARD_SANITIZED
#define GUARD_SANITIZED 0
#endif

// guard_plan tells the grader what the suite has, and returns 1; 0 where there is no grader.  It
// runs in the process that starts the tests'; so do guard_gone, which says that a test's process is
// no more, and guard_over, which says that all tests have ended.
int guard_plan(const struct lesson_function *functions, const struct lesson_test *tests);
void guard_gone(const struct lesson_test *t);
void guard_over(void);

// guard_begin sets the process up for test t, and says so to the grader.  Where another test of the
// function has run out of time, memory or paper, it ends the process.
void guard_begin(const struct lesson_test *t);

// guard_end says that the test's last line was reached.
void guard_end(void);

// guard_failed returns 1 if something that the test expected was not so.
int guard_failed(void);

// guard_test returns the test's name.
const char *guard_test(void);

// guard_report returns the test's report, NULL where there is no grader.
struct report *guard_report(void);

// guard_memory begins to count what is held in memory; guard_held returns how many bytes it is.
void guard_memory(void);
size_t guard_held(void);

// guard_fill returns the byte that fresh memory is filled with.
int guard_fill(void);

// guard_finish ends the process, and the test with it, where that is not the test's last line.
// `text` is what an ordinary Criterion run shows.
_Noreturn void guard_finish(enum ending ending, const char *text);

// guard_place notes a place in the source in the report.
void guard_place(const char *file, int line, const char *function);

#endif
