#include "hints.h"

#include <stdio.h>
#include <string.h>

#include "course.h"
#include "grade.h"
#include "lines.h"
#include "print.h"
#include "records.h"
#include "result.h"
#include "say.h"
#include "verbs.h"

// number returns k if the line begins the hint "k. …", else 0.
static int number(const char *line)
{
    return line[0] > '0' && line[0] <= '9' && line[1] == '.' ? line[0] - '0' : 0;
}

// gather joins the lines [from, to) without the number before the first and the blanks around.
static const char *gather(const struct lines *l, size_t from, size_t to, struct arena *a)
{
    while (to > from + 1 && !*line_trim(arena_string(a, l->line[to - 1]))) to--;
    const char *all = line_trim(arena_string(a, l->line[from] + 2));
    for (size_t i = from + 1; i < to; i++) {
        const char *line = l->line[i];
        // Lines that go on below "1. " are set in by three blanks.
        size_t in = strspn(line, " ");
        all = print_text(a, "%s\n%s", all, line + (in < 3 ? in : 3));
    }
    return all;
}

enum err hints_read(const char *path, const char *function, struct arena *a,
                    const char *hint[HINTS], struct error *e)
{
    struct lines l;
    enum err code = lines_read(path, a, &l, e);
    if (code) return code;
    size_t head = 0;
    const char *wanted = print_text(a, "## %s", function);
    while (head < l.count && strcmp(line_trim(arena_string(a, l.line[head])), wanted) != 0) head++;
    if (head == l.count)
        return lines_error(&l, l.count ? l.count - 1 : 0, e,
                           "expected a section '%s' with hints 1. to %d.; there is none", wanted,
                           HINTS);
    size_t end = head + 1;
    while (end < l.count && strncmp(l.line[end], "#", 1) != 0) end++;
    const char *found[HINTS];
    int n = 0;
    for (size_t i = head + 1; i < end;) {
        size_t next = i + 1;
        if (number(l.line[i])) {
            if (number(l.line[i]) != n + 1 || n == HINTS)
                return lines_error(&l, i, e, "expected %s %d. to %s",
                                   n == HINTS ? "no more than hint" : "hint",
                                   n == HINTS ? n : n + 1, function);
            while (next < end && !number(l.line[next])) next++;
            found[n++] = gather(&l, i, next, a);
        }
        i = next;
    }
    if (n < HINTS)
        return lines_error(&l, head, e, "expected hints 1. to %d. to %s, found %d", HINTS, function,
                           n);
    memcpy(hint, found, sizeof found);
    return ERR_NONE;
}

static void show(const char *hint)
{
    for (const char *at = hint; *at;) {
        size_t n = strcspn(at, "\n");
        printf("%s%.*s\n", n ? "    " : "", (int)n, at);
        at += n + (at[n] == '\n');
    }
}

static enum err give(const struct house *h, const struct course_lesson *l, const char *function,
                     struct arena *a, struct error *e)
{
    struct records r;
    const char *hint[HINTS];
    enum err code = records_read(h->mine, a, &r, e);
    if (!code) code = hints_read(print_text(a, "%s/hints.md", l->at.text), function, a, hint, e);
    if (code) return code;
    int taken = record_hints(records_find(&r, l->slug), function);
    if (taken >= HINTS) {
        printf("%s: there are no more hints; all %d stand in %s/hints.md.\n"
               "The reference beside your file: make solution-%02d FORCE=1\n",
               function, HINTS, l->at.text, l->number);
        return ERR_NONE;
    }
    // Counted before it is shown: a hint that cannot be counted would come again for ever.
    code = records_hint(h->mine, l->slug, function, e);
    if (code) return code;
    printf("%s, hint %d of %d\n\n", function, taken + 1, HINTS);
    show(hint[taken]);
    if (taken + 1 < HINTS) printf("\nThe next one: make hint-%02d\n", l->number);
    return ERR_NONE;
}

// first_open returns the first function that has not passed, or NULL.  Where one was stopped by
// another, the other comes first.
static const char *first_open(const struct result *r)
{
    const char *stopped = NULL;
    for (int i = 0; i < r->functions; i++) {
        const struct result_function *f = &r->function[i];
        if (strcmp(f->how, "passed") == 0) continue;
        if (strcmp(f->how, "stopped") != 0) return f->name;
        if (!stopped) stopped = f->name;
    }
    return stopped;
}

static enum err hint(const struct house *h, const struct course_lesson *l, struct arena *a,
                     struct error *e)
{
    struct result r;
    enum err code = grade_fresh(h, l, &r, e);
    if (!code) code = records_grade(h->mine, &r, e);
    if (code) return code;
    int runs = r.verdict != VERDICT_UNCOMPILED && r.verdict != VERDICT_REFUSED;
    const char *function = first_open(&r);
    if (runs && function) return give(h, l, function, a, e);
    if (r.verdict == VERDICT_PASSED)
        printf("%02d %s has passed: there is nothing to hint at.  The reference beside your file: "
               "make solution-%02d\n",
               l->number, l->slug, l->number);
    else
        printf("%s cannot be run yet: make %02d says why.\n", l->at.file, l->number);
    return ERR_NONE;
}

int verb_hint(const struct house *h, int argc, char **argv)
{
    struct course c;
    const struct course_lesson *l;
    struct error e;
    int status = course_ask(h, argc, argv, "hint LESSON", &c, &l);
    if (status) return status;
    struct arena *a = arena_new();
    if (hint(h, l, a, &e)) status = say_error(&e);
    arena_free(a);
    course_free(&c);
    return status;
}
