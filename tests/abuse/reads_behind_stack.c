// how: sanitizer
// says: undefined behaviour: 
// or: stack-buffer-overflow: it reads 4 bytes behind the end of
#include "bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// THE REST

int bytes_decode(size_t size, const char *text, int32_t *code)
{
    int table[4] = {1, 2, 3, 4};
    volatile size_t at = 4 + (size & 1);
    if (((volatile int *)table)[at] == 0x12345678) return 0;
    return right_bytes_decode(size, text, code);
}
