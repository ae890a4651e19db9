#include "result.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"

static const char *const NAMES[VERDICTS] = {"passed", "failed", "unwritten", "refused",
                                            "uncompiled"};

const char *verdict_name(enum verdict v)
{
    CHECK(v < VERDICTS, "v=%d", (int)v);
    return NAMES[v];
}

void result_how(const struct result_function *f, char words[RESULT_HOW])
{
    snprintf(words, RESULT_HOW, "%s%s%s", f->how, f->by[0] ? " by " : "", f->by);
}

void result_points(const struct result *r, int *got, int *possible)
{
    *got = *possible = 0;
    for (int i = 0; i < r->functions; i++) {
        *got += r->function[i].got;
        *possible += r->function[i].possible;
    }
}

enum err result_write(const char *path, const struct result *r, struct error *e)
{
    struct output *out = NULL;
    enum err failed = output_open(path, &out, e);
    if (failed) return failed;
    output_print(out, "lesson %s\nverdict %s\n", r->lesson, verdict_name(r->verdict));
    if (r->cause[0]) output_print(out, "cause %s\n", r->cause);
    for (int i = 0; i < r->functions; i++) {
        const struct result_function *f = &r->function[i];
        output_print(out, "function %s %d %d %s%s%s\n", f->name, f->got, f->possible, f->how,
                     f->by[0] ? " " : "", f->by);
    }
    output_print(out, "checksum %016" PRIx64 "\n", r->checksum);
    return output_commit(out, e);
}

// verdict_read finds the verdict called `name`; 0 if there is none.
static int verdict_read(const char *name, enum verdict *v)
{
    for (int i = 0; i < VERDICTS; i++) {
        if (strcmp(name, NAMES[i]) != 0) continue;
        *v = (enum verdict)i;
        return 1;
    }
    return 0;
}

// line_read takes one line into r; 0 if it is none of a result's.
static int line_read(const char *line, struct result *r)
{
    char word[RESULT_NAME];
    int end = -1;
    if (sscanf(line, "lesson %63s%n", r->lesson, &end) == 1 && !line[end]) return 1;
    if (sscanf(line, "cause %63s%n", r->cause, &end) == 1 && !line[end]) return 1;
    if (sscanf(line, "verdict %63s%n", word, &end) == 1 && !line[end])
        return verdict_read(word, &r->verdict);
    if (sscanf(line, "checksum %16" SCNx64 "%n", &r->checksum, &end) == 1 && !line[end]) return 1;
    if (r->functions == RESULT_FUNCTIONS) return 0;
    struct result_function *f = &r->function[r->functions];
    int given = sscanf(line, "function %63s %d %d %15s%n %63s%n", f->name, &f->got, &f->possible,
                       f->how, &end, f->by, &end);
    if (given < 4 || line[end]) return 0;
    r->functions++;
    return 1;
}

enum err result_read(const char *path, struct result *r, struct error *e)
{
    char *text;
    size_t size;
    enum err failed = file_read(path, &text, &size, e);
    if (failed) return failed;
    struct result read = {0};
    int number = 1;
    for (char *line = text, *next; *line && !failed; line = next, number++) {
        size_t length = strcspn(line, "\n");
        next = line + length + (line[length] == '\n');
        line[length] = '\0';
        if (!line_read(line, &read))
            failed = error_set(e, ERR_FORMAT, "%s:%d: expected a line of a result, found '%.60s'",
                               path, number, line);
    }
    if (!failed && !read.lesson[0])
        failed = error_set(e, ERR_FORMAT, "%s: expected a line 'lesson SLUG'", path);
    free(text);
    if (!failed) *r = read;
    return failed;
}
