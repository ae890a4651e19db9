// result: how a lesson's last run ended, in GRADE/SLUG.result, for the other verbs.
//
// A plain text, one item a line:
//     lesson bytes
//     verdict failed
//     cause overlong                      (only if a named mistake was recognised)
//     function bytes_decode 0 4 failed    (name, points got, points possible, how it ended)
//     function chars_new 0 3 stopped bytes_decode         (… and which function ended it)
//     checksum 0123456789abcdef           (XXH64 of the learner's file)
#ifndef GRADER_RESULT_H
#define GRADER_RESULT_H

#include <stdint.h>

#include "error.h"

enum verdict {
    VERDICT_PASSED,      // every function, and the closer look found nothing
    VERDICT_FAILED,      // a function does not do what its contract says
    VERDICT_UNWRITTEN,   // nothing is wrong yet: a TODO() was reached
    VERDICT_REFUSED,     // a forbidden call, a missing or an extra symbol: nothing was run
    VERDICT_UNCOMPILED,  // the compiler found an error
    VERDICTS,
};

// verdict_name returns "passed", "failed", "unwritten", "refused" or "uncompiled".
const char *verdict_name(enum verdict v);

enum { RESULT_FUNCTIONS = 32, RESULT_NAME = 64, RESULT_HOW = 96 };

struct result_function {
    char name[RESULT_NAME];
    int got, possible;  // points
    // passed, failed, unwritten, crashed, timeout, memory, output, exited, uninitialised or
    // sanitizer; refused or uncompiled where nothing was run; untried where the run ended before;
    // stopped where the tests ended in another function, `by`, which does not pass itself.
    char how[16], by[RESULT_NAME];
};

struct result {
    char lesson[RESULT_NAME];
    enum verdict verdict;
    char cause[RESULT_NAME];  // "" if none was recognised
    int functions;
    struct result_function function[RESULT_FUNCTIONS];  // in the order of the suite
    uint64_t checksum;
};

// result_how writes how a function ended for a person: "stopped by bytes_decode".
void result_how(const struct result_function *f, char words[RESULT_HOW]);

// result_points adds up what was got and what is possible.
void result_points(const struct result *r, int *got, int *possible);

// result_write writes the file whole; result_read reads one.
//   ERR_IO      the system refused
//   ERR_FORMAT  the file is not as described above; names the line
enum err result_write(const char *path, const struct result *r, struct error *e);
enum err result_read(const char *path, struct result *r, struct error *e);

#endif
