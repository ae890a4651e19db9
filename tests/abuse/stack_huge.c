// how: crashed
// says: it touched memory that it may not
#include "bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// THE REST

int bytes_decode(size_t size, const char *text, int32_t *code)
{
    volatile char room[1 << 26];
    room[size] = text[0];
    *code = room[size];
    return right_bytes_decode(size, text, code);
}
