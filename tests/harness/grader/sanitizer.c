#include "sanitizer.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "where.h"

// struct finding: a report, taken apart.
struct finding {
    char kind[128];    // heap-buffer-overflow, …
    char access[64];   // READ of size 4
    char block[200];   // 0 bytes behind a block of 16 bytes
    char object[200];  // 'buffer' (line 12) … overflows this variable
};

static void copy_line(char *to, size_t room, const char *from, const char *ends)
{
    snprintf(to, room, "%.*s", (int)strcspn(from, ends), from);
}

// take_block reads "is located 0 bytes to the right of 16-byte region", of a block from malloc, or
// the same of a "global variable 'x'".
static void take_block(const char *at, struct finding *f)
{
    int distance, size, end = -1;
    char side[32], name[128];
    if (sscanf(at, "is located %d bytes %31[a-z ]%n", &distance, side, &end) != 2 || end < 0)
        return;
    const char *where = strstr(side, "inside")                         ? "inside"
                      : strstr(side, "left") || strstr(side, "before") ? "in front of"
                                                                       : "behind";
    char far[32] = "right";
    if (distance || strcmp(where, "inside") == 0) snprintf(far, sizeof far, "%d bytes", distance);
    if (sscanf(at + end, "%d-byte region", &size) == 1)
        snprintf(f->block, sizeof f->block, "%s %s a block of %d bytes", far, where, size);
    else if ((at = strchr(at, '\'')) && sscanf(at, "'%127[^\n']'", name) == 1)
        snprintf(f->block, sizeof f->block, "%s %s '%s'", far, where, name);
}

// take_apart reads the lines of an AddressSanitizer report that say what was wrong.
static void take_apart(const char *report, struct finding *f)
{
    const char *at;
    *f = (struct finding){0};
    if ((at = strstr(report, "AddressSanitizer: "))) {
        at += strlen("AddressSanitizer: ");
        if (strncmp(at, "attempting ", 11) == 0) at += 11;
        copy_line(f->kind, sizeof f->kind, at, " :\n");
        if (strncmp(at, "double-free", 11) != 0 && strncmp(at, "free on", 7) == 0)
            copy_line(f->kind, sizeof f->kind, at, ":\n(");
    }
    if ((at = strstr(report, "\nREAD of size ")) || (at = strstr(report, "\nWRITE of size ")))
        copy_line(f->access, sizeof f->access, at + 1, "a\n");
    for (at = report; (at = strstr(at, "is located ")) && !f->block[0]; at++) take_block(at, f);
    if ((at = strstr(report, "<== "))) {
        const char *line = at;
        while (line > report && line[-1] != '\n') line--;
        const char *quote = memchr(line, '\'', (size_t)(at - line));
        if (quote) copy_line(f->object, sizeof f->object, quote, "<\n");
    }
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

static void tell_address(const struct finding *f, struct text *out)
{
    const char *what = strncmp(f->access, "WRITE", 5) == 0 ? "writes" : "reads";
    char size[32] = "";
    if (f->access[0]) copy_line(size, sizeof size, strstr(f->access, "size ") + 5, " \n");
    text_add(out, "%s", f->kind);
    if (size[0]) text_add(out, ": it %s %s byte%s", what, size, strcmp(size, "1") ? "s" : "");
    if (!size[0]) {
    } else if (f->object[0])
        text_add(out, " outside of %s", f->object);
    else if (f->block[0])
        text_add(out, ", %s", f->block);
    while (out->size && out->bytes[out->size - 1] == ' ') out->bytes[--out->size] = '\0';
    text_add(out, "\n");
}

// tell adds "FILE:LINE: " of the innermost frame in the learner's file; 0 if there is none.
static int tell_place(const char *program, const struct lesson *l, const struct test *t,
                      const char *report, struct text *out)
{
    uint64_t place[WHERE_FRAMES];
    struct frame frames[WHERE_FRAMES];
    int places = read_places(report, program, WHERE_FRAMES, place);
    int count = where_look(program, places, place, frames);
    const struct frame *own = where_find(count, frames, l->file);
    if (!own) return 0;
    // The report begins with the way to the access.  Further down are those to where its memory
    // came from: what is in the learner's file only there was accessed by somebody else.
    const struct frame *first = count ? &frames[0] : NULL;
    text_add(out, "%s:%d: %s: ", l->file, own->line, own->function);
    if (first && strcmp(first->file, l->file) != 0 && strncmp(first->file, "tests/", 6) == 0 &&
        strncmp(first->file, "tests/harness/", 14) != 0)
        text_add(out, "(seen in the test %s) ", t->name);
    return 1;
}

// tell_leak looks for memory that the learner's code asked for and nobody freed.
static int tell_leak(const char *program, const struct lesson *l, const struct test *t,
                     const char *report, struct text *out)
{
    for (const char *at = report; (at = strstr(at, "irect leak of ")); at++) {
        const char *end = strstr(at, "\n\n");
        char block[4096];
        snprintf(block, sizeof block, "%.*s", end ? (int)(end - at) : (int)strlen(at), at);
        if (!tell_place(program, l, t, block, out)) continue;
        text_add(out, "leak: %d bytes that were asked for here are not freed\n",
                 atoi(at + strlen("irect leak of ")));
        return 1;
    }
    return 0;
}

int sanitizer_read(const char *program, const struct lesson *l, const struct test *t,
                   struct text *out)
{
    // gcc's UndefinedBehaviorSanitizer writes where the program does, and ends it without a word.
    const struct text *where = t->sanitizer.size ? &t->sanitizer : &t->output;
    if (!t->sanitizer.size && test_ending(t) != ENDING_NONE) return 0;
    const char *report = text_string(where), *undefined = strstr(report, "runtime error: ");
    if (undefined) {
        const char *line = undefined;
        while (line > report && line[-1] != '\n') line--;
        size_t place = strcspn(line, ":"), words = strcspn(undefined, "\n");
        int number = atoi(line + place + 1);
        int own = strncmp(line, l->file, place) == 0 && !l->file[place];
        if (own)
            text_add(out, "%s:%d: %s: ", l->file, number, t->function);
        else if (!tell_place(program, l, t, report, out))
            return 0;
        text_add(out, "undefined behaviour: %.*s\n", (int)words - (int)strlen("runtime error: "),
                 undefined + strlen("runtime error: "));
        return 1;
    }
    if (strstr(report, "ERROR: LeakSanitizer: detected"))
        return tell_leak(program, l, t, report, out);
    if (!strstr(report, "ERROR: AddressSanitizer: ")) return 0;
    struct finding f;
    if (!tell_place(program, l, t, report, out)) return 0;
    take_apart(report, &f);
    tell_address(&f, out);
    return 1;
}
