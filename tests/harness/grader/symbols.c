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
static void check_sections(struct check *c, const char *sections)
{
    for (const char *line = sections; *line;) {
        size_t size = strcspn(line, "\n");
        char name[256];
        if (sscanf(line, " %*d %255s", name) == 1 && !allowed_section(name))
            complain(c, line_of(c, "__attribute__"),
                     "section %s: no constructors, and nothing that runs before the tests", name);
        line += size + (line[size] == '\n');
    }
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

static void check_includes(struct check *c, const char *list)
{
    char *text;
    size_t size;
    if (file_read(list, &text, &size, NULL)) return;
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

// --- what the tools say --------------------------------------------------------------------------

// part_of copies what a tool says of one object, which is behind a line that begins "OBJECT:".
static struct text part_of(const struct text *said, const char *object)
{
    struct text part = {0};
    size_t n = strlen(object);
    int inside = 0;
    for (const char *line = text_string(said); *line;) {
        size_t size = strcspn(line, "\n");
        const char *head = strstr(line, ".o:");
        size += line[size] == '\n';
        if (head && head < line + size)
            inside = strncmp(line, object, n) == 0 && line[n] == ':';
        else if (inside)
            text_add_bytes(&part, size, line);
        line += size;
    }
    return part;
}

static void answer_path(const struct house *h, const struct lesson *l, char path[2 * HOUSE_PATH])
{
    snprintf(path, 2 * HOUSE_PATH, "%s/plain/%s/%s.o", h->build, l->floor, l->slug);
}

void symbols_read(const struct house *h, const struct lesson *l, int count,
                  const char *const *object, struct symbols *s)
{
    char answer[2 * HOUSE_PATH];
    const char **argv = calloc((size_t)count + 4, sizeof *argv);
    if (!argv) die("out of memory: %d objects", count);
    answer_path(h, l, answer);
    argv[0] = "nm";
    argv[1] = "-gP";
    for (int i = 0; i < count; i++) argv[2 + i] = object[i];
    argv[2 + count] = answer;
    *s = (struct symbols){0};
    if (process_run(argv, &s->names)) die("grader: nm: %s", text_string(&s->names));
    argv[0] = "objdump";
    argv[1] = "-h";
    if (process_run(argv, &s->sections)) text_free(&s->sections);
    free(argv);
}

void symbols_free(struct symbols *s)
{
    text_free(&s->names);
    text_free(&s->sections);
}

int symbols_check(const struct house *h, const struct lesson *l, const struct symbols *s,
                  const char *object, const char *includes, struct text *why)
{
    struct check c = {.lesson = l, .why = why};
    char answer[2 * HOUSE_PATH], names[2 * HOUSE_PATH];
    size_t size;
    struct error e;
    answer_path(h, l, answer);
    struct text learners = part_of(&s->names, object), answers = part_of(&s->names, answer),
                sections = part_of(&s->sections, object);
    snprintf(names, sizeof names, "%s/names.txt", h->build);
    if (file_read(names, &c.library, &size, &e)) die("grader: %s", e.text);
    if (source_read(l->file, &c.source, NULL)) c.source = (struct source){0};
    check_includes(&c, includes);
    check_given(&c, text_string(&learners), text_string(&answers));
    check_taken(&c, text_string(&learners), text_string(&answers));
    check_sections(&c, text_string(&sections));
    source_free(&c.source);
    free(c.library);
    text_free(&learners);
    text_free(&answers);
    text_free(&sections);
    return c.found == 0;
}
