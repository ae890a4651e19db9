// grading: one lesson being graded, from what its tests get to what the learner is told.
#ifndef GRADER_GRADING_H
#define GRADER_GRADING_H

#include "build.h"
#include "house.h"
#include "result.h"
#include "suite.h"
#include "text.h"
#include "verdict.h"

// struct grading: begin with house, lesson, program and what is to be told; end with grading_free.
struct grading {
    const struct house *house;
    struct lesson lesson;
    int quiet, first;  // first: only what the first function that fails is told
    char program[HOUSE_PATH];
    struct warnings warnings;
    struct suite suite;
    struct judgement judgement;
    struct result result;
    struct text all;  // all that was told
};

// grading_open takes the checksum of the learner's file; 0 if the file is not there.
int grading_open(struct grading *g);

// grading_refuse ends with a verdict before anything was run, and tells why.
void grading_refuse(struct grading *g, enum verdict v, struct text *why);

// grading_run runs the tests and judges them.  Errors as suite_run.
enum err grading_run(struct grading *g, struct error *e);

// grading_tell tells what came out, finds the likely cause, and looks closer where that can say
// more; a pass counts only behind a closer look.
//   ERR_IO  interrupted; the system refused
enum err grading_tell(struct grading *g, struct error *e);

// grading_write writes the result file, and the text of the verdict beside it.
//   ERR_IO  the system refused
enum err grading_write(struct grading *g, struct error *e);

// grading_wait says what it is that takes some time; NULL: it is over.
void grading_wait(const struct grading *g, const char *what);

void grading_free(struct grading *g);

#endif
