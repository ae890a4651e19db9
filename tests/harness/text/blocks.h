// blocks: the console blocks of a Markdown file.
//
// A block is a fence whose first word is `console`; the words after it say how it is run:
//   long        it may take more than 5 seconds; its outcome may come from the cache
//   fails       a command of it is meant to end with a status other than 0
//   needs PATH  it is run only where PATH exists
// In it, a line that begins with "$ " is a command, "> " continues the command above, and the
// other lines are what it prints.
#ifndef TEXT_BLOCKS_H
#define TEXT_BLOCKS_H

#include <stddef.h>

#include "arena.h"
#include "error.h"

enum { BLOCK_NEEDS = 8 };

// struct command: a command, and which lines of the file are its expected output.
struct command {
    size_t line;        // where it stands, counted from 0
    const char *text;   // "> " lines are joined to it by newlines
    size_t begin, end;  // the output: line[begin … end-1] of the file
};

struct block {
    size_t line;  // the opening fence's, counted from 0
    int is_long, fails;
    int needs_count;
    const char *needs[BLOCK_NEEDS];
    size_t count;
    struct command *commands;
};

// struct page: a Markdown file and its blocks, in memory from an arena.
struct page {
    const char *path;
    size_t lines, count;
    char **line;  // without newlines
    struct block *blocks;
};

// blocks_read reads the file at path.
//   ERR_IO      it cannot be read
//   ERR_FORMAT  a fence is not closed, a word after `console` is unknown, a block does not begin
//               with a command; the message begins with FILE:LINE
enum err blocks_read(const char *path, struct arena *a, struct page *page, struct error *e);

// blocks_split cuts text[0..size) at its newlines, writes NULs there, and returns the lines.
char **blocks_split(size_t size, char *text, struct arena *a, size_t *count);

#endif
