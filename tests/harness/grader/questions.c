#include "questions.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "child.h"
#include "print.h"

// A command takes 3 s at most where nothing else runs; a slow or busy machine gets more.
static const double SECONDS = 20;

static int is_head(const char *line)
{
    return !strncmp(line, "## ", 3);
}

static int is_empty(const char *line)
{
    return !line[strspn(line, " \t")];
}

// skip_empty returns the first line from i on that is not empty, or end.
static size_t skip_empty(const struct lines *l, size_t i, size_t end)
{
    while (i < end && is_empty(l->line[i])) i++;
    return i;
}

// join returns the lines [from, to) without the empty ones around.
static const char *join(const struct lines *l, size_t from, size_t to, struct arena *a)
{
    from = skip_empty(l, from, to);
    while (to > from && is_empty(l->line[to - 1])) to--;
    const char *all = "";
    for (size_t i = from; i < to; i++) all = print_text(a, "%s%s\n", all, l->line[i]);
    return all;
}

// read_one reads the question whose heading is line[head] and which ends before line[end].
static enum err read_one(const struct lines *l, size_t head, size_t end, struct arena *a,
                         struct question *q, struct error *e)
{
    *q = (struct question){.text = line_trim(arena_string(a, l->line[head] + 3))};
    size_t i = skip_empty(l, head + 1, end);
    if (i == end || strncmp(l->line[i], "unit:", 5) != 0)
        return lines_error(l, i < end ? i : head, e, "expected 'unit: NAME' below the question");
    q->unit = line_trim(arena_string(a, l->line[i] + 5));
    if (!*q->unit) return lines_error(l, i, e, "expected a name behind 'unit:'");
    size_t below = i;
    i = skip_empty(l, i + 1, end);
    if (i == end || strncmp(l->line[i], "    $ ", 6) != 0)
        return lines_error(l, i < end ? i : below, e,
                           "expected the command, '    $ COMMAND', below the unit");
    q->line = i;
    q->command = l->line[i] + 6;
    for (i++; i < end && !strncmp(l->line[i], "    > ", 6); i++)
        q->command = print_text(a, "%s\n%s", q->command, l->line[i] + 6);
    q->why = join(l, i, end, a);
    if (!*q->why) return lines_error(l, q->line, e, "expected an explanation below the command");
    return ERR_NONE;
}

enum err questions_read(const char *path, struct arena *a, struct questions *q, struct error *e)
{
    struct questions found = {0};
    enum err code = lines_read(path, a, &found.source, e);
    if (code) return code;
    const struct lines *l = &found.source;
    found.question = arena_alloc(a, (l->count + 1) * sizeof *found.question);
    for (size_t i = 0; i < l->count;) {
        size_t end = i + 1;
        while (end < l->count && !is_head(l->line[end])) end++;
        if (is_head(l->line[i])) {
            code = read_one(l, i, end, a, &found.question[found.count++], e);
            if (code) return code;
        }
        i = end;
    }
    if (!found.count) return lines_error(l, 0, e, "expected questions, each below a '## ' heading");
    *q = found;
    return ERR_NONE;
}

// last_line returns where the last line of text that is not empty begins.
static const char *last_line(char *text)
{
    size_t n = strlen(text);
    while (n && isspace((unsigned char)text[n - 1])) n--;
    text[n] = 0;
    const char *newline = strrchr(text, '\n');
    return newline ? newline + 1 : text;
}

enum err question_ask(const struct questions *q, int i, double *truth, struct error *e)
{
    const struct question *one = &q->question[i];
    const struct lines *l = &q->source;
    struct arena *a = arena_new();
    char *argv[] = {"sh", "-c", arena_string(a, one->command), NULL};
    struct child c;
    child_limited(argv, SECONDS, &c);
    char *end = c.out;
    double value = strtod(c.out, &end);
    int alone = end > c.out && !end[strspn(end, " \t\n")] && isfinite(value);
    enum err code = ERR_NONE;
    if (c.late)
        code =
            lines_error(l, one->line, e, "the command took more than %g s and was ended", SECONDS);
    else if (c.status)
        code = lines_error(l, one->line, e, "the command failed, with status %d: %.200s", c.status,
                           last_line(c.err));
    else if (!alone)
        code = lines_error(l, one->line, e,
                           "expected the command to print one number; it printed '%.60s'", c.out);
    if (!code) *truth = value;
    child_free(&c);
    arena_free(a);
    return code;
}

// tail says whether rest is nothing, or the unit.
static int tail(const char *rest, const char *unit)
{
    rest += strspn(rest, " \t");
    size_t n = strlen(rest);
    while (n && isspace((unsigned char)rest[n - 1])) n--;
    if (n == 0) return 1;
    return n == strlen(unit) && !memcmp(rest, unit, n);
}

int question_number(const char *text, const char *unit, double *value)
{
    char plain[64];
    size_t n = 0;
    const char *p = text + strspn(text, " \t");
    for (; *p && n < sizeof plain - 1; p++) {
        int group = (*p == ' ' || *p == '_') && n && isdigit((unsigned char)plain[n - 1]) &&
                    isdigit((unsigned char)p[1]);
        if (group) continue;
        if (!strchr("0123456789.+-eE", *p)) break;
        plain[n++] = *p;
    }
    plain[n] = 0;
    char *end;
    double v = strtod(plain, &end);
    // "2e" or "2 e": an e may be the beginning of the unit.
    p -= strlen(end);
    if (end == plain || !isfinite(v) || !tail(p, unit)) return 0;
    *value = v;
    return 1;
}
