// lex: a C file as tokens.  Comments and preprocessor lines are left out.
#ifndef OPERATORS_LEX_H
#define OPERATORS_LEX_H

#include <stddef.h>

#include "arena.h"

enum token_kind {
    TOKEN_NAME,
    TOKEN_INTEGER,  // character constants too
    TOKEN_FLOAT,
    TOKEN_STRING,
    TOKEN_SIGN,
};

struct token {
    enum token_kind kind;
    size_t at, size;     // text[at … at+size-1]
    size_t line;         // counted from 0
    int braces, parens;  // how many are open around it; those of (, [ and { themselves not counted
    int ours;            // it stands in the part to be changed
    const char *function;  // the function it stands in, or "file"
};

// struct source: a file and its tokens.
struct source {
    const char *text;
    size_t size, count;
    struct token *token;
};

// lex_read cuts text[0..size), which must live as long as the source, into tokens.  Where the
// file has SOLUTION marks, `ours` is what stands between them; else it is everything.
struct source lex_read(size_t size, const char *text, struct arena *a);

// lex_is returns 1 if token i is there and reads so.
int lex_is(const struct source *s, size_t i, const char *what);

// lex_among returns 1 if token i is there and is one of the words in `list`, which are separated
// by single spaces.
int lex_among(const struct source *s, size_t i, const char *list);

// lex_text returns text[begin … end-1] as a string, runs of white space in it as one space.
char *lex_text(const struct source *s, size_t begin, size_t end, struct arena *a);

#endif
