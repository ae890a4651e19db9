#include "print.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "bytes.h"

char *print_text(struct arena *a, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    size_t n = (size_t)vsnprintf(NULL, 0, format, args) + 1;
    va_end(args);
    char *text = arena_alloc(a, n);
    vsnprintf(text, n, format, again);
    va_end(again);
    return text;
}

// command returns the length of the terminal command at the start of text, or 0.
static size_t command(size_t size, const char *text)
{
    if (size < 2 || text[0] != 0x1B || text[1] != '[') return 0;
    size_t n = 2;
    while (n < size && (unsigned char)text[n] >= 0x20 && (unsigned char)text[n] < 0x40) n++;
    return n < size ? n + 1 : n;
}

static int printable(int32_t c)
{
    if (c == '\t' || c == '\n') return 1;
    return c >= 0x20 && !(c >= 0x7F && c < 0xA0) && c != 0xFFFE && c != 0xFFFF;
}

char *print_clean(struct arena *a, size_t size, const char *bytes)
{
    char *text = arena_alloc(a, 4 * size + 1), *to = text;
    for (size_t i = 0; i < size;) {
        size_t skip = command(size - i, bytes + i);
        if (!skip && bytes[i] == '\r') skip = 1;
        if (skip) {
            i += skip;
            continue;
        }
        int32_t code;
        int n = bytes_decode(size - i, bytes + i, &code);
        if (n && printable(code)) {
            memcpy(to, bytes + i, (size_t)n);
            to += n;
        } else {
            if (!n) n = 1;
            for (int j = 0; j < n; j++)
                to += sprintf(to, "\\x%02X", (unsigned)(unsigned char)bytes[i + (size_t)j]);
        }
        i += (size_t)n;
    }
    *to = 0;
    return text;
}
