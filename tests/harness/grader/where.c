#include "where.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "process.h"

enum { NO_PROGRAM = 127, DIGITS = 24 };

// from_here takes the current directory off a path.
static const char *from_here(const char *path)
{
    char here[512];
    if (!getcwd(here, sizeof here)) return path;
    size_t n = strlen(here);
    return strncmp(path, here, n) == 0 && path[n] == '/' ? path + n + 1 : path;
}

static void set_file(struct frame *f, const char *path, size_t size)
{
    char copy[sizeof f->file];
    snprintf(copy, sizeof copy, "%.*s", (int)size, path);
    snprintf(f->file, sizeof f->file, "%s", from_here(copy));
}

// read_frames reads what addr2line -a -f -i says: a line 0xADDRESS, then pairs of lines, FUNCTION
// and FILE:LINE.
static int read_frames(const char *text, struct frame frames[WHERE_FRAMES])
{
    int count = 0;
    const char *function = NULL;
    for (const char *line = text; *line && count < WHERE_FRAMES;) {
        size_t size = strcspn(line, "\n");
        const char *colon = memchr(line, ':', size), *next;
        while (colon && (next = memchr(colon + 1, ':', size - (size_t)(colon + 1 - line))))
            colon = next;
        if (size > 2 && line[0] == '0' && line[1] == 'x') {
            function = NULL;
        } else if (!function) {
            function = line;
        } else {
            struct frame *f = &frames[count++];
            snprintf(f->function, sizeof f->function, "%.*s", (int)strcspn(function, "\n"),
                     function);
            set_file(f, line, colon ? (size_t)(colon - line) : size);
            f->line = colon ? atoi(colon + 1) : 0;
            function = NULL;
        }
        line += size + (line[size] == '\n');
    }
    return count;
}

// read_atos reads what atos says: lines "FUNCTION (in PROGRAM) (FILE:LINE)".
static int read_atos(const char *text, struct frame frames[WHERE_FRAMES])
{
    int count = 0;
    for (const char *line = text; *line && count < WHERE_FRAMES;) {
        size_t size = strcspn(line, "\n");
        struct frame f = {0};
        char file[sizeof f.file];
        if (sscanf(line, "%127s (in %*[^)]) (%511[^:)]:%d)", f.function, file, &f.line) == 3) {
            set_file(&f, file, strlen(file));
            frames[count++] = f;
        }
        line += size + (line[size] == '\n');
    }
    return count;
}

int where_look(const char *program, int places, const uint64_t *place,
               struct frame frames[WHERE_FRAMES])
{
    static const char *const TOOLS[][5] = {
        {"addr2line", "-afi", "-e"}, {"llvm-addr2line", "-afi", "-e"}, {"atos", "-fullPath", "-o"}};
    char digits[WHERE_FRAMES][DIGITS];
    const char *argv[WHERE_FRAMES + 5] = {0};
    int count = 0;
    for (int i = 0; i < places && i < WHERE_FRAMES; i++) {
        if (!place[i]) continue;
        snprintf(digits[count], DIGITS, "0x%" PRIx64, place[i]);
        argv[4 + count] = digits[count];
        count++;
    }
    if (!count) return 0;
    int found = 0;
    for (size_t t = 0; t < sizeof TOOLS / sizeof *TOOLS; t++) {
        struct text said = {0};
        memcpy(argv, TOOLS[t], 3 * sizeof *argv);
        argv[3] = program;
        int status = process_run(argv, &said);
        if (status == 0)
            found = t == 2 ? read_atos(text_string(&said), frames)
                           : read_frames(text_string(&said), frames);
        text_free(&said);
        if (status != NO_PROGRAM) break;
    }
    return found;
}

const struct frame *where_find(int count, const struct frame *frames, const char *file)
{
    for (int i = 0; i < count; i++) {
        if (frames[i].line && strcmp(frames[i].file, file) == 0) return &frames[i];
    }
    return NULL;
}
