// records: MINE/progress.txt, what the grader found last, a line a lesson; plain text, keyed by
// slug, safe to commit.
//
//   # comment
//   SLUG GOT/POSSIBLE VERDICT CHECKSUM [FUNCTION:HINTS …]
//
// HINTS is how many hints to that function were taken.  Comments and lessons that this course
// does not have stay as they are.  The file is written whole under another name and renamed, and
// MINE is locked meanwhile, so two of us at once lose nothing.
#ifndef GRADER_RECORDS_H
#define GRADER_RECORDS_H

#include "arena.h"
#include "error.h"
#include "result.h"

enum { RECORDS_HINTS = 16 };  // functions of a lesson whose hints are counted

// struct record: a line.  The strings live in the records' arena.
struct record {
    const char *slug, *verdict;
    uint64_t checksum;
    int got, possible;
    int hints;
    struct {
        const char *function;
        int taken;
    } hint[RECORDS_HINTS];
};

struct records {
    const char *path;
    int count;
    struct record *record;
};

// records_read reads MINE/progress.txt into a.  A file that is not there holds no records.
//   ERR_IO      it cannot be read
//   ERR_FORMAT  a line is damaged; names it and says what was expected
enum err records_read(const char *mine, struct arena *a, struct records *r, struct error *e);

// records_find returns the record of a lesson, or NULL.
const struct record *records_find(const struct records *r, const char *slug);

// record_hints returns how many hints to the function were taken; record may be NULL.
int record_hints(const struct record *record, const char *function);

// records_grade writes down what a run found.  Hints taken stay.
//   ERR_IO      the file cannot be read or written, or is locked for long
//   ERR_FORMAT  as records_read; the file is left as it is
enum err records_grade(const char *mine, const struct result *result, struct error *e);

// records_hint counts one more hint to a function of a lesson.  Errors as records_grade.
enum err records_hint(const char *mine, const char *slug, const char *function, struct error *e);

#endif
