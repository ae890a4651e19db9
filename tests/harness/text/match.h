// match: what a command printed, line by line, beside what the text says it prints.
#ifndef TEXT_MATCH_H
#define TEXT_MATCH_H

#include <stddef.h>

#include "arena.h"

// match_line returns 1 if `got` is what `want` says.  Each … in `want` stands for any text.
// White space at the end of a line counts for nothing.
int match_line(const char *want, const char *got);

// match_any returns 1 if the line is a … alone, which stands for any number of lines.
int match_any(const char *want);

// match_trim cuts the white space from the end of the line, in place, and returns it.
char *match_trim(char *line);

// struct apart: where two texts part.  Agreeing up to there, the text says want[w] (or its end),
// and got has got[g] (or its end) instead.  Behind a … line, no line from g on is want[w].
struct apart {
    size_t w, g;
};

// match_lines returns 1 if the lines agree, else 0 and the place that is furthest into `want`.
// Memory comes from a.
int match_lines(size_t wants, char *const *want, size_t gots, char *const *got, struct arena *a,
                struct apart *apart);

// match_tail returns how many lines at the end of both agree, none of them a … line, at most
// `most`.
size_t match_tail(size_t wants, char *const *want, size_t gots, char *const *got, size_t most);

#endif
