// verbs: what the grader can be asked to do.  Each takes the words behind its name and returns the
// program's exit status: 0, 1 (the learner's file has not passed) or 2 (the grader could not work).
#ifndef GRADER_VERBS_H
#define GRADER_VERBS_H

#include "house.h"

typedef int grader_verb(const struct house *h, int argc, char **argv);

grader_verb verb_run;    // run SLUG [--quiet] [--first]: grades one lesson
grader_verb verb_trace;  // trace SLUG NAME …: records what named mistakes answer
grader_verb verb_gate;   // gate SLUG NAME …: grades a lesson's mistakes, records what they answer
grader_verb verb_alike;  // alike SLUG: the named mistakes that the tests cannot tell apart

grader_verb verb_lesson;    // lesson NAME: grades the lesson of that number, and writes it down
grader_verb verb_grade;     // grade: all lessons; JUnit's and Gradescope's files; STRICT=1
grader_verb verb_progress;  // progress: the table of lessons, points, the level, what is next
grader_verb verb_hint;      // hint LESSON: the next hint to the first function that has not passed
grader_verb verb_predict;   // predict LESSON: its questions, the truth, the journal
grader_verb verb_solution;  // solution LESSON: the reference beside the learner's file; FORCE=1
grader_verb verb_reset;     // reset LESSON: the stub again, the learner's file kept beside it
grader_verb verb_watch;     // watch [LESSON]: grades at each save; with a lesson stays there
grader_verb verb_mine;      // mine: who fills what in the learner's own program

#endif
