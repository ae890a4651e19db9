#include "lesson.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "guard.h"
#include "todo.h"

// What lesson_quote has returned.  A test is a process, so these are one test's.
static struct quote {
    struct quote *next;
    char text[];
} * quotes;

// --- the test ------------------------------------------------------------------------------------

void lesson_begin(const struct lesson_test *t)
{
    guard_begin(t);
    guard_memory();
}

void lesson_end(void)
{
    for (struct quote *q = quotes, *next; q; q = next) {
        next = q->next;
        free(q);
    }
    quotes = NULL;
    guard_end();
}

void todo(const char *file, int line, const char *function)
{
    char text[400];
    snprintf(text, sizeof text, "%s:%d: %s is not written yet", file, line, function);
    guard_place(file, line, function);
    guard_finish(ENDING_UNWRITTEN, text);
}

// --- inputs --------------------------------------------------------------------------------------

static int hexadecimal(unsigned char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

const char *lesson_quote(size_t size, const void *bytes)
{
    enum { MOST = 256, WIDEST = 6 };
    const unsigned char *p = bytes;
    size_t shown = size > MOST ? MOST : size;
    struct quote *q = malloc(sizeof *q + WIDEST * shown + 16);
    if (!q) die("out of memory: a text to quote");
    q->next = quotes;
    quotes = q;
    char *at = q->text;
    *at++ = '"';
    for (size_t i = 0; i < shown; i++) {
        // In C, \xD0 would swallow an `a` behind it: two strings side by side are one.
        int swallows =
            i && hexadecimal(p[i]) && !(p[i - 1] >= 0x20 && p[i - 1] < 0x7F) && p[i - 1] != '\n';
        if (swallows) at += sprintf(at, "\"\"");
        if (p[i] == '"' || p[i] == '\\')
            at += sprintf(at, "\\%c", p[i]);
        else if (p[i] == '\n')
            at += sprintf(at, "\\n");
        else if (p[i] >= 0x20 && p[i] < 0x7F)
            *at++ = (char)p[i];
        else
            at += sprintf(at, "\\x%02X", p[i]);
    }
    strcpy(at, shown < size ? "\"…" : "\"");
    return q->text;
}

size_t lesson_shrink(size_t size, char *text,
                     int (*fails)(size_t size, const char *text, void *context), void *context)
{
    char *without = malloc(size + 1);
    if (!without) die("out of memory: %zu bytes to shrink", size);
    size_t before;
    do {
        before = size;
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
    } while (size < before);  // what is gone may have kept something else from going
    free(without);
    return size;
}

const void *lesson_input(size_t size, const void *bytes)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE), pages = (size + page - 1) / page + 1;
    char *memory = mmap(NULL, pages * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0);
    if (memory == MAP_FAILED) die("out of memory: an input of %zu bytes", size);
    char *wall = memory + (pages - 1) * page, *copy = wall - size;
    if (size) memcpy(copy, bytes, size);
    mprotect(memory, (pages - 1) * page, PROT_READ);
    mprotect(wall, page, PROT_NONE);
    return copy;
}
