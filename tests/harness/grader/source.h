// source: a C file as text, to find the line of a name in it.
#ifndef GRADER_SOURCE_H
#define GRADER_SOURCE_H

#include "error.h"

// struct source: begin with source_read, end with source_free.
struct source {
    char *text;  // as it is
    char *code;  // the same with spaces for comments and for what is in quotes
};

// source_read reads a file.  ERR_IO: it cannot be read.
enum err source_read(const char *path, struct source *s, struct error *e);
void source_free(struct source *s);

// source_name returns the line of the first use of `name`, source_definition that of the function's
// definition, source_include that of the #include whose file ends with `name`; 0 if there is none.
int source_name(const struct source *s, const char *name);
int source_definition(const struct source *s, const char *name);
int source_include(const struct source *s, const char *name);

// source_inside returns the line of the first use of `word` in the definition of the function
// `name`, 0 if there is none.
int source_inside(const struct source *s, const char *name, const char *word);

#endif
