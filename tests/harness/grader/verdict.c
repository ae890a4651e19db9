#include "verdict.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "source.h"

static const char *how_ended(const struct test *t)
{
    switch (test_ending(t)) {
    case ENDING_DONE:
        return test_passed(t) ? "passed" : "failed";
    case ENDING_UNWRITTEN:
        return "unwritten";
    case ENDING_SIGNAL:
        return "crashed";
    case ENDING_TIME:
    case ENDING_SKIPPED:
        return "timeout";
    case ENDING_MEMORY:
        return "memory";
    case ENDING_OUTPUT:
        return "output";
    case ENDING_SANITIZER:
        return "sanitizer";
    case ENDING_NONE:
        return t->begun ? "exited" : "untried";
    case ENDING_EXIT:
    case ENDINGS:
        break;
    }
    return "exited";
}

// first_of returns the first test of a function that did not pass; one that was not begun for the
// sake of another only if there is nothing else.
static const struct test *first_of(const struct suite *s, const char *function)
{
    const struct test *skipped = NULL;
    for (int i = 0; i < s->tests; i++) {
        const struct test *t = &s->test[i];
        if (strcmp(t->function, function) != 0 || test_passed(t)) continue;
        if (test_ending(t) != ENDING_SKIPPED) return t;
        if (!skipped) skipped = t;
    }
    return skipped;
}

// first_own returns the first test of a function that shows something of the function itself,
// without a look at how it came there: a wrong answer, or its own TODO().
static const struct test *first_own(const struct suite *s, const char *function)
{
    for (int i = 0; i < s->tests; i++) {
        const struct test *t = &s->test[i];
        if (strcmp(t->function, function) != 0 || test_passed(t)) continue;
        if (test_ending(t) == ENDING_DONE) return t;
        if (test_ending(t) == ENDING_UNWRITTEN && strcmp(t->report->function, function) == 0)
            return t;
    }
    return NULL;
}

int verdict_tests(const struct suite *s, const char *function, int passed)
{
    int count = 0;
    for (int i = 0; i < s->tests; i++) {
        if (strcmp(s->test[i].function, function) == 0)
            count += !passed || test_passed(&s->test[i]);
    }
    return count;
}

static struct result_function *find_function(struct result *r, const char *name)
{
    for (int i = 0; i < r->functions; i++) {
        if (strcmp(r->function[i].name, name) == 0) return &r->function[i];
    }
    return NULL;
}

static void set_how(struct result_function *f, const char *how)
{
    snprintf(f->how, sizeof f->how, "%s", how);
    f->got = strcmp(how, "passed") == 0 ? f->possible : 0;
}

// find_stopped looks for functions whose tests were ended by another one of the lesson, which does
// not pass itself: nothing is known about them.
static void find_stopped(const char *program, const struct lesson *l, const struct suite *s,
                         struct result *r, struct judgement *j)
{
    struct source source = {0};
    if (source_read(l->file, &source, NULL)) return;
    for (int i = 0; i < r->functions; i++) {
        struct result_function *f = &r->function[i];
        const char *other = j->function[i].blame.lesson;
        if (!other[0] || strcmp(other, f->name) == 0) continue;
        const struct result_function *g = find_function(r, other);
        if (!g || strcmp(g->how, "passed") == 0) continue;
        const struct test *own = first_own(s, f->name);
        int todo = source_inside(&source, f->name, "TODO");
        if (own) {
            j->function[i].test = own;
            set_how(f, how_ended(own));
            blame_test(program, l, s, own, &j->function[i].blame);
        } else if (todo) {
            struct blame *b = &j->function[i].blame;
            *b = (struct blame){.line = todo};
            memcpy(b->in, f->name, sizeof f->name);
            set_how(f, "unwritten");
        } else {
            set_how(f, "stopped");
            memcpy(f->by, g->name, sizeof f->by);
        }
    }
    source_free(&source);
}

static int find_first(const struct result *r)
{
    static const char *const LATER[] = {"", "unwritten", "stopped"};
    // First what is wrong, then what is not written; what was stopped only if nothing else is left.
    for (int later = 0; later < 3; later++) {
        for (int i = 0; i < r->functions; i++) {
            const char *how = r->function[i].how;
            int waits = strcmp(how, LATER[1]) == 0 || strcmp(how, LATER[2]) == 0;
            if (strcmp(how, "passed") == 0) continue;
            if (later ? strcmp(how, LATER[later]) == 0 : !waits) return i;
        }
    }
    return -1;
}

void verdict_judge(const char *program, const struct lesson *l, const struct suite *s,
                   struct result *r, struct judgement *j)
{
    r->functions = 0;
    *j = (struct judgement){0};
    for (int i = 0; i < s->functions && i < RESULT_FUNCTIONS; i++) {
        struct result_function *f = &r->function[r->functions++];
        const struct test *t = first_of(s, s->function[i].name);
        snprintf(f->name, sizeof f->name, "%s", s->function[i].name);
        f->possible = s->function[i].points;
        f->by[0] = '\0';
        set_how(f, t ? how_ended(t) : verdict_tests(s, f->name, 0) ? "passed" : "untried");
        j->function[i].test = t;
        if (t) blame_test(program, l, s, t, &j->function[i].blame);
    }
    j->functions = r->functions;
    find_stopped(program, l, s, r, j);
    j->first = find_first(r);
    const char *how = j->first < 0 ? "passed" : r->function[j->first].how;
    r->verdict = j->first < 0                                                 ? VERDICT_PASSED
               : strcmp(how, "unwritten") == 0 || strcmp(how, "stopped") == 0 ? VERDICT_UNWRITTEN
                                                                              : VERDICT_FAILED;
}

void verdict_untested(const struct lesson *l, const char *how, struct result *r)
{
    char path[HOUSE_PATH], *text;
    size_t size;
    snprintf(path, sizeof path, "tests/%s.c", l->slug);
    r->functions = 0;
    if (file_read(path, &text, &size, NULL)) return;
    for (char *line = strtok(text, "\n"); line && r->functions < RESULT_FUNCTIONS;
         line = strtok(NULL, "\n")) {
        struct result_function *f = &r->function[r->functions];
        if (sscanf(line, "FUNCTION(%63[a-z0-9_], %d)", f->name, &f->possible) != 2) continue;
        set_how(f, how);
        r->functions++;
    }
    free(text);
}
