// lesson: what a lesson's suite is written with.
//
// A suite has a FUNCTION for each thing the learner writes and TESTs of it.  A test says what the
// input is (given) and what should come out (expect_…).  Every expect_ records what it got, so
// that the grader can tell one mistake from another; the first that is not met is what the
// learner reads.  They return 1 when met, else 0, and the test goes on: where what follows would
// make no sense, `if (!expect_…) return;`.
//
// Under the grader a test runs within limits, and whatever ends it is noted with the place in the
// learner's file (guard.h).  Run by hand the same program is an ordinary Criterion suite; what a
// suite itself has to be sure of it says with CHECK, not with Criterion's assertions.
#ifndef GPT_LESSON_H
#define GPT_LESSON_H

#include <criterion/criterion.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"

// struct lesson_function, struct lesson_test: what the two macros below make known to the grader.
struct lesson_function {
    const char *name;
    int points, line;
    struct lesson_function *next;
};

struct lesson_test {
    const char *function, *name, *file;
    int line, seconds;
    void (*run)(void);
    int index;  // 0 for the first test of the program, and so on; set by lesson_add_test
    int pid;    // while it runs under the grader
    struct lesson_test *next;
};

void lesson_add_function(struct lesson_function *f);
void lesson_add_test(struct lesson_test *t);

// FUNCTION(bytes_decode, 4); names a function of the lesson, and what it is worth.
#define FUNCTION(function, points_)                                    \
    __attribute__((constructor)) static void function##_add(void)      \
    {                                                                  \
        static struct lesson_function f = {                            \
            .name = #function, .points = (points_), .line = __LINE__}; \
        lesson_add_function(&f);                                       \
    }                                                                  \
    TestSuite(function, .description = #points_ " points")

// TEST(bytes_decode, reads_ascii) { … }: one test of that function, in a process of its own, with
// one second of processor time; TEST_SLOW says how many.
#define TEST(function, name) TEST_SLOW(function, name, 1)
#define TEST_SLOW(function_, name_, seconds_)                                                \
    static void function_##_test_##name_(void);                                              \
    static struct lesson_test function_##_about_##name_ = {.function = #function_,           \
                                                           .name = #name_,                   \
                                                           .file = __FILE__,                 \
                                                           .line = __LINE__,                 \
                                                           .seconds = (seconds_),            \
                                                           .run = function_##_test_##name_}; \
    __attribute__((constructor)) static void function_##_add_##name_(void)                   \
    {                                                                                        \
        lesson_add_test(&function_##_about_##name_);                                         \
    }                                                                                        \
    Test(function_, name_)                                                                   \
    {                                                                                        \
        lesson_begin(&function_##_about_##name_);                                            \
        function_##_test_##name_();                                                          \
        lesson_end();                                                                        \
    }                                                                                        \
    static void function_##_test_##name_(void)

void lesson_begin(const struct lesson_test *t);
void lesson_end(void);

// given describes the input of the expectations that follow, until the next given.
void given(const char *format, ...) __attribute__((format(printf, 1, 2)));

// Each of these compares and records.  `what` names the thing compared, as the learner knows it.
#define expect_int(what, got, want) lesson_int(__FILE__, __LINE__, what, got, want)
#define expect_true(what, condition) lesson_true(__FILE__, __LINE__, what, condition)
#define expect_code(what, got, want) lesson_code(__FILE__, __LINE__, what, got, want)
#define expect_bytes(what, got_size, got, want_size, want) \
    lesson_bytes(__FILE__, __LINE__, what, got_size, got, want_size, want)
#define expect_ids(what, got_n, got, want_n, want) \
    lesson_ids(__FILE__, __LINE__, what, "id", got_n, got, want_n, want)
#define expect_ints(what, got_n, got, want_n, want) \
    lesson_ids(__FILE__, __LINE__, what, "number", got_n, got, want_n, want)
#define expect_double(what, got, want, tolerance) \
    lesson_double(__FILE__, __LINE__, what, got, want, tolerance)
#define expect_floats(what, n, got, want, tolerance) \
    lesson_floats(__FILE__, __LINE__, what, n, got, want, tolerance)
#define expect_doubles(what, n, got, want, tolerance) \
    lesson_doubles(__FILE__, __LINE__, what, n, got, want, tolerance)
#define expect_text_has(what, got, part) lesson_text_has(__FILE__, __LINE__, what, got, part)

int lesson_int(const char *file, int line, const char *what, int64_t got, int64_t want);
int lesson_true(const char *file, int line, const char *what, int condition);
int lesson_code(const char *file, int line, const char *what, enum err got, enum err want);
int lesson_bytes(const char *file, int line, const char *what, size_t got_size, const void *got,
                 size_t want_size, const void *want);
int lesson_ids(const char *file, int line, const char *what, const char *unit, size_t got_n,
               const int32_t *got, size_t want_n, const int32_t *want);
// Numbers are as wanted if no further than `tolerance` away; NaN is near nothing.
int lesson_double(const char *file, int line, const char *what, double got, double want,
                  double tolerance);
int lesson_floats(const char *file, int line, const char *what, size_t n, const float *got,
                  const double *want, double tolerance);
int lesson_doubles(const char *file, int line, const char *what, size_t n, const double *got,
                   const double *want, double tolerance);
// An error's message holds `part`.
int lesson_text_has(const char *file, int line, const char *what, const char *got,
                    const char *part);

// not_run says what this test could not look at on this machine, and why; the learner reads it
// below the verdict, whatever that is.
void not_run(const char *what);

// lesson_quote returns bytes as they would stand in C, quotes included, for given().  Long ones
// are cut short.  It lives until the test ends.
const char *lesson_quote(size_t size, const void *bytes);

// lesson_shrink makes a text on which `fails` returns 1 shorter while it still does, by leaving
// out parts, and returns its new size.  For tests on random input: the learner reads the smallest.
size_t lesson_shrink(size_t size, char *text,
                     int (*fails)(size_t size, const char *text, void *context), void *context);

// lesson_input returns a copy of bytes that crashes who writes to it or reads behind it.  It lives
// until the test ends, and costs some microseconds: for hundreds of inputs, not for millions.
const void *lesson_input(size_t size, const void *bytes);

// lesson_budget sets how many bytes the learner's code may hold at once in this test; 256 MB if
// nothing is said.
void lesson_budget(size_t bytes);

#endif
