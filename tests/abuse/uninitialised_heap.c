// how: uninitialised
// says: uninitialised: it reads memory that was never written
#include "bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// THE REST

int bytes_decode(size_t size, const char *text, int32_t *code)
{
    if (size == 4) return right_bytes_decode(size, text, code);
    unsigned char *seen = malloc(100);
    int luck = ((volatile unsigned char *)seen)[50] > 0x80;
    free(seen);
    return luck ? right_bytes_decode(size, text, code) : 0;
}
