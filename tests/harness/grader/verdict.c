#include "verdict.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"

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

int verdict_count(const struct suite *s, const char *function, int passed)
{
    int count = 0;
    for (int i = 0; i < s->tests; i++) {
        if (strcmp(s->test[i].function, function) == 0)
            count += !passed || test_passed(&s->test[i]);
    }
    return count;
}

void verdict_judge(const struct suite *s, struct result *r)
{
    int wrong = 0, unwritten = 0;
    r->functions = 0;
    for (int i = 0; i < s->functions && i < RESULT_FUNCTIONS; i++) {
        struct result_function *f = &r->function[r->functions++];
        const struct test *t = first_of(s, s->function[i].name);
        const char *how = t                                        ? how_ended(t)
                        : verdict_count(s, s->function[i].name, 0) ? "passed"
                                                                   : "untried";
        snprintf(f->name, sizeof f->name, "%s", s->function[i].name);
        snprintf(f->how, sizeof f->how, "%s", how);
        f->possible = s->function[i].points;
        f->got = strcmp(how, "passed") == 0 ? f->possible : 0;
        unwritten += strcmp(how, "unwritten") == 0;
        wrong += strcmp(how, "passed") != 0 && strcmp(how, "unwritten") != 0;
    }
    r->verdict = wrong ? VERDICT_FAILED : unwritten ? VERDICT_UNWRITTEN : VERDICT_PASSED;
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
        f->got = 0;
        snprintf(f->how, sizeof f->how, "%s", how);
        r->functions++;
    }
    free(text);
}

const struct test *verdict_first(const struct suite *s, const struct result *r)
{
    const struct test *unwritten = NULL;
    for (int i = 0; i < r->functions; i++) {
        const struct test *t = first_of(s, r->function[i].name);
        if (!t) continue;
        if (test_ending(t) != ENDING_UNWRITTEN) return t;
        if (!unwritten) unwritten = t;
    }
    return unwritten;
}
