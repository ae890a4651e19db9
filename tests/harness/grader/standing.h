// standing: where the learner is, from the map and progress.txt.
//
// A lesson counts while it has passed and its file is still the one that passed.  A level is
// reached when every lesson that is there, of it and of the levels below it, counts; a level none
// of whose lessons is there yet is not reached by anybody.  (So a course of four lessons cannot
// make a builder, and a lesson added later has to be done to stay where one was.)
#ifndef GRADER_STANDING_H
#define GRADER_STANDING_H

#include "course.h"
#include "records.h"

enum standing_state {
    STANDING_NONE,     // never graded
    STANDING_OPEN,     // graded, and not passed
    STANDING_CHANGED,  // its file is another than the one that passed
    STANDING_PASSED,
};

// struct standing: of one lesson.
struct standing {
    const struct course_lesson *lesson;
    const struct record *record;  // NULL: never graded
    enum standing_state state;
    int got, possible;  // points
};

// struct standings: standing[0 … count), one a lesson of the course; next is the index of the
// first that does not count, or count.
struct standings {
    int count, next;
    struct standing *standing;
    int got, possible, passed;  // points, and lessons that count
    int level;                  // reached, or -1
    int above;                  // the next that can be, or -1
};

// standings_read reads MINE/progress.txt and looks at the learner's files.  The result lives in a.
// Errors as records_read.
enum err standings_read(const struct course *c, struct arena *a, struct standings *s,
                        struct error *e);

// standings_show prints the table of lessons, the points, the level, and what is next.
void standings_show(const struct standings *s, struct arena *a);

// standing_checksum sets *sum to the checksum of the file at path, as results have it.  Returns 0
// if there is no file to read.
int standing_checksum(const char *path, uint64_t *sum);

#endif
