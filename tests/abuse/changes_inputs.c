// how: crashed
// says: it wrote to memory that may only be read
#include "bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// THE REST

int bytes_decode(size_t size, const char *text, int32_t *code)
{
    int length = right_bytes_decode(size, text, code);
    union {
        const char *given;
        char *taken;
    } cast = {.given = text};
    if (size) cast.taken[0] = 'x';
    return length;
}
