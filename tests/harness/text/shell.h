// shell: runs a command as a person at a terminal would, and keeps what it prints.
#ifndef TEXT_SHELL_H
#define TEXT_SHELL_H

#include <stddef.h>

// struct outcome: how a command went.  free(output).
struct outcome {
    int status;        // exit status; 128 + number for a signal
    int late;          // it did not end in time, and was killed
    int flood;         // it printed more than is kept
    double wall, cpu;  // seconds, children included
    char *output;      // standard output and error together, in their order
    size_t size;
};

// shell_run runs `command` by sh in directory dir, with nothing to read, for at most `seconds`.
// Its $? is `before` at first.  What it leaves running ends with it.  Not being able to start it
// is die().
void shell_run(const char *dir, const char *command, int before, double seconds,
               struct outcome *out);

#endif
