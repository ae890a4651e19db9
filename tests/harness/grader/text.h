// text: a string that grows.
#ifndef GRADER_TEXT_H
#define GRADER_TEXT_H

#include <stddef.h>

// struct text: begin with {0}.  bytes ends with a NUL that size does not count; it is NULL as long
// as nothing was added.
struct text {
    char *bytes;
    size_t size, room;
};

// text_add appends formatted text, text_add_bytes bytes, text_free gives the memory back.
void text_add(struct text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
void text_add_bytes(struct text *t, size_t size, const void *bytes);
void text_free(struct text *t);

// text_string returns the text, "" for none.
const char *text_string(const struct text *t);

// text_line copies the line at `from` to line, without what a terminal would act on, cut after
// `width` columns with … at the end, and returns where the next line begins, NULL behind the last.
const char *text_line(const char *from, int width, struct text *line);

// text_wrap does the same with a line that is broken between words, or where there is none to break
// at anywhere, into at most `most` lines.  The first begins with `first`, the others with `later`;
// their widths count.  Only if it is longer than all that is it cut with ….
const char *text_wrap(const char *from, const char *first, const char *later, int width, int most,
                      struct text *to);

// text_lines returns how many lines there are, text_rows how many they are on a screen that is
// `width` columns wide.
int text_lines(const char *text);
int text_rows(const char *text, int width);

#endif
