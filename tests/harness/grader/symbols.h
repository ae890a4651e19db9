// symbols: what a learner's object file gives and takes, checked before anything runs.
//
// It must give exactly what the reference's module gives: a helper that is not static would
// replace a function of the library for the whole program.  It may take what the library has on
// the lesson's floor and below, and from the C library what computes; nothing that ends, copies or
// escapes the process, and not the answer.
#ifndef GRADER_SYMBOLS_H
#define GRADER_SYMBOLS_H

#include "house.h"
#include "text.h"

// struct symbols: what nm and objdump say of some objects, and of the reference's.
struct symbols {
    struct text names, sections;
};

// symbols_read asks for all of them at once: the tools take longer to start than to look.  End with
// symbols_free.
void symbols_read(const struct house *h, const struct lesson *l, int count,
                  const char *const *object, struct symbols *s);
void symbols_free(struct symbols *s);

// symbols_check returns 1 if all is well.  Else it adds to *why one line a finding, the first being
// "FILE:LINE: …", and returns 0.
//   object    the learner's, of which s was read
//   includes  its list of included files, as the compiler writes it for make
int symbols_check(const struct house *h, const struct lesson *l, const struct symbols *s,
                  const char *object, const char *includes, struct text *why);

#endif
