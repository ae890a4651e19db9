// learner.h stands before every line of a learner's file when it is graded.
//
// Memory is asked for through functions that keep a budget, so that a program that asks without
// end is told so with its line, and fill what they return, so that what was never written does not
// look like zeros.  They are function-like macros: a variable or a member called malloc is left
// alone, and what they return is freed with free.
#ifndef GPT_LEARNER_H
#define GPT_LEARNER_H

#include <stdlib.h>

void *learner_malloc(size_t size, const char *file, int line);
void *learner_calloc(size_t n, size_t size, const char *file, int line);
void *learner_realloc(void *memory, size_t size, const char *file, int line);

#define malloc(size) learner_malloc(size, __FILE__, __LINE__)
#define calloc(n, size) learner_calloc(n, size, __FILE__, __LINE__)
#define realloc(memory, size) learner_realloc(memory, size, __FILE__, __LINE__)

#endif
