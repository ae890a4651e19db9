// process: other programs, run to their end.
//
// Ctrl-C and SIGTERM wait while the grader works (interrupt.h).  process_end and process_run then
// end the program that they wait for, and the grader; so no files may be lying about that are to be
// removed.  Who waits in another way has to ask interrupt_waits.
#ifndef GRADER_PROCESS_H
#define GRADER_PROCESS_H

#include <sys/types.h>

#include "text.h"

// struct process: a program that was started.
struct process {
    pid_t pid;
    int output;  // where its standard output and error can be read; -1: they went to a file
};

// process_start starts argv[0], found in PATH, with argv (which ends with NULL) and nothing to
// read.  It gets a process group of its own.  `path` is where it writes, NULL for a pipe.
struct process process_start(const char *const *argv, const char *path);

// process_end waits until it has ended, appends what it wrote to *output (NULL: throws it away),
// and returns its exit status; 128 + the signal that ended it.  127 if there is no such program.
int process_end(struct process p, struct text *output);

// process_run is the two in one.
int process_run(const char *const *argv, struct text *output);

// process_stop ends it and its group, and waits for it.
void process_stop(struct process p);

// process_status turns what wait says into an exit status.
int process_status(int wait_status);

// process_time returns seconds on a clock that is not set.
double process_time(void);

#endif
