// lines: a small text file, line by line, and errors that name the line.
#ifndef GRADER_LINES_H
#define GRADER_LINES_H

#include <stddef.h>

#include "arena.h"
#include "error.h"

// struct lines: line[0 … count), without their ends; line[i] is line i + 1 of the file.
struct lines {
    const char *path;
    size_t count;
    char **line;
};

// lines_read reads path; the text lives in a.  A last line without an end is a line; carriage
// returns at the ends of lines are dropped.
//   ERR_IO      path cannot be read
//   ERR_FORMAT  a line holds a zero byte, so this is no text
enum err lines_read(const char *path, struct arena *a, struct lines *l, struct error *e);

// lines_error is error_set, with ERR_FORMAT and "PATH:LINE: " before the message, for line[index].
enum err lines_error(const struct lines *l, size_t index, struct error *e, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

// line_trim cuts the blanks at both ends of text, in place, and returns where it begins.
char *line_trim(char *text);

// line_word cuts the next word off *rest, in place.  Returns "" where there is none.
char *line_word(char **rest);

// line_whole reads text, all of it, as a decimal whole number least … most.  Returns 1, or 0 and
// leaves *value alone.
int line_whole(const char *text, int least, int most, int *value);

#endif
