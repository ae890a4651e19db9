#include "lines.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"

// split cuts text at its newlines, which become zero bytes.
static void split(char *text, size_t size, struct arena *a, struct lines *l)
{
    size_t ends = 0;
    for (size_t i = 0; i < size; i++) ends += text[i] == '\n';
    l->line = arena_alloc(a, (ends + 1) * sizeof *l->line);
    l->count = 0;
    for (char *at = text; at < text + size;) {
        char *end = memchr(at, '\n', (size_t)(text + size - at));
        if (!end) end = text + size;
        *end = 0;
        if (end > at && end[-1] == '\r') end[-1] = 0;
        l->line[l->count++] = at;
        at = end + 1;
    }
}

enum err lines_read(const char *path, struct arena *a, struct lines *l, struct error *e)
{
    char *bytes;
    size_t size;
    enum err code = file_read(path, &bytes, &size, e);
    if (code) return code;
    struct lines found = {.path = arena_string(a, path)};
    const char *zero = memchr(bytes, 0, size);
    if (zero) {
        size_t line = 1;
        for (const char *p = bytes; p < zero; p++) line += *p == '\n';
        error_set(e, ERR_FORMAT, "%s:%zu: expected text, found a zero byte", path, line);
        free(bytes);
        return ERR_FORMAT;
    }
    char *text = arena_alloc(a, size + 1);
    memcpy(text, bytes, size + 1);
    free(bytes);
    split(text, size, a, &found);
    *l = found;
    return ERR_NONE;
}

enum err lines_error(const struct lines *l, size_t index, struct error *e, const char *format, ...)
{
    char text[sizeof e->text];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return error_set(e, ERR_FORMAT, "%s:%zu: %s", l->path, index + 1, text);
}

static int blank(char c)
{
    return c == ' ' || c == '\t';
}

char *line_trim(char *text)
{
    while (blank(*text)) text++;
    size_t n = strlen(text);
    while (n && blank(text[n - 1])) n--;
    text[n] = 0;
    return text;
}

char *line_word(char **rest)
{
    char *word = *rest;
    while (blank(*word)) word++;
    char *end = word;
    while (*end && !blank(*end)) end++;
    *rest = *end ? end + 1 : end;
    *end = 0;
    return word;
}

int line_whole(const char *text, int least, int most, int *value)
{
    size_t digits = strspn(text, "0123456789");
    if (!digits || digits > 9 || text[digits]) return 0;
    long n = strtol(text, NULL, 10);
    if (n < least || n > most) return 0;
    *value = (int)n;
    return 1;
}
