// questions: a lesson's predictions, lessons/NN-SLUG/predict.md.
//
//   ## How many bytes does UTF-8 need for "Привет"?
//   unit: bytes
//
//       $ printf 'Привет' | wc -c
//
//   What is shown after the answer: why it is so.
//
// The command is run by sh in the project's root; it prints one number.  $GPT, which the caller
// sets, is the program gpt.
#ifndef GRADER_QUESTIONS_H
#define GRADER_QUESTIONS_H

#include "arena.h"
#include "error.h"
#include "lines.h"

struct question {
    const char *text, *unit, *command;
    const char *why;  // may have several lines
    size_t line;      // index of the command's line, for error messages
};

struct questions {
    struct lines source;
    int count;
    struct question *question;
};

// questions_read reads the file at path; what it returns lives in a.
//   ERR_IO      path cannot be read
//   ERR_FORMAT  no questions, or one without its unit, command or explanation; names the line
enum err questions_read(const char *path, struct arena *a, struct questions *q, struct error *e);

// question_ask runs the command and reads the number it prints.
//   ERR_FORMAT  it fails, takes more than 10 seconds, or prints something else; names file and line
enum err question_ask(const struct questions *q, int i, double *truth, struct error *e);

// question_number reads a person's number: digits with a point for decimals and an exponent if they
// like (1000, 0.5, 1e3, -2); blanks or underscores between groups of digits (10 000, 10_000); the
// unit behind it, or %, if the unit is one.  Returns 1, or 0 if it is none: a comma among others,
// because 1,234 is one thing here and another there.
int question_number(const char *text, const char *unit, double *value);

#endif
