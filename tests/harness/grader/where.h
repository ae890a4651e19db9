// where: addresses in a program become places in its source.
#ifndef GRADER_WHERE_H
#define GRADER_WHERE_H

#include <stdint.h>

enum { WHERE_FRAMES = 128 };

// struct frame: one place on a way through the program.
struct frame {
    char function[128], file[512];
    int line;  // 0 if it is not known
};

// where_look turns instructions, place[0 … places), into frames, and returns how many; one inside
// functions that the compiler put into one another gives a frame for each.  Zeros are passed over.
// Files below the current directory are named from there.  0 if this system has no tool for it:
// addr2line, llvm-addr2line or atos.
int where_look(const char *program, int places, const uint64_t *place,
               struct frame frames[WHERE_FRAMES]);

// where_find returns the first frame in `file`, or NULL.
const struct frame *where_find(int count, const struct frame *frames, const char *file);

#endif
