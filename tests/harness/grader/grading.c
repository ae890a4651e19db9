#include "grading.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "closer.h"
#include "file.h"
#include "hash.h"
#include "interrupt.h"
#include "mistakes.h"
#include "screen.h"

enum err grading_write(struct grading *g, struct error *e)
{
    char path[HOUSE_PATH];
    struct output *out = NULL;
    house_grade(g->house, &g->lesson, ".verdict", path);
    enum err failed = output_open(path, &out, e);
    if (failed) return failed;
    output_write(out, text_string(&g->all), g->all.size);
    failed = output_commit(out, e);
    house_grade(g->house, &g->lesson, ".result", path);
    return failed ? failed : result_write(path, &g->result, e);
}

// show prints a part of what is told; the parts together are one screen.
static void show(struct grading *g, struct text *part)
{
    const char *text = text_string(part);
    if (!g->quiet && *text) {
        screen_wait(NULL);
        screen_show(text, !g->all.size, g->result.verdict);
    }
    text_add(&g->all, "%s", text);
    text_free(part);
}

void grading_wait(const struct grading *g, const char *what)
{
    if (!g->quiet) screen_wait(what);
}

static void show_next(struct grading *g)
{
    struct text part = {0};
    screen_next(&g->lesson, &g->result, &part);
    show(g, &part);
}

int grading_open(struct grading *g)
{
    memcpy(g->result.lesson, g->lesson.slug, sizeof g->result.lesson);
    char *bytes;
    size_t size;
    if (file_read(g->lesson.file, &bytes, &size, NULL)) return 0;
    g->result.checksum = hash_bytes(bytes, size);
    free(bytes);
    return 1;
}

void grading_refuse(struct grading *g, enum verdict v, struct text *why)
{
    g->result.verdict = v;
    verdict_untested(&g->lesson, verdict_name(v), &g->result);
    show(g, why);
    show_next(g);
}

// wants_closer returns 1 where a closer look can say more than the verdict does.
static int wants_closer(const struct grading *g, const struct test *t)
{
    if (!t) return g->judgement.first < 0;
    if (g->first) return 0;
    if (test_ending(t) == ENDING_DONE) return 1;
    // Of some crashes all is known: a null pointer, memory that may only be read, a division.
    return test_ending(t) == ENDING_SIGNAL && t->report->fault == FAULT_UNKNOWN &&
           t->report->signal != SIGFPE;
}

static int wants_cause(const struct test *t)
{
    return t && test_ending(t) != ENDING_UNWRITTEN;
}

static void set_how(struct grading *g, const char *function, const char *how)
{
    for (int i = 0; i < g->result.functions; i++) {
        struct result_function *f = &g->result.function[i];
        if (strcmp(f->name, function) != 0) continue;
        f->got = 0;
        snprintf(f->how, sizeof f->how, "%s", how);
    }
}

// find_cause names the mistake that is on record with the same answers, if there is one.
static int find_cause(struct grading *g, const struct test *t, struct mistake *m)
{
    if (!mistakes_match(g->house, &g->lesson, &g->suite, t->function, m)) return 0;
    memcpy(g->result.cause, m->name, sizeof g->result.cause);
    return 1;
}

// first_verdict tells what is known at once.  Returns 1 if the likely cause is still to be found.
static int first_verdict(struct grading *g, const struct test *t)
{
    enum { CAUSE = 3, FINDING = 6 };  // lines to keep free
    struct text part = {0};
    struct mistake m;
    if (g->judgement.first < 0) {
        text_add(&part, "%s %s: all tests pass; a closer look …\n", g->lesson.number,
                 g->lesson.slug);
        show(g, &part);
        return 0;
    }
    struct screen screen = {.lesson = &g->lesson,
                            .suite = &g->suite,
                            .result = &g->result,
                            .judgement = &g->judgement,
                            .warnings = &g->warnings};
    int later = wants_cause(t) && !mistakes_ready(g->house, &g->lesson, t->function);
    if (wants_cause(t) && !later && find_cause(g, t, &m)) screen.says = m.says;
    screen.later = CAUSE * later + FINDING * wants_closer(g, t);
    screen_failure(&screen, &part);
    show(g, &part);
    return later;
}

// later_cause makes the record of the function's mistakes first, which takes some seconds, once.
static void later_cause(struct grading *g, const struct test *t)
{
    struct text part = {0};
    struct mistake m;
    grading_wait(g, "The likely cause is still being looked for; this once it takes a while …");
    if (mistakes_prepare(g->house, &g->lesson, t->function) && find_cause(g, t, &m))
        screen_cause(m.says, &part);
    grading_wait(g, NULL);
    show(g, &part);
}

// look_closer adds what a second run finds; a pass counts only behind it.
static enum err look_closer(struct grading *g, const struct test *t, struct error *e)
{
    struct closer c;
    struct text part = {0};
    if (t) grading_wait(g, "A closer look …");
    enum err failed = closer_look(g->house, &g->lesson, &g->suite, t, &c, e);
    grading_wait(g, NULL);
    if (failed) return failed;
    int found = c.finding == CLOSER_SANITIZER || c.finding == CLOSER_UNINITIALISED;
    if (found && !t) {
        g->result.verdict = VERDICT_FAILED;
        set_how(g, c.function, c.finding == CLOSER_SANITIZER ? "sanitizer" : "uninitialised");
    } else if (c.finding == CLOSER_UNINITIALISED) {
        set_how(g, c.function, "uninitialised");
    }
    if (found) text_add(&part, "%s%s", t ? "A closer look:\n" : "", text_string(&c.text));
    if (found && !t) screen_warning(&g->warnings, &part);
    if (c.finding == CLOSER_UNABLE && !t)
        text_add(&part, "No closer look: this compiler has no sanitizers (make doctor).\n");
    if (!t && !found) text_add(&part, "%s", text_string(&c.leak));
    if (!t && !found) screen_printed(&g->suite, &part);
    if (!t) screen_points(&g->suite, &g->result, SCREEN_ROWS, 0, &part);
    show(g, &part);
    closer_free(&c);
    return ERR_NONE;
}

// show_not_run tells, once each, what tests could not look at on this machine.
static void show_not_run(struct grading *g)
{
    struct text part = {0};
    for (int i = 0; i < g->suite.tests; i++) {
        const struct report *r = g->suite.test[i].report;
        if (!r || !*r->not_run || strstr(text_string(&part), r->not_run)) continue;
        text_add(&part, "Not run: %s\n", r->not_run);
    }
    show(g, &part);
}

enum err grading_run(struct grading *g, struct error *e)
{
    const struct suite_order order = {
        .program = g->program, .fill = SUITE_FILL, .patience = 1, .enough = g->first};
    enum err failed = suite_run(&order, &g->suite, e);
    if (!failed) verdict_judge(g->program, &g->lesson, &g->suite, &g->result, &g->judgement);
    return failed;
}

enum err grading_tell(struct grading *g, struct error *e)
{
    const struct judgement *j = &g->judgement;
    enum err failed = ERR_NONE;
    const struct test *t = j->first < 0 ? NULL : j->function[j->first].test;
    int later = first_verdict(g, t);
    // What is known so far counts, should the rest be broken off: a pass does not, before it.
    if (j->first >= 0 && (later || wants_closer(g, t))) failed = grading_write(g, e);
    if (!failed && later) later_cause(g, t);
    if (!failed && !interrupt_waits() && wants_closer(g, t)) failed = look_closer(g, t, e);
    if (!failed && interrupt_waits()) failed = error_set(e, ERR_IO, "interrupted");
    if (!failed) show_not_run(g);
    if (!failed) show_next(g);
    return failed;
}

void grading_free(struct grading *g)
{
    suite_free(&g->suite);
    text_free(&g->all);
    warnings_free(&g->warnings);
}
