// allowed: what a lesson's file may take from outside the project.
#ifndef GRADER_ALLOWED_H
#define GRADER_ALLOWED_H

// allowed_name returns 1 for functions and variables of the C library that compute, and for what
// compilers call on their own.
int allowed_name(const char *name);

// allowed_section returns 1 for a section that holds code or data, or says something about them;
// 0 for one that makes code run by itself.
int allowed_section(const char *name);

#endif
