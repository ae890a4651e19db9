// child: another program, run to its end.
#ifndef GRADER_CHILD_H
#define GRADER_CHILD_H

#include <stddef.h>

// struct child: how a program ended and what it wrote.
struct child {
    int status;  // exit status; 128 + the signal's number if a signal ended it; 127: it did not
                 // start
    int late;    // 1: it was ended because its time was up
    char *out, *err;  // each with a zero byte behind it
    size_t out_size, err_size;
};

enum { CHILD_MOST = 1 << 20 };  // bytes kept of each output; what comes after is dropped

// child_show runs argv, found by PATH, on our own input and outputs, and returns its status.  If
// there is an `enough`, it is asked every 20 ms, and once it returns 1 the program gets the signal
// that Ctrl-C sends.
int child_show(char *const argv[], int (*enough)(void *context), void *context);

// child_merge runs argv without input; both its outputs become c->out, in order.
void child_merge(char *const argv[], struct child *c);

// child_limited runs argv without input and apart from us, and ends it and all it started after
// `seconds`, or when a person presses Ctrl-C, which then ends us too.
void child_limited(char *const argv[], double seconds, struct child *c);

void child_free(struct child *c);

#endif
