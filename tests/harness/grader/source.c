#include "source.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"

// blank writes spaces over comments, strings and characters, and leaves the lines as they are.
static void blank(char *p)
{
    while (*p) {
        char *end = p + 1;
        if (p[0] == '/' && p[1] == '/') {
            end = p + strcspn(p, "\n");
        } else if (p[0] == '/' && p[1] == '*') {
            char *close = strstr(p + 2, "*/");
            end = close ? close + 2 : p + strlen(p);
        } else if (p[0] == '"' || p[0] == '\'') {
            while (*end && *end != p[0] && *end != '\n') end += *end == '\\' && end[1] ? 2 : 1;
            if (*end) end++;
        } else {
            p = end;
            continue;
        }
        for (; p < end; p++) {
            if (*p != '\n') *p = ' ';
        }
    }
}

enum err source_read(const char *path, struct source *s, struct error *e)
{
    size_t size;
    struct source made = {0};
    enum err failed = file_read(path, &made.text, &size, e);
    if (failed) return failed;
    made.code = malloc(size + 1);
    if (!made.code) die("out of memory: %s", path);
    memcpy(made.code, made.text, size + 1);
    blank(made.code);
    *s = made;
    return ERR_NONE;
}

void source_free(struct source *s)
{
    free(s->text);
    free(s->code);
    *s = (struct source){0};
}

static int in_name(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

static int line_at(const char *text, const char *at)
{
    int line = 1;
    for (; text < at; text++) line += *text == '\n';
    return line;
}

// next_name finds `name` as a whole word at or behind `from`.
static const char *next_name(const struct source *s, const char *from, const char *name)
{
    size_t size = strlen(name);
    for (const char *at = from; (at = strstr(at, name)); at += size) {
        if ((at == s->code || !in_name(at[-1])) && !in_name(at[size])) return at;
    }
    return NULL;
}

int source_name(const struct source *s, const char *name)
{
    const char *at = next_name(s, s->code, name);
    return at ? line_at(s->code, at) : 0;
}

// behind_brackets returns what follows the brackets that open at `at`, spaces passed over.
static const char *behind_brackets(const char *at)
{
    int depth = 0;
    do {
        depth += (*at == '(') - (*at == ')');
        if (!*at) return at;
        at++;
    } while (depth);
    return at + strspn(at, " \t\r\n");
}

// definition finds the name where the function is defined, and *body, which opens with a brace.
static const char *definition(const struct source *s, const char *name, const char **body)
{
    for (const char *at = s->code; (at = next_name(s, at, name)); at++) {
        const char *open = at + strlen(name);
        open += strspn(open, " \t\r\n");
        if (*open == '(' && *(*body = behind_brackets(open)) == '{') return at;
    }
    return NULL;
}

int source_definition(const struct source *s, const char *name)
{
    const char *body, *at = definition(s, name, &body);
    return at ? line_at(s->code, at) : 0;
}

int source_inside(const struct source *s, const char *name, const char *word)
{
    const char *body;
    if (!definition(s, name, &body)) return 0;
    const char *end = body;
    for (int depth = 0; *end && (depth || end == body); end++)
        depth += (*end == '{') - (*end == '}');
    const char *found = next_name(s, body, word);
    return found && found < end ? line_at(s->code, found) : 0;
}

int source_include(const struct source *s, const char *name)
{
    int number = 1;
    size_t size = strlen(name);
    for (const char *line = s->text; *line; number++) {
        size_t length = strcspn(line, "\n"), at = strspn(line, " \t");
        if (line[at] == '#') {
            for (; at + size < length; at++) {
                if (strncmp(line + at, name, size) == 0 && strchr("\">", line[at + size]))
                    return number;
            }
        }
        line += length + (line[length] == '\n');
    }
    return 0;
}
