// The verb `run`: one lesson, from the learner's file to the verdict.
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "build.h"
#include "closer.h"
#include "file.h"
#include "hash.h"
#include "interrupt.h"
#include "mistakes.h"
#include "process.h"
#include "screen.h"
#include "symbols.h"
#include "verbs.h"
#include "verdict.h"

enum { NOT_PASSED = 1, NO_WORK = 2 };

// struct grading: one lesson being graded.
struct grading {
    const struct house *house;
    struct lesson lesson;
    int quiet, first;  // first: only what the first function that fails is told
    char program[HOUSE_PATH];
    struct warnings warnings;
    struct suite suite;
    struct judgement judgement;
    struct result result;
    struct text all;  // all that was told
};

static int give_up(const char *why)
{
    fprintf(stderr, "grader: %s\n", why);
    interrupt_release();  // if it was Ctrl-C, this is the end
    return NO_WORK;
}

// write_result writes the result file and the text of the verdict.
static enum err write_result(struct grading *g, struct error *e)
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

// show_wait says what it is that takes some time.
static void show_wait(const struct grading *g, const char *what)
{
    if (!g->quiet) screen_wait(what);
}

static void show_next(struct grading *g)
{
    struct text part = {0};
    screen_next(&g->lesson, &g->result, &part);
    show(g, &part);
}

// read_checksum takes the checksum of the learner's file; 0 if the file is not there.
static int read_checksum(struct grading *g)
{
    char *bytes;
    size_t size;
    if (file_read(g->lesson.file, &bytes, &size, NULL)) return 0;
    g->result.checksum = hash_bytes(bytes, size);
    free(bytes);
    return 1;
}

// refuse ends with a verdict before anything was run.
static void refuse(struct grading *g, enum verdict v, struct text *why)
{
    g->result.verdict = v;
    verdict_untested(&g->lesson, verdict_name(v), &g->result);
    show(g, why);
    show_next(g);
}

// build makes the learner's program; 1 if it is there, 0 if there is a verdict instead, -1 if it is
// not the learner's file that is in the way.
static int build(struct grading *g)
{
    char object[HOUSE_PATH], log[HOUSE_PATH], names[HOUSE_PATH + 16], inputs[HOUSE_PATH + 96];
    struct text said = {0}, why = {0};
    char *compiler = NULL;
    size_t size;
    house_grade(g->house, &g->lesson, ".o", object);
    house_grade(g->house, &g->lesson, ".log", log);
    snprintf(names, sizeof names, "%s/names.txt", g->house->build);
    snprintf(inputs, sizeof inputs, "%s/grade/mutants/%s/inputs", g->house->build, g->lesson.slug);
    build_forget(g->house, &g->lesson);
    const char *goals[] = {g->program, names, inputs, NULL};
    int status = build_make(g->house, goals, &said), done = -1;
    int compiled = file_exists(object) && file_exists(names);
    if (file_read(log, &compiler, &size, NULL)) compiler = NULL;
    if (!file_exists(object) && compiler && build_error(compiler, &why)) {
        refuse(g, VERDICT_UNCOMPILED, &why);
        done = 0;
    } else if (compiled && !symbols_check(g->house, &g->lesson, &why)) {
        refuse(g, VERDICT_REFUSED, &why);
        done = 0;
    } else if (compiled && status == 0) {
        if (compiler) build_warnings(compiler, g->lesson.file, &g->warnings);
        done = 1;
    } else {
        fprintf(stderr, "%s", text_string(&said));
    }
    free(compiler);
    text_free(&said);
    text_free(&why);
    return done;
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
    show_wait(g, "The likely cause is still being looked for; this once it takes a while …");
    if (mistakes_prepare(g->house, &g->lesson, t->function) && find_cause(g, t, &m))
        screen_cause(m.says, &part);
    show_wait(g, NULL);
    show(g, &part);
}

// look_closer adds what a second run finds; a pass counts only behind it.
static enum err look_closer(struct grading *g, const struct test *t, struct error *e)
{
    struct closer c;
    struct text part = {0};
    if (t) show_wait(g, "A closer look …");
    enum err failed = closer_look(g->house, &g->lesson, &g->suite, t, &c, e);
    show_wait(g, NULL);
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

static enum err grade(struct grading *g, struct error *e)
{
    const struct suite_order order = {
        .program = g->program, .fill = SUITE_FILL, .patience = 1, .enough = g->first};
    enum err failed = suite_run(&order, &g->suite, e);
    if (failed) return failed;
    struct judgement *j = &g->judgement;
    verdict_judge(g->program, &g->lesson, &g->suite, &g->result, j);
    const struct test *t = j->first < 0 ? NULL : j->function[j->first].test;
    int later = first_verdict(g, t);
    // What is known so far counts, should the rest be broken off: a pass does not, before it.
    if (j->first >= 0) failed = write_result(g, e);
    if (!failed && later) later_cause(g, t);
    if (!failed && !interrupt_waits() && wants_closer(g, t)) failed = look_closer(g, t, e);
    if (!failed && interrupt_waits()) failed = error_set(e, ERR_IO, "interrupted");
    if (!failed) show_not_run(g);
    if (!failed) show_next(g);
    return failed;
}

// take_turn waits until no other grader works with the same files: a watch may be open in another
// terminal.  The lock lasts as long as the process.
static enum err take_turn(const struct grading *g, struct error *e)
{
    enum { TENTHS = 6000 };
    int lock;
    enum err failed = file_make_directory(g->house->grade, e);
    if (failed) return failed;
    for (int i = 0; i < TENTHS; i++) {
        failed = file_lock(g->house->grade, &lock, e);
        if (!failed) break;
        if (i == 0) show_wait(g, "Another terminal is grading: waiting for it …");
        usleep(100 * 1000);
    }
    show_wait(g, NULL);
    return failed;
}

int verb_run(const struct house *h, int argc, char **argv)
{
    struct grading g = {.house = h};
    struct error e;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--quiet") == 0) g.quiet = 1;
        if (strcmp(argv[i], "--first") == 0) g.first = 1;
    }
    if (argc < 1 || argc > 1 + g.quiet + g.first)
        return give_up("usage: run SLUG [--quiet] [--first]");
    if (house_lesson(h, argv[0], &g.lesson, &e)) return give_up(e.text);
    if (!read_checksum(&g)) {
        fprintf(stderr, "%s:1: the file is not there: make reset-%s writes the stub\n",
                g.lesson.file, g.lesson.number);
        return NO_WORK;
    }
    if (take_turn(&g, &e)) return give_up(e.text);
    interrupt_hold();
    memcpy(g.result.lesson, g.lesson.slug, sizeof g.result.lesson);
    house_grade(h, &g.lesson, "", g.program);
    int built = build(&g);
    if (built < 0) return give_up("the tests could not be built: the reason stands above");
    enum err failed = built ? grade(&g, &e) : ERR_NONE;
    if (!failed) failed = write_result(&g, &e);
    suite_free(&g.suite);
    text_free(&g.all);
    warnings_free(&g.warnings);
    if (failed) return give_up(e.text);
    interrupt_release();
    return g.result.verdict == VERDICT_PASSED ? 0 : NOT_PASSED;
}

int verb_trace(const struct house *h, int argc, char **argv)
{
    struct lesson l;
    struct error e;
    if (argc < 2) return give_up("usage: trace SLUG NAME …");
    if (house_lesson(h, argv[0], &l, &e)) return give_up(e.text);
    interrupt_hold();
    for (int i = 1; i < argc; i++) {
        if (mistakes_record(h, &l, argv[i], &e)) return give_up(e.text);
    }
    interrupt_release();
    return 0;
}
