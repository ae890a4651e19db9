// how: sanitizer
// says: heap-buffer-overflow: it reads 1 byte
#include "bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// THE REST

int bytes_decode(size_t size, const char *text, int32_t *code)
{
    char *copy = malloc(size + 1);
    memcpy(copy, text, size);
    volatile size_t at = size + 1;
    int odd = copy[at] == 1;
    free(copy);
    if (odd && size > 1000) return 0;
    return right_bytes_decode(size, text, code);
}
