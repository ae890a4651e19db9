#include "blame.h"

#include <stdio.h>
#include <string.h>

static int is_of_lesson(const struct suite *s, const char *name)
{
    for (int i = 0; i < s->functions; i++) {
        if (strcmp(s->function[i].name, name) == 0) return 1;
    }
    return 0;
}

// is_test returns 1 for a frame of a lesson's suite, which is no part of the harness.
static int is_test(const struct frame *f)
{
    return strncmp(f->file, "tests/", 6) == 0 && strncmp(f->file, "tests/harness/", 14) != 0;
}

void blame_way(const struct lesson *l, const struct suite *s, const char *tested, int count,
               const struct frame *frames, struct blame *b)
{
    const struct frame *own = where_find(count, frames, l->file);
    *b = (struct blame){.foreign = count && !own};
    if (!own) return;
    b->line = own->line;
    memcpy(b->in, own->function, sizeof b->in);
    if (is_test(frames))
        snprintf(b->beyond, sizeof b->beyond, "%.60s (%.100s:%d)", frames->function, frames->file,
                 frames->line);
    int same = 0;
    for (const struct frame *f = own; f < frames + count; f++) {
        if (strcmp(f->file, l->file) != 0) continue;
        same += strcmp(f->function, b->in) == 0;
        if (!b->lesson[0] && is_of_lesson(s, f->function))
            snprintf(b->lesson, sizeof b->lesson, "%.63s", f->function);
        if (!b->from && strcmp(b->in, tested) != 0 && strcmp(f->function, tested) == 0)
            b->from = f->line;
    }
    b->endless = same > REPORT_PLACES / 2;
}

void blame_test(const char *program, const struct lesson *l, const struct suite *s,
                const struct test *t, struct blame *b)
{
    const struct report *r = t->report;
    *b = (struct blame){0};
    if (!r || test_ending(t) == ENDING_DONE) return;
    if (test_ending(t) == ENDING_UNWRITTEN) {
        b->line = r->line;
        snprintf(b->in, sizeof b->in, "%s", r->function);
        snprintf(b->lesson, sizeof b->lesson, "%s", r->function);
        return;
    }
    uint64_t place[REPORT_PLACES];
    struct frame frames[WHERE_FRAMES];
    // Where a call returns to may be another line already.
    for (int i = 0; i < r->places; i++) place[i] = i && r->place[i] ? r->place[i] - 1 : r->place[i];
    int count = where_look(program, r->places, place, frames);
    blame_way(l, s, t->function, count, frames, b);
    if (!b->line) b->line = r->line;
}

void blame_tell(const struct blame *b, const char *tested, struct text *out)
{
    if (b->beyond[0]) text_add(out, "  in the test's %s, which it called\n", b->beyond);
    if (!b->in[0] || strcmp(b->in, tested) == 0) return;
    if (b->from)
        text_add(out, "  in %s, called from %s, line %d\n", b->in, tested, b->from);
    else
        text_add(out, "  in %s, called from the test\n", b->in);
}
