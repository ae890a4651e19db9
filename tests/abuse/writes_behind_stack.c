// how: sanitizer
// says: undefined behaviour: 
// or: stack-buffer-overflow: it writes 1 byte
#include "bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// THE REST

int bytes_decode(size_t size, const char *text, int32_t *code)
{
    char name[20];
    volatile size_t at = 20;
    ((volatile char *)name)[at] = 0;
    return right_bytes_decode(size, text, code);
}
