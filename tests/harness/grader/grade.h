// grade: running lessons by `grader run`, one or all.
#ifndef GRADER_GRADE_H
#define GRADER_GRADE_H

#include "course.h"
#include "result.h"

// struct graded: how one lesson did.  The strings live in the arena given to grade_run.
struct graded {
    const struct course_lesson *lesson;
    int ran;               // 0: the grader could not do its work; result holds nothing
    struct result result;  //
    const char *text;      // what the run printed, as print_clean leaves it
    double seconds;        // it took
};

// grade_run grades a lesson, without a word.
void grade_run(const struct house *h, const struct course_lesson *l, struct arena *a,
               struct graded *g);

// grade_show grades a lesson, its verdict on our own outputs, and writes it down in progress.txt.
// *status is the run's exit status: 0 passed, 1 not yet; above, nothing was graded.  `enough` is as
// for child_show.
// Errors as result_read and records_grade.
enum err grade_show(const struct house *h, const struct course_lesson *l,
                    int (*enough)(void *context), void *context, int *status, struct error *e);

// grade_fresh gives the result of a lesson's last run; if its file changed since, of a new run.
//   ERR_IO, ERR_FORMAT  it could not be graded; the message is the grader's
enum err grade_fresh(const struct house *h, const struct course_lesson *l, struct result *r,
                     struct error *e);

#endif
