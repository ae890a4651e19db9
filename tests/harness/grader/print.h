// print: strings in an arena, and text that any reader of text accepts.
#ifndef GRADER_PRINT_H
#define GRADER_PRINT_H

#include <stddef.h>

#include "arena.h"

// print_text is sprintf into the arena.
char *print_text(struct arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));

// print_clean returns bytes[0..size) as text that XML 1.0 and JSON can hold: bytes that are not
// UTF-8 are shown as \xNN, so are control characters but for tab and newline, and U+FFFE and
// U+FFFF; colours and other terminal commands (ESC [ …) are left out, carriage returns too.
char *print_clean(struct arena *a, size_t size, const char *bytes);

#endif
