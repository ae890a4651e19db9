#include "lesson.h"

#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "todo.h"

// A test is a process, so these are one test's.
static char input[1024];
static char failure[4096];
static struct arena *quotes;

void lesson_begin(const char *function, const char *name, int seconds, const char *file, int line)
{
    (void)function, (void)name, (void)seconds, (void)file, (void)line;
    quotes = arena_new();
}

void lesson_end(void)
{
    arena_free(quotes);
    if (failure[0]) cr_assert_fail("%s", failure);
}

void todo(const char *file, int line, const char *function)
{
    cr_assert_fail("%s:%d: %s is not written yet", file, line, function);
    abort();
}

void given(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(input, sizeof input, format, args);
    va_end(args);
}

static int judge(int met, const char *file, int line, const char *what, const char *format, ...)
{
    if (met || failure[0]) return met;
    int n = snprintf(failure, sizeof failure, "%s:%d: %s: %s: ", file, line, what, input);
    va_list args;
    va_start(args, format);
    if (n < (int)sizeof failure) vsnprintf(failure + n, sizeof failure - (size_t)n, format, args);
    va_end(args);
    return met;
}

int lesson_int(const char *file, int line, const char *what, int64_t got, int64_t want)
{
    return judge(got == want, file, line, what, "got %lld, want %lld", (long long)got,
                 (long long)want);
}

int lesson_true(const char *file, int line, const char *what, int condition)
{
    return judge(condition, file, line, what, "expected to hold");
}

int lesson_code(const char *file, int line, const char *what, enum err got, enum err want)
{
    return judge(got == want, file, line, what, "got code %d, want %d", (int)got, (int)want);
}

int lesson_bytes(const char *file, int line, const char *what, size_t got_size, const void *got,
                 size_t want_size, const void *want)
{
    int met = got_size == want_size && (!want_size || memcmp(got, want, want_size) == 0);
    return judge(met, file, line, what, "got %s, want %s", lesson_quote(got_size, got),
                 lesson_quote(want_size, want));
}

int lesson_ids(const char *file, int line, const char *what, size_t got_n, const int32_t *got,
               size_t want_n, const int32_t *want)
{
    size_t i = 0;
    while (i < got_n && i < want_n && got[i] == want[i]) i++;
    return judge(got_n == want_n && i == want_n, file, line, what,
                 "%zu ids, want %zu; they differ from index %zu", got_n, want_n, i);
}

int lesson_double(const char *file, int line, const char *what, double got, double want,
                  double tolerance)
{
    return judge(fabs(got - want) <= tolerance, file, line, what, "got %.17g, want %.17g", got,
                 want);
}

int lesson_floats(const char *file, int line, const char *what, size_t n, const float *got,
                  const double *want, double tolerance)
{
    int met = 1;
    for (size_t i = 0; i < n && met; i++)
        met = judge(fabs((double)got[i] - want[i]) <= tolerance, file, line, what,
                    "index %zu: got %.9g, want %.17g", i, (double)got[i], want[i]);
    return met;
}

int lesson_doubles(const char *file, int line, const char *what, size_t n, const double *got,
                   const double *want, double tolerance)
{
    int met = 1;
    for (size_t i = 0; i < n && met; i++)
        met = judge(fabs(got[i] - want[i]) <= tolerance, file, line, what,
                    "index %zu: got %.17g, want %.17g", i, got[i], want[i]);
    return met;
}

int lesson_text_has(const char *file, int line, const char *what, const char *got, const char *part)
{
    return judge(strstr(got, part) != 0, file, line, what, "got \"%s\", which does not say \"%s\"",
                 got, part);
}

const char *lesson_quote(size_t size, const void *bytes)
{
    const unsigned char *p = bytes;
    char *quoted = arena_alloc(quotes, 4 * size + 3), *at = quoted;
    *at++ = '"';
    for (size_t i = 0; i < size; i++) {
        if (p[i] == '"' || p[i] == '\\')
            at += sprintf(at, "\\%c", p[i]);
        else if (p[i] == '\n')
            at += sprintf(at, "\\n");
        else if (isprint(p[i]))
            *at++ = (char)p[i];
        else
            at += sprintf(at, "\\x%02X", p[i]);
    }
    strcpy(at, "\"");
    return quoted;
}

size_t lesson_shrink(size_t size, char *text,
                     int (*fails)(size_t size, const char *text, void *context), void *context)
{
    char *without = malloc(size + 1);
    if (!without) die("out of memory: %zu bytes to shrink", size);
    for (size_t part = size / 2 + 1; part > 0; part /= 2) {
        for (size_t at = 0; at + part <= size;) {
            memcpy(without, text, at);
            memcpy(without + at, text + at + part, size - at - part);
            if (!fails(size - part, without, context)) {
                at += part;
                continue;
            }
            size -= part;
            memcpy(text, without, size);
        }
    }
    free(without);
    return size;
}
