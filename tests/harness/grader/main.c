// grader: grades the learner's files.  The Makefile's verbs call it, in the project's root:
//   BUILD/grader VERB …
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "verbs.h"

static const struct {
    const char *name;
    grader_verb *verb;
    const char *usage;
} VERBS[] = {
    {"run", verb_run,
     "run SLUG              grade one lesson; --quiet: only write the result;\n"
     "                        --first: only what the first function that fails is told"},
    {"trace", verb_trace, "trace SLUG NAME …     record what named mistakes answer"},
    {"gate", verb_gate,
     "gate SLUG NAME …      grade named mistakes, and record what they answer; the results go\n"
     "                        to BUILD/gates"},
    {"alike", verb_alike, "alike SLUG            which named mistakes the tests cannot tell apart"},
    {"lesson", verb_lesson, "lesson NAME           grade the lesson of that number, write it down"},
    {"grade", verb_grade,
     "grade                 all lessons; STRICT=1: exit status 1 if one is open"},
    {"progress", verb_progress, "progress              the lessons, the points, what is next"},
    {"hint", verb_hint, "hint NAME             the next hint"},
    {"predict", verb_predict, "predict NAME          questions to answer before anything runs"},
    {"solution", verb_solution, "solution NAME         the reference beside the learner's file"},
    {"reset", verb_reset, "reset NAME            the stub again; the learner's file is kept"},
    {"watch", verb_watch, "watch [NAME]          grade at each save"},
    {"mine", verb_mine, "mine                  who fills what in the learner's own program"},
};
enum { VERB_COUNT = sizeof VERBS / sizeof *VERBS };

// leave returns the exit status.  Of a command that fails make has a line to say, which would stand
// below everything that we have said: a make that is gone says nothing, and whoever called it still
// sees that it failed.  The shell says nothing of SIGPIPE either.  (Where it is ignored, the line
// comes.)
static int leave(int status, pid_t make)
{
    fflush(NULL);
    if (status && make > 1) kill(make, SIGPIPE);
    return status;
}

int main(int argc, char **argv)
{
    const struct house h = house_find(argv[0]);
    const char *caller = getenv("MAKE_PID");
    const pid_t make = caller ? (pid_t)atol(caller) : 0;
    unsetenv("MAKE_PID");  // it is not the caller of those that we start
    for (int i = 0; i < VERB_COUNT && argc > 1; i++) {
        if (strcmp(argv[1], VERBS[i].name) == 0) {
            return leave(VERBS[i].verb(&h, argc - 2, argv + 2), make);
        }
    }
    if (argc > 1) fprintf(stderr, "grader: no verb is called '%s'\n", argv[1]);
    fprintf(stderr, "usage: %s VERB …\n", argv[0]);
    for (int i = 0; i < VERB_COUNT; i++) fprintf(stderr, "  %s\n", VERBS[i].usage);
    return 2;
}
