// The verbs `run` and `trace`: one lesson, from the learner's file to the verdict; and what its
// named mistakes answer.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "build.h"
#include "file.h"
#include "grading.h"
#include "interrupt.h"
#include "mistakes.h"
#include "symbols.h"
#include "verbs.h"

enum { NOT_PASSED = 1, NO_WORK = 2 };

static int give_up(const char *why)
{
    fprintf(stderr, "grader: %s\n", why);
    interrupt_release();  // if it was Ctrl-C, this is the end
    return NO_WORK;
}

// refused returns 1 if what the learner's object gives and takes is against the rules.
static int refused(const struct grading *g, const char *object, struct text *why)
{
    char includes[HOUSE_PATH];
    struct symbols symbols;
    house_grade(g->house, &g->lesson, ".d", includes);
    symbols_read(g->house, &g->lesson, 1, &object, &symbols);
    int fine = symbols_check(g->house, &g->lesson, &symbols, object, includes, why);
    symbols_free(&symbols);
    return !fine;
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
    build_forget(g->house, &g->lesson, g->result.checksum);
    const char *goals[] = {g->program, names, inputs, NULL};
    int status = build_make(g->house, goals, &said), done = -1;
    int compiled = file_exists(object) && file_exists(names);
    if (file_read(log, &compiler, &size, NULL)) compiler = NULL;
    if (!file_exists(object) && compiler && build_error(compiler, &why)) {
        grading_refuse(g, VERDICT_UNCOMPILED, &why);
        done = 0;
    } else if (compiled && refused(g, object, &why)) {
        grading_refuse(g, VERDICT_REFUSED, &why);
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
        if (i == 0) grading_wait(g, "Another terminal is grading: waiting for it …");
        usleep(100 * 1000);
    }
    grading_wait(g, NULL);
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
    if (!grading_open(&g)) {
        fprintf(stderr, "%s:1: the file is not there: make reset-%s writes the stub\n",
                g.lesson.file, g.lesson.number);
        return NO_WORK;
    }
    if (take_turn(&g, &e)) return give_up(e.text);
    interrupt_hold();
    house_grade(h, &g.lesson, "", g.program);
    int built = build(&g);
    if (built < 0) return give_up("the tests could not be built: the reason stands above");
    enum err failed = built ? grading_run(&g, &e) : ERR_NONE;
    if (built && !failed) failed = grading_tell(&g, &e);
    if (!failed) failed = grading_write(&g, &e);
    grading_free(&g);
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
        if (mistakes_record(h, &l, argv[i], NULL, &e)) return give_up(e.text);
    }
    interrupt_release();
    return 0;
}
