#include "sanitizer.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "blame.h"
#include "where.h"

// struct finding: a report of AddressSanitizer, taken apart.
struct finding {
    char kind[64];    // heap-buffer-overflow, …
    char verb[8];     // reads, writes; "" where nothing was accessed
    int size;         // bytes of it
    char where[400];  // behind the end of an array of 84 bytes
};

static void copy_line(char *to, size_t room, const char *from, const char *ends)
{
    snprintf(to, room, "%.*s", (int)strcspn(from, ends), from);
}

// read_places reads the stacks of a report, "#0 0x… (PROGRAM+0x…)" a line, as far as they are in
// the program; returns how many places.
static int read_places(const char *report, const char *program, int most, uint64_t *place)
{
    const char *slash = strrchr(program, '/'), *name = slash ? slash + 1 : program;
    int count = 0;
    for (const char *line = report; *line && count < most;) {
        size_t size = strcspn(line, "\n");
        char path[512];
        uint64_t at;
        if (sscanf(line, " #%*d 0x%*x (%511[^+]+0x%" SCNx64 ")", path, &at) == 2 ||
            sscanf(line, " #%*d 0x%*x in %*s (%511[^+]+0x%" SCNx64 ")", path, &at) == 2) {
            const char *end = strrchr(path, '/');
            if (strcmp(end ? end + 1 : path, name) == 0) place[count++] = at;
        }
        line += size + (line[size] == '\n');
    }
    return count;
}

// look looks up the stack at the beginning of a part of a report: up to an empty line.
static int look(const char *program, const char *part, struct frame frames[WHERE_FRAMES])
{
    uint64_t place[WHERE_FRAMES];
    struct text stack = {0};
    const char *end = strstr(part, "\n\n");
    text_add_bytes(&stack, end ? (size_t)(end - part) : strlen(part), part);
    int places = read_places(text_string(&stack), program, WHERE_FRAMES, place);
    text_free(&stack);
    return where_look(program, places, place, frames);
}

// --- where the memory is -------------------------------------------------------------------------

// of_whom returns the frame of the learner's file or of the tests that is the innermost.
static const struct frame *of_whom(int count, const struct frame *frames, const struct lesson *l)
{
    for (int i = 0; i < count; i++) {
        const char *file = frames[i].file;
        int test = strncmp(file, "tests/", 6) == 0 && strncmp(file, "tests/harness/", 14) != 0;
        if (frames[i].line && (test || strcmp(file, l->file) == 0)) return &frames[i];
    }
    return NULL;
}

static void add_side(struct finding *f, int distance, const char *side)
{
    if (distance) snprintf(f->where, sizeof f->where, ", %d bytes %s ", distance, side);
    if (!distance) snprintf(f->where, sizeof f->where, " %s ", side);
}

static void add_where(struct finding *f, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void add_where(struct finding *f, const char *format, ...)
{
    va_list args;
    size_t size = strlen(f->where);
    va_start(args, format);
    vsnprintf(f->where + size, sizeof f->where - size, format, args);
    va_end(args);
}

// take_block reads "is located 0 bytes to the right of 16-byte region", of a block from malloc, or
// the same of a "global variable 'x' defined in 'FILE:LINE:COLUMN' (…) of size 16".
static int take_block(const char *at, const char *program, const struct lesson *l,
                      struct finding *f)
{
    int distance, size, end = -1;
    char side[32], name[128], file[200];
    if (sscanf(at, "is located %d bytes %31[a-z ]%n", &distance, side, &end) != 2 || end < 0)
        return 0;
    int inside = strstr(side, "inside") != NULL;
    int before = strstr(side, "left") || strstr(side, "before");
    const char *freed = strstr(at, "freed by thread"), *asked = strstr(at, "allocated by thread");
    if (inside)
        snprintf(f->where, sizeof f->where, " in ");
    else
        add_side(f, distance, before ? "in front of" : "behind the end of");
    if (sscanf(at + end, "%d-byte region", &size) == 1) {
        add_where(f, "an array of %d bytes", size);
        struct frame frames[WHERE_FRAMES];
        const char *part = freed ? freed : asked;
        int count = part ? look(program, part, frames) : 0;
        const struct frame *whose = of_whom(count, frames, l);
        if (whose)
            add_where(f, " (%s in %s:%d)", freed ? "freed" : "asked for", whose->file, whose->line);
        else if (freed)
            add_where(f, " that is freed already");
        return 1;
    }
    const char *quote = strchr(at, '\'');
    if (!quote || sscanf(quote, "'%127[^\n']' defined in '%199[^\n']'", name, file) < 1) return 0;
    add_where(f, "`%s`", name);
    const char *of = strstr(quote, ") of size ");
    if (of) add_where(f, ", %d bytes", atoi(of + strlen(") of size ")));
    return 1;
}

// take_variable reads "[32, 116) 'ids' (line 180) <== Memory access at offset 116 overflows this
// variable", of a variable on the stack.
static void take_variable(const char *report, const char *program, struct finding *f)
{
    const char *mark = strstr(report, "<== Memory access at offset "), *line = mark;
    if (!mark) return;
    while (line > report && line[-1] != '\n') line--;
    int from, to, number = 0, offset = atoi(mark + strlen("<== Memory access at offset "));
    char name[128];
    if (sscanf(line, " [%d, %d) '%127[^']' (line %d)", &from, &to, name, &number) < 3) return;
    if (strstr(mark, "underflows"))
        add_side(f, from - offset, "in front of");
    else if (offset >= to)
        add_side(f, offset - to, "behind the end of");
    else if (strstr(mark, "partially"))
        snprintf(f->where, sizeof f->where, " across the end of ");
    else
        snprintf(f->where, sizeof f->where, " in ");
    if (name[0] == '<')  // one without a name
        add_where(f, "an array of %d bytes", to - from);
    else
        add_where(f, "`%s`, %d bytes", name, to - from);
    const char *frame = strstr(report, "is located in stack of");
    struct frame frames[WHERE_FRAMES];
    int count = frame ? look(program, frame, frames) : 0;
    if (count && number) add_where(f, " (%s:%d)", frames[0].file, number);
}

// take_apart reads the lines of a report that say what was wrong.
static void take_apart(const char *report, const char *program, const struct lesson *l,
                       struct finding *f)
{
    const char *at = strstr(report, "AddressSanitizer: ") + strlen("AddressSanitizer: ");
    *f = (struct finding){0};
    if (strncmp(at, "attempting ", 11) == 0) at += 11;
    copy_line(f->kind, sizeof f->kind, at, " :\n");
    if (strncmp(at, "free on", 7) == 0) copy_line(f->kind, sizeof f->kind, at, ":\n(");
    while (f->kind[0] && f->kind[strlen(f->kind) - 1] == ' ') f->kind[strlen(f->kind) - 1] = '\0';
    if ((at = strstr(report, "\nREAD of size ")) || (at = strstr(report, "\nWRITE of size "))) {
        strcpy(f->verb, at[1] == 'R' ? "reads" : "writes");
        f->size = atoi(strstr(at, "size ") + 5);
    }
    take_variable(report, program, f);
    for (at = report; !f->where[0] && (at = strstr(at, "is located ")); at++) {
        if (take_block(at, program, l, f)) break;
    }
}

// --- telling -------------------------------------------------------------------------------------

static int is_crash(const char *kind)
{
    static const char *const KINDS[] = {"SEGV", "BUS", "FPE", "ILL", "ABRT", "stack-overflow"};
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++) {
        if (strcmp(kind, KINDS[i]) == 0) return 1;
    }
    return 0;
}

static void tell_address(const struct finding *f, struct text *out)
{
    if (strcmp(f->kind, "SEGV") == 0 || strcmp(f->kind, "BUS") == 0) {
        text_add(out, "it touches memory that it may not (segmentation fault)\n");
        return;
    }
    if (strcmp(f->kind, "ABRT") == 0) {
        text_add(out, "a check stopped it (abort)\n");
        return;
    }
    text_add(out, "%s", f->kind);
    if (f->verb[0])
        text_add(out, ": it %s %d byte%s%s", f->verb, f->size, f->size == 1 ? "" : "s", f->where);
    text_add(out, "\n");
}

// tell_place adds "FILE:LINE: FUNCTION: " of the innermost frame in the learner's file; 0 if there
// is none.
static int tell_place(const char *program, const struct lesson *l, const struct suite *s,
                      const struct test *t, const char *report, struct blame *b, struct text *out)
{
    struct frame frames[WHERE_FRAMES];
    int count = look(program, report, frames);
    blame_way(l, s, t->function, count, frames, b);
    if (b->line) {
        text_add(out, "%s:%d: %s: ", l->file, b->line, t->function);
        return 1;
    }
    // Nothing of the learner's is on the way to the access.  But its memory may come from there.
    uint64_t place[WHERE_FRAMES];
    int places = read_places(report, program, WHERE_FRAMES, place);
    count = where_look(program, places, place, frames);
    const struct frame *own = where_find(count, frames, l->file);
    if (!own) return 0;
    text_add(out, "%s:%d: %s: (seen in the test %s) ", l->file, own->line, t->function, t->name);
    return 1;
}

static int tell_undefined(const char *program, const struct lesson *l, const struct suite *s,
                          const struct test *t, const char *report, const char *words,
                          struct text *out)
{
    const char *line = words;
    struct blame b = {0};
    while (line > report && line[-1] != '\n') line--;
    size_t place = strcspn(line, ":");
    words += strlen("runtime error: ");
    if (strncmp(line, l->file, place) == 0 && !l->file[place])
        text_add(out, "%s:%d: %s: ", l->file, atoi(line + place + 1), t->function);
    else if (!tell_place(program, l, s, t, report, &b, out))
        return 0;
    text_add(out, "undefined behaviour: %.*s\n", (int)strcspn(words, "\n"), words);
    blame_tell(&b, t->function, out);
    return 1;
}

int sanitizer_read(const char *program, const struct lesson *l, const struct suite *s,
                   const struct test *t, int crashed, struct text *out)
{
    // gcc's UndefinedBehaviorSanitizer writes where the program does, and ends it without a word.
    const struct text *where = t->sanitizer.size ? &t->sanitizer : &t->output;
    if (!t->sanitizer.size && test_ending(t) != ENDING_NONE) return 0;
    const char *report = text_string(where), *undefined = strstr(report, "runtime error: ");
    if (undefined) return tell_undefined(program, l, s, t, report, undefined, out);
    const char *address = strstr(report, "ERROR: AddressSanitizer: ");
    if (!address) return 0;
    struct finding f;
    struct blame b;
    take_apart(address, program, l, &f);
    if (crashed && is_crash(f.kind)) return 0;
    if (!tell_place(program, l, s, t, address, &b, out)) return 0;
    tell_address(&f, out);
    blame_tell(&b, t->function, out);
    return 1;
}

int sanitizer_leak(const char *program, const struct lesson *l, const struct test *t,
                   struct text *out)
{
    const char *report = text_string(&t->sanitizer);
    if (!strstr(report, "ERROR: LeakSanitizer: detected")) return 0;
    for (const char *at = report; (at = strstr(at, "irect leak of ")); at++) {
        struct frame frames[WHERE_FRAMES];
        int count = look(program, at, frames);
        const struct frame *own = where_find(count, frames, l->file);
        if (!own) continue;
        text_add(out,
                 "%s:%d: %s: your code does not give back %d bytes that it asks for here (test "
                 "%s)\n",
                 l->file, own->line, own->function, atoi(at + strlen("irect leak of ")), t->name);
        return 1;
    }
    return 0;
}
