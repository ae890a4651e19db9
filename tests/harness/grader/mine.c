// mine: which lessons' files go into the learner's own program.
//
// The list, directories such as 01-bytes, goes to BUILD/mine/passed for make, which builds by it.
// It is written only when it changes, so that nothing is linked again for nothing.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "course.h"
#include "file.h"
#include "print.h"
#include "say.h"
#include "standing.h"
#include "verbs.h"

static enum err write_list(const char *path, const char *list, struct error *e)
{
    char *before;
    size_t size;
    if (!file_read(path, &before, &size, NULL)) {
        int same = !strcmp(before, list);
        free(before);
        if (same) return ERR_NONE;
    }
    struct output *o;
    enum err code = output_open(path, &o, e);
    if (code) return code;
    output_print(o, "%s", list);
    return output_commit(o, e);
}

static const char *why(const struct standing *s, struct arena *a)
{
    int number = s->lesson->number;
    switch (s->state) {
    case STANDING_PASSED:
        return s->lesson->at.file;
    case STANDING_CHANGED:
        return print_text(a, "yours has changed since it passed: make %02d", number);
    case STANDING_NONE:
    case STANDING_OPEN:
        break;
    }
    return print_text(a, "yours has not passed yet: make %02d", number);
}

static enum err list(const struct course *c, struct arena *a, struct error *e)
{
    struct standings s;
    enum err code = standings_read(c, a, &s, e);
    if (code) return code;
    const char *passed = "", *build = print_text(a, "%s/mine", c->house->build);
    printf("lesson       filled by\n");
    for (int i = 0; i < s.count; i++) {
        const struct standing *one = &s.standing[i];
        int yours = one->state == STANDING_PASSED;
        printf("%02d %-9s %-13s  %s\n", one->lesson->number, one->lesson->slug,
               yours ? "you" : "the reference", why(one, a));
        if (yours)
            passed = print_text(a, "%s%s\n", passed, one->lesson->at.text + strlen("lessons/"));
    }
    if (s.passed)
        printf("%s/gpt: %d of %d lessons are yours; the reference fills the rest.\n", build,
               s.passed, s.count);
    else
        printf("%s/gpt: no lesson has passed yet, so all of it is the reference's.\n", build);
    code = file_make_directory(build, e);
    return code ? code : write_list(print_text(a, "%s/passed", build), passed, e);
}

int verb_mine(const struct house *h, int argc, char **argv)
{
    (void)argv;
    if (argc > 0) return say_usage("mine");
    struct error e;
    struct course c;
    if (course_read(h, &c, &e)) return say_error(&e);
    struct arena *a = arena_new();
    int status = list(&c, a, &e) ? say_error(&e) : 0;
    arena_free(a);
    course_free(&c);
    return status;
}
