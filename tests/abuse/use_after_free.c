// how: sanitizer
// says: heap-use-after-free: it reads 1 byte
#include "bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// THE REST

int bytes_decode(size_t size, const char *text, int32_t *code)
{
    volatile char *copy = malloc(64);
    copy[40] = size ? text[0] : 0;
    free((void *)copy);
    if (copy[40] == 'x' && size > 1000) return 0;
    return right_bytes_decode(size, text, code);
}
