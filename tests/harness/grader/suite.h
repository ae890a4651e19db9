// suite: one run of a lesson's tests, and what became of each.
#ifndef GRADER_SUITE_H
#define GRADER_SUITE_H

#include <stdint.h>

#include "error.h"
#include "report.h"
#include "text.h"

enum { SUITE_FUNCTIONS = 32, SUITE_TESTS = 256, SUITE_NAME = 64 };

// What fresh memory is filled with, at first and for the closer look.
enum { SUITE_FILL = 0xA5, SUITE_OTHER_FILL = 0x5B };

// struct test: what became of a test.
struct test {
    char name[SUITE_NAME], function[SUITE_NAME];
    int line, seconds;
    int begun, ended;  // what it said itself
    int gone;          // its process is no more, says the program
    int killed;        // it neither ended nor could be waited for any longer
    int32_t pid;
    double deadline;              // on process_time's clock
    const struct report *report;  // NULL if it never began
    struct text output;           // the end of what it printed
    uint64_t printed;             // how much it printed in all
    struct text sanitizer;        // what a sanitizer had to say
};

struct suite_function {
    char name[SUITE_NAME];
    int points, line;
};

// struct suite: functions and tests in the order in which they stand in the suite's file.
struct suite {
    int functions, tests;
    struct suite_function function[SUITE_FUNCTIONS];
    struct test *test;
    struct text said;  // what the program itself said: why there are no tests, if there are none
};

// struct suite_order: what is to be run, and how.
struct suite_order {
    const char *program;
    const char *function;  // only this one's tests; NULL for all
    const char *test;      // only the test of this name; NULL for all
    int fill;              // the byte that fresh memory is filled with
    int patience;          // limits of time are multiplied by it
    int enough;            // 1: no function behind one that answers wrongly
};

// suite_run runs the tests; each is a process of its own, as many at once as there are processors.
//   ERR_IO      no directory for the reports, or the run was interrupted (see process.h)
//   ERR_FORMAT  the program does not run: it announced no tests
enum err suite_run(const struct suite_order *order, struct suite *s, struct error *e);
void suite_free(struct suite *s);

// test_ending returns how the test ended.
enum ending test_ending(const struct test *t);

// test_passed returns 1 if its last line was reached and all that was expected was met.
int test_passed(const struct test *t);

#endif
