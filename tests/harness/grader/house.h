// house: where the grader finds things.  It is started in the project's root.
#ifndef GRADER_HOUSE_H
#define GRADER_HOUSE_H

#include "error.h"

enum { HOUSE_PATH = 512 };

// struct house: the directories the grader works with, as make names them.
struct house {
    char build[HOUSE_PATH];  // make's B: where the grader itself stands
    char grade[HOUSE_PATH];  // make's G: what is made of the learner's files, and the results
    char mine[HOUSE_PATH];   // make's MINE: the learner's files
};

// house_find says where things are: build is the directory of the running program (argv[0]);
// grade is $G, or build/grade; mine is $MINE, or lessons.
struct house house_find(const char *program);

// struct lesson: one lesson's places.
struct lesson {
    char slug[64];
    char number[8];           // "01"
    char text[HOUSE_PATH];    // lessons/01-bytes
    char file[HOUSE_PATH];    // the learner's file: MINE/01-bytes/bytes.c
    char floor[16];           // "text"
    char answer[HOUSE_PATH];  // reference/text/bytes.c
};

// house_lesson finds the lesson called `slug`.
//   ERR_VALUE  there is no lessons/NN-SLUG, or no module of that name in the reference
enum err house_lesson(const struct house *h, const char *slug, struct lesson *l, struct error *e);

// house_grade writes "GRADE/SLUG" and then the ending to path: house_grade(…, ".result", …).
void house_grade(const struct house *h, const struct lesson *l, const char *ending,
                 char path[HOUSE_PATH]);

#endif
