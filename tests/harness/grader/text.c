#include "text.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "error.h"

void text_add_bytes(struct text *t, size_t size, const void *bytes)
{
    if (t->size + size >= t->room) {
        size_t room = 2 * (t->size + size) + 256;
        char *grown = realloc(t->bytes, room);
        if (!grown) die("out of memory: a text of %zu bytes", room);
        t->bytes = grown;
        t->room = room;
    }
    if (size) memcpy(t->bytes + t->size, bytes, size);
    t->size += size;
    t->bytes[t->size] = '\0';
}

void text_add(struct text *t, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int size = vsnprintf(NULL, 0, format, args);
    CHECK(size >= 0, "size=%d format=%s", size, format);
    char *bytes = malloc((size_t)size + 1);
    if (!bytes) die("out of memory: a text of %d bytes", size);
    vsnprintf(bytes, (size_t)size + 1, format, again);
    text_add_bytes(t, (size_t)size, bytes);
    free(bytes);
    va_end(again);
    va_end(args);
}

void text_free(struct text *t)
{
    free(t->bytes);
    *t = (struct text){0};
}

const char *text_string(const struct text *t)
{
    return t->bytes ? t->bytes : "";
}

const char *text_line(const char *from, int width, struct text *line)
{
    size_t end = strcspn(from, "\n"), cut = 0;
    int columns = 0;
    size_t start = line->size;
    for (size_t at = 0; at < end;) {
        int32_t code = 0;
        int length = bytes_decode(end - at, from + at, &code);
        if (columns == width - 1) cut = line->size - start;
        if (columns++ == width) {
            line->size = start + cut;
            text_add(line, "…");
            break;
        }
        // What is no character, and what a terminal would obey, becomes a question mark.
        int shown = length && code >= 0x20 && code != 0x7F && !(code >= 0x80 && code < 0xA0);
        if (code == '\t' && length)
            text_add_bytes(line, 1, " ");
        else
            text_add_bytes(line, shown ? (size_t)length : 1, shown ? from + at : "?");
        at += length ? (size_t)length : 1;
    }
    return from[end] ? from + end + 1 : NULL;
}

// fits returns how many bytes at `at` fit into so many columns: all, or up to a space, which
// *skip is then to pass over; in one long word, as many as fit.
static size_t fits(const char *at, int columns, size_t *skip)
{
    size_t size = 0, space = 0, end = strlen(at);
    *skip = 0;
    for (int used = 0; size < end; used++) {
        int32_t code;
        int length = bytes_decode(end - size, at + size, &code);
        if (at[size] == ' ') space = size;
        if (used == columns) {
            // A word that would leave half of the line empty is broken.
            if (space * 2 < size) return size;
            *skip = strspn(at + space, " ");
            return space;
        }
        size += length ? (size_t)length : 1;
    }
    return size;
}

const char *text_wrap(const char *from, const char *first, const char *later, int width, int most,
                      struct text *to)
{
    struct text clean = {0};
    const char *next = text_line(from, INT_MAX, &clean), *at = text_string(&clean);
    for (int line = 1; line == 1 || *at; line++) {
        const char *margin = line == 1 ? first : later;
        size_t skip;
        text_add(to, "%s", margin);
        if (line >= most) {
            text_line(at, width - (int)strlen(margin), to);
            at = "";
        } else {
            size_t size = fits(at, width - (int)strlen(margin), &skip);
            text_add_bytes(to, size, at);
            at += size + skip;
        }
        text_add(to, "\n");
    }
    text_free(&clean);
    return next;
}

int text_lines(const char *text)
{
    int lines = 0;
    for (; *text; text++) lines += *text == '\n' || !text[1];
    return lines;
}

int text_rows(const char *text, int width)
{
    int rows = 0;
    while (text && *text) {
        struct text broken = {0};
        text = text_wrap(text, "", "", width, INT_MAX, &broken);
        rows += text_lines(text_string(&broken));
        text_free(&broken);
    }
    return rows;
}
