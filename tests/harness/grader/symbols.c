#include "symbols.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allowed.h"
#include "file.h"
#include "process.h"
#include "source.h"

// struct check: what is being looked at.
struct check {
    const struct house *house;
    const struct lesson *lesson;
    struct source source;  // the learner's file; nothing if it cannot be read
    char *library;         // lines "FLOOR NAME", floors from the lowest up
    struct text *why;
    int found;
};

// struct symbol: a line of nm.
struct symbol {
    char name[256];
    char type;
};

// next_symbol reads the line at *at and goes on to the next; 0 at the end.
static int next_symbol(const char **at, struct symbol *s)
{
    while (**at) {
        size_t size = strcspn(*at, "\n");
        int read = sscanf(*at, "%255s %c", s->name, &s->type);
        *at += size + ((*at)[size] == '\n');
        if (read != 2) continue;
#ifdef __APPLE__
        if (s->name[0] == '_') memmove(s->name, s->name + 1, strlen(s->name));
#endif
        if (!strpbrk(s->name, ".:")) return 1;
    }
    return 0;
}

static int undefined(const struct symbol *s)
{
    return s->type == 'U' || s->type == 'w' || s->type == 'v';
}

static void complain(struct check *c, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void complain(struct check *c, int line, const char *format, ...)
{
    char text[600];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    text_add(c->why, "%s:%d: %s\n", c->lesson->file, line ? line : 1, text);
    c->found++;
}

static int line_of(const struct check *c, const char *name)
{
    return c->source.code ? source_name(&c->source, name) : 0;
}

// --- what it gives -------------------------------------------------------------------------------

static int gives(const char *symbols, const char *name)
{
    struct symbol s;
    while (next_symbol(&symbols, &s)) {
        if (!undefined(&s) && strcmp(s.name, name) == 0) return 1;
    }
    return 0;
}

static void check_given(struct check *c, const char *learners, const char *answers)
{
    const struct lesson *l = c->lesson;
    struct symbol s;
    for (const char *at = answers; next_symbol(&at, &s);) {
        if (undefined(&s) || gives(learners, s.name)) continue;
        complain(c, 0,
                 "`%s` is missing: the lesson asks for it (reference/%s/%s.h says what it does)",
                 s.name, l->floor, l->slug);
    }
    for (const char *at = learners; next_symbol(&at, &s);) {
        if (undefined(&s) || gives(answers, s.name)) continue;
        int line = c->source.code ? source_definition(&c->source, s.name) : 0;
        if (!line) line = line_of(c, s.name);
        if (strcmp(s.name, "main") == 0)
            complain(c, line, "`main` has no place here: the tests have the program's");
        else
            complain(c, line, "%s `%s` must be static: the lesson's contract does not list it",
                     strchr("Tti", s.type) ? "helper" : "variable", s.name);
    }
}

// --- what it takes -------------------------------------------------------------------------------

// floor_of returns how high the floor is that gives `name`, from 1; 0 if none does.  `own` is set
// to the height of the lesson's floor.
static int floor_of(const struct check *c, const char *name, int *own)
{
    char last[32] = "", floor[32], given[256];
    int height = 0, found = 0;
    *own = 0;
    for (const char *line = c->library; *line;) {
        size_t size = strcspn(line, "\n");
        if (sscanf(line, "%31s %255s", floor, given) == 2) {
            if (strcmp(floor, last) != 0) height++;
            strcpy(last, floor);
            if (strcmp(floor, c->lesson->floor) == 0) *own = height;
            if (!found && strcmp(given, name) == 0) found = height;
        }
        line += size + (line[size] == '\n');
    }
    return found;
}

static void check_taken(struct check *c, const char *learners, const char *answers)
{
    struct symbol s;
    for (const char *at = learners; next_symbol(&at, &s);) {
        if (!undefined(&s) || gives(answers, s.name) || allowed_name(s.name)) continue;
        int own, floor = floor_of(c, s.name, &own), line = line_of(c, s.name);
        if (floor && floor <= own) continue;
        if (strncmp(s.name, "ref_", 4) == 0)
            complain(c, line, "`%s` is the reference's answer: the lesson is to write your own",
                     s.name);
        else if (floor)
            complain(c, line, "`%s` is of a floor above this lesson's, which is %s", s.name,
                     c->lesson->floor);
        else
            complain(c, line,
                     "`%s` may not be used in a lesson: only what computes (memory, strings, "
                     "mathematics, sorting, printf), and the library's floors up to %s",
                     s.name, c->lesson->floor);
    }
}

// check_sections finds code that would run before the tests do, and tests smuggled in.
static void check_sections(struct check *c, const char *object)
{
    struct text said = {0};
    const char *argv[] = {"objdump", "-h", object, NULL};
    int status = process_run(argv, &said);
    for (const char *line = text_string(&said); status == 0 && *line;) {
        size_t size = strcspn(line, "\n");
        char name[256];
        if (sscanf(line, " %*d %255s", name) == 1 && !allowed_section(name))
            complain(c, line_of(c, "__attribute__"),
                     "section %s: no constructors, and nothing that runs before the tests", name);
        line += size + (line[size] == '\n');
    }
    text_free(&said);
}

// --- what it includes ----------------------------------------------------------------------------

// check_include judges one file that the compiler read.
static void check_include(struct check *c, const char *path)
{
    const struct lesson *l = c->lesson;
    size_t size = strlen(path);
    const char *slash = strrchr(l->file, '/');
    if (strcmp(path, l->file) == 0) return;
    if (size > 2 && strcmp(path + size - 2, ".h") == 0) {
        if (strncmp(path, "reference/", 10) == 0 || strncmp(path, "tests/harness/", 14) == 0)
            return;  // a floor above shows in what is called
        if (slash && strncmp(path, l->file, (size_t)(slash - l->file) + 1) == 0) return;
    }
    const char *name = strrchr(path, '/');
    name = name ? name + 1 : path;
    complain(c, c->source.text ? source_include(&c->source, name) : 0,
             "includes %s: a lesson's file includes headers, of the library and of its own", path);
}

static void check_includes(struct check *c)
{
    char path[HOUSE_PATH], *text;
    size_t size;
    house_grade(c->house, c->lesson, ".d", path);
    if (file_read(path, &text, &size, NULL)) return;
    // The first rule, up to a line's end without a backslash before it, is the object's.
    for (char *end = text; (end = strchr(end, '\n')); end++) {
        if (end == text || end[-1] != '\\') {
            *end = '\0';
            break;
        }
        end[-1] = end[0] = ' ';
    }
    char *files = strchr(text, ':');
    for (char *word = files ? strtok(files + 1, " ") : NULL; word; word = strtok(NULL, " "))
        check_include(c, word);
    free(text);
}

// read_symbols asks for the symbols of both objects at once: nm takes longer to start than to look.
static void read_symbols(const char *object, const char *answer, struct text *said,
                         const char **learners, const char **answers)
{
    char mark[2 * HOUSE_PATH + 8];
    const char *nm[] = {"nm", "-gP", object, answer, NULL};
    snprintf(mark, sizeof mark, "\n%s:\n", answer);
    char *at = process_run(nm, said) ? NULL : strstr(said->bytes, mark);
    if (!at) die("grader: nm cannot read %s or %s", object, answer);
    *at = '\0';
    *learners = said->bytes;
    *answers = at + 1;
}

int symbols_check(const struct house *h, const struct lesson *l, struct text *why)
{
    struct check c = {.house = h, .lesson = l, .why = why};
    struct text said = {0};
    const char *learners, *answers;
    char object[HOUSE_PATH], answer[2 * HOUSE_PATH], names[2 * HOUSE_PATH];
    size_t size;
    struct error e;
    house_grade(h, l, ".o", object);
    snprintf(answer, sizeof answer, "%s/plain/%s/%s.o", h->build, l->floor, l->slug);
    snprintf(names, sizeof names, "%s/names.txt", h->build);
    read_symbols(object, answer, &said, &learners, &answers);
    if (file_read(names, &c.library, &size, &e)) die("grader: %s", e.text);
    if (source_read(l->file, &c.source, NULL)) c.source = (struct source){0};
    check_includes(&c);
    check_given(&c, learners, answers);
    check_taken(&c, learners, answers);
    check_sections(&c, object);
    source_free(&c.source);
    free(c.library);
    text_free(&said);
    return c.found == 0;
}
