#include "mistakes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "build.h"
#include "file.h"

enum { PATH = HOUSE_PATH + 160 };

// mistake_path writes BUILD/grade/mutants/SLUG/NAME.ENDING.
static void mistake_path(const struct house *h, const struct lesson *l, const char *name,
                         const char *ending, char path[PATH])
{
    snprintf(path, PATH, "%s/grade/mutants/%s/%s%s", h->build, l->slug, name, ending);
}

// mistakes_read reads the list that mutate.awk has printed: NAME, FUNCTION and TEXT between tabs.
int mistakes_read(const struct house *h, const struct lesson *l, struct mistakes *all)
{
    char path[PATH], *text;
    size_t size;
    all->count = 0;
    mistake_path(h, l, "list", "", path);
    if (file_read(path, &text, &size, NULL)) return 0;
    for (char *line = strtok(text, "\n"); line && all->count < MISTAKES;
         line = strtok(NULL, "\n")) {
        struct mistake *m = &all->mistake[all->count];
        if (sscanf(line, "%63[^\t]\t%63[^\t]\t%511[^\n]", m->name, m->function, m->says) == 3 &&
            !strchr(m->name, '.'))
            all->count++;
    }
    free(text);
    return 1;
}

enum err mistakes_trace(const struct house *h, const struct lesson *l, const struct mistake *m,
                        struct trace **t, struct error *e)
{
    char path[PATH];
    mistake_path(h, l, m->name, ".trace", path);
    return trace_read(path, t, e);
}

// is_newer returns 1 if a is there and was written after b was, which is there too.
static int is_newer(const char *a, const char *b)
{
    struct stat x, y;
    if (stat(a, &x) != 0 || stat(b, &y) != 0) return 0;
#ifdef __APPLE__
    const struct timespec s = x.st_mtimespec, t = y.st_mtimespec;
#else
    const struct timespec s = x.st_mtim, t = y.st_mtim;
#endif
    return s.tv_sec != t.tv_sec ? s.tv_sec > t.tv_sec : s.tv_nsec >= t.tv_nsec;
}

int mistakes_ready(const struct house *h, const struct lesson *l, const char *function)
{
    char recorded[PATH], inputs[PATH];
    mistake_path(h, l, "recorded.", function, recorded);
    mistake_path(h, l, "inputs", "", inputs);
    return is_newer(recorded, inputs);
}

int mistakes_prepare(const struct house *h, const struct lesson *l, const char *function)
{
    struct text said = {0};
    char path[PATH];
    mistake_path(h, l, "recorded.", function, path);
    const char *goals[] = {path, NULL};
    int status = build_make(h, goals, &said);
    text_free(&said);
    return status == 0;
}

int mistakes_match(const struct house *h, const struct lesson *l, const struct suite *s,
                   const char *function, struct mistake *m)
{
    struct mistakes all;
    int found = 0;
    if (!mistakes_read(h, l, &all)) return 0;
    for (int i = 0; i < all.count; i++) {
        const struct mistake *candidate = &all.mistake[i];
        if (strcmp(candidate->function, function) != 0) continue;
        struct trace *t;
        if (mistakes_trace(h, l, candidate, &t, NULL)) continue;
        int same = trace_same(t, s, function);
        trace_free(t);
        if (!same) continue;
        // Two that say the same are one to the learner.
        if (found && strcmp(m->says, candidate->says) != 0) return 0;
        if (!found) *m = *candidate;
        found = 1;
    }
    return found;
}

// says_alone returns 1 if the function's tests answered as they do where no others run: a test of
// another function that ran out of time makes those behind it hurry (guard.c).
static int says_alone(const struct suite *s, const char *function)
{
    int begun = 0;
    for (int i = 0; i < s->tests; i++) {
        const struct test *t = &s->test[i];
        if (strcmp(t->function, function) == 0)
            begun += t->begun;
        else if (test_ending(t) == ENDING_TIME)
            return 0;
    }
    return begun > 0;
}

enum err mistakes_record(const struct house *h, const struct lesson *l, const char *name,
                         const struct suite *run, struct error *e)
{
    struct mistakes all;
    int i = 0;
    if (!mistakes_read(h, l, &all)) all.count = 0;
    while (i < all.count && strcmp(all.mistake[i].name, name) != 0) i++;
    if (i == all.count)
        return error_set(e, ERR_VALUE, "lesson %s has no mistake called '%s'", l->slug, name);
    char program[PATH], trace[PATH];
    mistake_path(h, l, name, ".run", program);
    mistake_path(h, l, name, ".trace", trace);
    const char *function = all.mistake[i].function;
    if (run && says_alone(run, function)) return trace_write(trace, run, function, e);
    const struct suite_order order = {
        .program = program, .function = function, .fill = SUITE_FILL, .patience = 1};
    struct suite s;
    enum err failed = suite_run(&order, &s, e);
    if (failed) return failed;
    failed = trace_write(trace, &s, function, e);
    suite_free(&s);
    return failed;
}
