#include "grade.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "child.h"
#include "file.h"
#include "print.h"
#include "say.h"
#include "standing.h"
#include "teacher.h"
#include "verbs.h"

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

void grade_run(const struct house *h, const struct course_lesson *l, struct arena *a,
               struct graded *g)
{
    char *argv[] = {print_text(a, "%s/grader", h->build), "run", arena_string(a, l->slug), NULL};
    char path[HOUSE_PATH];
    house_grade(h, &l->at, ".result", path);
    *g = (struct graded){.lesson = l};
    double begin = now();
    struct child c;
    child_merge(argv, &c);
    g->seconds = now() - begin;
    g->text = print_clean(a, c.out_size, c.out);
    struct error e;
    g->ran = c.status <= 1 && !result_read(path, &g->result, &e);
    if (c.status <= 1 && !g->ran) g->text = print_text(a, "%s\n%s", e.text, g->text);
    if (!*g->text && !g->ran)
        g->text = print_text(a, "grader run %s: status %d\n", l->slug, c.status);
    child_free(&c);
}

// last_line returns the last line of text that is not empty; a program that gives up says why
// there.
static const char *last_line(const char *text, struct arena *a)
{
    char *copy = arena_string(a, text);
    size_t n = strlen(copy);
    while (n && (copy[n - 1] == '\n' || copy[n - 1] == ' ')) copy[--n] = 0;
    const char *newline = strrchr(copy, '\n');
    return newline ? newline + 1 : copy;
}

enum err grade_fresh(const struct house *h, const struct course_lesson *l, struct result *r,
                     struct error *e)
{
    char path[HOUSE_PATH];
    house_grade(h, &l->at, ".result", path);
    uint64_t sum;
    if (standing_checksum(l->at.file, &sum) && !result_read(path, r, NULL) && r->checksum == sum)
        return ERR_NONE;
    struct arena *a = arena_new();
    struct graded g;
    grade_run(h, l, a, &g);
    if (g.ran) *r = g.result;
    enum err code = g.ran ? ERR_NONE : error_set(e, ERR_IO, "%s", last_line(g.text, a));
    arena_free(a);
    return code;
}

enum err grade_show(const struct house *h, const struct course_lesson *l,
                    int (*enough)(void *context), void *context, int *status, struct error *e)
{
    char path[HOUSE_PATH], program[HOUSE_PATH + 8], slug[64];
    house_grade(h, &l->at, ".result", path);
    snprintf(program, sizeof program, "%s/grader", h->build);
    snprintf(slug, sizeof slug, "%s", l->slug);
    char *argv[] = {program, "run", slug, NULL};
    *status = child_show(argv, enough, context);
    if (*status > 1) return ERR_NONE;  // it has said why
    struct result r;
    enum err code = result_read(path, &r, e);
    return code ? code : records_grade(h->mine, &r, e);
}

// strict: whether a grade is also the exit status.
static int strict(void)
{
    const char *asked = getenv("STRICT");
    return asked && !strcmp(asked, "1");
}

// summary returns what the verdict says first, if it is not what the table says anyway.
static const char *summary(const struct graded *g, struct arena *a)
{
    if (!g->ran) return print_text(a, "  %s", last_line(g->text, a));
    if (g->result.verdict == VERDICT_PASSED) return "";
    const char *text = g->text + strspn(g->text, "\n");
    return print_text(a, "  %.*s", (int)strcspn(text, "\n"), text);
}

static void show(const struct graded *g, struct arena *a)
{
    const struct course_lesson *l = g->lesson;
    int got = 0, possible = l->points;
    if (g->ran) result_points(&g->result, &got, &possible);
    printf("%02d %s  %d/%d %s%s\n", l->number, l->slug, got, possible,
           g->ran ? verdict_name(g->result.verdict) : "not graded", summary(g, a));
    if (g->ran && possible && possible != l->points)
        fprintf(stderr, "lessons/README.md:%zu: says %d points for %s; its tests give %d\n",
                l->row + 1, l->points, l->slug, possible);
    fflush(stdout);
}

static enum err write_reports(const struct house *h, int count, const struct graded *g,
                              struct error *e)
{
    char junit[HOUSE_PATH + 16], gradescope[HOUSE_PATH + 16];
    snprintf(junit, sizeof junit, "%s/junit.xml", h->grade);
    snprintf(gradescope, sizeof gradescope, "%s/results.json", h->grade);
    enum err code = file_make_directory(h->grade, e);
    if (!code) code = teacher_junit(junit, count, g, e);
    if (!code) code = teacher_gradescope(gradescope, count, g, e);
    if (!code) printf("For teachers: %s, %s\n", junit, gradescope);
    return code;
}

// grade_all runs every lesson.  *open is how many did not pass, *broken how many of them because
// the grader could not do its work.
static enum err grade_all(const struct course *c, struct arena *a, int *open, int *broken,
                          struct error *e)
{
    const struct house *h = c->house;
    struct graded *g = arena_alloc(a, (size_t)(c->count + 1) * sizeof *g);
    int terminal = isatty(STDOUT_FILENO);
    *open = *broken = 0;
    for (int i = 0; i < c->count; i++) {
        if (terminal) printf("%02d %s …", c->lesson[i].number, c->lesson[i].slug);
        grade_run(h, &c->lesson[i], a, &g[i]);
        if (terminal) printf("\r\033[K");
        show(&g[i], a);
        *open += !g[i].ran || g[i].result.verdict != VERDICT_PASSED;
        *broken += !g[i].ran && file_exists(c->lesson[i].at.file);
    }
    printf("\n");
    enum err code = ERR_NONE;
    for (int i = 0; i < c->count && !code; i++) {
        if (g[i].ran) code = records_grade(h->mine, &g[i].result, e);
    }
    struct standings s;
    if (!code) code = standings_read(c, a, &s, e);
    if (!code) standings_show(&s, a);
    enum err wrote = write_reports(h, c->count, g, code ? NULL : e);
    return code ? code : wrote;
}

int verb_grade(const struct house *h, int argc, char **argv)
{
    (void)argv;
    if (argc > 0) return say_usage("grade");
    struct error e;
    struct course c;
    if (course_read(h, &c, &e)) return say_error(&e);
    struct arena *a = arena_new();
    int open, broken;
    int status = grade_all(&c, a, &open, &broken, &e) ? say_error(&e) : 0;
    if (!status) status = broken > 0 || (strict() && open > 0);
    arena_free(a);
    course_free(&c);
    return status;
}

int verb_lesson(const struct house *h, int argc, char **argv)
{
    struct course c;
    const struct course_lesson *l;
    struct error e;
    int status = course_ask(h, argc, argv, "lesson NAME", &c, &l);
    if (status) return status;
    if (grade_show(h, l, NULL, NULL, &status, &e)) status = say_error(&e);
    course_free(&c);
    return status;
}
