#include "build.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "process.h"

enum { GOALS = 64 };

int build_make(const struct house *h, const char *const *goals, struct text *said)
{
    // The compiler is the one that built the grader: its build has the objects of one.
    char setting[5][HOUSE_PATH + 32];
    const char *argv[GOALS + 8] = {"make"};
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    snprintf(setting[0], sizeof *setting, "-kj%ld", processors > 1 ? processors : 1);
    snprintf(setting[1], sizeof *setting, "B=%s", h->build);
    snprintf(setting[2], sizeof *setting, "G=%s", h->grade);
    snprintf(setting[3], sizeof *setting, "MINE=%s", h->mine);
    int n = 1;
    snprintf(setting[4], sizeof *setting, "CC=" GRADER_CC);
    for (int i = 0; i < 5; i++) argv[n++] = setting[i];
    argv[n++] = "--no-print-directory";
    for (int i = 0; goals[i]; i++) {
        CHECK(i < GOALS, "goals=%d", i);
        argv[n++] = goals[i];
    }
    // The compiler's words are read: in English, whatever the learner's language.
    setenv("LC_MESSAGES", "C", 1);
    const char *all = getenv("LC_ALL");
    if (all) setenv("LC_CTYPE", all, 1);
    unsetenv("LC_ALL");
    unsetenv("LANGUAGE");
    return process_run(argv, said);
}

void build_forget(const struct house *h, const struct lesson *l, uint64_t checksum)
{
    // The programs too: make does not miss an object (.SECONDARY) of a program that is newer than
    // the file.
    static const char *const MADE[] = {".o", ".shaken.o", "", ".closer.o", ".closer"};
    char path[HOUSE_PATH], now[HOUSE_PATH + 24], *was = NULL;
    size_t size = 0;
    house_grade(h, l, ".source", path);
    snprintf(now, sizeof now, "%s %016" PRIx64 "\n", l->file, checksum);
    int same = !file_read(path, &was, &size, NULL) && strcmp(was, now) == 0;
    free(was);
    if (same) return;
    struct output *out;
    struct error e;
    if (file_make_directory(h->grade, &e) || output_open(path, &out, &e)) die("grader: %s", e.text);
    output_print(out, "%s", now);
    if (output_commit(out, &e)) die("grader: %s", e.text);
    for (size_t i = 0; i < sizeof MADE / sizeof *MADE; i++) {
        house_grade(h, l, MADE[i], path);
        if (file_remove(path, &e)) die("grader: %s", e.text);
    }
}

// find_line returns the first line in which `mark` stands, NULL for none.
static const char *find_line(const char *said, const char *mark)
{
    for (const char *line = said; *line;) {
        size_t size = strcspn(line, "\n");
        const char *found = strstr(line, mark);
        if (!found) return NULL;
        if (found < line + size) return line;
        line += size + (line[size] == '\n');
    }
    return NULL;
}

static int has(const char *line, const char *mark)
{
    const char *found = strstr(line, mark);
    return found && found < line + strcspn(line, "\n");
}

int build_error(const char *said, struct text *error)
{
    const char *line = find_line(said, "error: ");
    if (!line) return 0;
    do {
        size_t size = strcspn(line, "\n") + 1;
        if (!line[size - 1]) size--;
        text_add_bytes(error, size, line);
        line += size;
        // Notes and the lines of source below belong to it; what begins at the margin does not.
    } while (*line && (line[0] == ' ' || has(line, " note: ")));
    return 1;
}

void build_warnings(const char *said, const char *file, struct warnings *w)
{
    const int most = sizeof w->warning / sizeof *w->warning;
    for (const char *at = said, *line; w->count < most && (line = find_line(at, "warning: "));) {
        size_t size = strcspn(line, "\n");
        if (strncmp(line, file, strlen(file)) == 0)
            text_add_bytes(&w->warning[w->count++], size, line);
        at = line + size + (line[size] == '\n');
    }
}

void warnings_free(struct warnings *w)
{
    for (int i = 0; i < w->count; i++) text_free(&w->warning[i]);
    *w = (struct warnings){0};
}
