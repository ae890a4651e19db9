// edits: every small change of a fixed list that a C file allows, one at a time.
//
//   < <= > >= == !=        each becomes its neighbours
//   + - * / % += -= ++ --  each becomes its opposite;  & | ^ << >> && || and their kin as well
//   constants              one more, one less, 0
//   statements             dropped
//   terms of a sum         dropped
//   conditions             negated: of if, while, for, ?:
//   bounds of loops        one more, one less
//   arguments of a call    two neighbours swapped
//   casts to unsigned      dropped
#ifndef OPERATORS_EDITS_H
#define OPERATORS_EDITS_H

#include <stddef.h>

#include "lex.h"

// struct edit: text[at … at+size-1] is replaced by `put`.  The name says where and what, without a
// line number, so that it stays the same while other lines change:
//   bytes_decode | if (lead < 0x80) { | `<` to `<=`
// Where one line has the same edit twice the second is called "… (2)".
struct edit {
    size_t at, size, line;
    const char *put, *name;
};

// edits_find returns all edits of s in *count, in the order of the file.
struct edit *edits_find(const struct source *s, struct arena *a, size_t *count);

#endif
