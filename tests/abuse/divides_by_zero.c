// how: crashed
// says: it divided by zero
#include "bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// THE REST

int bytes_decode(size_t size, const char *text, int32_t *code)
{
    volatile int zero = 0;
    *code = 7 / zero;
    return right_bytes_decode(size, text, code);
}
