// The verb `gate`: the named mistakes of a lesson, and their twins, graded as learners' files are.
//
// Each is run once: what a mistake answers in the tests of its function stands in the run that
// grades it.  And all are run before any is told, for which cause that is depends on what the
// others answered.
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "grading.h"
#include "interrupt.h"
#include "mistakes.h"
#include "symbols.h"
#include "verbs.h"

enum { NO_WORK = 2 };

// struct subject: a mistake being graded.
struct subject {
    const char *name;
    char object[HOUSE_PATH];
    struct house house;  // ours, but for the place of the result
    struct grading grading;
    int told;  // there is a verdict already
};

static int give_up(const char *why)
{
    fprintf(stderr, "grader: %s\n", why);
    interrupt_release();
    return NO_WORK;
}

static void join(char path[HOUSE_PATH], const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void join(char path[HOUSE_PATH], const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(path, HOUSE_PATH, format, args);
    va_end(args);
    if (n < 0 || n >= HOUSE_PATH) die("grader: a path is longer than %d bytes", HOUSE_PATH);
}

// open_subject finds what make has built of the mistake, and takes away an older verdict.
static enum err open_subject(struct subject *s, const struct house *h, const struct lesson *l,
                             const char *name, struct error *e)
{
    struct grading *g = &s->grading;
    char made[HOUSE_PATH], result[HOUSE_PATH];
    s->name = name;
    s->house = *h;
    *g = (struct grading){.house = &s->house, .lesson = *l, .quiet = 1, .first = 1};
    join(made, "%s/grade/mutants/%s", h->build, l->slug);
    join(s->object, "%s/%s.o", made, name);
    join(g->lesson.file, "%s/%s.c", made, name);
    join(g->program, "%s/%s.run", made, name);
    join(s->house.grade, "%s/gates/%s/mutant/%s/grade", h->build, l->slug, name);
    if (!grading_open(g)) return error_set(e, ERR_IO, "%s: is not there", g->lesson.file);
    house_grade(&s->house, l, ".result", result);
    enum err failed = file_make_directory(s->house.grade, e);
    return failed ? failed : file_remove(result, e);
}

// run checks and runs a mistake, and puts its answers on record.
static enum err run(struct subject *s, const struct symbols *symbols, struct error *e)
{
    struct grading *g = &s->grading;
    char includes[HOUSE_PATH];
    struct text why = {0};
    enum err failed = ERR_NONE;
    join(includes, "%.*sincludes", (int)strlen(s->object) - 1, s->object);
    if (symbols_check(&s->house, &g->lesson, symbols, s->object, includes, &why)) {
        failed = grading_run(g, e);
    } else {
        grading_refuse(g, VERDICT_REFUSED, &why);
        s->told = 1;
    }
    // A twin, NAME.ALTERNATIVE, is the same mistake: one record is enough.
    if (failed || strchr(s->name, '.')) return failed;
    return mistakes_record(&s->house, &g->lesson, s->name, s->told ? NULL : &g->suite, e);
}

// tell tells what came out.  What passes its tests is left to the verb `run`, which builds it anew
// for a closer look.
static enum err tell(struct subject *s, struct error *e)
{
    struct grading *g = &s->grading;
    if (!s->told && g->judgement.first < 0) return ERR_NONE;
    enum err failed = s->told ? ERR_NONE : grading_tell(g, e);
    return failed ? failed : grading_write(g, e);
}

// read_symbols asks for all subjects' symbols.
static void read_symbols(int count, const struct subject *s, struct symbols *symbols)
{
    const char **object = calloc((size_t)count, sizeof *object);
    if (!object) die("out of memory: %d mistakes", count);
    for (int i = 0; i < count; i++) object[i] = s[i].object;
    symbols_read(&s->house, &s->grading.lesson, count, object, symbols);
    free(object);
}

static enum err grade(const struct house *h, const struct lesson *l, int count, char **name,
                      struct error *e)
{
    struct subject *s = calloc((size_t)count, sizeof *s);
    if (!s) die("out of memory: %d mistakes", count);
    struct symbols symbols = {0};
    enum err failed = ERR_NONE;
    for (int i = 0; i < count && !failed; i++) failed = open_subject(&s[i], h, l, name[i], e);
    if (!failed) read_symbols(count, s, &symbols);
    for (int i = 0; i < count && !failed; i++) failed = run(&s[i], &symbols, e);
    for (int i = 0; i < count && !failed; i++) failed = tell(&s[i], e);
    for (int i = 0; i < count; i++) grading_free(&s[i].grading);
    symbols_free(&symbols);
    free(s);
    return failed;
}

int verb_gate(const struct house *h, int argc, char **argv)
{
    struct lesson l;
    struct error e;
    if (argc < 2) return give_up("usage: gate SLUG NAME …");
    if (house_lesson(h, argv[0], &l, &e)) return give_up(e.text);
    interrupt_hold();
    if (grade(h, &l, argc - 1, argv + 1, &e)) return give_up(e.text);
    interrupt_release();
    return 0;
}
