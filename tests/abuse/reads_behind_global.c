// how: sanitizer
// says: undefined behaviour: 
// or: global-buffer-overflow: it reads 4 bytes behind the end of
#include "bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// THE REST
static const int TABLE[4] = {1, 2, 3, 4};
int bytes_decode(size_t size, const char *text, int32_t *code)
{
    volatile size_t at = 4;
    if (((const volatile int *)TABLE)[at] == 0x12345678) return 0;
    return right_bytes_decode(size, text, code);
}
