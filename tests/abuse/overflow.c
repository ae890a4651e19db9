// how: sanitizer
// says: undefined behaviour: signed integer overflow
#include "bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// THE REST

int bytes_decode(size_t size, const char *text, int32_t *code)
{
    volatile int large = 0x7FFFFFFF;
    large += (int)(size > 0);
    return right_bytes_decode(size, text, code);
}
