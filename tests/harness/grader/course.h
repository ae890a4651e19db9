// course: the lessons there are.
//
// The map is the table in lessons/README.md; a lesson is there when its directory
// lessons/NN-SLUG is.  A row without a directory is a lesson still to come.
#ifndef GRADER_COURSE_H
#define GRADER_COURSE_H

#include <stddef.h>

#include "arena.h"
#include "error.h"
#include "house.h"

enum { COURSE_LEVELS = 6 };

// struct course_lesson: a row of the map.  The strings live as long as the course.
struct course_lesson {
    int number;         // of its directory
    const char *slug;   // what it is called everywhere else
    int points, level;  // points in all; level 0 … COURSE_LEVELS - 1
    size_t row;         // its index among the map's lines
    struct lesson at;   // where it is
};

struct course {
    const struct house *house;
    int count;
    struct course_lesson *lesson;  // by number
    struct arena *memory;
};

// course_read finds the lessons.  *c is given back with course_free.
//   ERR_IO      the map or lessons/ cannot be read
//   ERR_FORMAT  the map is no such table, or does not agree with the directories; names the line
//   ERR_VALUE   as house_lesson
enum err course_read(const struct house *h, struct course *c, struct error *e);
void course_free(struct course *c);

// course_find returns the lesson that `name` means: its number ("01", "1") or its slug.
//   ERR_VALUE  there is none; the message names those there are
enum err course_find(const struct course *c, const char *name, const struct course_lesson **lesson,
                     struct error *e);

// course_ask is course_read, and then course_find of argv[0] if argc is 1: what most verbs begin
// with.  Returns 0, or the exit status after it has said what is wrong; then there is no course.
int course_ask(const struct house *h, int argc, char **argv, const char *usage, struct course *c,
               const struct course_lesson **lesson);

// course_level returns the name of a level.
const char *course_level(int level);

#endif
