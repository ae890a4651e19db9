// how: sanitizer
// says: leak:
#include "bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// THE REST

int bytes_decode(size_t size, const char *text, int32_t *code)
{
    char *volatile copy = malloc(64);
    copy[0] = size ? text[0] : 0;
    return right_bytes_decode(size, text, code);
}
