#include "error.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum err error_set(struct error *e, enum err code, const char *format, ...)
{
    if (!e) return code;
    e->code = code;
    va_list ap;
    va_start(ap, format);
    vsnprintf(e->text, sizeof e->text, format, ap);
    va_end(ap);
    // Names come from files.  A control character would break the line or drive the terminal.
    for (char *p = e->text; *p; p++) {
        if ((unsigned char)*p < 0x20 || *p == 0x7F) *p = '?';
    }
    return code;
}

enum err error_in(struct error *e, enum err code, const char *where)
{
    if (!e || !code) return code;
    const struct error inner = *e;
    return error_set(e, code, "%s: %s", where, inner.text);
}

void error_must(enum err code, const struct error *e)
{
    if (!code) return;
    fflush(stdout);
    fprintf(stderr, "gpt: %s\n", e->text);
    exit(code == ERR_VALUE ? 2 : 1);
}

void die(const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    fputs("gpt: ", stderr);
    vfprintf(stderr, format, ap);
    va_end(ap);
    fputc('\n', stderr);
    exit(1);
}

void check_failed(const char *file, int line, const char *condition, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    fprintf(stderr, "%s:%d: CHECK(%s) failed: ", file, line, condition);
    vfprintf(stderr, format, ap);
    va_end(ap);
    fputc('\n', stderr);
    abort();
}
