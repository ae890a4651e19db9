// journal: MINE/journal.md, the learner's own.  We append to it and never change what is there.
#ifndef GRADER_JOURNAL_H
#define GRADER_JOURNAL_H

#include "error.h"

// journal_add appends text, in one piece.  A journal that is not there is begun; if what is there
// does not end with a newline, one comes first.
//   ERR_IO  it cannot be written
enum err journal_add(const char *mine, const char *text, struct error *e);

#endif
