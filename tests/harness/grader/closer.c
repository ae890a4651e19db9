#include "closer.h"

#include <string.h>

#include "build.h"
#include "interrupt.h"
#include "sanitizer.h"
#include "screen.h"
#include "source.h"
#include "trace.h"

// How much slower a program with sanitizers may be; where there is a verdict already, it is not to
// take much longer.
enum { PATIENCE = 8, IMPATIENCE = 2 };

static void set_function(struct closer *c, const struct test *t)
{
    memcpy(c->function, t->function, sizeof c->function);
}

static void tell_uninitialised(const struct lesson *l, const struct test *t, struct closer *c)
{
    struct source source;
    int line = 0;
    if (!source_read(l->file, &source, NULL)) {
        line = source_definition(&source, t->function);
        source_free(&source);
    }
    c->finding = CLOSER_UNINITIALISED;
    set_function(c, t);
    text_add(&c->text,
             "%s:%d: %s: uninitialised: it reads memory that was never written\n"
             "  in the test %s the answers change with what that memory happens to hold\n",
             l->file, line ? line : 1, t->function, t->name);
}

// tell_stopped tells of a test that passed before and did not come to its end this time, for a
// reason that no report puts into the learner's file.
static void tell_stopped(const struct lesson *l, const struct test *t, struct closer *c)
{
    const char *why = strstr(text_string(&t->sanitizer), "ERROR: ");
    c->finding = CLOSER_SANITIZER;
    set_function(c, t);
    text_add(&c->text, "%s:1: %s: with sanitizers the test %s does not come to its end%s%.*s\n",
             l->file, t->function, t->name, why ? ": " : "", why ? (int)strcspn(why, "\n") : 0,
             why ? why : "");
}

// tell_test names the test of a finding and its input, where the verdict does not do so already.
static void tell_test(const struct lesson *l, const struct test *t, const struct test *failed,
                      struct closer *c)
{
    const char *input = t->report ? t->report->input : "";
    if (!failed || (*input && !strstr(failed->report->failure, input)))
        screen_test(l, t, 4, &c->text);
}

// both_done returns 1 if the test came to its end in both runs.
static int both_done(const struct test *t, const struct suite *slow)
{
    for (int i = 0; i < slow->tests; i++) {
        const struct test *u = &slow->test[i];
        if (strcmp(t->name, u->name) == 0 && strcmp(t->function, u->function) == 0)
            return test_ending(t) == ENDING_DONE && test_ending(u) == ENDING_DONE;
    }
    return 0;
}

static void compare(const char *program, const struct lesson *l, const struct suite *fast,
                    const struct suite *slow, const struct test *failed, struct closer *c)
{
    int crashed = failed && test_ending(failed) == ENDING_SIGNAL;
    for (int i = 0; i < slow->tests; i++) {
        const struct test *t = &slow->test[i];
        if (!sanitizer_read(program, l, slow, t, crashed, &c->text)) continue;
        tell_test(l, t, failed, c);
        c->finding = CLOSER_SANITIZER;
        set_function(c, t);
        return;
    }
    for (int i = 0; i < slow->tests; i++) {
        const struct test *t = &slow->test[i];
        enum ending ending = test_ending(t);
        if (ending != ENDING_SANITIZER && ending != ENDING_TIME && ending != ENDING_NONE) continue;
        // What had failed before has its verdict already; and a test that was left out is no news.
        if (t->begun && !failed) tell_stopped(l, t, c);
        if (t->begun || !failed) return;
    }
    const struct test *t = trace_differs(fast, slow);
    if (t && (!failed || both_done(t, slow))) {
        tell_uninitialised(l, t, c);
        return;
    }
    for (int i = 0; i < slow->tests && !failed; i++) {
        if (sanitizer_leak(program, l, &slow->test[i], &c->leak)) return;
    }
}

enum err closer_look(const struct house *h, const struct lesson *l, const struct suite *fast,
                     const struct test *failed, struct closer *c, struct error *e)
{
    char program[HOUSE_PATH];
    *c = (struct closer){.finding = CLOSER_NOTHING};
    house_grade(h, l, ".closer", program);
    const char *goals[] = {program, NULL};
    struct text said = {0};
    int status = build_make(h, goals, &said);
    text_free(&said);
    if (interrupt_waits()) return error_set(e, ERR_IO, "interrupted");
    if (status) {
        c->finding = CLOSER_UNABLE;
        return ERR_NONE;
    }
    const struct suite_order order = {.program = program,
                                      .function = failed ? failed->function : NULL,
                                      .test = failed ? failed->name : NULL,
                                      .fill = SUITE_OTHER_FILL,
                                      .patience = failed ? IMPATIENCE : PATIENCE};
    struct suite slow;
    enum err code = suite_run(&order, &slow, e);
    if (code == ERR_FORMAT) {
        c->finding = CLOSER_UNABLE;
        return ERR_NONE;
    }
    if (code) return code;
    compare(program, l, fast, &slow, failed, c);
    suite_free(&slow);
    return ERR_NONE;
}

void closer_free(struct closer *c)
{
    text_free(&c->text);
    text_free(&c->leak);
}
